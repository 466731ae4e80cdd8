// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs that do not come to their end, or that should not: the verdict names what
 * happened, nothing is left behind, and neighbours do not disturb each other.
 *
 * Arguments: khotest, folder for run directories.
 */
#include "tool.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll
#define START_WAIT_US (120 * G_USEC_PER_SEC)

static void add_run(GPtrArray *words, const char *append, const char *timeout)
{
	static const char *const common[] = {
		"run", "--series", "central", "-m", "1G", "--format", "json", "-q", "-o"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(common); i++)
		g_ptr_array_add(words, (gpointer)common[i]);
	g_ptr_array_add(words, (gpointer)tool_argument(0));
	if (append) {
		g_ptr_array_add(words, (gpointer) "-a");
		g_ptr_array_add(words, (gpointer)append);
	}
	if (timeout) {
		g_ptr_array_add(words, (gpointer) "--timeout");
		g_ptr_array_add(words, (gpointer)timeout);
	}
	g_ptr_array_add(words, NULL);
}

/* The host ran others while this guest's CPUs waited: it is not to blame for the deadline, and must not be blamed. */
static bool was_starved(JsonObject *reason)
{
	return strstr(json_get_string(reason, "text"), "in which the host ran others");
}

/* A run that must end with that status, verdict and first reason. */
static void check_run(const char *append, const char *timeout, int status, const char *verdict, const char *reason)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;
	g_autofree char *state = NULL;
	JsonArray *reasons;

	add_run(words, append, timeout);
	tool_run((const char *const *)words->pdata, NULL, &run);
	result = tool_json(&run);
	reasons = json_get_array(result, "reasons");
	g_assert_cmpuint(json_array_get_length(reasons), >, 0);
	if (timeout && was_starved(json_array_get_object_element(reasons, 0))) {
		status = 99;
		verdict = "ERROR";
		reason = "emulator-stuck";
	}
	g_assert_cmpstr(json_get_string(result, "verdict"), ==, verdict);
	g_assert_cmpint(run.status, ==, status);
	g_assert_cmpstr(json_get_string(json_array_get_object_element(reasons, 0), "id"), ==, reason);
	/* what its CPUs and interrupt controllers were at, for who wants to know why; of one that came to its end
	 * nobody asks */
	state = g_build_filename(tool_argument(0), json_get_string(result, "id"), "machine.txt", NULL);
	if (timeout || strcmp(reason, "guest-panic") == 0)
		g_assert_true(g_file_test(state, G_FILE_TEST_IS_REGULAR));
}

static void test_panic(void)
{
	/* says how it is used, and exits: the kernel does not outlive its init */
	check_run("rdinit=/bin/busybox", NULL, 1, "FAIL", "guest-panic");
}

static void test_hang(void)
{
	/* a shell that waits for somebody to type */
	check_run("rdinit=/bin/sh", "20s", 1, "FAIL", "guest-hang");
}

static void test_timeout(void)
{
	check_run(NULL, "1s", 1, "FAIL", "guest-hang");
}

static void test_without_kho(void)
{
	check_run("kho=off", NULL, 99, "ERROR", "kernel-without-kho");
}

/* What the user asked for was not tested: no PASS, and not the kernel's fault either. */
static void test_words(void)
{
	check_run("cma=64M", NULL, 99, "ERROR", "word-ignored");
	check_run("kho_scratch=banana", NULL, 99, "ERROR", "word-ignored");
}

static void test_scratch_too_large(void)
{
	check_run("kho_scratch=64M,4G,64M", NULL, 1, "FAIL", "no-scratch");
}

/* SIGINT in the middle of a boot: status 99, no machine left, and a run directory that says so. */
static void test_interrupt(void)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *err = NULL;
	guint before = tool_machines();
	gint64 give_up = g_get_monotonic_time() + START_WAIT_US;

	g_ptr_array_add(words, (gpointer)tool_path());
	add_run(words, NULL, NULL);
	child = g_subprocess_newv((const char *const *)words->pdata,
				  G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
	g_assert_no_error(error);
	while (tool_machines() == before) {
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(20000);
	}
	g_usleep(G_USEC_PER_SEC / 2);
	g_subprocess_send_signal(child, SIGINT);
	g_assert_true(g_subprocess_communicate_utf8(child, NULL, NULL, NULL, &err, &error));
	g_assert_true(g_subprocess_get_if_exited(child));
	g_assert_cmpint(g_subprocess_get_exit_status(child), ==, 99);
	g_assert_nonnull(strstr(err, "interrupted by"));
	g_assert_cmpuint(tool_machines(), ==, before);
}

/*
 * What the machine of the only run directory in a folder is called (run/execute.c); NULL
 * if there is none, or (said) its guest has not said anything yet.
 */
static char *machine_name(const char *folder, bool said_something)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *run = dir ? g_dir_read_name(dir) : NULL;
	g_autofree char *path = run ? g_build_filename(folder, run, NULL) : NULL;
	g_autofree char *digest = path ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, path, -1) : NULL;
	g_autofree char *console = path ? g_build_filename(path, "console.log", NULL) : NULL;
	g_autofree char *said = NULL;
	gsize length = 0;

	if (!console || (said_something && (!g_file_get_contents(console, &said, &length, NULL) || !length)))
		return NULL;
	return g_strdup_printf("khotest-%.16s", digest);
}

/* The emulator that runs for that folder, or -1. */
static pid_t find_machine(const char *folder, bool said_something)
{
	g_autofree char *machine = machine_name(folder, said_something);
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (machine && (name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *line = NULL;
		gsize length = 0;

		if (g_ascii_isdigit(*name) && g_file_get_contents(path, &line, &length, NULL) && length &&
		    strstr(line, "qemu-system") && memmem(line, length, machine, strlen(machine)))
			return (pid_t)g_ascii_strtoll(name, NULL, 10);
	}
	return -1;
}

/*
 * Somebody on the host disturbs a run, once its machine is there: what is signalled, and
 * for how long it is stopped. The guest is never blamed for that.
 */
static void disturb(const char *folder_name, bool harness, int signal, gint seconds, const char *timeout,
		    const char *verdict, const char *reason, const char *note)
{
	g_autofree char *parent = g_canonicalize_filename(tool_argument(0), NULL);
	g_autofree char *unique = g_strdup_printf("%s-%d", folder_name, (int)getpid());
	g_autofree char *folder = g_build_filename(parent, unique, NULL);
	const char *const words[] = { tool_path(), "run", "--series", "central", "-m",	      "1G",    "--format",
				      "json",	   "-q",  "-o",	      folder,	 "--timeout", timeout, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) child =
		g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
	gint64 give_up = g_get_monotonic_time() + START_WAIT_US;
	g_autoptr(JsonObject) result = NULL;
	g_autofree char *out = NULL;
	pid_t machine, target;

	g_assert_no_error(error);
	while ((machine = find_machine(folder, true)) < 0) {
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(20000);
	}
	g_usleep(G_USEC_PER_SEC / 2);
	target = harness ? (pid_t)g_ascii_strtoll(g_subprocess_get_identifier(child), NULL, 10) : machine;
	kill(target, signal);
	if (signal == SIGSTOP && seconds) {
		g_usleep((gulong)seconds * G_USEC_PER_SEC);
		kill(target, SIGCONT);
	}
	g_assert_true(g_subprocess_communicate_utf8(child, NULL, NULL, &out, NULL, &error));
	result = json_parse_object(out, -1, "result", &error);
	g_assert_no_error(error);
	g_test_message("%s", out);
	g_assert_cmpstr(json_get_string(result, "verdict"), ==, verdict);
	if (reason) {
		JsonObject *first = json_array_get_object_element(json_get_array(result, "reasons"), 0);

		g_assert_cmpstr(json_get_string(first, "id"), ==, reason);
	}
	if (note)
		g_assert_nonnull(strstr(json_array_get_string_element(json_get_array(result, "notes"), 0), note));
}

static void test_host_disturbs(void)
{
	disturb("terminated", false, SIGTERM, 0, "120s", "ERROR", "emulator-crashed", NULL);
	/* longer than the run's patience, and it is let go on: time in which nobody listened does not count */
	disturb("harness-stopped", true, SIGSTOP, 25, "20s", "PASS", NULL, "the harness or the emulator was stopped");
	/* ... and it is not */
	disturb("emulator-stopped", false, SIGSTOP, 0, "15s", "ERROR", "emulator-crashed",
		"the harness or the emulator was stopped");
}

/*
 * An emulator that is stopped before it has answered anybody: libvirt waits for it as long as it takes. signal: what
 * the harness is sent then, or 0.
 */
static void stop_at_start(const char *folder_name, const char *timeout, int signal, const char *says)
{
	g_autofree char *parent = g_canonicalize_filename(tool_argument(0), NULL);
	g_autofree char *unique = g_strdup_printf("%s-%d", folder_name, (int)getpid());
	g_autofree char *folder = g_build_filename(parent, unique, NULL);
	/* which takes an emulator a while, before it listens to anybody */
	const char *const words[] = { tool_path(), "run", "--series", "central",   "-m",    "4G", "--prefault",
				      "-q",	   "-o",  folder,     "--timeout", timeout, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) child =
		g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
	gint64 give_up = g_get_monotonic_time() + START_WAIT_US;
	g_autofree char *said = NULL;
	pid_t machine;

	g_assert_no_error(error);
	while ((machine = find_machine(folder, false)) < 0) {
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(1000);
	}
	kill(machine, SIGSTOP);
	g_usleep(G_USEC_PER_SEC);
	if (signal)
		g_subprocess_send_signal(child, signal);
	g_assert_true(g_subprocess_communicate_utf8(child, NULL, NULL, &said, NULL, &error));
	g_test_message("%s", said);
	g_assert_true(g_subprocess_get_if_exited(child));
	g_assert_cmpint(g_subprocess_get_exit_status(child), ==, 99);
	g_assert_nonnull(strstr(said, says));
	/* gone, and not left behind as it was */
	g_assert_cmpint(find_machine(folder, false), ==, -1);
}

static void test_stopped_at_start(void)
{
	stop_at_start("never-answers", "12s", 0, "the emulator did not answer for 30");
	stop_at_start("never-answers-interrupted", "300s", SIGTERM, "interrupted by");
}

static void test_two_at_once(void)
{
	GSubprocess *children[2] = { NULL };
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
		g_autoptr(GPtrArray) words = g_ptr_array_new();

		g_ptr_array_add(words, (gpointer)tool_path());
		add_run(words, NULL, NULL);
		children[i] =
			g_subprocess_newv((const char *const *)words->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
		g_assert_no_error(error);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
		g_autofree char *said = NULL;

		g_assert_true(g_subprocess_communicate_utf8(children[i], NULL, NULL, &said, NULL, &error));
		g_assert_true(g_subprocess_get_if_exited(children[i]));
		if (g_subprocess_get_exit_status(children[i]))
			g_test_message("%s", said);
		g_assert_cmpint(g_subprocess_get_exit_status(children[i]), ==, 0);
		g_object_unref(children[i]);
	}
}

/* libvirt's own test driver stands for all that are not QEMU's: nothing is started there. */
static void test_other_hypervisor(void)
{
	const char *const words[] = { "run", "--series", "central",	   "-m",	"1G",
				      "-q",  "-o",	 tool_argument(0), "--connect", "test:///default",
				      NULL };
	g_auto(SpawnResult) run = { 0 };

	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 99);
	g_assert_cmpstr(run.out, ==, "");
	g_assert_nonnull(strstr(run.err, "--connect test:///default"));
	g_assert_nonnull(strstr(run.err, "khotest's machines are QEMU's"));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/run/panic", test_panic);
	g_test_add_func("/run/hang", test_hang);
	g_test_add_func("/run/timeout", test_timeout);
	g_test_add_func("/run/without-kho", test_without_kho);
	g_test_add_func("/run/scratch-too-large", test_scratch_too_large);
	g_test_add_func("/run/words", test_words);
	g_test_add_func("/run/interrupt", test_interrupt);
	g_test_add_func("/run/host-disturbs", test_host_disturbs);
	g_test_add_func("/run/stopped-at-start", test_stopped_at_start);
	g_test_add_func("/run/two-at-once", test_two_at_once);
	g_test_add_func("/run/other-hypervisor", test_other_hypervisor);
	return g_test_run();
}
