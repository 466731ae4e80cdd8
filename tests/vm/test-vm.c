// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real machines, with a guest of a few hundred bytes (guest.S), and once with the
 * kernel that tests/kernel.h provides.
 */
#include "emulator.h"
#include "hostclock.h"
#include "machine.h"
#include "vmprivate.h"

#include "../kernel.h"

#include <base/error.h>
#include <base/files.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1 << 20)

static void assert_file_has(const char *path, const GString *received)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) log = files_read(path, &error);
	g_autoptr(GBytes) ours = g_bytes_new(received->str, received->len);

	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(log, ours));
}

/* Both ports deliver every byte before the event: all that the emulator wrote. */
static void test_off(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");

	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_assert_cmpstr(machine->console->str, ==, "console: up\n");
	g_assert_cmpstr(machine->channel->str, ==, "channel: up\n");
	g_assert_cmpuint(machine->console_at_event, ==, machine->console->len);
	assert_file_has(machine->spec.console, machine->console);
	assert_file_has(machine->spec.channel, machine->channel);
	g_assert_cmpint(machine->first_byte_ns, >, machine->started_ns);
	g_assert_cmpint(machine->event_ns, >, machine->first_byte_ns);
}

static void test_reset(void)
{
	g_autoptr(TestMachine) machine = machine_new("r");

	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_RESET);
	g_assert_true(g_str_has_prefix(machine->console->str, "console: up\n"));
	/* and stopped: no cold boot follows */
	machine_wait_console(machine, "console: up\nconsole: up\n", 1);
	g_assert_cmpint(machine_pid(machine), ==, -1);
	g_assert_cmpuint(machine->events, ==, 1);
}

static void test_triple_fault(void)
{
	g_autoptr(TestMachine) machine = machine_new("t");

	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_RESET);
}

/* A main loop that is busy elsewhere loses nothing and does not slow the guest down. */
static void test_flood(void)
{
	g_autoptr(TestMachine) machine = machine_new("f");

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	g_usleep(2 * G_USEC_PER_SEC);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_assert_cmpuint(machine->console->len, ==, strlen("console: up\n") + 2000 * 80);
	assert_file_has(machine->spec.console, machine->console);
}

/* A hung guest makes no event, and is ended all the same. */
static void test_hang(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_autofree char *xml = NULL;
	gint64 before;

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	g_assert_false(machine_wait_event(machine, 1));
	xml = vm_live_xml(machine->vm);
	g_assert_nonnull(strstr(xml, machine->spec.name));
	before = hostclock_ns();
	g_clear_pointer(&machine->vm, vm_destroy);
	g_assert_cmpint(hostclock_ns() - before, <, 2 * G_GINT64_CONSTANT(1000000000));
	g_assert_cmpint(machine_pid(machine), ==, -1);
}

/* An emulator that does not answer any more is ended as fast. */
static void test_frozen(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	gint64 before;

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	machine_signal(machine, SIGSTOP);
	before = hostclock_ns();
	g_clear_pointer(&machine->vm, vm_destroy);
	g_assert_cmpint(hostclock_ns() - before, <, 3 * G_GINT64_CONSTANT(1000000000));
	g_assert_cmpint(machine_pid(machine), ==, -1);
}

/* An emulator that runs its guest no more is over, but there: registers and memory tell why it gave up. */
static void test_paused(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_auto(VmLook) look = { 0 };
	guint64 word;

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	g_assert_cmpint(virDomainSuspend(machine->vm->domain), ==, 0);
	g_assert_true(machine_wait_event(machine, 5));
	g_assert_cmpint(machine->event, ==, VM_EVENT_CRASHED);
	g_assert_nonnull(strstr(machine->detail, "paused"));
	g_assert_true(vm_is_there(machine->vm));
	vm_look(machine->vm, &look);
	g_assert_true(look.answers);
	g_assert_true(look.frozen);
	g_assert_false(look.running);
	g_assert_nonnull(strstr(look.said, "IP="));
	g_assert_true(vm_freeze(machine->vm));
	g_assert_true(vm_peek(machine->vm, 0, &word, sizeof(word)));
	/* and what ends after that is gone */
	machine_signal(machine, SIGKILL);
	for (guint i = 0; i < 50 && vm_is_there(machine->vm); i++) {
		g_usleep(100 * 1000);
		g_main_context_iteration(NULL, FALSE);
	}
	g_assert_false(vm_is_there(machine->vm));
	g_assert_cmpuint(machine->events, ==, 1);
}

static void test_killed(void)
{
	g_autoptr(TestMachine) machine = machine_new("m");
	gint64 peak;

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: touched", 30));
	peak = vm_peak_rss(machine->vm);
	machine_signal(machine, SIGKILL);
	g_assert_true(machine_wait_event(machine, 5));
	g_assert_cmpint(machine->event, ==, VM_EVENT_CRASHED);
	g_assert_nonnull(strstr(machine->detail, "killed"));
	g_assert_cmpint(vm_peak_rss(machine->vm), >=, peak);
	g_assert_null(vm_live_xml(machine->vm));
}

/* Who ended it is told: a signal to the emulator is nothing that the guest did. */
static void test_terminated(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
		g_autoptr(TestMachine) machine = machine_new("h");

		machine_must_start(machine);
		g_assert_true(machine_wait_console(machine, "console: up", 30));
		machine_signal(machine, signals[i]);
		g_assert_true(machine_wait_event(machine, 10));
		g_test_message("%s", machine->detail);
		g_assert_cmpint(machine->event, ==, VM_EVENT_CRASHED);
		g_assert_nonnull(strstr(machine->detail, "somebody on the host ended the emulator (host-signal)"));
	}
}

/* What the host sees of a guest that says nothing: at work, waiting, or not run at all. */
static void test_look(void)
{
	for (int i = 0; i < 3; i++) {
		g_autoptr(TestMachine) machine = machine_new(i == 0 ? "s" : "h");
		g_auto(VmLook) look = { 0 };
		gint64 before;

		machine_must_start(machine);
		g_assert_true(machine_wait_console(machine, "console: up", 30));
		g_assert_false(vm_is_stopped(machine->vm));
		if (i == 2) {
			machine_signal(machine, SIGSTOP);
			while (!vm_is_stopped(machine->vm))
				g_usleep(1000);
		}
		before = vm_usage(machine->vm).cpu_ns;
		g_assert_false(machine_wait_event(machine, 1));
		g_assert_cmpint(before, >, 0);
		vm_look(machine->vm, &look);
		g_test_message("%s, %s, at 0x%" G_GINT64_MODIFIER "x", look.state, look.halted ? "halted" : "at work",
			       look.where);
		g_assert_cmpint(look.answers, ==, i < 2);
		g_assert_cmpint(look.running, ==, i < 2);
		g_assert_cmpint(look.halted, ==, i == 1);
		g_assert_true(i == 2 ? !look.said
				     : strstr(look.said, "IP=") && strstr(look.said, "dumping local APIC"));
		g_assert_cmpint(vm_is_stopped(machine->vm), ==, i == 2);
		if (i == 0) {
			g_assert_cmpint(vm_usage(machine->vm).cpu_ns, >, before);
			/* the guest is loaded at 1 MiB */
			g_assert_cmpuint(look.where >> 20, ==, 1);
		} else if (i == 2) {
			g_assert_cmpint(vm_usage(machine->vm).cpu_ns, ==, before);
		}
	}
}

/* The emulator's memory figure has the guest's shared memory in it. */
static void test_rss(void)
{
	gint64 peaks[2];

	for (int i = 0; i < 2; i++) {
		g_autoptr(TestMachine) machine = machine_new(i ? "m" : "h");

		machine_must_start(machine);
		g_assert_true(machine_wait_console(machine, i ? "console: touched" : "console: up", 30));
		peaks[i] = vm_peak_rss(machine->vm);
	}
	g_test_message("peak: %" G_GINT64_FORMAT " MiB, with 64 MiB touched %" G_GINT64_FORMAT " MiB", peaks[0] / MIB,
		       peaks[1] / MIB);
	g_assert_cmpint(peaks[0], >, 10 * MIB);
	g_assert_cmpint(peaks[1] - peaks[0], >, 60 * MIB);
	g_assert_cmpint(peaks[1] - peaks[0], <, 100 * MIB);
}

static void test_destroy_in_event(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");

	machine->destroy_in_event = true;
	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_null(machine->vm);
}

static void test_numa(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");
	g_autoptr(GArray) nodes = g_array_new(FALSE, TRUE, sizeof(MachineNode));
	MachineNode one = { .bytes = 192 * MIB, .cpus = (char *)"0-1" };
	MachineNode two = { .bytes = 64 * MIB };
	g_autofree char *xml = NULL;

	g_array_append_val(nodes, one);
	g_array_append_val(nodes, two);
	machine->spec.guest.nodes = nodes;
	machine->spec.guest.cpus = 2;
	machine_must_start(machine);
	xml = vm_live_xml(machine->vm);
	g_assert_nonnull(strstr(xml, "<cell id='1' memory='65536' unit='KiB' memAccess='shared'/>"));
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
}

/* Whether any regular file lies below a folder. */
static bool has_file(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		if (g_file_test(child, G_FILE_TEST_IS_REGULAR) || has_file(child))
			return true;
	}
	return false;
}

/* A node without memory, whose CPUs have theirs elsewhere. */
static void test_numa_memoryless(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");
	g_autoptr(GArray) nodes = g_array_new(FALSE, TRUE, sizeof(MachineNode));
	MachineNode one = { .bytes = 256 * MIB, .cpus = (char *)"0" };
	MachineNode two = { .bytes = 0, .cpus = (char *)"1" };

	g_array_append_val(nodes, one);
	g_array_append_val(nodes, two);
	machine->spec.guest.nodes = nodes;
	machine->spec.guest.cpus = 2;
	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
}

static void test_memory_file(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_autofree char *dir = g_build_filename(machine->folder, "memory", NULL);

	machine->spec.guest.memory_dir = (char *)dir;
	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	g_assert_true(has_file(dir));
	g_clear_pointer(&machine->vm, vm_destroy);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void test_arguments(void)
{
	static const char *const good[] = { "-icount", "shift=0,sleep=off", NULL };
	static const char *const bad[] = { "-no-such-option", NULL };
	g_autoptr(TestMachine) machine = machine_new("o");
	g_autoptr(GError) error = NULL;

	machine->spec.qemu_args = good;
	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_clear_pointer(&machine->vm, vm_destroy);
	machine->spec.qemu_args = bad;
	g_assert_false(machine_start(machine, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "no-such-option"));
}

/* More memory than the host has is no obstacle; a folder that does not exist for a serial port is. */
static void test_limits(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");
	g_autoptr(GError) error = NULL;
	const char *channel = machine->spec.channel;

	machine->spec.guest.memory_bytes = G_GUINT64_CONSTANT(512) << 30;
	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 60));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_clear_pointer(&machine->vm, vm_destroy);
	machine->spec.channel = "/nonexistent/channel";
	g_assert_false(machine_start(machine, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_cmpint(machine_pid(machine), ==, -1);
	machine->spec.channel = channel;
}

/* A kernel with no init panics and, told so, reboots: everything up to then is on the console. */
static void test_linux(void)
{
	const char *kernel = g_getenv("KHOTEST_TEST_KERNEL");
	g_autoptr(TestMachine) machine = NULL;
	const char *guest;

	if (!kernel) {
		g_test_skip("KHOTEST_TEST_KERNEL names no kernel");
		return;
	}
	machine = machine_new("h");
	guest = machine->spec.kernel;
	machine->spec.kernel = kernel;
	g_free((char *)machine->spec.cmdline);
	machine->spec.cmdline = g_strdup("console=ttyS0 panic=-1");
	machine->spec.guest.cpus = 2;
	machine->spec.guest.memory_bytes = G_GUINT64_CONSTANT(1) << 30;
	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 120));
	g_assert_cmpint(machine->event, ==, VM_EVENT_RESET);
	g_assert_nonnull(strstr(machine->console->str, "Kernel panic - not syncing"));
	assert_file_has(machine->spec.console, machine->console);
	machine->spec.kernel = guest;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	kernel_provide();
	g_test_add_func("/vm/off", test_off);
	g_test_add_func("/vm/reset", test_reset);
	g_test_add_func("/vm/triple-fault", test_triple_fault);
	g_test_add_func("/vm/flood", test_flood);
	g_test_add_func("/vm/hang", test_hang);
	g_test_add_func("/vm/frozen", test_frozen);
	g_test_add_func("/vm/paused", test_paused);
	g_test_add_func("/vm/killed", test_killed);
	g_test_add_func("/vm/terminated", test_terminated);
	g_test_add_func("/vm/look", test_look);
	g_test_add_func("/vm/rss", test_rss);
	g_test_add_func("/vm/destroy-in-event", test_destroy_in_event);
	g_test_add_func("/vm/numa", test_numa);
	g_test_add_func("/vm/numa-memoryless", test_numa_memoryless);
	g_test_add_func("/vm/memory-file", test_memory_file);
	g_test_add_func("/vm/arguments", test_arguments);
	g_test_add_func("/vm/limits", test_limits);
	g_test_add_func("/vm/linux", test_linux);
	return g_test_run();
}
