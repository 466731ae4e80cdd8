// SPDX-License-Identifier: GPL-2.0-or-later
/* How a machine came to an end that we did not bring about: what libvirt and the emulator say of it. */
#include "emulator.h"
#include "hostclock.h"
#include "vmevent.h"
#include "vmprivate.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* How long an event waits for what only comes to light after it: how the emulator ended, what a daemon still writes. */
#define SETTLE_MS 500
/* How long a daemon may take to say that a machine has ended, and how. */
#define GONE_NS (3 * G_GINT64_CONSTANT(1000000000))

/* What libvirt could not know: how the emulator ended. NULL: nothing to add. Caller frees. */
static char *describe_exit(int status)
{
	if (status == -1)
		return NULL;
	if (WIFSIGNALED(status))
		return g_strdup_printf("the emulator was killed by signal %d (%s)%s", WTERMSIG(status),
				       g_strsignal(WTERMSIG(status)),
				       WTERMSIG(status) == SIGKILL ? ", as for want of memory: see dmesg" : "");
	return g_strdup_printf("the emulator ended by itself with status %d", WEXITSTATUS(status));
}

/* How the emulator ended, where that is known, and its own last words. */
static void complete_crash(Vm *vm)
{
	char *how = vm->reaper ? describe_exit(reaper_status(vm->reaper)) : NULL;
	g_autofree char *said = vm_emulator_log(vm);
	g_autofree char *why = emulator_log_why(said);
	g_autofree char *before = NULL;

	if (how) {
		g_free(vm->end.detail);
		vm->end.detail = how;
	}
	if (!why)
		return;
	before = vm->end.detail;
	vm->end.detail = g_strdup_printf("%s; it said: %s", before, why);
}

/* The callback comes last: it may destroy the machine. */
static gboolean deliver_end(gpointer data)
{
	Vm *vm = data;

	vm->end.source = 0;
	if (vm->end.event == VM_EVENT_CRASHED && !vm->end.explained)
		complete_crash(vm);
	if (vm->callbacks.event)
		vm->callbacks.event(vm, vm->end.event, vm->end.detail, vm->end.host_ns, vm->user);
	return G_SOURCE_REMOVE;
}

/* The event comes after the last byte. */
static gboolean finish_ports(gpointer data)
{
	Vm *vm = data;

	serial_stop(vm->serial);
	vm->end.source = g_idle_add(deliver_end, vm);
	return G_SOURCE_REMOVE;
}

static void note_end(Vm *vm, VmEvent event, const char *detail)
{
	/* our own emulator has written all by now */
	bool settled = vm->reaper && event != VM_EVENT_CRASHED;

	if (vm->end.seen)
		return;
	vm->end.seen = true;
	vm->end.event = event;
	vm->end.detail = g_strdup(detail);
	vm->end.host_ns = hostclock_ns();
	vm->end.source = settled ? g_idle_add(finish_ports, vm) : g_timeout_add(SETTLE_MS, finish_ports, vm);
}

/* It is over, and all of it can still be read. */
static void note_pause(Vm *vm, int reason)
{
	vm->end.paused = !vm->end.seen;
	note_end(vm, VM_EVENT_CRASHED, vmevent_paused(reason));
}

void vm_take_reboot(Vm *vm)
{
	note_end(vm, VM_EVENT_RESET, "the guest asked for a reset");
}

void vm_take_shutdown(Vm *vm, bool guest, const char *reason)
{
	g_autofree char *detail = NULL;

	if (guest && g_strcmp0(reason, "guest-reset") == 0) {
		vm_take_reboot(vm);
	} else if (guest) {
		vm->guest_asked = true;
	} else if (!vm->guest_asked) {
		/* where the guest had asked it is libvirt, which ends an emulator that has nothing left to run */
		detail = g_strdup_printf("somebody on the host ended the emulator (%s)", reason ? reason : "no reason");
		vm->end.explained = !vm->end.seen;
		note_end(vm, VM_EVENT_CRASHED, detail);
	}
}

/* By somebody at a debugger; libvirt has one and the same reason for that and for an emulator that gave up. */
static bool is_held(const Vm *vm, virDomainPtr domain)
{
	g_autofree char *state = NULL;

	if (!vm->attended)
		return false;
	state = vmlook_state(domain);
	return !vmevent_is_own_pause(state);
}

void vm_take_lifecycle(Vm *vm, virDomainPtr domain, int event, int detail)
{
	const char *text;
	int state, reason;
	VmEvent ours;

	if (vm->frozen)
		return;
	if (vmevent_classify(event, detail, vm->guest_asked || !vm->host->watches_shutdown, &ours, &text)) {
		note_end(vm, ours, text);
		return;
	}
	/* machines are made paused, and the news of that comes when they run: only the present state counts */
	if (event != VIR_DOMAIN_EVENT_SUSPENDED || virDomainGetState(domain, &state, &reason, 0) < 0 ||
	    state != VIR_DOMAIN_PAUSED)
		return;
	if (vm->counter)
		counter_take_pause(vm->counter);
	else if (!is_held(vm, domain))
		note_pause(vm, reason);
}

/* Of the end of a daemon's machine nobody tells when the daemon has died, or has ended it on its own way out. */
void vm_look_for_end(Vm *vm)
{
	gint64 now = hostclock_ns();

	if (vm->reaper || vm->pid <= 0 || kill(vm->pid, 0) == 0 || errno != ESRCH)
		return;
	vm->gone_ns = vm->gone_ns ? vm->gone_ns : now;
	if (now - vm->gone_ns > GONE_NS)
		note_end(vm, VM_EVENT_CRASHED, "the emulator is gone, and the libvirt daemon did not say why");
}
