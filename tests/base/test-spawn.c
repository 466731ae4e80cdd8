// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/spawn.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll

static void test_output(void)
{
	const char *const argv[] = { "sh", "-c", "echo out; echo err >&2; exit 3", NULL };
	SpawnSpec spec = { .argv = argv, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_true(spawn_run(&spec, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result.status, ==, 3);
	g_assert_cmpstr(result.out, ==, "out\n");
	g_assert_cmpstr(result.err, ==, "err\n");
}

/* Another program than the name says. */
static void test_program(void)
{
	const char *const argv[] = { "/nonexistent/name", "-c", "echo $0", "/nonexistent/name", NULL };
	SpawnSpec spec = { .argv = argv, .program = "/bin/sh", .keep_output = true };
	g_auto(SpawnResult) result = { 0 };

	g_assert_true(spawn_run(&spec, &result, NULL));
	g_assert_cmpint(result.status, ==, 0);
	g_assert_cmpstr(result.out, ==, "/nonexistent/name\n");
}

static void test_input(void)
{
	g_autofree char *big = g_strnfill(1 << 20, 'x');
	g_autoptr(GBytes) input = g_bytes_new_static(big, 1 << 20);
	const char *const argv[] = { "cat", NULL };
	SpawnSpec spec = { .argv = argv, .keep_output = true, .input = input };
	g_auto(SpawnResult) result = { 0 };

	g_assert_true(spawn_run(&spec, &result, NULL));
	g_assert_cmpint(result.status, ==, 0);
	g_assert_cmpmem(result.out, result.out_length, big, 1 << 20);
}

static void collect(const char *line, bool from_stderr, gpointer data)
{
	g_string_append_printf(data, "[%s%s]", from_stderr ? "!" : "", line);
}

static void test_lines(void)
{
	const char *const argv[] = { "printf", "a\\nb\\nlast", NULL };
	g_autoptr(GString) lines = g_string_new(NULL);
	SpawnSpec spec = { .argv = argv, .on_line = collect, .data = lines };
	g_auto(SpawnResult) result = { 0 };

	g_assert_true(spawn_run(&spec, &result, NULL));
	g_assert_cmpstr(lines->str, ==, "[a][b][last]");
}

/* A deadline ends the child and what it started. */
static void test_deadline(void)
{
	g_autofree char *mark = g_build_filename(g_get_tmp_dir(), "khotest-spawn-XXXXXX", NULL);
	g_autofree char *script = NULL;
	const char *argv[] = { "sh", "-c", NULL, NULL };
	SpawnSpec spec = { .argv = argv, .timeout_ns = NS_PER_S / 2 };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();

	close(g_mkstemp(mark));
	script = g_strdup_printf("(sleep 2; rm -f '%s') & wait", mark);
	argv[2] = script;
	g_assert_false(spawn_run(&spec, &result, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "did not end within"));
	g_assert_cmpint(g_get_monotonic_time() - began, <, 10 * G_USEC_PER_SEC);
	g_usleep(2500 * 1000);
	g_assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
	g_unlink(mark);
}

static void test_cancel(void)
{
	const char *const argv[] = { "sleep", "60", NULL };
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	SpawnSpec spec = { .argv = argv, .cancel = cancel };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	g_cancellable_cancel(cancel);
	g_assert_false(spawn_run(&spec, &result, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
}

/* Without outputs it is watched all the same. */
static void test_closed(void)
{
	const char *const quick[] = { "sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 5", NULL };
	const char *const slow[] = { "sh", "-c", "exec sleep 20 >&- 2>&-", NULL };
	SpawnSpec spec = { .argv = quick, .timeout_ns = 10 * NS_PER_S };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();

	g_assert_true(spawn_run(&spec, &result, &error));
	g_assert_cmpint(result.status, ==, 5);
	spec.argv = slow;
	spec.timeout_ns = NS_PER_S / 2;
	g_assert_false(spawn_run(&spec, &result, &error));
	g_assert_nonnull(strstr(error->message, "did not end within"));
	g_clear_error(&error);
	spec.timeout_ns = 0;
	spec.silence_ns = NS_PER_S / 2;
	g_assert_false(spawn_run(&spec, &result, &error));
	g_assert_nonnull(strstr(error->message, "said nothing for"));
	g_assert_cmpint(g_get_monotonic_time() - began, <, 15 * G_USEC_PER_SEC);
}

static gpointer cancel_later(gpointer data)
{
	g_usleep(G_USEC_PER_SEC);
	g_cancellable_cancel(data);
	return NULL;
}

static void test_closed_cancel(void)
{
	const char *const argv[] = { "sh", "-c", "exec sleep 20 >&- 2>&-", NULL };
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	SpawnSpec spec = { .argv = argv, .cancel = cancel };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();
	GThread *thread = g_thread_new("cancel", cancel_later, cancel);

	g_assert_false(spawn_run(&spec, &result, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_cmpint(g_get_monotonic_time() - began, <, 15 * G_USEC_PER_SEC);
	g_thread_join(thread);
}

static void test_failures(void)
{
	const char *const missing[] = { "khotest-no-such-program", NULL };
	const char *const failing[] = { "sh", "-c", "echo 'the cause' >&2; exit 9", NULL };
	g_autoptr(GError) error = NULL;

	g_assert_false(spawn_check(missing, NULL, NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "khotest-no-such-program"));
	g_clear_error(&error);
	g_assert_false(spawn_check(failing, NULL, NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "status 9: the cause"));
}

/* Who waits for a lock is told so, and can be interrupted. */
static void test_lock(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-lock-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "lock", NULL);
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	GThread *thread;
	int held, lock;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		g_test_trap_assert_stderr("*another khotest is at it: waiting for it*");
		files_remove_tree(folder, NULL);
		return;
	}
	log_set_level(LOG_NORMAL);
	held = lock_wait(path, "nobody", NULL, &error);
	g_assert_no_error(error);
	thread = g_thread_new("cancel", cancel_later, cancel);
	g_assert_cmpint(lock_wait(path, "another khotest is at it", cancel, &error), ==, -1);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_clear_error(&error);
	g_thread_join(thread);
	close(held);
	lock = lock_wait(path, "nobody", cancel, &error);
	g_assert_no_error(error);
	close(lock);
	files_remove_tree(folder, NULL);
}

/* Where children are not to be waited for, their status is lost; that is no success. */
static void test_unknown(void)
{
	const char *const failing[] = { "false", NULL };
	g_autoptr(GError) error = NULL;

	signal(SIGCHLD, SIG_IGN);
	g_assert_false(spawn_check(failing, NULL, NULL, NULL, &error));
	signal(SIGCHLD, SIG_DFL);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
}

static void test_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-files-XXXXXX", NULL);
	g_autofree char *deep = g_build_filename(folder, "a", "b", NULL);
	g_autofree char *path = g_build_filename(deep, "file", NULL);
	g_autofree char *copy = g_build_filename(deep, "copy", NULL);
	g_autofree char *sum = NULL;
	g_autoptr(GBytes) content = NULL;
	g_autoptr(GError) error = NULL;
	int lock;

	g_assert_true(files_mkdirs(deep, &error));
	g_assert_true(files_write(path, "abc", 3, &error));
	sum = files_sha256(path, &error);
	g_assert_cmpstr(sum, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	g_assert_true(files_copy(path, copy, &error));
	content = files_read(copy, &error);
	g_assert_cmpmem(g_bytes_get_data(content, NULL), g_bytes_get_size(content), "abc", 3);
	lock = files_lock(path, false, &error);
	g_assert_cmpint(lock, >=, 0);
	g_assert_cmpint(files_lock(path, false, &error), ==, -1);
	g_assert_no_error(error);
	close(lock);
	g_assert_true(files_remove_tree(folder, &error));
	g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
	g_assert_false(files_write(path, "x", 1, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spawn/output", test_output);
	g_test_add_func("/spawn/program", test_program);
	g_test_add_func("/spawn/input", test_input);
	g_test_add_func("/spawn/lines", test_lines);
	g_test_add_func("/spawn/deadline", test_deadline);
	g_test_add_func("/spawn/cancel", test_cancel);
	g_test_add_func("/spawn/closed", test_closed);
	g_test_add_func("/spawn/closed-cancel", test_closed_cancel);
	g_test_add_func("/spawn/failures", test_failures);
	g_test_add_func("/spawn/unknown", test_unknown);
	g_test_add_func("/files/lock", test_lock);
	g_test_add_func("/files/all", test_files);
	return g_test_run();
}
