// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real machines, with a guest of a few hundred bytes (guest.S), and once with the
 * kernel that tests/kernel.h provides.
 */
#include "emulator.h"
#include "hostclock.h"
#include "kvmguest.h"
#include "machine.h"

#include "../kernel.h"

#include <base/error.h>
#include <base/files.h>
#include <base/spawn.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1 << 20)

static char *self; /* path of this program, which is also its own helper process */

static void start(TestMachine *machine)
{
	g_autoptr(GError) error = NULL;

	machine_start(machine, &error);
	g_assert_no_error(error);
}

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

	start(machine);
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

	start(machine);
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

	start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_RESET);
}

/* A main loop that is busy elsewhere loses nothing and does not slow the guest down. */
static void test_flood(void)
{
	g_autoptr(TestMachine) machine = machine_new("f");

	start(machine);
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

	start(machine);
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

	start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	kill(machine_pid(machine), SIGSTOP);
	before = hostclock_ns();
	g_clear_pointer(&machine->vm, vm_destroy);
	g_assert_cmpint(hostclock_ns() - before, <, 3 * G_GINT64_CONSTANT(1000000000));
	g_assert_cmpint(machine_pid(machine), ==, -1);
}

static void test_killed(void)
{
	g_autoptr(TestMachine) machine = machine_new("m");
	gint64 peak;

	start(machine);
	g_assert_true(machine_wait_console(machine, "console: touched", 30));
	peak = vm_peak_rss(machine->vm);
	kill(machine_pid(machine), SIGKILL);
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

		start(machine);
		g_assert_true(machine_wait_console(machine, "console: up", 30));
		kill(machine_pid(machine), signals[i]);
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

		start(machine);
		g_assert_true(machine_wait_console(machine, "console: up", 30));
		g_assert_false(vm_is_stopped(machine->vm));
		if (i == 2) {
			kill(machine_pid(machine), SIGSTOP);
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

		start(machine);
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
	start(machine);
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
	start(machine);
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
	start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
}

static void test_memory_file(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_autofree char *dir = g_build_filename(machine->folder, "memory", NULL);

	machine->spec.guest.memory_dir = (char *)dir;
	start(machine);
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
	start(machine);
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
	start(machine);
	g_assert_true(machine_wait_event(machine, 60));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_clear_pointer(&machine->vm, vm_destroy);
	machine->spec.channel = "/nonexistent/channel";
	g_assert_false(machine_start(machine, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_cmpint(machine_pid(machine), ==, -1);
	machine->spec.channel = channel;
}

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
	start(machine);
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

/* The other process: starts a machine below the folder given, says its root, and waits to be killed. */
static int hold(const char *runtime)
{
	TestMachine *machine;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed waits for nobody */
	machine_use_runtime(runtime);
	machine = machine_new("h");
	start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	printf("%s %s\n", machine->spec.name, machine->folder);
	fflush(stdout);
	pause();
	return 0;
}

/* A process that holds a machine; what is known of it. */
typedef struct {
	GPid child;
	FILE *from;
	char *mark, *folder, *root;
	pid_t emulator;
} Held;

static void hold_machine(Held *held, const char *runtime)
{
	const char *argv[] = { self, "--hold", runtime, NULL };
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = NULL;
	char line[512] = "";
	int fd;

	g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &held->child, NULL,
				 &fd, NULL, &error);
	g_assert_no_error(error);
	held->from = fdopen(fd, "r");
	while (fgets(line, sizeof(line), held->from) && !g_str_has_prefix(line, "khotest-"))
		;
	words = g_strsplit(g_strstrip(line), " ", 2);
	held->mark = g_strdup_printf("guest=%s,", words[0]);
	held->folder = g_strdup(words[1]);
	held->root = g_strdup_printf("%s/libvirt-%d", runtime, (int)held->child);
	held->emulator = emulator_find(held->mark);
	g_assert_cmpint(held->emulator, >, 0);
}

static void kill_holder(Held *held)
{
	kill(held->child, SIGKILL);
	waitpid(held->child, NULL, 0);
}

static void held_clear(Held *held)
{
	g_autoptr(GError) error = NULL;

	fclose(held->from);
	files_remove_tree(held->folder, &error);
	g_assert_no_error(error);
	g_free(held->mark);
	g_free(held->folder);
	g_free(held->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Held, held_clear)

/* The guardian of a process: its child of that name. -1 for none. */
static pid_t guardian_of(pid_t process)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	g_autofree char *start = g_strdup_printf(" (khotest-guard) S %d ", (int)process);
	const char *name;

	while ((name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
		g_autofree char *stat = NULL;

		if (g_ascii_isdigit(*name) && g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, start))
			return (pid_t)strtol(name, NULL, 10);
	}
	return -1;
}

static bool gone_within(const Held *held, gint64 us)
{
	gint64 give_up = g_get_monotonic_time() + us;

	while (emulator_find(held->mark) > 0) {
		if (g_get_monotonic_time() > give_up)
			return false;
		g_usleep(10000);
	}
	return true;
}

/* A process that nobody has reaped yet has no command line any more. */
static bool is_running(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", (int)pid);
	g_autofree char *line = NULL;
	gsize length = 0;

	return g_file_get_contents(path, &line, &length, NULL) && length > 0;
}

/* A harness that is killed takes its emulator with it, at once. */
static void test_harness_killed(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_auto(Held) held = { 0 };
	pid_t guardian;

	hold_machine(&held, machine->runtime);
	guardian = guardian_of(held.child);
	g_assert_cmpint(guardian, >, 0);
	kill_holder(&held);
	g_assert_true(gone_within(&held, G_USEC_PER_SEC));
	/* and the guardian goes too */
	for (guint i = 0; i < 100 && is_running(guardian); i++)
		g_usleep(10000);
	g_assert_false(is_running(guardian));
}

/* A machine that ends by itself, or is ended, leaves no guardian. */
static void test_guardian_leaves(void)
{
	g_autoptr(TestMachine) machine = machine_new("o");

	start(machine);
	g_assert_cmpint(guardian_of(getpid()), >, 0);
	g_assert_true(machine_wait_event(machine, 30));
	g_clear_pointer(&machine->vm, vm_destroy);
	g_assert_cmpint(guardian_of(getpid()), ==, -1);
}

/*
 * Two processes have machines at once; when one is killed, and its guardian before it, the
 * next to come ends what it left.
 */
static void test_left_behind(void)
{
	g_autoptr(TestMachine) machine = machine_new("h");
	g_autoptr(GError) error = NULL;
	g_auto(Held) held = { 0 };

	hold_machine(&held, machine->runtime);
	start(machine);
	g_assert_cmpint(held.emulator, !=, machine_pid(machine));

	/* this process makes way for another opening, with the other one alive, then dead */
	g_clear_pointer(&machine->vm, vm_destroy);
	g_clear_pointer(&machine->host, vmhost_close);
	machine->host = vmhost_open("embed", machine->runtime, machine->cache, &error);
	g_assert_no_error(error);
	g_assert_cmpint(emulator_find(held.mark), ==, held.emulator);
	g_clear_pointer(&machine->host, vmhost_close);
	kill(guardian_of(held.child), SIGKILL);
	kill_holder(&held);
	g_assert_false(gone_within(&held, G_USEC_PER_SEC / 2));
	machine->host = vmhost_open("embed", machine->runtime, machine->cache, &error);
	g_assert_no_error(error);
	g_assert_cmpint(emulator_find(held.mark), ==, -1);
	g_assert_false(g_file_test(held.root, G_FILE_TEST_EXISTS));
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
	start(machine);
	g_assert_true(machine_wait_event(machine, 120));
	g_assert_cmpint(machine->event, ==, VM_EVENT_RESET);
	g_assert_nonnull(strstr(machine->console->str, "Kernel panic - not syncing"));
	assert_file_has(machine->spec.console, machine->console);
	machine->spec.kernel = guest;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--hold") == 0)
		return hold(argv[2]);
	self = g_file_read_link("/proc/self/exe", NULL);
	g_test_init(&argc, &argv, NULL);
	kernel_provide();
	g_test_add_func("/vm/off", test_off);
	g_test_add_func("/vm/reset", test_reset);
	g_test_add_func("/vm/triple-fault", test_triple_fault);
	g_test_add_func("/vm/flood", test_flood);
	g_test_add_func("/vm/hang", test_hang);
	g_test_add_func("/vm/frozen", test_frozen);
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
	g_test_add_func("/vm/lying-kvm", test_lying_kvm);
	g_test_add_func("/vm/harness-killed", test_harness_killed);
	g_test_add_func("/vm/guardian-leaves", test_guardian_leaves);
	g_test_add_func("/vm/left-behind", test_left_behind);
	g_test_add_func("/vm/probe-guest", test_probe_guest);
	g_test_add_func("/vm/linux", test_linux);
	return g_test_run();
}
