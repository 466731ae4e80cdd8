// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a comparison has enough, and what its rounds do: their order, what the directory
 * knows of them, and what is refused. Runs are recordings. Arguments: two of them, of other
 * kernels and machines.
 */
#include "../recorded.h"
#include "fakeexecutor.h"

#include <base/error.h>
#include <base/files.h>
#include <campaign/rounds.h>
#include <measure/statistics.h>
#include <study/condition.h>
#include <study/storedcomparison.h>

#include <string.h>
#include <unistd.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)

static const char *recordings[2];

static void test_stopping(void)
{
	static const struct {
		Stopping stopping;
		Progress progress;
		const char *why;
	} cases[] = {
		/* a number is a number, whatever the interval and the time */
		{ { 3, 0 }, { 2, 0, 100 * NS_PER_S, true }, NULL },
		{ { 3, 0 }, { 3, 0, 0, false }, "rounds" },
		{ { 3, 0 }, { 4, 4, 0, false }, "rounds" },
		/* too few decide nothing, and no budget makes that better */
		{ { 0, 0 }, { STATISTICS_MIN_PAIRS - 1, 0, 100 * NS_PER_S, true }, NULL },
		{ { 0, 0 }, { STATISTICS_MIN_PAIRS, 0, 0, true }, "tight" },
		/* the next would end at 80 s */
		{ { 0, 80 * NS_PER_S }, { 7, 0, 70 * NS_PER_S, false }, NULL },
		{ { 0, 79 * NS_PER_S }, { 7, 0, 70 * NS_PER_S, false }, "budget" },
		/* rounds of an earlier process cost nothing now, and say nothing of what one takes */
		{ { 0, 0 }, { 9, 9, 0, false }, NULL },
		{ { 0, 50 * NS_PER_S }, { 11, 9, 30 * NS_PER_S, false }, NULL },
		{ { 0, 40 * NS_PER_S }, { 11, 9, 30 * NS_PER_S, false }, "budget" },
		{ { 0, G_MAXINT64 }, { ROUNDS_MAX, 0, NS_PER_S, false }, "budget" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(stopping_why(&cases[i].stopping, &cases[i].progress), ==, cases[i].why);
}

typedef struct {
	char *folder, *path;
	GCancellable *cancel;
	/* numbers of runs: that one fails; from that one on, "one" is another kernel, or KVM runs all; 0: none */
	guint fails, changes, moves;
} Sandbox;

/* "other" is the second recording, all else the first. */
static RunOutcome *answer(const RunRequest *request, guint number, gpointer data)
{
	const Sandbox *s = data;
	RunOutcome *outcome = g_new0(RunOutcome, 1);
	bool second = strcmp(request->series, "other") == 0 || (s->changes && number >= s->changes);
	g_autofree char *link = NULL, *elsewhere = NULL;

	if (number == s->fails) {
		outcome->outcome = VERDICT_ERROR;
		error_set(&outcome->error, KHOTEST_ERROR_FAILED, "no machine");
		return outcome;
	}
	outcome->run = g_strdup_printf("run-%s-%u", request->series, number);
	if (s->moves && number >= s->moves) {
		elsewhere = recorded_elsewhere(request->output, outcome->run);
		return outcome;
	}
	link = g_build_filename(request->output, outcome->run, NULL);
	g_assert_true(symlink(recordings[second], link) == 0 || g_file_test(link, G_FILE_TEST_EXISTS));
	return outcome;
}

static void set_up(Sandbox *s, gconstpointer data)
{
	s->folder = g_dir_make_tmp("khotest-rounds-XXXXXX", NULL);
	s->path = g_build_filename(s->folder, "c", NULL);
	s->cancel = g_cancellable_new();
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	g_assert_true(files_remove_tree(s->folder, NULL));
	g_object_unref(s->cancel);
	g_free(s->folder);
	g_free(s->path);
}

/* Begins a comparison of the two series; returns what was started. Caller frees. */
static char *compare(Sandbox *s, const char *first, const char *second, Stopping stopping, bool anyway, bool *ret_done,
		     GError **error)
{
	const char *const series[] = { first, second, NULL }, *const asked[] = { "khotest", "compare", NULL };
	g_autoptr(CompareDir) dir = comparedir_create(s->path, series, asked, anyway, NULL);
	g_autoptr(Comparison) comparison = comparison_new(series);
	g_autoptr(Executor) executor = fakeexecutor_new(answer, s, s->cancel);
	Rounds rounds = { .executor = executor, .dir = dir, .comparison = comparison, .stopping = stopping };

	*ret_done = rounds_run(&rounds, error);
	return g_strdup(fakeexecutor_started(executor));
}

/* What the directory says: how it ended, and how many rounds it has, warm-ups apart. */
static void check_directory(Sandbox *s, const char *end, guint runs, guint rounds)
{
	g_autoptr(CompareDir) dir = comparedir_open(s->path, false, NULL);
	g_autoptr(CompareRounds) said = comparedir_rounds(dir);
	guint last = 0;

	g_assert_cmpstr(said->end, ==, end);
	g_assert_cmpuint(said->runs->len, ==, runs);
	for (guint i = 0; i < said->runs->len; i++)
		last = MAX(last, ((const CompareRun *)said->runs->pdata[i])->round);
	g_assert_cmpuint(last, ==, rounds);
}

static void test_order(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	g_autoptr(GError) error = NULL;
	bool done;

	started = compare(s, "one", "two", (Stopping){ .rounds = 3 }, false, &done, &error);
	g_assert_no_error(error);
	g_assert_true(done);
	/* a warm-up of each, then forth and back */
	g_assert_cmpstr(started, ==, "one two one two two one one two ");
	check_directory(s, "rounds", 8, 3);
}

/* Differences that are all the same cannot get tighter: it stops as soon as it may. */
static void test_tight(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	bool done;

	started = compare(s, "one", "two", (Stopping){ .budget_ns = G_MAXINT64 }, false, &done, NULL);
	g_assert_true(done);
	check_directory(s, "tight", 2 + 2 * STATISTICS_MIN_PAIRS, STATISTICS_MIN_PAIRS);
}

static void test_resumed(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	g_autoptr(CompareDir) dir = NULL;
	g_autoptr(StoredComparison) stored = NULL;
	g_autoptr(Executor) executor = fakeexecutor_new(answer, s, s->cancel);
	g_autoptr(GError) error = NULL;
	Rounds rounds = { .executor = executor, .round = 1, .stopping = { .rounds = 3 } };
	bool done;

	started = compare(s, "one", "two", (Stopping){ .rounds = 1 }, false, &done, NULL);
	g_assert_true(done);
	stored = storedcomparison_load(s->path, NULL);
	dir = comparedir_open(s->path, true, NULL);
	rounds.dir = dir;
	rounds.comparison = stored->comparison;
	g_assert_true(rounds_run(&rounds, &error));
	g_assert_no_error(error);
	/* warmed up again, and the order goes on where it was */
	g_assert_cmpstr(fakeexecutor_started(executor), ==, "one two two one one two ");
	g_assert_cmpuint(comparison_rounds(stored->comparison), ==, 3);
	check_directory(s, "rounds", 10, 3);
}

/* A budget that ends between two looks: what is decided by then is. */
static void test_budget(Sandbox *s, gconstpointer data)
{
	static const char *const texts[] = { "init2>1%", NULL };
	bool done;
	g_autofree char *started = NULL;
	g_autoptr(CompareDir) dir = NULL;
	g_autoptr(StoredComparison) stored = NULL;
	g_autoptr(Executor) executor = fakeexecutor_new(answer, s, s->cancel);
	g_autoptr(GPtrArray) conditions = conditions_parse(texts, NULL);
	Rounds rounds = { .executor = executor, .round = STATISTICS_MIN_PAIRS + 1 };

	g_assert_nonnull(conditions);
	started = compare(s, "one", "two", (Stopping){ .rounds = STATISTICS_MIN_PAIRS + 1 }, false, &done, NULL);
	g_assert_true(done);
	stored = storedcomparison_load(s->path, NULL);
	dir = comparedir_open(s->path, true, NULL);
	rounds.dir = dir;
	rounds.comparison = stored->comparison;
	rounds.comparison->conditions = conditions;
	g_assert_true(rounds_run(&rounds, NULL));
	rounds.comparison->conditions = NULL;
	check_directory(s, "tight", 4 + 2 * (STATISTICS_MIN_PAIRS + 2), STATISTICS_MIN_PAIRS + 2);
}

static void test_failed(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	g_autoptr(GError) error = NULL;
	bool done;

	s->fails = 5;
	started = compare(s, "one", "two", (Stopping){ .rounds = 3 }, false, &done, &error);
	g_assert_false(done);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_cmpstr(error->message, ==, "no machine");
	check_directory(s, "cut-off", 4, 1);
}

/* What cannot be compared is found by the warm-ups, and goes on only where that was asked for. */
static void test_refused(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	g_autoptr(GError) error = NULL;
	bool done, anyway = GPOINTER_TO_INT(data);

	started = compare(s, "one", "other", (Stopping){ .rounds = 1 }, anyway, &done, &error);
	g_assert_true(done == anyway);
	if (!anyway) {
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		g_assert_nonnull(strstr(error->message, "figures of different things cannot be compared: other: "));
	}
	check_directory(s, anyway ? "rounds" : "cut-off", anyway ? 4 : 2, anyway);
}

static void test_other_kernel(Sandbox *s, gconstpointer data)
{
	g_autofree char *started = NULL;
	g_autoptr(GError) error = NULL;
	bool done;

	s->changes = 3;
	started = compare(s, "one", "two", (Stopping){ .rounds = 1 }, true, &done, &error);
	g_assert_false(done);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "one is another kernel by now"));
	/* the run that found it is none of the comparison's */
	check_directory(s, "cut-off", 2, 0);
}

/* An accelerator that is another from a round on: what there is stays, and goes on where it is as it was. */
static void test_other_machine(Sandbox *s, gconstpointer data)
{
	bool done, anyway = GPOINTER_TO_INT(data);
	g_autofree char *started = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(StoredComparison) stored = NULL;

	s->moves = 5;
	started = compare(s, "one", "two", (Stopping){ .rounds = 3 }, anyway, &done, &error);
	g_assert_true(done == anyway);
	if (!anyway) {
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
		g_assert_nonnull(strstr(error->message, "two, then and now: accelerator: tcg and kvm"));
	}
	check_directory(s, anyway ? "rounds" : "cut-off", anyway ? 8 : 4, anyway ? 3 : 1);
	stored = storedcomparison_load(s->path, NULL);
	g_assert_cmpuint(comparison_rounds(stored->comparison), ==, anyway ? 3 : 1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Sandbox *, gconstpointer);
		bool anyway;
	} tests[] = {
		{ "/rounds/order", test_order, false },
		{ "/rounds/tight", test_tight, false },
		{ "/rounds/resumed", test_resumed, false },
		{ "/rounds/budget", test_budget, false },
		{ "/rounds/failed", test_failed, false },
		{ "/rounds/refused", test_refused, false },
		{ "/rounds/anyway", test_refused, true },
		{ "/rounds/other-kernel", test_other_kernel, false },
		{ "/rounds/other-machine", test_other_machine, false },
		{ "/rounds/other-machine-anyway", test_other_machine, true },
	};

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	recordings[0] = argv[1];
	recordings[1] = argv[2];
	recorded_path = argv[1];
	g_test_add_func("/rounds/stopping", test_stopping);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Sandbox, GINT_TO_POINTER(tests[i].anyway), set_up, tests[i].func, tear_down);
	return g_test_run();
}
