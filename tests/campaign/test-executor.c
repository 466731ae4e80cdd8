// SPDX-License-Identifier: GPL-2.0-or-later
/* Both executors: what comes of a run, whatever becomes of the process or the thread that does it. */
#include <base/error.h>
#include <base/files.h>
#include <campaign/executor.h>

#include <glib/gstdio.h>
#include <string.h>

#define WAIT_US (60 * G_USEC_PER_SEC)

/* A khotest to the eye of the executor: what it does is its series. */
static const char script[] =
	"#!/bin/sh\n"
	"case \"$*\" in\n"
	"*--series=fails*) echo '{\"id\":\"run-1\",\"reasons\":[{\"id\":\"scratch-not-cma\"}]}'; exit 1 ;;\n"
	"*--series=skips*) echo 'khotest: this host cannot: no room' >&2; exit 77 ;;\n"
	"*--series=lists*) echo 'fetching: failed' >&2; echo 'khotest: no source of it:' >&2; echo '  debian: gone' "
	">&2;\n"
	"  echo '  url: away' >&2; echo 'Put it into a folder' >&2; exit 99 ;;\n"
	"*--series=warns*) echo 'khotest: warning: this is slow' >&2; echo 'malloc(): corrupted' >&2; kill -6 $$ ;;\n"
	"*--series=dies*) kill -9 $$ ;;\n"
	"*--series=sleeps*) exec sleep 60 ;;\n"
	"esac\n";

typedef struct {
	char *folder, *program;
	GCancellable *cancel;
	Executor *executor;
	Paths paths;
} Sandbox;

static void set_up(Sandbox *s, gconstpointer data)
{
	s->folder = g_dir_make_tmp("khotest-executor-XXXXXX", NULL);
	s->program = g_build_filename(s->folder, "khotest", NULL);
	g_assert_true(files_write(s->program, script, strlen(script), NULL));
	g_assert_cmpint(g_chmod(s->program, 0755), ==, 0);
	s->cancel = g_cancellable_new();
	s->paths.cache = s->folder;
	s->executor = executor_of_processes(s->program, &s->paths, s->cancel);
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	executor_free(s->executor);
	g_object_unref(s->cancel);
	g_assert_true(files_remove_tree(s->folder, NULL));
	g_free(s->folder);
	g_free(s->program);
}

static void start(Sandbox *s, const char *series)
{
	RunRequest request = { .kernel = "7.1", .series = series, .output = s->folder };

	executor_start(s->executor, &request, series);
}

static RunOutcome *take(Sandbox *s)
{
	RunOutcome *outcome = executor_take(s->executor, WAIT_US);

	g_assert_nonnull(outcome);
	return outcome;
}

static void check(Sandbox *s, const char *series, VerdictKind kind, const char *run, const char *says)
{
	g_autoptr(RunOutcome) outcome = NULL;

	start(s, series);
	outcome = take(s);
	g_assert_true(outcome->of == series);
	g_assert_false(outcome->cut_off);
	g_assert_cmpint(outcome->outcome, ==, kind);
	g_assert_cmpstr(outcome->run, ==, run);
	g_assert_cmpstr(outcome->said, ==, says);
	g_assert_cmpint(outcome->wall_ns, >, 0);
}

static void test_outcomes(Sandbox *s, gconstpointer data)
{
	g_autoptr(RunOutcome) outcome = NULL;
	g_autoptr(GError) error = NULL;

	check(s, "fails", VERDICT_FAIL, "run-1", NULL);
	check(s, "skips", VERDICT_SKIP, NULL, "this host cannot: no room");
	check(s, "lists", VERDICT_ERROR, NULL, "no source of it: debian: gone");
	check(s, "warns", VERDICT_ERROR, NULL, "malloc(): corrupted");
	check(s, "dies", VERDICT_ERROR, NULL, NULL);
	check(s, "passes", VERDICT_PASS, NULL, NULL);
	start(s, "fails");
	outcome = take(s);
	g_assert_cmpstr(outcome->reasons[0], ==, "scratch-not-cma");
	g_assert_null(outcome->reasons[1]);
	/* a directory that it names, and that is not there, is no result */
	g_assert_null(outcome_result(outcome, s->folder, &error));
	g_assert_nonnull(error);
}

/* Without a directory there is no result, and the caller gets an error of the right kind. */
static void test_no_result(Sandbox *s, gconstpointer data)
{
	g_autoptr(RunOutcome) outcome = NULL;
	g_autoptr(GError) error = NULL;

	start(s, "skips");
	outcome = take(s);
	g_assert_null(outcome_result(outcome, s->folder, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_assert_nonnull(strstr(error->message, "no room"));
}

/* Several at a time; whoever is done first is taken first. */
static void test_several(Sandbox *s, gconstpointer data)
{
	g_autoptr(RunOutcome) first = NULL, second = NULL;

	start(s, "sleeps");
	start(s, "fails");
	first = take(s);
	g_assert_cmpstr(first->of, ==, "fails");
	g_assert_null(executor_take(s->executor, 1000));
	executor_cancel(s->executor);
	second = take(s);
	g_assert_cmpstr(second->of, ==, "sleeps");
	g_assert_true(second->cut_off);
	g_assert_false(g_cancellable_is_cancelled(s->cancel));
}

/* The user's interruption reaches them; what is left when the executor goes is ended too, or this would take a minute.
 */
static void test_interrupted(Sandbox *s, gconstpointer data)
{
	g_autoptr(RunOutcome) outcome = NULL;
	gint64 began = g_get_monotonic_time();

	start(s, "sleeps");
	g_cancellable_cancel(s->cancel);
	outcome = take(s);
	g_assert_true(outcome->cut_off);
	start(s, "sleeps");
	g_clear_pointer(&s->executor, executor_free);
	g_assert_cmpint(g_get_monotonic_time() - began, <, 50 * G_USEC_PER_SEC);
}

/* In this thread: nothing is done before it is taken, and an error is the caller's own. */
static void test_thread(Sandbox *s, gconstpointer data)
{
	const Paths paths = { .patches = PATCHES };
	g_autoptr(Executor) executor = executor_of_thread(&paths, s->cancel);
	RunRequest request = { .kernel = "0.1", .series = "stock", .output = s->folder };
	g_autoptr(RunOutcome) outcome = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(executor_take(executor, 0));
	executor_start(executor, &request, s);
	outcome = executor_take(executor, 0);
	g_assert_true(outcome->of == s);
	g_assert_cmpint(outcome->outcome, ==, VERDICT_ERROR);
	g_assert_null(outcome_result(outcome, s->folder, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_cmpstr(outcome->said, ==, error->message);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Sandbox *, gconstpointer);
	} tests[] = {
		{ "/executor/outcomes", test_outcomes }, { "/executor/no-result", test_no_result },
		{ "/executor/several", test_several },	 { "/executor/interrupted", test_interrupted },
		{ "/executor/thread", test_thread },
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Sandbox, NULL, set_up, tests[i].func, tear_down);
	return g_test_run();
}
