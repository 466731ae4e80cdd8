// SPDX-License-Identifier: GPL-2.0-or-later
#include "emulator.h"
#include "hostclock.h"
#include "memoryless.h"
#include "vmprivate.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <base/units.h>

/* Of what came within one period the channel is handed on first: no console line comes before the word that led to it.
 */
enum {
	PORT_CHANNEL,
	PORT_CONSOLE,
};

/* An emulator that ends by itself is seen to within this much of its last memory figure. */
#define RSS_INTERVAL_MS 100
/* Long enough to give the memory of a large guest back. */
#define END_TIMEOUT_US (5 * G_USEC_PER_SEC)

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

static gboolean on_rss_timer(gpointer data)
{
	vm_peak_rss(data);
	vm_look_for_end(data);
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

	if (!prepare_memory(vm->host, spec, error) || !open_ports(vm, spec, error) || !create(vm, spec, error) ||
	    !serial_check(vm->serial, error))
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

/*
 * Not with libvirt's patience: nothing in the guest is worth a clean end, and a
 * stuck emulator gets none. Once the emulator is reaped, the embedded driver finds
 * out by itself, in a thread of its own, with pauses that nobody need wait for.
 */
static void end_machine(Vm *vm)
{
	vm_peak_rss(vm);
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
