// SPDX-License-Identifier: GPL-2.0-or-later
/* KVM as it is found: the guest of its probe, and one that only pretends. */
#include "kvmguest.h"
#include "machine.h"

#include <base/files.h>
#include <base/spawn.h>

#include <string.h>

/* KVM that only pretends: the emulator stops by itself and stays, which is an event too. */
static void test_lying_kvm(void)
{
	static const char *const plain_cpu[] = { "-cpu", "qemu64",
						 NULL }; /* for KVM that can't even set up the host's */
	g_autoptr(TestMachine) machine = machine_new("x");
	g_autofree char *why = NULL;
	g_autofree char *log = NULL;

	if (accel_probe_kvm(5 * G_GINT64_CONSTANT(1000000000), &why)) {
		g_test_skip("KVM works here");
		return;
	}
	if (!strstr(why, "internal error")) {
		g_test_skip(why);
		return;
	}
	machine->spec.accel = ACCEL_KVM;
	machine->spec.qemu_args = plain_cpu;
	machine_must_start(machine);
	/* where KVM is itself emulated, firmware alone takes half a minute on a host with other work */
	g_assert_true(machine_wait_event(machine, 120));
	g_assert_cmpint(machine->event, ==, VM_EVENT_CRASHED);
	log = vm_emulator_log(machine->vm);
	g_test_message("%s; the emulator said: %s", machine->detail, log);
	g_assert_nonnull(strstr(log, "KVM internal error"));
	/* the verdict's words are these */
	g_assert_nonnull(strstr(machine->detail, "it said: KVM internal error. Suberror: "));
}

/*
 * The guest of the KVM probe on a CPU that works, QEMU's own: what it answers
 * there is what the probe expects. It starts in real mode from a ROM that only
 * jumps to it; ports that nobody serves read as ones, so its number is -1, and
 * the answer is seen in a trace of port accesses.
 */
static void test_probe_guest(void)
{
	static const char jump[] = { '\xea', '\x00', KVMGUEST_CODE >> 8, '\x00', '\x00' };
	g_autofree char *folder = g_dir_make_tmp("probe-XXXXXX", NULL);
	g_autofree char *rom = g_build_filename(folder, "rom", NULL);
	g_autofree char *guest = g_build_filename(folder, "guest", NULL);
	g_autofree char *loader = g_strdup_printf("loader,file=%s,addr=%d,force-raw=on", guest, KVMGUEST_CODE);
	g_autofree char *exit_port = g_strdup_printf("isa-debug-exit,iobase=%d,iosize=4", KVMGUEST_PORT_ANSWER);
	g_autofree char *answer = g_strdup_printf("value 0x%x size 4 name 'isa-debug-exit'", KVMGUEST_ANSWER - 1);
	const char *argv[] = { "qemu-system-x86_64",
			       "-machine",
			       "q35",
			       "-accel",
			       "tcg",
			       "-cpu",
			       "max",
			       "-m",
			       "16",
			       "-nodefaults",
			       "-display",
			       "none",
			       "-no-reboot",
			       "-bios",
			       rom,
			       "-device",
			       loader,
			       "-device",
			       exit_port,
			       "-trace",
			       "memory_region_ops_write",
			       NULL };
	SpawnSpec spec = { .argv = argv, .keep_output = true, .timeout_ns = 30 * G_GINT64_CONSTANT(1000000000) };
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *image = g_malloc0(65536);
	g_autoptr(GError) error = NULL;

	memcpy(image + 0xfff0, jump, sizeof(jump));
	g_assert_true(files_write(rom, image, 65536, NULL));
	g_assert_true(files_write(guest, kvmguest_start, (gsize)(kvmguest_end - kvmguest_start), NULL));
	spawn_run(&spec, &result, &error);
	g_assert_no_error(error);
	if (!strstr(result.err, answer))
		g_test_message("%s", result.err);
	g_assert_nonnull(strstr(result.err, answer));
	g_assert_true(files_remove_tree(folder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vm/lying-kvm", test_lying_kvm);
	g_test_add_func("/vm/probe-guest", test_probe_guest);
	return g_test_run();
}
