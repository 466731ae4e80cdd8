// SPDX-License-Identifier: GPL-2.0-or-later
/* What a harness that is killed leaves behind: nothing, by its guardian or by whoever comes next. */
#include "emulator.h"
#include "machine.h"

#include <base/files.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self; /* path of this program, which is also its own helper process */

/* The other process: starts a machine below the folder given, says its root, and waits to be killed. */
static int hold(const char *runtime)
{
	TestMachine *machine;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed waits for nobody */
	machine_use_runtime(runtime);
	machine = machine_new("h");
	machine_must_start(machine);
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

	machine_must_start(machine);
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
	pid_t guardian;

	hold_machine(&held, machine->runtime);
	machine_must_start(machine);
	g_assert_cmpint(held.emulator, !=, machine_pid(machine));

	/* this process makes way for another opening, with the other one alive, then dead */
	g_clear_pointer(&machine->vm, vm_destroy);
	g_clear_pointer(&machine->host, vmhost_close);
	machine->host = vmhost_open("embed", machine->runtime, machine->cache, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(emulator_find(held.mark), ==, held.emulator);
	g_clear_pointer(&machine->host, vmhost_close);
	guardian = guardian_of(held.child);
	g_assert_cmpint(guardian, >, 0); /* -1 would be everybody */
	kill(guardian, SIGKILL);
	kill_holder(&held);
	g_assert_false(gone_within(&held, G_USEC_PER_SEC / 2));
	machine->host = vmhost_open("embed", machine->runtime, machine->cache, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(emulator_find(held.mark), ==, -1);
	g_assert_false(g_file_test(held.root, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--hold") == 0)
		return hold(argv[2]);
	self = g_file_read_link("/proc/self/exe", NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vm/harness-killed", test_harness_killed);
	g_test_add_func("/vm/guardian-leaves", test_guardian_leaves);
	g_test_add_func("/vm/left-behind", test_left_behind);
	return g_test_run();
}
