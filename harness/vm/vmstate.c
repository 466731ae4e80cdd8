// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine that is there: what can be asked of it, and read of its memory. */
#include "emulator.h"
#include "vmprivate.h"

#define LOG_LINES 40 /* a register dump has 24 */

pid_t vm_pid(const Vm *vm)
{
	return vm->pid;
}

static bool is_gone(const Vm *vm)
{
	return vm->end.seen && !vm->end.paused;
}

bool vm_is_there(const Vm *vm)
{
	return !is_gone(vm) && virDomainIsActive(vm->domain) == 1;
}

bool vm_is_stopped(const Vm *vm)
{
	return emulator_is_stopped(vm->pid);
}

bool vm_is_held(const Vm *vm)
{
	int state;

	return vm->attended && !vm->end.seen && virDomainGetState(vm->domain, &state, NULL, 0) == 0 &&
	       state == VIR_DOMAIN_PAUSED;
}

void vm_look(Vm *vm, VmLook *ret_look)
{
	if (vm_is_stopped(vm)) {
		*ret_look = (VmLook){ .state = g_strdup("somebody has stopped it by a signal") };
		return;
	}
	vm->frozen = true;
	vmlook_ask(vm->domain, ret_look);
}

bool vm_freeze(Vm *vm)
{
	if (is_gone(vm) || vm_is_stopped(vm))
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
	gint64 now = emulator_peak_rss(vm->pid);

	vm->peak_rss = MAX(vm->peak_rss, now);
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
