// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cells a night runs: the rules, each by itself; and that nothing is left out for ever. */
#include "../nights.h"

#include <campaign/nightchoice.h>

#include <string.h>

#define S ((gint64)1000000000)

/* A cell is one machine of this kernel and series, and takes as many seconds as it has GiB. */
static Cell *cell(const char *kernel, const char *series, guint64 gib)
{
	Cell *one = cell_new();
	g_autofree char *kind = NULL;

	one->block = g_strdup("check");
	one->kernel = g_strdup(kernel);
	one->series = g_strdup(series);
	one->profile = g_strdup("check");
	one->mode = g_strdup("wall");
	one->hops = 2;
	one->repeat = 1;
	one->expect = g_strdup("PASS");
	one->guest.memory_bytes = gib << 30;
	kind = cell_kind(one);
	one->id = g_strconcat("check/", kind, NULL);
	return one;
}

static gint64 cost(const Cell *one, gpointer data)
{
	return (gint64)(one->guest.memory_bytes >> 30) * S;
}

static GPtrArray *cells_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
}

/* Chooses with one job at a time; facts: what is noted. Caller unrefs. */
static GPtrArray *choose(GPtrArray *cells, const GPtrArray *earlier, gint64 seconds, NightFacts *facts)
{
	g_autoptr(GPtrArray) builds = g_ptr_array_new();
	Capacity capacity = { .jobs = 1, .memory = -1 };
	NightPlan plan = { cells, builds, earlier, &capacity, cost, NULL, seconds * S };

	return nightchoice_make(&plan, facts);
}

static void check_sum(GPtrArray *cells, gint64 seconds, const char *wanted)
{
	g_autoptr(GPtrArray) builds = g_ptr_array_new(), none = g_ptr_array_new(), chosen = NULL;
	g_autoptr(NightFacts) facts = nightfacts_new();
	Capacity capacity = { .jobs = 1, .memory = -1 };
	NightPlan plan = { cells, builds, none, &capacity, cost, NULL, seconds * S };
	g_autofree char *got = NULL;

	chosen = nightchoice_make(&plan, facts);
	got = nightchoice_sum(&plan, facts, chosen);
	g_assert_cmpstr(got, ==, wanted);
}

/* The names of what was chosen, in order, without what all have. */
static char *names(GPtrArray *chosen)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < chosen->len; i++) {
		const Cell *one = chosen->pdata[i];

		g_string_append_printf(out, "%s%s/%s/%u", i ? " " : "", one->kernel, one->series,
				       (guint)(one->guest.memory_bytes >> 30));
	}
	return g_string_free(out, FALSE);
}

static void check(GPtrArray *cells, const GPtrArray *earlier, gint64 seconds, const char *wanted)
{
	g_autoptr(NightFacts) facts = nightfacts_new();
	g_autoptr(GPtrArray) chosen = choose(cells, earlier, seconds, facts);
	g_autofree char *got = names(chosen);

	g_assert_cmpstr(got, ==, wanted);
	g_assert_cmpuint(facts->choices->len, ==, cells->len);
}

static GPtrArray *some(void)
{
	GPtrArray *cells = cells_new();

	g_ptr_array_add(cells, cell("7.1", "stock", 8));
	g_ptr_array_add(cells, cell("7.1", "stock", 1));
	g_ptr_array_add(cells, cell("7.1", "central", 4));
	g_ptr_array_add(cells, cell("7.2", "stock", 2));
	return cells;
}

/* Nothing is known: the cheapest of each kernel and series, the cheapest of these first; then the rest. */
static void test_first(void)
{
	g_autoptr(GPtrArray) cells = some(), none = g_ptr_array_new();

	check(cells, none, 100, "7.1/stock/1 7.2/stock/2 7.1/central/4 7.1/stock/8");
	/* what does not fit leaves room for what comes behind it */
	check(cells, none, 7, "7.1/stock/1 7.2/stock/2 7.1/central/4");
	check(cells, none, 5, "7.1/stock/1 7.2/stock/2");
	check(cells, none, 0, "");
}

/* A night in which the chosen cells came out so. */
static const NightVerdict *night_of(GPtrArray *chosen, const char *failed, guint number)
{
	g_autoptr(GArray) cells = g_array_new(TRUE, TRUE, sizeof(TestCell));
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *id = g_strdup_printf("2026-%02u-%02u", 1 + number / 28, 1 + number % 28);

	for (guint i = 0; i < chosen->len; i++) {
		char *name = night_cell_name(chosen->pdata[i]);
		TestCell pass = TEST_PASS(name, NULL), fail = TEST_FAIL(name, "guest-panic", "t");

		g_ptr_array_add(kept, name);
		if (failed && strstr(name, failed))
			g_array_append_val(cells, fail);
		else
			g_array_append_val(cells, pass);
	}
	return test_judge((Night *[]){ test_night(id, "c", "c", (const TestCell *)(gpointer)cells->data) }, 1);
}

static void test_failed(void)
{
	g_autoptr(GPtrArray) cells = some(), earlier = g_ptr_array_new();

	g_ptr_array_add(earlier, (gpointer)night_of(cells, "7.1/stock/8G", 0));
	check(cells, earlier, 100, "7.1/stock/8 7.1/stock/1 7.2/stock/2 7.1/central/4");
	check(cells, earlier, 8, "7.1/stock/8");
}

/* The commit of a branch is in the name of the kernel: only what has another one now is changed. */
static void test_changed(void)
{
	g_autoptr(GPtrArray) cells = cells_new(), earlier = g_ptr_array_new();

	g_ptr_array_add(cells, cell("7.1", "stock", 1));
	g_ptr_array_add(cells, cell("next@c", "stock", 2));
	g_ptr_array_add(earlier, (gpointer)night_of(cells, NULL, 0));
	check(cells, earlier, 100, "7.1/stock/1 next@c/stock/2");
	g_ptr_array_remove_index(cells, 1);
	g_ptr_array_add(cells, cell("next@d", "stock", 2));
	check(cells, earlier, 100, "next@d/stock/2 7.1/stock/1");
}

/* A night of that commit, in which the host skipped what has that in its name. Nights live on: test_judge(). */
static const NightVerdict *skipping(GPtrArray *cells, const char *commit, const char *skipped)
{
	g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(TestCell));
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < cells->len; i++) {
		char *name = night_cell_name(cells->pdata[i]);
		TestCell pass = TEST_PASS(name, NULL),
			 skip = { .name = name, .expected = "PASS", .state = "skipped", .verdict = "SKIP" };

		g_ptr_array_add(kept, name);
		if (strstr(name, skipped))
			g_array_append_val(all, skip);
		else
			g_array_append_val(all, pass);
	}
	return test_judge((Night *[]){ test_night("2026-01-01", "c", commit, (const TestCell *)(gpointer)all->data) },
			  1);
}

/* What the host skipped was not run: its kernel is as new as it was. But it had its turn, and does not go before all.
 */
static void test_skipped(void)
{
	g_autoptr(GPtrArray) cells = cells_new(), earlier = g_ptr_array_new();
	g_autoptr(NightFacts) facts = nightfacts_new();
	g_autoptr(GPtrArray) chosen = NULL;

	g_ptr_array_add(cells, cell("7.1", "stock", 1));
	g_ptr_array_add(cells, cell("next@d", "stock", 2));
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "c", "none"));
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "d", "next"));
	check(cells, earlier, 100, "next@d/stock/2 7.1/stock/1");
	/* seen by then */
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "d", "none"));
	check(cells, earlier, 100, "7.1/stock/1 next@d/stock/2");
	/* never more than skipped: new only where its kernel is */
	g_ptr_array_set_size(earlier, 0);
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "c", "next"));
	check(cells, earlier, 100, "next@d/stock/2 7.1/stock/1");
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "d", "next"));
	check(cells, earlier, 100, "7.1/stock/1 next@d/stock/2");
	/* one that no night could run fits into none, and takes no turn from what waits */
	g_ptr_array_set_size(earlier, 0);
	g_ptr_array_add(earlier, (gpointer)skipping(cells, "d", "next"));
	g_ptr_array_add(cells, cell("7.2", "stock", 3));
	chosen = choose(cells, earlier, 3, facts);
	g_assert_cmpuint(chosen->len, ==, 1);
	g_assert_cmpstr(((Cell *)chosen->pdata[0])->kernel, ==, "7.2");
}

/* All repeats or none. */
static void test_repeats(void)
{
	g_autoptr(GPtrArray) cells = cells_new(), none = g_ptr_array_new();
	g_autoptr(NightFacts) facts = nightfacts_new();
	g_autoptr(GPtrArray) chosen = NULL;

	for (guint i = 1; i <= 3; i++) {
		Cell *one = cell("7.1", "stock", 2);

		one->repeat = i;
		g_ptr_array_add(cells, one);
	}
	chosen = choose(cells, none, 5, facts);
	g_assert_cmpuint(chosen->len, ==, 0);
	check_sum(cells, 5, "0 cells, 0 runs, about 0 s of a budget of 5 s; 1 cell is left out");
	check_sum(cells, 60, "1 cell, 3 runs, about 6 s of a budget of 60 s; no cell is left out");
	g_ptr_array_unref(chosen);
	g_ptr_array_set_size(facts->choices, 0);
	chosen = choose(cells, none, 6, facts);
	g_assert_cmpuint(chosen->len, ==, 3);
	g_assert_cmpuint(facts->choices->len, ==, 1);
}

/* Too large for any night: it is said, and says so. */
static void test_too_large(void)
{
	g_autoptr(GPtrArray) cells = some(), none = g_ptr_array_new();
	g_autoptr(NightFacts) facts = nightfacts_new();
	g_autoptr(GPtrArray) chosen = choose(cells, none, 7, facts);
	const NightChoice *last = facts->choices->pdata[facts->choices->len - 1];

	g_assert_false(last->chosen);
	g_assert_nonnull(strstr(last->name, "8G"));
	g_assert_nonnull(strstr(last->why, "no night can run it"));
}

/*
 * A branch that changes each night, whose cells take all of the budget; beside it releases, one of whose cells fails
 * for ever. Whatever fits into a night is run again and again.
 */
static void test_rotation(void)
{
	g_autoptr(GPtrArray) earlier = g_ptr_array_new();
	g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint night = 0; night < 60; night++) {
		g_autoptr(GPtrArray) cells = cells_new(), chosen = NULL;
		g_autoptr(NightFacts) facts = nightfacts_new();
		g_autofree char *branch = g_strdup_printf("next@c%u", night);

		for (guint64 gib = 1; gib <= 8; gib++) {
			g_ptr_array_add(cells, cell(branch, "stock", gib));
			g_ptr_array_add(cells, cell("7.1", "stock", gib));
			g_ptr_array_add(cells, cell("7.1", "central", gib));
		}
		chosen = choose(cells, earlier, 14, facts);
		for (guint i = 0; i < chosen->len; i++)
			g_hash_table_insert(last, night_cell_name(chosen->pdata[i]), GUINT_TO_POINTER(night));
		for (guint i = 0; i < cells->len && night >= 30; i++) {
			g_autofree char *name = night_cell_name(cells->pdata[i]);

			g_assert_true(g_hash_table_contains(last, name));
			g_assert_cmpuint(night - GPOINTER_TO_UINT(g_hash_table_lookup(last, name)), <, 30);
		}
		g_ptr_array_add(earlier, (gpointer)night_of(chosen, "7.1/central/2G", night));
	}
}

/* How many of the names have not been run in any of so many nights, each with all of central failing. */
static guint count_starved(guint nights, gint64 seconds)
{
	g_autoptr(GPtrArray) earlier = g_ptr_array_new(), cells = cells_new();
	g_autoptr(GHashTable) ran = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint64 gib = 1; gib <= 8; gib++) {
		g_ptr_array_add(cells, cell("7.1", "central", gib));
		g_ptr_array_add(cells, cell("7.1", "stock", gib));
	}
	for (guint night = 0; night < nights; night++) {
		g_autoptr(NightFacts) facts = nightfacts_new();
		g_autoptr(GPtrArray) chosen = choose(cells, earlier, seconds, facts);

		for (guint i = 0; i < chosen->len; i++)
			g_hash_table_add(ran, night_cell_name(chosen->pdata[i]));
		g_ptr_array_add(earlier, (gpointer)night_of(chosen, "/central/", night));
	}
	return cells->len - g_hash_table_size(ran);
}

/* Cells that fail every night would take all of the budget, and those that wait have their turn all the same. */
static void test_failing(void)
{
	g_assert_cmpuint(count_starved(60, 10), ==, 0);
	/* the largest takes all of a night */
	g_assert_cmpuint(count_starved(60, 8), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nightchoice/first", test_first);
	g_test_add_func("/nightchoice/failed", test_failed);
	g_test_add_func("/nightchoice/changed", test_changed);
	g_test_add_func("/nightchoice/skipped", test_skipped);
	g_test_add_func("/nightchoice/repeats", test_repeats);
	g_test_add_func("/nightchoice/too-large", test_too_large);
	g_test_add_func("/nightchoice/rotation", test_rotation);
	g_test_add_func("/nightchoice/failing", test_failing);
	return g_test_run();
}
