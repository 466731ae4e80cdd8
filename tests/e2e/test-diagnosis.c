// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel that dies before its first line, told by its memory; and the ways to a machine that a person has: a shell in
 * it, a debugger at a kernel's first instruction, and a machine that stays when it has failed.
 *
 * Arguments: khotest, folder for run directories.
 */
#include "tool.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_US (300 * G_USEC_PER_SEC)

/* "mem=" leaves a kernel too little to set up its own page tables; without earlycon= nobody hears of it. */
static void test_silent_death(void)
{
	const char *const words[] = { "run",	   "--chain",  "7.1/central,7.1/central[mem=16M]",
				      "--profile", "timing",   "-m",
				      "1G",	   "--format", "json",
				      "-q",	   "-o",       tool_argument(0),
				      NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;
	JsonObject *reason, *memory;
	JsonArray *unheard;
	g_autofree char *last = NULL;

	tool_run(words, NULL, &run);
	result = tool_json(&run);
	reason = json_array_get_object_element(json_get_array(result, "reasons"), 0);
	g_test_message("%s", json_get_string(reason, "text"));
	g_assert_cmpstr(json_get_string(result, "verdict"), ==, "FAIL");
	g_assert_cmpstr(json_get_string(reason, "id"), ==, "guest-silent-death");
	memory = json_get_object(result, "postmortem");
	g_assert_nonnull(memory);
	/* it is the second kernel's memory, all of whose log is news */
	g_assert_cmpint(json_get_int(memory, "hop"), ==, 1);
	unheard = json_get_array(memory, "unheard");
	g_assert_cmpint(json_array_get_length(unheard), >=, json_get_int(memory, "log_records"));
	g_assert_nonnull(strstr(json_array_get_string_element(unheard, 0), "Linux version 7.1"));
	last = g_strdup(json_array_get_string_element(unheard, json_array_get_length(unheard) - 1));
	g_assert_nonnull(strstr(last, "end Kernel panic - not syncing"));
	/* where its CPU is, by its own tables; and what it was handed */
	g_assert_nonnull(strstr(run.out, "\"vpanic+0x"));
	g_assert_nonnull(strstr(json_get_string(memory, "tree"), "compatible = \"kho-v"));
}

typedef struct {
	GSubprocess *child;
	GString *said;
} Run;

/* Words of khotest, which goes on beside this. in: what it is typed, or NULL for a pipe that stays open. */
static Run start(const char *const *words, const char *in)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	Run run = { .said = g_string_new(NULL) };
	GOutputStream *keys;

	g_ptr_array_add(all, (gpointer)tool_path());
	for (; *words; words++)
		g_ptr_array_add(all, (gpointer)*words);
	g_ptr_array_add(all, NULL);
	run.child = g_subprocess_newv((const char *const *)all->pdata,
				      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
					      G_SUBPROCESS_FLAGS_STDERR_MERGE,
				      &error);
	g_assert_no_error(error);
	keys = g_subprocess_get_stdin_pipe(run.child);
	if (in)
		g_assert_true(g_output_stream_write_all(keys, in, strlen(in), NULL, NULL, NULL) &&
			      g_output_stream_close(keys, NULL, NULL));
	return run;
}

/* Reads on until that was said, or to the end (NULL). */
static void read_until(Run *run, const char *text)
{
	GInputStream *stream = g_subprocess_get_stdout_pipe(run->child);
	gint64 give_up = g_get_monotonic_time() + WAIT_US;
	char bytes[4096];
	gssize n;

	while (!text || !strstr(run->said->str, text)) {
		n = g_input_stream_read(stream, bytes, sizeof(bytes), NULL, NULL);
		if (n <= 0)
			break;
		g_string_append_len(run->said, bytes, n);
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
	}
	g_test_message("%s", run->said->str);
	if (text)
		g_assert_nonnull(strstr(run->said->str, text));
}

static void finish(Run *run, int status)
{
	read_until(run, NULL);
	g_assert_true(g_subprocess_wait(run->child, NULL, NULL));
	g_assert_true(g_subprocess_get_if_exited(run->child));
	g_assert_cmpint(g_subprocess_get_exit_status(run->child), ==, status);
	g_clear_object(&run->child);
	g_string_free(run->said, TRUE);
}

static void test_shell(void)
{
	const char *const words[] = { "shell", "--series", "central", "-m", "1G", "-q", "-o", tool_argument(0), NULL };
	/* each word alone comes back as an echo too: only the shell puts them together */
	Run run = start(words, "echo in-$((6 * 7))-of $(cat /proc/sys/kernel/osrelease)\nexit\n");

	read_until(&run, "in-42-of 7.1");
	read_until(&run, "PASS");
	finish(&run, 0);
}

/* Input that comes to its end ends the shell: at once, after a program that wants it too, in the middle of a line. */
static void test_shell_input(void)
{
	static const struct {
		const char *in, *says;
	} cases[] = {
		{ "", "kernel 1 # " },
		{ "sleep 2\ncat >/dev/null; echo behind-$((6 * 7))", "behind-42" },
	};
	const char *const words[] = { "shell", "--hops", "1",  "--series",	 "central", "-m",
				      "1G",    "-q",	 "-o", tool_argument(0), NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Run run = start(words, cases[i].in);

		read_until(&run, cases[i].says);
		read_until(&run, "PASS");
		finish(&run, 0);
	}
}

/* What a program reads is the result alone. */
static void test_shell_format(void)
{
	const char *const argv[] = { "sh",
				     "-c",
				     "echo echo in-'$((6 * 7))' | \"$0\" \"$@\"",
				     tool_path(),
				     "shell",
				     "--hops",
				     "1",
				     "--series",
				     "central",
				     "-m",
				     "1G",
				     "--format",
				     "json",
				     "-q",
				     "-o",
				     tool_argument(0),
				     NULL };
	SpawnSpec spec = { .argv = argv, .keep_output = true };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(spawn_run(&spec, &run, &error));
	g_assert_no_error(error);
	result = tool_json(&run);
	g_assert_cmpstr(json_get_string(result, "verdict"), ==, "PASS");
	g_assert_nonnull(strstr(run.err, "in-42"));
}

/* Nobody is there who would end it; that it takes so long is no fault of the kernel's. */
static void test_shell_deadline(void)
{
	const char *const words[] = { "shell",	   "--hops", "1",  "--series", "central",	 "-m", "1G",
				      "--timeout", "30s",    "-q", "-o",       tool_argument(0), NULL };
	Run run = start(words, "sleep 1000\n");

	read_until(&run, "at the shell, whose input had not come to its end when the deadline passed, after 30");
	finish(&run, 99);
}

/* The command that was said, and with it what gdb is to do. */
static char *ask_gdb(const Run *run, const char *commands)
{
	const char *at = strstr(run->said->str, "  gdb "), *end = at ? strchr(at, '\n') : NULL;
	g_autofree char *line = NULL, *command = NULL;
	char *out = NULL;

	g_assert_nonnull(end);
	line = g_strndup(at, (gsize)(end - at));
	command = g_strdup_printf("%s -batch %s", line, commands);
	g_assert_true(g_spawn_command_line_sync(command, &out, NULL, NULL, NULL));
	g_test_message("%s\n%s", command, out);
	return out;
}

static bool has_gdb(void)
{
	g_autofree char *gdb = g_find_program_in_path("gdb");

	if (!gdb)
		g_test_skip("there is no gdb");
	return gdb;
}

/* Held at the start of the second kernel, and nothing of the first is left to be run. */
static void test_gdb(void)
{
	const char *const words[] = { "run", "--gdb",	  "--hop", "2",	 "--series", "central",	       "-m",
				      "1G",  "--timeout", "240s",  "-q", "-o",	     tool_argument(0), NULL };
	g_autofree char *out = NULL;
	Run run;

	if (!has_gdb())
		return;
	run = start(words, NULL);
	read_until(&run, "deadline runs while it is held");
	out = ask_gdb(
		&run,
		"-ex 'info registers rip' -ex 'hbreak kho_memory_init' -ex continue -ex bt -ex delete -ex detach");
	g_assert_nonnull(strstr(out, "<x86_64_start_kernel>"));
	g_assert_nonnull(strstr(out, "Breakpoint 1, "));
	g_assert_nonnull(strstr(out, "in kho_memory_init ()"));
	g_assert_nonnull(strstr(out, "in start_kernel ()"));
	finish(&run, 0);
}

/* A kernel that panics is still there, and ends with us; its memory was written to a file. */
static void test_keep(void)
{
	const char *const words[] = { "run",
				      "--keep",
				      "--dump",
				      "--hops",
				      "1",
				      "--series",
				      "central",
				      "-m",
				      "1G",
				      "-a",
				      "rdinit=/bin/busybox",
				      "-o",
				      tool_argument(0),
				      NULL };
	g_autofree char *out = NULL, *pid = NULL, *gone = NULL;
	Run run = start(words, NULL);
	const char *at;

	read_until(&run, "ends it: process ");
	at = strstr(run.said->str, "ends it: process ") + strlen("ends it: process ");
	pid = g_strdup_printf("/proc/%d", atoi(at));
	g_assert_true(g_file_test(pid, G_FILE_TEST_IS_DIR));
	g_assert_nonnull(strstr(run.said->str, "memory.dump: done"));
	if (has_gdb()) {
		out = ask_gdb(&run, "-ex 'thread apply all bt'");
		g_assert_nonnull(strstr(out, "panic"));
	}
	g_subprocess_send_signal(run.child, SIGINT);
	finish(&run, 1);
	g_assert_false(g_file_test(pid, G_FILE_TEST_IS_DIR));
}

/* What khotest says at a terminal, until that was said. */
static void watch_terminal(int fd, GString *said, const char *text)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char bytes[4096];
	gssize n;

	while (!strstr(said->str, text)) {
		g_assert_cmpint(poll(&poller, 1, WAIT_US / 3000), ==, 1);
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			g_error("it did not say '%s': %s", text, said->str);
		g_string_append_len(said, bytes, n);
	}
}

static void type(int fd, const char *keys)
{
	g_assert_cmpint(write(fd, keys, strlen(keys)), ==, strlen(keys));
}

/* A machine that fails while a person has its shell stays, and they have their own keys back: Ctrl-C ends it. */
static void test_shell_keep(void)
{
	char *const words[] = {
		(char *)tool_path(),	  "shell", "--keep", "--hops", "1", "--series", "central", "-m", "1G", "-o",
		(char *)tool_argument(0), NULL
	};
	g_autoptr(GString) said = g_string_new(NULL);
	int fd, status;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		execv(words[0], words);
		_exit(127);
	}
	watch_terminal(fd, said, "kernel 1 # ");
	/* that is enough: a console is believed what it says */
	type(fd, "echo '[    9.000000] Kernel panic - not syncing: typed' >/dev/ttyS0\r");
	watch_terminal(fd, said, "ends it: process ");
	type(fd, "\x03");
	watch_terminal(fd, said, "guest-panic");
	while (read(fd, (char[256]){ 0 }, 256) > 0)
		;
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 1);
	close(fd);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/diagnosis/silent-death", test_silent_death);
	g_test_add_func("/diagnosis/shell", test_shell);
	g_test_add_func("/diagnosis/shell/input", test_shell_input);
	g_test_add_func("/diagnosis/shell/format", test_shell_format);
	g_test_add_func("/diagnosis/shell/deadline", test_shell_deadline);
	g_test_add_func("/diagnosis/gdb", test_gdb);
	g_test_add_func("/diagnosis/shell/keep", test_shell_keep);
	g_test_add_func("/diagnosis/keep", test_keep);
	return g_test_run();
}
