// SPDX-License-Identifier: GPL-2.0-or-later
#include "counter.h"
#include "debugger.h"
#include "emulator.h"
#include "guardian.h"
#include "hostclock.h"
#include "memoryless.h"
#include "overseer.h"
#include "reaper.h"
#include "serial.h"
#include "vmevent.h"
#include "vmprivate.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <base/units.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* An emulator that ends by itself is seen to within this much of its last memory figure. */
#define RSS_INTERVAL_MS 100
/* How long an event waits for what only comes to light after it: how the emulator ended, what a daemon still writes. */
#define SETTLE_MS 500
/* How long a daemon may take to say that a machine has ended, and how. */
#define GONE_NS (3 * G_GINT64_CONSTANT(1000000000))
/* Long enough to give the memory of a large guest back. */
#define END_TIMEOUT_US (5 * G_USEC_PER_SEC)
#define LOG_LINES 40 /* a register dump has 24 */

/* Of what came within one period the channel is handed on first: no console line comes before the word that led to it.
 */
enum {
	PORT_CHANNEL,
	PORT_CONSOLE,
};

struct Vm {
	VmHost *host;
	VmCallbacks callbacks;
	gpointer user;
	virDomainPtr domain;
	char uuid[VIR_UUID_STRING_BUFLEN];
	char *name;
	Serial *serial;
	Counter *counter;   /* NULL unless it counts instructions */
	Debugger *debugger; /* NULL unless it is to be held somewhere */
	bool attended;	    /* it may be held by somebody at a debugger */
	Reaper *reaper;	    /* NULL with a daemon, which reaps its children itself */
	Guardian *guardian; /* the same; or NULL */
	Overseer *overseer; /* NULL: any call may take as long as it likes */
	gint64 limit_ns;
	GCancellable *cancel;
	pid_t pid;	/* of the emulator; -1: not known */
	gint64 gone_ns; /* since then there is no such process; 0: it is there */
	gint64 peak_rss;
	guint rss_source;
	VmUsage at_start;
	bool frozen;	  /* we have paused it ourselves */
	bool guest_asked; /* the guest itself wanted the machine to end */
	struct {
		bool seen;	/* a machine ends once: what comes after the first event is its echo */
		bool explained; /* detail is the emulator's own word, and its exit status tells no more */
		VmEvent event;
		char *detail;
		gint64 host_ns;
		guint source;
	} end;
};

const char *vm_uuid(const Vm *vm)
{
	return vm->uuid;
}

static void on_serial(guint port, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Vm *vm = user;
	VmDataFunc take = port == PORT_CONSOLE ? vm->callbacks.console : vm->callbacks.channel;

	if (take)
		take(vm, data, length, host_ns, vm->user);
}

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
	else if (!vm->attended)
		note_end(vm, VM_EVENT_CRASHED, vmevent_paused(reason));
}

static void sample_rss(Vm *vm)
{
	gint64 now = emulator_peak_rss(vm->pid);

	vm->peak_rss = MAX(vm->peak_rss, now);
}

/* Of the end of a daemon's machine nobody tells when the daemon has died, or has ended it on its own way out. */
static void look_for_end(Vm *vm)
{
	gint64 now = hostclock_ns();

	if (vm->reaper || vm->pid <= 0 || kill(vm->pid, 0) == 0 || errno != ESRCH)
		return;
	vm->gone_ns = vm->gone_ns ? vm->gone_ns : now;
	if (now - vm->gone_ns > GONE_NS)
		note_end(vm, VM_EVENT_CRASHED, "the emulator is gone, and the libvirt daemon did not say why");
}

static gboolean on_rss_timer(gpointer data)
{
	sample_rss(data);
	look_for_end(data);
	return G_SOURCE_CONTINUE;
}

/* Files for guest memory: which folder is the embedded driver's configuration, not the machine's. */
static bool prepare_memory(VmHost *host, const VmSpec *spec, GError **error)
{
	if (host->root)
		return embedroot_set_memory_dir(host->root, spec->guest.memory_dir, error);
	if (!spec->guest.memory_dir)
		return true;
	return error_set(
		error, KHOTEST_ERROR_INPUT,
		"cannot keep guest memory in %s: with --connect, libvirt's own configuration chooses the folder; "
		"set memory_backing_dir in its qemu.conf, or leave out --connect",
		spec->guest.memory_dir);
}

/* A machine of that name which has ended, but which the driver has not put away yet: see end_machine(). */
static void wait_for_predecessor(VmHost *host, const char *name)
{
	g_autoptr(virDomain) domain = virDomainLookupByName(host->connection, name);

	if (domain)
		virDomainDestroy(domain);
}

/* What libvirt is told to make; NULL with the error set. Caller frees. */
static char *describe(Vm *vm, const VmSpec *spec, GError **error)
{
	g_autofree char *cache = NULL, *emulator = NULL;
	VmSpec changed = *spec;

	if (!memoryless_needed(spec))
		return domainxml_build(spec);
	if (!vm->host->root) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "libvirt cannot make a NUMA node without memory; khotest has a way round that which does not "
			  "go with --connect: leave that out, or give each node memory");
		return NULL;
	}
	cache = embedroot_cache(vm->host->root);
	emulator = memoryless_emulator(cache, spec->emulator, error);
	changed.emulator = emulator;
	return emulator ? domainxml_build(&changed) : NULL;
}

static bool create(Vm *vm, const VmSpec *spec, GError **error)
{
	g_autofree char *xml = describe(vm, spec, error);
	g_autofree char *what = g_strdup_printf("start the machine %s", spec->name);
	/* a daemon ends the machine when we are gone; with the embedded driver our guardian does */
	unsigned int flags = VIR_DOMAIN_START_PAUSED | (vm->host->root ? 0 : VIR_DOMAIN_START_AUTODESTROY);

	if (!xml)
		return false;
	if (vm->host->root) {
		g_autofree char *pid_file = embedroot_pid_path(vm->host->root, spec->name);

		wait_for_predecessor(vm->host, spec->name);
		vm->reaper = reaper_new(pid_file);
		vm->guardian = guardian_new(pid_file, vm->host->root->path);
	}
	vm->domain = virDomainCreateXML(vm->host->connection, xml, flags);
	if (!vm->domain || virDomainGetUUIDString(vm->domain, vm->uuid) < 0)
		return libvirtglue_fail(error, what);
	g_ptr_array_add(vm->host->machines, vm);
	vm->pid = emulator_find(vm->uuid);
	vm->rss_source = g_timeout_add(RSS_INTERVAL_MS, on_rss_timer, vm);
	return true;
}

static bool open_ports(Vm *vm, const VmSpec *spec, GError **error)
{
	const char *const paths[] = { [PORT_CHANNEL] = spec->channel, [PORT_CONSOLE] = spec->console, NULL };

	vm->serial = serial_open(paths, on_serial, vm, error);
	return vm->serial;
}

static bool let_run(Vm *vm, GError **error)
{
	if (vm->counter)
		return counter_start(vm->counter, error);
	if (vm->debugger)
		return debugger_start(vm->debugger, error);
	return virDomainResume(vm->domain) == 0 || libvirtglue_fail(error, "let the machine run");
}

static Vm *vm_new(VmHost *host, const VmSpec *spec, const VmCallbacks *callbacks, gpointer user)
{
	Vm *vm = g_new0(Vm, 1);

	vm->host = host;
	vm->callbacks = *callbacks;
	vm->user = user;
	vm->name = g_strdup(spec->name);
	vm->pid = -1;
	vm->peak_rss = -1;
	vm->limit_ns = spec->limit_ns;
	vm->cancel = spec->cancel;
	vm->attended = spec->attended;
	if (spec->limit_ns)
		vm->overseer = overseer_new(spec->name, spec->limit_ns, spec->cancel);
	return vm;
}

static bool start(Vm *vm, const VmSpec *spec, gint64 *ret_started_ns, GError **error)
{
	const VmCallbacks *callbacks = &vm->callbacks;

	if (!prepare_memory(vm->host, spec, error) || !open_ports(vm, spec, error) || !create(vm, spec, error))
		return false;
	if (spec->counted && callbacks->n_marks) {
		vm->counter = counter_new(vm->domain, spec->debug_socket, callbacks->marks, callbacks->n_marks, vm,
					  callbacks->count, callbacks->count_failed, vm->user, error);
		if (!vm->counter)
			return false;
	}
	if (callbacks->n_stops) {
		vm->debugger = debugger_new(spec->debug_socket, callbacks->stops, callbacks->n_stops, vm,
					    callbacks->held, vm->user, error);
		if (!vm->debugger)
			return false;
	}
	vm->at_start = vm_usage(vm);
	*ret_started_ns = hostclock_ns();
	return let_run(vm, error);
}

Vm *vm_start(VmHost *host, const VmSpec *spec, const VmCallbacks *callbacks, gpointer user, gint64 *ret_started_ns,
	     GError **error)
{
	g_autoptr(Vm) vm = vm_new(host, spec, callbacks, user);

	if (start(vm, spec, ret_started_ns, error))
		return g_steal_pointer(&vm);
	vm_blame(vm, error);
	return NULL;
}

void vm_beat(Vm *vm)
{
	if (vm->overseer)
		overseer_beat(vm->overseer);
}

void vm_blame(const Vm *vm, GError **error)
{
	g_autofree char *limit = units_format_duration(vm->limit_ns);

	if (!vm->overseer || !overseer_has_ended(vm->overseer))
		return;
	g_clear_error(error);
	if (cancel_check(vm->cancel, error))
		return;
	error_set(error, KHOTEST_ERROR_FAILED,
		  "the emulator did not answer for %s, and was ended: somebody has stopped it by a signal, or it is "
		  "stuck, or the host is too busy to run it",
		  limit);
}

pid_t vm_pid(const Vm *vm)
{
	return vm->pid;
}

bool vm_is_there(const Vm *vm)
{
	return !vm->end.seen && virDomainIsActive(vm->domain) == 1;
}

bool vm_is_stopped(const Vm *vm)
{
	return emulator_is_stopped(vm->pid);
}

bool vm_is_held(const Vm *vm)
{
	int state;

	return vm->attended && virDomainGetState(vm->domain, &state, NULL, 0) == 0 && state == VIR_DOMAIN_PAUSED;
}

void vm_look(Vm *vm, VmLook *ret_look)
{
	if (vm_is_stopped(vm))
		*ret_look = (VmLook){ .state = g_strdup("somebody has stopped it by a signal") };
	else
		vmlook_ask(vm->domain, ret_look);
}

bool vm_freeze(Vm *vm)
{
	if (vm->end.seen || vm_is_stopped(vm))
		return false;
	vm->frozen = true;
	return virDomainSuspend(vm->domain) == 0;
}

bool vm_peek(Vm *vm, guint64 physical, gpointer buffer, gsize length)
{
	vm_beat(vm);
	return virDomainMemoryPeek(vm->domain, physical, length, buffer, VIR_MEMORY_PHYSICAL) == 0;
}

bool vm_dump(Vm *vm, const char *path, GError **error)
{
	static const unsigned int formats[] = { VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB,
						VIR_DOMAIN_CORE_DUMP_FORMAT_RAW };

	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
		if (virDomainCoreDumpWithFormat(vm->domain, path, formats[i], VIR_DUMP_MEMORY_ONLY) == 0)
			return true;
	return libvirtglue_fail(error, "write the machine's memory to a file");
}

gint64 vm_peak_rss(Vm *vm)
{
	sample_rss(vm);
	return vm->peak_rss;
}

VmUsage vm_usage(const Vm *vm)
{
	return emulator_usage(vm->pid);
}

VmUsage vm_usage_at_start(const Vm *vm)
{
	return vm->at_start;
}

char *vm_live_xml(Vm *vm)
{
	g_autoptr(VirString) xml = virDomainGetXMLDesc(vm->domain, 0);

	return g_strdup(xml);
}

char *vm_emulator_log(Vm *vm)
{
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;

	if (!vm->host->root)
		return NULL;
	path = embedroot_log_path(vm->host->root, vm->name);
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	return emulator_log_tail(text, LOG_LINES);
}

/*
 * Not with libvirt's patience: nothing in the guest is worth a clean end, and a
 * stuck emulator gets none. Once the emulator is reaped, the embedded driver finds
 * out by itself, in a thread of its own, with pauses that nobody need wait for.
 */
static void end_machine(Vm *vm)
{
	sample_rss(vm);
	emulator_end(vm->pid, vm->uuid);
	if (!vm->reaper || !reaper_wait(vm->reaper, END_TIMEOUT_US))
		virDomainDestroy(vm->domain);
}

/* Another machine may still have its memory there. */
static void forget_memory(VmHost *host)
{
	g_autoptr(GError) error = NULL;

	if (host->root && host->machines->len == 0 && !embedroot_set_memory_dir(host->root, NULL, &error))
		log_warn("%s", error->message);
}

void vm_destroy(Vm *vm)
{
	if (!vm)
		return;
	counter_free(vm->counter);
	debugger_free(vm->debugger);
	if (vm->domain) {
		g_ptr_array_remove(vm->host->machines, vm);
		end_machine(vm);
		virDomainFree(vm->domain);
	}
	overseer_free(vm->overseer);
	reaper_free(vm->reaper);
	guardian_free(vm->guardian);
	forget_memory(vm->host);
	if (vm->rss_source)
		g_source_remove(vm->rss_source);
	if (vm->end.source)
		g_source_remove(vm->end.source);
	serial_free(vm->serial);
	g_free(vm->end.detail);
	g_free(vm->name);
	g_free(vm);
}
