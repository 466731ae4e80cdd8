// SPDX-License-Identifier: GPL-2.0-or-later
/* A matrix at work, without machines and compilers: what is tried again, and what the journal has of it. */
#include "fakeexecutor.h"

#include <base/error.h>
#include <base/files.h>
#include <campaign/matrixwork.h>
#include <campaign/runner.h>
#include <run/deadline.h>
#include <run/pace.h>

#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder;
	Paths paths;
	char *cache, *path;
	MatrixDir *dir;
	GCancellable *cancel;
	const char *script; /* how the runs end, one after the other: "PES": see answer() */
	guint jobs;
	gint64 timeout_ns; /* that the last run was given */
	gint64 until_us;   /* as runner_run() has it */
} Sandbox;

static void add_cell(GPtrArray *cells, const char *id)
{
	const Cell model = {
		.id = (char *)id,
		.block = (char *)"b",
		.kernel = (char *)"7.1",
		.series = (char *)"stock",
		.profile = (char *)"check",
		.mode = (char *)"wall",
		.expect = (char *)"PASS",
		.guest.memory_bytes = 1 << 30,
		.guest.cpus = 2,
		.hops = 2,
		.repeat = 1,
	};

	g_ptr_array_add(cells, cell_copy(&model));
}

static void set_up(Sandbox *s, gconstpointer data)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autoptr(GError) error = NULL;

	s->folder = g_dir_make_tmp("khotest-runner-XXXXXX", NULL);
	s->cache = g_build_filename(s->folder, "cache", NULL);
	s->path = g_build_filename(s->folder, "m", NULL);
	s->paths = (Paths){
		.patches = PATCHES, .kconfigs = KCONFIGS, .layout = LAYOUT, .initramfs = INITRAMFS, .cache = s->cache
	};
	s->cancel = g_cancellable_new();
	s->jobs = 1;
	add_cell(cells, "a");
	add_cell(cells, "b");
	s->dir = matrixdir_create(s->path, &(MatrixPlan){ .name = "some", .text = "", .cells = cells }, &error);
	g_assert_no_error(error);
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	matrixdir_free(s->dir);
	g_object_unref(s->cancel);
	g_assert_true(files_remove_tree(s->folder, NULL));
	g_free(s->folder);
	g_free(s->cache);
	g_free(s->path);
}

/* P: passes. F: fails. S: this host cannot. E: the harness failed. C: it is cut off, by the user. */
static RunOutcome *answer(const RunRequest *request, guint number, gpointer data)
{
	Sandbox *s = data;
	RunOutcome *outcome = g_new0(RunOutcome, 1);
	char how = s->script[number - 1];

	g_assert_cmpuint(number, <=, strlen(s->script));
	s->timeout_ns = request->timeout_ns;
	g_assert_cmpuint(request->guest.memory_bytes, ==, 1 << 30);
	outcome->outcome = how == 'P'	? VERDICT_PASS
			   : how == 'F' ? VERDICT_FAIL
			   : how == 'S' ? VERDICT_SKIP
					: VERDICT_ERROR;
	outcome->run = how == 'P' || how == 'F' ? g_strdup_printf("run-%u", number) : NULL;
	if (how == 'C')
		g_cancellable_cancel(s->cancel);
	return outcome;
}

/* Kernels are "built" by a program that does nothing, well. */
static bool run_once(Sandbox *s, const char *how, const char *builder, GError **error)
{
	g_autoptr(Executor) executor = fakeexecutor_new(answer, s, s->cancel);
	g_autoptr(Estimate) estimate = estimate_new(s->folder);
	RunnerSpec spec = { .executor = executor,
			    .executable = builder,
			    .paths = &s->paths,
			    .jobs = s->jobs,
			    .estimate = estimate,
			    .until_us = s->until_us,
			    .cancel = s->cancel };

	s->script = how;
	return runner_run(s->dir, &spec, error);
}

/* The journal as "a:PASS b:ERROR ", and whether it says that nothing is left. */
static void check_journal(const Sandbox *s, const char *expected, bool ended)
{
	g_autoptr(MatrixJournal) journal = matrixdir_journal(s->dir);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < journal->attempts->len; i++) {
		const Attempt *attempt = journal->attempts->pdata[i];

		g_string_append_printf(all, "%s:%s ", attempt->cell, verdict_kind_name(attempt->outcome));
	}
	g_assert_cmpstr(all->str, ==, expected);
	g_assert_true(journal->ended == ended);
}

static void test_verdicts(Sandbox *s, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	run_once(s, "PF", "true", &error);
	g_assert_no_error(error);
	check_journal(s, "a:PASS b:FAIL ", true);
	/* a verdict is never asked for again */
	g_assert_true(run_once(s, "", "true", NULL));
	check_journal(s, "a:PASS b:FAIL ", true);
}

/* An error is tried once more, behind all others; two are the end. */
static void test_errors(Sandbox *s, gconstpointer data)
{
	g_assert_true(run_once(s, "EPE", "true", NULL));
	check_journal(s, "a:ERROR b:PASS a:ERROR ", true);
	g_assert_true(run_once(s, "", "true", NULL));
}

/* What was skipped is not tried again at once, and by each that goes on with it. */
static void test_skipped(Sandbox *s, gconstpointer data)
{
	g_assert_true(run_once(s, "SP", "true", NULL));
	check_journal(s, "a:SKIP b:PASS ", true);
	g_assert_true(run_once(s, "P", "true", NULL));
	check_journal(s, "a:SKIP b:PASS a:PASS ", true);
}

/* What was cut off was no attempt, and nothing else is begun. */
static void test_cut_off(Sandbox *s, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(run_once(s, "C", "true", &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	check_journal(s, "", false);
}

/* Without a kernel no cell is run, and the matrix is not at its end. */
static void test_unbuilt(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixJournal) journal = NULL;

	g_assert_true(run_once(s, "", "false", NULL));
	check_journal(s, "", false);
	journal = matrixdir_journal(s->dir);
	g_assert_cmpint(((const BuildAttempt *)journal->builds->pdata[0])->outcome, ==, VERDICT_FAIL);
}

/* When the time is over before there are kernels none is built: nothing is said of them, nor of their cells. */
static void test_no_time(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixJournal) journal = NULL;

	s->until_us = 1;
	g_assert_true(run_once(s, "", "false", NULL));
	check_journal(s, "", false);
	journal = matrixdir_journal(s->dir);
	g_assert_cmpuint(journal->builds->len, ==, 0);
	/* and are run by who has more of it */
	s->until_us = 0;
	g_assert_true(run_once(s, "PP", "true", NULL));
	check_journal(s, "a:PASS b:PASS ", true);
}

#define S G_GINT64_CONSTANT(1000000000)

/* Boots here take three times as long as deadlines are made for. */
static void slow_down(const Sandbox *s)
{
	const Machine guest = { .memory_bytes = 1 << 30, .cpus = 2 };

	g_assert_true(files_mkdirs(s->cache, NULL));
	pace_learn(s->cache, "tcg", &guest, 3 * pace_boot_ns(&guest));
}

/* What others think that a run may take is what it gives itself: by the pace of the host, and with its payloads. */
static void test_deadline(Sandbox *s, gconstpointer data)
{
	static const char *const payloads[] = { "pressure", NULL };
	RunRequest request = { .guest.memory_bytes = 1 << 30, .hops = 2 };

	g_assert_cmpint(deadline_of_request(&request, &s->paths), ==, 181 * S);
	request.payloads = payloads;
	/* setup, before, after and last, each of which may take 300 s */
	g_assert_cmpint(deadline_of_request(&request, &s->paths), ==, (181 + 1200) * S);
	slow_down(s);
	g_assert_cmpint(deadline_of_request(&request, &s->paths), ==, (3 * 181 + 1200) * S);
	request.payloads = NULL;
	request.chain = "7.1,7.1,7.2,7.1";
	g_assert_cmpint(deadline_of_request(&request, &s->paths), ==, 6 * 181 * S);
	request.timeout_ns = 7 * S;
	g_assert_cmpint(deadline_of_request(&request, &s->paths), ==, 7 * S);
}

/* More cells at a time than cores: the deadline that a run has anyway moves by that. Else it stays the run's. */
static void test_crowded(Sandbox *s, gconstpointer data)
{
	slow_down(s);
	g_assert_true(run_once(s, "SS", "true", NULL));
	g_assert_cmpint(s->timeout_ns, ==, 0);
	s->jobs = 4 * MAX(g_get_num_processors(), 1);
	g_assert_true(run_once(s, "PP", "true", NULL));
	g_assert_cmpint(s->timeout_ns, ==, 2 * 4 * 3 * 181 * S);
}

/* An unfinished matrix that is only mentioned is not written to, nor is what a link in it leads to. */
static void test_mention(Sandbox *s, gconstpointer data)
{
	g_autofree char *journal = matrixdir_file(s->dir, MATRIX_JOURNAL), *lock = matrixdir_file(s->dir, MATRIX_LOCK);
	g_autofree char *outside = g_build_filename(s->folder, "outside", NULL), *text = NULL;
	g_autoptr(GPtrArray) cells = g_ptr_array_ref(s->dir->cells);
	PlanFile plan = { .name = (char *)"some", .summary = (char *)"", .text = (char *)"", .cells = cells };
	MatrixWork work = { .verb = "matrix", .paths = &s->paths, .parent = s->folder, .cancel = s->cancel };
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&s->dir, matrixdir_free);
	g_assert_true(files_write(outside, "no newline", 10, NULL));
	g_assert_cmpint(unlink(lock), ==, 0);
	g_assert_cmpint(unlink(journal), ==, 0);
	g_assert_cmpint(symlink(outside, journal), ==, 0);
	g_cancellable_cancel(s->cancel);
	g_assert_null(matrixwork_begin(&work, &plan, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_true(g_file_get_contents(outside, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "no newline");
	g_assert_false(g_file_test(lock, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Sandbox *, gconstpointer);
	} tests[] = {
		{ "/runner/verdicts", test_verdicts }, { "/runner/errors", test_errors },
		{ "/runner/skipped", test_skipped },   { "/runner/cut-off", test_cut_off },
		{ "/runner/unbuilt", test_unbuilt },   { "/runner/deadline", test_deadline },
		{ "/runner/crowded", test_crowded },   { "/runner/no-time", test_no_time },
		{ "/runner/mention", test_mention },
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Sandbox, NULL, set_up, tests[i].func, tear_down);
	return g_test_run();
}
