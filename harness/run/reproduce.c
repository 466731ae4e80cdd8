// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/spawn.h>
#include <run/reproduce.h>

#include <string.h>

/* What libvirt allows its emulators: every system call is held against it, each byte of a serial port is one. */
#define LIBVIRT_SANDBOX "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

static void add(GPtrArray *argv, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GPtrArray *argv, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(argv, g_strdup_vprintf(format, args));
	va_end(args);
}

/* Where one node's memory comes from. */
static void add_backend(GPtrArray *argv, const Plan *plan, const char *id, guint64 bytes)
{
	g_autofree char *prefault = plan->guest.prefault
					    ? g_strdup_printf(",prealloc=on,prealloc-threads=%u", plan->guest.cpus)
					    : g_strdup("");
	g_autofree char *folder = plan->guest.memory_dir ? qemu_value(plan->guest.memory_dir) : NULL;

	add(argv, "-object");
	if (folder)
		add(argv, "memory-backend-file,mem-path=%s,id=%s,share=on,size=%" G_GUINT64_FORMAT "%s", folder, id,
		    bytes, prefault);
	else
		add(argv, "memory-backend-memfd,id=%s,share=on,size=%" G_GUINT64_FORMAT "%s", id, bytes, prefault);
}

static void add_memory(GPtrArray *argv, const Plan *plan)
{
	if (machine_nodes(&plan->guest) == 1) {
		add_backend(argv, plan, "ram", plan->guest.memory_bytes);
		add(argv, "-machine");
		add(argv, "%s,accel=%s,memory-backend=ram", plan->machine, plan->accelerator);
		return;
	}
	add(argv, "-machine");
	add(argv, "%s,accel=%s", plan->machine, plan->accelerator);
	for (guint i = 0; i < machine_nodes(&plan->guest); i++) {
		const MachineNode *node = machine_node(&plan->guest, i);
		g_auto(GStrv) cpus = g_strsplit(node->cpus, ",", -1);
		g_autofree char *joined = g_strjoinv(",cpus=", cpus);
		g_autofree char *id = g_strdup_printf("ram%u", i);

		/* a node without memory has no backend: one of 0 bytes is refused */
		if (node->bytes)
			add_backend(argv, plan, id, node->bytes);
		add(argv, "-numa");
		add(argv, "node,nodeid=%u%s%s%s%s", i, node->bytes ? ",memdev=" : "", node->bytes ? id : "",
		    *joined ? ",cpus=" : "", joined);
	}
}

/* Under the command line, which commit its kernels are of: a branch moves on. */
static void add_commits(const Plan *plan, char **asked)
{
	g_autoptr(GPtrArray) said = g_ptr_array_new();
	GString *text = g_string_new(*asked);

	for (guint i = 0; i < plan_hops(plan); i++) {
		const char *pinned = plan_hop(plan, i)->pinned;

		if (!pinned || g_ptr_array_find_with_equal_func(said, pinned, g_str_equal, NULL))
			continue;
		g_string_append_printf(text, "\nwhere %s is the kernel that was built", pinned);
		g_ptr_array_add(said, (gpointer)pinned);
	}
	g_free(*asked);
	*asked = g_string_free(text, FALSE);
}

char *reproduce_script(const Plan *plan, const VmSpec *spec)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *asked = spawn_describe((const char *const *)plan->asked);
	g_autofree char *command = NULL, *commented = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GString) cpu = NULL;
	g_autofree char *kernel = g_shell_quote(plan_hop(plan, 0)->image);
	g_autofree char *initramfs = g_shell_quote(plan->initramfs);

	add(argv, "%s", spec->emulator);
	add_memory(argv, plan);
	for (char **device = plan->guest.devices; device && *device; device++) {
		add(argv, "-device");
		add(argv, "%s", *device);
	}
	add(argv, "-m");
	add(argv, "%" G_GUINT64_FORMAT "M", plan->guest.memory_bytes >> 20);
	/* one a socket, as libvirt has it unless told otherwise */
	add(argv, "-smp");
	add(argv, "%u,sockets=%u,cores=1,threads=1", plan->guest.cpus, plan->guest.cpus);
	add(argv, "-cpu");
	cpu = g_string_new(strcmp(plan->accelerator, "kvm") == 0 ? "host" : "max");
	if (spec->phys_bits)
		g_string_append_printf(cpu, ",phys-bits=%u", spec->phys_bits);
	for (const char *const *feature = spec->arch->random; spec->counted && *feature; feature++)
		g_string_append_printf(cpu, ",-%s", *feature);
	add(argv, "%s", cpu->str);
	if (spec->counted) {
		add(argv, "-icount");
		add(argv, "shift=0,sleep=off");
		add(argv, "-seed");
		add(argv, "1");
		add(argv, "-rtc");
		add(argv, "base=2026-01-01T00:00:00,clock=vm");
	}
	for (const char *const *word = (const char *const[]){ "-nodefaults", "-no-reboot", "-display", "none",
							      "-sandbox", LIBVIRT_SANDBOX, "-serial", "mon:stdio",
							      "-serial", "file:channel.raw", NULL };
	     *word; word++)
		add(argv, "%s", *word);
	add(argv, "-kernel");
	add(argv, "%s", plan_hop(plan, 0)->image);
	add(argv, "-initrd");
	add(argv, "%s", plan->initramfs);
	add(argv, "-append");
	add(argv, "%s", plan_hop(plan, 0)->cmdline);
	g_ptr_array_add(argv, NULL);
	command = spawn_describe((const char *const *)argv->pdata);
	add_commits(plan, &asked);
	/* a newline in an argument would end the comment, and what follows it would be run */
	lines = g_strsplit(asked, "\n", -1);
	commented = g_strjoinv("\n#   ", lines);
	return g_strdup_printf(
		"#!/bin/sh\n"
		"# The same machine again, with nothing but QEMU: console here (Ctrl-A X ends it), records in\n"
		"# channel.raw. It came from:\n"
		"#   %s\n"
		"set -eu\n"
		"printf '%%s  %%s\\n' %s %s %s %s | sha256sum --check --quiet -\n"
		"exec %s\n",
		commented, plan_hop(plan, 0)->sha256, kernel, plan->initramfs_sha256, initramfs, command);
}
