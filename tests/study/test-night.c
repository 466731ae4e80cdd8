// SPDX-License-Identifier: GPL-2.0-or-later
/* What follows from nights: made-up ones, each with one thing that changed. */
#include "../nights.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define COUNT(n) "\"insn2.to_init\": [" #n "]"
#define JUDGE(...) test_judge((Night *[]){ __VA_ARGS__ }, sizeof((Night *[]){ __VA_ARGS__ }) / sizeof(Night *))
#define CELLS(...)                                                                                                     \
	(const TestCell[])                                                                                             \
	{                                                                                                              \
		__VA_ARGS__,                                                                                           \
		{                                                                                                      \
			.name = NULL                                                                                   \
		}                                                                                                      \
	}

static const NightChange *only(const GPtrArray *changes, NightChangeKind kind)
{
	g_assert_cmpuint(changes->len, ==, 1);
	g_assert_cmpint(((NightChange *)changes->pdata[0])->kind, ==, kind);
	return changes->pdata[0];
}

static Night *good(const char *id, const char *before, const char *commit)
{
	return test_night(id, before, commit, CELLS(TEST_PASS("a", NULL), TEST_PASS("b", COUNT(1000000))));
}

static void test_nothing(void)
{
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), good("2026-11-02", "c1", "c2"));

	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_cmpuint(verdict->worse->len + verdict->better->len + verdict->notes->len, ==, 0);
	g_assert_cmpstr(verdict->good->facts->id, ==, "2026-11-01");
}

static void test_regression(void)
{
	Night *bad = test_night("2026-11-03", "c2", "c3",
				CELLS(TEST_FAIL("a", "scratch-not-cma", "scratch pageblocks are not CMA"),
				      TEST_PASS("b", COUNT(1000000))));
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), good("2026-11-02", "c1", "c2"), bad);
	const NightChange *change = only(verdict->worse, NIGHT_WRONG);

	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpstr(change->cell->name, ==, "a");
	g_assert_cmpstr(change->range.from, ==, "c2");
	g_assert_cmpstr(change->range.to, ==, "c3");
	g_assert_cmpint(change->range.commits, ==, 3);
}

/* The cell was left out of the last good night: the commits are those since the night that ran it. */
static void test_since_it_ran(void)
{
	Night *without = test_night("2026-11-02", "c1", "c2", CELLS(TEST_PASS("b", NULL)));
	Night *bad = test_night("2026-11-03", "c2", "c3", CELLS(TEST_FAIL("a", "guest-panic", "kernel panic")));
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), without, bad);
	const NightChange *change = only(verdict->worse, NIGHT_WRONG);

	g_assert_cmpstr(verdict->good->facts->id, ==, "2026-11-02");
	g_assert_cmpstr(change->range.from, ==, "c1");
	g_assert_cmpint(change->range.commits, ==, 6);
}

/* Mended, and slower than in the last good night, which is the first; by more than 1%, or less. */
static void check_slower(guint64 now, guint worse, guint better, guint notes)
{
	g_autofree char *figures = g_strdup_printf("\"insn2.to_init\": [%" G_GUINT64_FORMAT "]", now);
	Night *bad = test_night("2026-11-02", "c1", "c2",
				CELLS(TEST_FAIL("a", "guest-panic", "t"), TEST_PASS("b", COUNT(1000000))));
	Night *slow = test_night("2026-11-03", "c2", "c3", CELLS(TEST_PASS("a", NULL), TEST_PASS("b", figures)));
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), bad, slow);

	g_test_message("%" G_GUINT64_FORMAT, now);
	g_assert_cmpuint(verdict->worse->len, ==, worse);
	g_assert_cmpuint(verdict->better->len, ==, better);
	g_assert_cmpuint(verdict->notes->len, ==, notes);
	g_assert_cmpint(((NightChange *)verdict->better->pdata[0])->kind, ==, NIGHT_MENDED);
	g_assert_cmpstr(verdict->good->facts->id, ==, "2026-11-01");
	g_assert_cmpint(verdict->kind, ==, worse ? VERDICT_FAIL : VERDICT_PASS);
	if (!worse)
		return;
	g_assert_cmpint(only(verdict->worse, NIGHT_SLOWER)->change.kind, ==, INTERVAL_EXACT);
	g_assert_cmpstr(only(verdict->worse, NIGHT_SLOWER)->range.from, ==, "c1");
}

static void test_slower(void)
{
	check_slower(1031000, 1, 1, 0);
	check_slower(1010001, 1, 1, 0);
	check_slower(1010000, 0, 1, 1);
	check_slower(1000500, 0, 1, 0);
	check_slower(970000, 0, 2, 0);
}

/* Counts that differ from run to run of the same kernel decide nothing. */
static void test_unsteady(void)
{
	Night *slow =
		test_night("2026-11-02", "c1", "c2", CELLS(TEST_PASS("b", "\"insn2.to_init\": [1030000, 1050000]")));
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), slow);

	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(only(verdict->notes, NIGHT_NOTE)->why, "differ"));
}

/* What a night could not tell, or did not see, is good; but it is not what later nights are held against. */
static void test_let_pass(void)
{
	Night *unsteady =
		test_night("2026-11-02", "c1", "c2", CELLS(TEST_PASS("b", "\"insn2.to_init\": [1300000, 1300001]")));
	Night *missing = test_night("2026-11-03", "c2", "c3", CELLS(TEST_PASS("b", NULL)));
	Night *slow = test_night("2026-11-04", "c3", "c4", CELLS(TEST_PASS("b", COUNT(1300000))));
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"), unsteady, missing);
	const NightChange *change;

	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(only(verdict->notes, NIGHT_UNCOMPARED)->why, "insn2.to_init is not among its figures"));
	verdict = JUDGE(
		good("2026-11-01", NULL, "c1"),
		test_night("2026-11-02", "c1", "c2", CELLS(TEST_PASS("b", "\"insn2.to_init\": [1300000, 1300001]"))),
		test_night("2026-11-03", "c2", "c3", CELLS(TEST_PASS("b", NULL))), slow);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	change = only(verdict->worse, NIGHT_SLOWER);
	g_assert_cmpstr(change->night_before->facts->id, ==, "2026-11-01");
	g_assert_cmpstr(change->range.from, ==, "c1");
	g_assert_cmpint(change->range.commits, ==, 9);
}

/* A source that moved between two nights: how many commits that were nobody knows, and the host is not to blame. */
static void test_moved(void)
{
	const TestCell *fails = CELLS(TEST_FAIL("a", "guest-panic", "kernel panic"));
	const NightVerdict *verdict =
		JUDGE(good("2026-11-01", NULL, "c1"), test_night("2026-11-02", "c2", "c2", fails));
	const NightChange *change = only(verdict->worse, NIGHT_WRONG);

	g_assert_cmpstr(change->range.from, ==, "c1");
	g_assert_cmpstr(change->range.to, ==, "c2");
	g_assert_cmpint(change->range.commits, ==, -1);
	verdict = JUDGE(good("2026-11-01", NULL, "c1"), test_night("2026-11-02", "c1", "c1", fails));
	g_assert_cmpint(only(verdict->worse, NIGHT_WRONG)->range.commits, ==, 0);
}

static Night *timed(const char *id, double level)
{
	g_autofree char *figures = g_strdup_printf("\"init2\": [%.0f, %.0f, %.0f, %.0f, %.0f]", 1e9 * level,
						   1.001e9 * level, 1.002e9 * level, 0.999e9 * level, 0.998e9 * level);

	return test_night(id, "c", "c", CELLS(TEST_PASS("t", figures)));
}

/* Times: a lower end of the interval beyond 1% is not enough while nights are few, or have differed as much before. */
static void test_times(void)
{
	const NightVerdict *few = JUDGE(timed("2026-11-01", 1), timed("2026-11-02", 1.05));
	const NightVerdict *enough = JUDGE(timed("2026-11-01", 1), timed("2026-11-02", 1.001), timed("2026-11-03", 1),
					   timed("2026-11-04", 1.05));
	const NightVerdict *as_before = JUDGE(timed("2026-11-01", 1), timed("2026-11-02", 1.05), timed("2026-11-03", 1),
					      timed("2026-11-04", 1), timed("2026-11-05", 1.05));

	g_assert_cmpint(few->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(only(few->notes, NIGHT_NOTE)->why, "too few good nights"));
	g_assert_cmpint(enough->kind, ==, VERDICT_FAIL);
	g_assert_cmpint(only(enough->worse, NIGHT_SLOWER)->change.kind, ==, INTERVAL_95);
	g_assert_cmpfloat(only(enough->worse, NIGHT_SLOWER)->change.low, >, 0.04);
	g_assert_cmpint(as_before->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(only(as_before->notes, NIGHT_NOTE)->why, "good nights have had as much"));
}

static void test_other_machine(void)
{
	TestCell slow = TEST_PASS("b", COUNT(1500000));
	const NightVerdict *verdict;

	slow.key = "QEMU 10.0.2";
	verdict = JUDGE(good("2026-11-01", NULL, "c1"), test_night("2026-11-02", "c1", "c2", CELLS(slow)));
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(only(verdict->notes, NIGHT_UNCOMPARED)->why, "QEMU 10.0.2"));
}

static Night *keyed(const char *id, const char *key, const char *figures)
{
	TestCell cell = TEST_PASS("b", figures);

	cell.key = key;
	return test_night(id, "c", "c", CELLS(cell));
}

/* Hosts in turn: what another one lets pass is held against the last good night of the same. */
static void test_machines_in_turn(void)
{
	const char *fast = COUNT(1000000), *slow = COUNT(1100000);
	const NightVerdict *verdict = JUDGE(keyed("2026-11-01", "A", fast), keyed("2026-11-02", "A", fast),
					    keyed("2026-11-03", "B", slow), keyed("2026-11-04", "A", slow));
	const NightVerdict *later =
		JUDGE(keyed("2026-11-01", "A", fast), keyed("2026-11-02", "A", fast), keyed("2026-11-03", "B", slow),
		      keyed("2026-11-04", "A", slow), keyed("2026-11-05", "A", slow));

	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpstr(only(verdict->worse, NIGHT_SLOWER)->night_before->facts->id, ==, "2026-11-02");
	g_assert_cmpuint(verdict->notes->len, ==, 0);
	g_assert_cmpint(later->kind, ==, VERDICT_FAIL);
	g_assert_cmpstr(only(later->worse, NIGHT_SLOWER)->night_before->facts->id, ==, "2026-11-02");
}

/* A host that fails is no regression, and the night is no success. */
static void check_host(const char *state, const char *word, VerdictKind kind)
{
	TestCell gone = { .name = "a", .expected = "PASS", .state = state, .verdict = word, .reason = "harness-error" };
	const NightVerdict *verdict = JUDGE(good("2026-11-01", NULL, "c1"),
					    test_night("2026-11-02", "c1", "c2", CELLS(gone, TEST_PASS("b", NULL))));

	g_assert_cmpint(verdict->kind, ==, kind);
	g_assert_cmpuint(verdict->worse->len + verdict->better->len, ==, 0);
	only(verdict->unjudged, NIGHT_UNJUDGED);
}

static void test_host(void)
{
	TestCell skipped = { .name = "a", .expected = "PASS", .state = "skipped", .verdict = "SKIP" };

	check_host("error", "ERROR", VERDICT_ERROR);
	check_host("skipped", "SKIP", VERDICT_PASS);
	/* no kernel is no success, whoever is at fault */
	skipped.unbuilt = true;
	g_assert_cmpint(JUDGE(good("2026-11-01", NULL, "c1"),
			      test_night("2026-11-02", "c1", "c2", CELLS(skipped, TEST_PASS("b", NULL))))
				->kind,
			==, VERDICT_ERROR);
	skipped.unbuilt = false;
	g_assert_cmpint(JUDGE(test_night("2026-11-01", NULL, "c1", CELLS(skipped)))->kind, ==, VERDICT_SKIP);
}

/* A cell of several repeats one of which could not be run, for that reason; figures and titles of the others. */
static TestCell partly(const char *state, const char *word, const char *figures, const char *titles)
{
	return (TestCell){ .name = "b",
			   .expected = titles ? "FAIL" : "PASS",
			   .state = state,
			   .verdict = word,
			   .figures = figures,
			   .titles = titles,
			   .runs = 1 };
}

/* What a repeat has shown is there, whatever became of the others: nobody else looks at it again. */
static void test_partly(void)
{
	static const char *const states[][2] = { { "not run", "-" }, { "skipped", "SKIP" }, { "error", "ERROR" } };
	TestCell known = partly("as expected", "FAIL", NULL, "[\"x\"]");

	for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
		TestCell slow = partly(states[i][0], states[i][1], COUNT(1031000), NULL);
		TestCell fresh = partly(states[i][0], states[i][1], NULL, "[\"x\", \"y\"]");
		const NightVerdict *verdict =
			JUDGE(good("2026-11-01", NULL, "c1"), test_night("2026-11-02", "c1", "c2", CELLS(slow)));

		g_test_message("%s", states[i][0]);
		g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
		g_assert_cmpint(only(verdict->worse, NIGHT_SLOWER)->change.kind, ==, INTERVAL_EXACT);
		g_assert_cmpuint(verdict->judged, ==, 1);
		g_assert_cmpuint(verdict->left_out + verdict->unjudged->len, ==, 1);
		verdict = JUDGE(test_night("2026-11-01", NULL, "c1", CELLS(known)),
				test_night("2026-11-02", "c1", "c2", CELLS(fresh)));
		g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
		g_assert_cmpstr(only(verdict->worse, NIGHT_NEW_TITLE)->title, ==, "y");
	}
}

static Night *levels(const char *id, guint runs, double level, const char *state)
{
	g_autoptr(GString) figures = g_string_new("\"init2\": [");
	TestCell cell = TEST_PASS("t", NULL);

	for (guint i = 0; i < runs; i++)
		g_string_append_printf(figures, "%s%.0f", i ? ", " : "", 1e9 * level * (1 + 0.001 * i));
	g_string_append_c(figures, ']');
	cell.figures = figures->str;
	cell.state = state;
	return test_night(id, "c", "c", CELLS(cell));
}

/* A night that saw one slow run, of a cell for which there was no time, lets no later night pass. */
static void test_unfinished(void)
{
	for (guint runs = 1; runs <= 3; runs++) {
		const char *state = runs == 1 ? "not run" : runs == 2 ? "as expected" : "error";
		const NightVerdict *verdict =
			JUDGE(levels("2026-11-01", 7, 1, "as expected"), levels("2026-11-02", 7, 1, "as expected"),
			      levels("2026-11-03", 7, 1, "as expected"), levels("2026-11-04", runs, 1.2, state),
			      levels("2026-11-05", 7, 1.2, "as expected"));

		g_test_message("%u runs", runs);
		g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
		g_assert_cmpstr(only(verdict->worse, NIGHT_SLOWER)->night_before->facts->id, ==, "2026-11-03");
	}
}

/* An interval that is not all beyond the threshold: that is what is said, and not that the change is small. */
static void test_wide(void)
{
	Night *wide = test_night("2026-11-04", "c", "c",
				 CELLS(TEST_PASS("t", "\"init2\": [1000000000, 1200000000, 1201000000, 1202000000, "
						      "1203000000]")));
	const NightVerdict *verdict =
		JUDGE(timed("2026-11-01", 1), timed("2026-11-02", 1), timed("2026-11-03", 1), wide);
	const NightChange *change = only(verdict->notes, NIGHT_NOTE);

	g_test_message("%s", change->why);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(strstr(change->why, "is not all beyond the threshold"));
	g_assert_null(strstr(change->why, "within"));
}

/* The same source is not the same kernel: its patches may be others. */
static void test_other_kernel(void)
{
	TestCell then = TEST_PASS("b", COUNT(1000000)), now = TEST_PASS("b", COUNT(1100000));
	const NightRange *range;

	then.image = "aaaaaaaaaaaa";
	now.image = "bbbbbbbbbbbb";
	range = &only(JUDGE(test_night("2026-11-01", "c", "c", CELLS(then)),
			    test_night("2026-11-02", "c", "c", CELLS(now)))
			      ->worse,
		      NIGHT_SLOWER)
			 ->range;
	g_assert_cmpint(range->commits, ==, 0);
	g_assert_true(range->other_kernel);
	now.image = then.image;
	range = &only(JUDGE(test_night("2026-11-01", "c", "c", CELLS(then)),
			    test_night("2026-11-02", "c", "c", CELLS(now)))
			      ->worse,
		      NIGHT_SLOWER)
			 ->range;
	g_assert_false(range->other_kernel);
}

/* What of a cell's repeats was left out is said, also where there is nothing to hold them against. */
static void test_left_out(void)
{
	TestCell cell = TEST_PASS("b", COUNT(1000000));
	const NightVerdict *verdict;

	cell.left_out = "2 runs are left out";
	verdict = JUDGE(test_night("2026-11-01", "c", "c", CELLS(cell)));
	g_assert_cmpstr(only(verdict->notes, NIGHT_UNCOMPARED)->why, ==, cell.left_out);
}

/* It should fail, and does: in a way that is known, or is not. */
static Night *failing(const char *id, const char *title, const char *titles)
{
	TestCell cell = { .name = "u",
			  .expected = "FAIL",
			  .state = "as expected",
			  .verdict = "FAIL",
			  .reason = "guest-panic",
			  .title = title,
			  .titles = titles,
			  .runs = 1 };

	return test_night(id, "c", "c", CELLS(cell));
}

static void test_title(void)
{
	const NightVerdict *known = JUDGE(failing("2026-11-01", "x", NULL), failing("2026-11-02", "x", NULL));
	const NightVerdict *fresh = JUDGE(failing("2026-11-01", "x", NULL), failing("2026-11-02", "y", NULL));
	const NightVerdict *second =
		JUDGE(failing("2026-11-01", "x", NULL), failing("2026-11-02", "x", "[\"x\", \"y\"]"));
	const NightVerdict *of_both =
		JUDGE(failing("2026-11-01", "x", "[\"x\", \"y\"]"), failing("2026-11-02", "y", NULL));

	g_assert_cmpint(known->kind, ==, VERDICT_PASS);
	g_assert_cmpint(fresh->kind, ==, VERDICT_FAIL);
	only(fresh->worse, NIGHT_NEW_TITLE);
	g_assert_nonnull(strstr(only(second->worse, NIGHT_NEW_TITLE)->why, "in a new way: y; before: x"));
	g_assert_cmpint(of_both->kind, ==, VERDICT_PASS);
}

/* One that was cut off is no good night, whatever it says; nor is a bad one, until it is accepted. */
static void test_good(void)
{
	Night *torn = good("2026-11-02", "c1", "c2"), *slow, *accepted, *same, *again;
	const TestCell *cells = CELLS(TEST_PASS("b", COUNT(1100000)));
	const NightVerdict *verdict;

	g_clear_pointer(&torn->facts->ended, g_free);
	g_assert_cmpstr(JUDGE(good("2026-11-01", NULL, "c1"), torn, good("2026-11-03", "c2", "c3"))->good->facts->id,
			==, "2026-11-01");
	slow = test_night("2026-11-02", "c1", "c2", cells);
	same = test_night("2026-11-03", "c2", "c2", cells);
	verdict = JUDGE(good("2026-11-01", NULL, "c1"), slow, same);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	accepted = test_night("2026-11-02", "c1", "c2", cells);
	accepted->facts->accepted = g_strdup("2026-11-02T09:00:00Z");
	again = test_night("2026-11-03", "c2", "c2", cells);
	verdict = JUDGE(good("2026-11-01", NULL, "c1"), accepted, again);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
}

static void test_stale(void)
{
	Night *night = good("2026-11-02", "c1", "c1");

	((NightSource *)night->facts->sources->pdata[0])->problem = g_strdup("no route to host");
	g_assert_cmpint(JUDGE(good("2026-11-01", NULL, "c1"), night)->kind, ==, VERDICT_SKIP);
}

/* summary.json and night.json read again are the same. */
static void test_read_again(void)
{
	g_autoptr(Night) night = test_night("2026-11-02", "c1", "c2",
					    CELLS(TEST_FAIL("a \"x\"", "guest-panic", "\x1b[31m<b>&"),
						  TEST_PASS("b", "\"insn2.to_init\": [7, 8], \"insn1.kho\": [9]")));
	g_autofree char *facts_json = NULL, *again_json = NULL, *text = NULL, *text_again = NULL, *maker = NULL;
	NightFacts *facts;
	NightChoice *choice = nightfacts_add_choice(night->facts, "left/out");
	g_autoptr(Night) again = NULL;
	g_autoptr(GError) error = NULL;

	choice->why = g_strdup("the budget was used up");
	facts_json = nightfacts_to_json(night->facts);
	facts = nightfacts_parse(facts_json, -1, "x", &error);
	g_assert_no_error(error);
	again_json = nightfacts_to_json(facts);
	g_assert_cmpstr(facts_json, ==, again_json);
	text = night_to_summary(night, "m");
	again = night_from_summary(facts, text, -1, "x", &maker, &error);
	g_assert_no_error(error);
	text_again = night_to_summary(again, maker);
	g_assert_cmpstr(text, ==, text_again);
}

static void test_damaged(void)
{
	static const char *const facts[] = {
		"", "[]", "{\"schema\": 1}", "{\"schema\": 99, \"id\": \"a\"}",
		"{\"schema\": 1, \"id\": \"../../x\", \"plan\": \"p\", \"begun\": \"b\"}"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(nightfacts_parse(facts[i], -1, "night.json", &error));
		g_assert_nonnull(strstr(error->message, "night.json"));
	}
}

static void test_trend(void)
{
	Night *nights[] = {
		test_night("2026-11-01", NULL, "c1", CELLS(TEST_PASS("b", COUNT(1000000)))),
		test_night("2026-11-02", "c1", "c2", CELLS(TEST_PASS("b", COUNT(1000500)))),
		test_night("2026-11-03", "c2", "c3", CELLS(TEST_PASS("b", COUNT(1031000)))),
	};
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)night_free);
	g_autoptr(GPtrArray) verdicts = NULL, trends = NULL;
	const NightPoint *point;
	const NightTrend *trend;

	for (gsize i = 0; i < G_N_ELEMENTS(nights); i++)
		g_ptr_array_add(all, nights[i]);
	verdicts = nightverdicts_of(all);
	trends = nighttrends_of(verdicts, metric_find("insn2.to_init"));
	g_assert_cmpuint(trends->len, ==, 1);
	trend = trends->pdata[0];
	g_assert_cmpuint(trend->points->len, ==, 3);
	g_assert_cmpuint(trend->steps->len, ==, 1);
	g_assert_cmpfloat_with_epsilon(nighttrend_last_change(trend, &point), 0.0305, 0.0001);
	g_assert_cmpstr(point->night->night->facts->id, ==, "2026-11-03");
}

/* Many nights of many cells without figures, which one night had: each is held against those before it. */
static GPtrArray *many(guint nights, guint cells)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)night_free);
	g_autofree TestCell *some = g_new0(TestCell, cells + 1);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < cells; i++) {
		g_ptr_array_add(names, g_strdup_printf("cell %u", i));
		some[i] = (TestCell)TEST_PASS(names->pdata[i], COUNT(1000000));
	}
	for (guint i = 0; i < nights; i++) {
		g_autofree char *id = g_strdup_printf("2026-11-01-%03u", i);

		g_ptr_array_add(all, test_night(id, "c1", "c1", some));
		for (guint c = 0; c < cells; c++)
			some[c].figures = NULL;
	}
	return all;
}

/* All of a year are judged again each time that one is shown: it must not take longer than to read them. */
static void test_many(void)
{
	clock_t begin = clock(), read;
	g_autoptr(GPtrArray) nights = many(200, 50), verdicts = NULL;
	const NightVerdict *last;

	read = clock();
	verdicts = nightverdicts_of(nights);
	g_test_message("read in %ld, judged in %ld", (long)(read - begin), (long)(clock() - read));
	g_assert_cmpint(clock() - read, <, read - begin);
	last = verdicts->pdata[verdicts->len - 1];
	g_assert_cmpuint(last->notes->len, ==, 50);
	g_assert_cmpstr(((NightChange *)last->notes->pdata[0])->night_before->facts->id, ==, "2026-11-01-000");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/night/nothing", test_nothing);
	g_test_add_func("/night/regression", test_regression);
	g_test_add_func("/night/since-it-ran", test_since_it_ran);
	g_test_add_func("/night/slower", test_slower);
	g_test_add_func("/night/unsteady", test_unsteady);
	g_test_add_func("/night/let-pass", test_let_pass);
	g_test_add_func("/night/moved", test_moved);
	g_test_add_func("/night/times", test_times);
	g_test_add_func("/night/other-machine", test_other_machine);
	g_test_add_func("/night/machines-in-turn", test_machines_in_turn);
	g_test_add_func("/night/host", test_host);
	g_test_add_func("/night/partly", test_partly);
	g_test_add_func("/night/unfinished", test_unfinished);
	g_test_add_func("/night/wide", test_wide);
	g_test_add_func("/night/other-kernel", test_other_kernel);
	g_test_add_func("/night/left-out", test_left_out);
	g_test_add_func("/night/title", test_title);
	g_test_add_func("/night/good", test_good);
	g_test_add_func("/night/stale", test_stale);
	g_test_add_func("/night/read-again", test_read_again);
	g_test_add_func("/night/damaged", test_damaged);
	g_test_add_func("/night/trend", test_trend);
	g_test_add_func("/night/many", test_many);
	return g_test_run();
}
