// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/estimate.h>
#include <campaign/schedule.h>
#include <run/budget.h>

#include <string.h>

#define GIB ((guint64)1 << 30)
#define NS_PER_S ((gint64)1000000000)

static Cell small = { .guest.memory_bytes = 1 * GIB };
static Cell medium = { .guest.memory_bytes = 8 * GIB };
static Cell large = { .guest.memory_bytes = 100 * GIB };
static Cell timed = { .guest.memory_bytes = 1 * GIB, .alone = true };

static GPtrArray *cells(Cell *a, Cell *b, Cell *c)
{
	GPtrArray *array = g_ptr_array_new();
	Cell *all[] = { a, b, c };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		if (all[i])
			g_ptr_array_add(array, all[i]);
	return array;
}

static int next(GPtrArray *owned_pending, GPtrArray *owned_running, guint jobs, gint64 memory)
{
	g_autoptr(GPtrArray) pending = owned_pending;
	g_autoptr(GPtrArray) running = owned_running;
	Capacity capacity = { .jobs = jobs, .memory = memory };

	return schedule_next(pending, running, &capacity);
}

#define NONE cells(NULL, NULL, NULL)
#define ONE(a) cells(&(a), NULL, NULL)
#define TWO(a, b) cells(&(a), &(b), NULL)

static void test_jobs(void)
{
	g_assert_cmpint(next(NONE, NONE, 2, -1), ==, -1);
	g_assert_cmpint(next(ONE(small), NONE, 1, -1), ==, 0);
	g_assert_cmpint(next(ONE(small), ONE(small), 1, -1), ==, -1);
	g_assert_cmpint(next(ONE(small), ONE(small), 2, -1), ==, 0);
	g_assert_cmpint(next(ONE(small), TWO(small, medium), 2, -1), ==, -1);
}

static void test_memory(void)
{
	gint64 both = (gint64)(budget_predict(100 * GIB) + budget_predict(8 * GIB));

	g_assert_cmpint(next(ONE(medium), ONE(large), 4, both), ==, 0);
	g_assert_cmpint(next(ONE(medium), ONE(large), 4, both - 1), ==, -1);
	/* a smaller one behind it may go */
	g_assert_cmpint(next(TWO(medium, small), ONE(large), 4, both - 1), ==, 1);
	/* where nothing runs, something is started: the run itself says that it does not fit */
	g_assert_cmpint(next(ONE(large), NONE, 4, 0), ==, 0);
}

static void test_alone(void)
{
	g_assert_cmpint(next(TWO(timed, small), NONE, 2, -1), ==, 1);
	g_assert_cmpint(next(ONE(timed), ONE(small), 2, -1), ==, -1);
	g_assert_cmpint(next(ONE(timed), NONE, 2, -1), ==, 0);
	g_assert_cmpint(next(ONE(small), ONE(timed), 2, -1), ==, -1);
	g_assert_cmpint(next(ONE(timed), ONE(timed), 2, -1), ==, -1);
}

/* repeat 1 of all in order, then repeat 2 of all in the opposite order */
static void test_passes(void)
{
	Cell a1 = { .alone = true, .repeat = 1 }, a2 = { .alone = true, .repeat = 2 };
	Cell b1 = { .alone = true, .repeat = 1 }, b2 = { .alone = true, .repeat = 2 };
	Cell *order[] = { &a1, &b1, &b2, &a2 };
	g_autoptr(GPtrArray) pending = g_ptr_array_new();
	g_autoptr(GPtrArray) running = g_ptr_array_new();
	Capacity capacity = { .jobs = 2, .memory = -1 };

	g_ptr_array_add(pending, &a1);
	g_ptr_array_add(pending, &a2);
	g_ptr_array_add(pending, &b1);
	g_ptr_array_add(pending, &b2);
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
		int next = schedule_next(pending, running, &capacity);

		g_assert_cmpint(next, >=, 0);
		g_assert_true(g_ptr_array_steal_index(pending, (guint)next) == order[i]);
	}
}

/* small 1 s, medium 2 s, large 3 s, timed 10 s */
static gint64 cost(const Cell *cell, gpointer data)
{
	return cell->alone ? 10 : cell == &large ? 3 : cell == &medium ? 2 : 1;
}

static gint64 length(GPtrArray *owned, guint jobs)
{
	g_autoptr(GPtrArray) pending = owned;
	Capacity capacity = { .jobs = jobs, .memory = -1 };

	return schedule_length(pending, &capacity, cost, NULL);
}

static void test_length(void)
{
	g_assert_cmpint(length(NONE, 2), ==, 0);
	g_assert_cmpint(length(cells(&small, &medium, &large), 1), ==, 6);
	g_assert_cmpint(length(cells(&small, &medium, &large), 2), ==, 4);
	g_assert_cmpint(length(cells(&small, &medium, &large), 3), ==, 3);
	g_assert_cmpint(length(cells(&timed, &small, &small), 2), ==, 11);
}

static void test_estimate(void)
{
	g_autoptr(Estimate) estimate = estimate_new("/no/such/folder");
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	Attempt attempts[] = { { .cell = (char *)"a", .outcome = VERDICT_PASS, .wall_ns = 5 * NS_PER_S },
			       { .cell = (char *)"a", .outcome = VERDICT_ERROR, .wall_ns = 70 * NS_PER_S } };
	MatrixJournal journal = { .attempts = g_ptr_array_new() };
	Cell cell = { .id = (char *)"a",
		      .kernel = (char *)"1",
		      .series = (char *)"s",
		      .profile = (char *)"check",
		      .mode = (char *)"wall",
		      .guest.memory_bytes = GIB,
		      .guest.cpus = 2,
		      .hops = 2 };
	Cell counted = cell, boot = cell, chain = cell;
	gint64 plain = estimate_cell(&cell, estimate);

	counted.mode = (char *)"counted";
	boot.hops = 1;
	chain.hops = 3;
	g_assert_cmpint(plain, >, 5 * NS_PER_S);
	g_assert_cmpint(estimate_cell(&counted, estimate), ==, plain + plain / 2);
	g_assert_cmpint(estimate_cell(&boot, estimate), ==, plain / 2);
	g_assert_cmpint(estimate_cell(&chain, estimate), ==, plain * 2);
	/* what an error took says nothing; what a verdict took says all about this cell, and nothing about others */
	g_ptr_array_add(known, &cell);
	g_ptr_array_add(journal.attempts, &attempts[0]);
	g_ptr_array_add(journal.attempts, &attempts[1]);
	estimate_learn(estimate, known, &journal);
	g_assert_cmpint(estimate_cell(&cell, estimate), ==, 5 * NS_PER_S);
	g_assert_cmpint(estimate_cell(&boot, estimate), ==, plain / 2);
	g_ptr_array_unref(journal.attempts);
}

/* A branch that moved takes as long as before: its commit is in the name of the kernel. */
static void test_moved(void)
{
	g_autoptr(Estimate) estimate = estimate_new("/no/such/folder");
	g_autoptr(GPtrArray) known = g_ptr_array_new(), attempts = g_ptr_array_new();
	Attempt branch = { .cell = (char *)"a", .outcome = VERDICT_PASS, .wall_ns = 5 * NS_PER_S };
	Attempt chain = { .cell = (char *)"b", .outcome = VERDICT_PASS, .wall_ns = 7 * NS_PER_S };
	MatrixJournal journal = { .attempts = attempts };
	Cell before = { .id = (char *)"a",
			.kernel = (char *)"next@1234abcd",
			.series = (char *)"s",
			.profile = (char *)"check",
			.mode = (char *)"wall",
			.guest.memory_bytes = GIB,
			.hops = 2 };
	Cell after = before, other = before, chained = before, moved_chain;

	chained.id = (char *)"b";
	chained.chain = chained.kernel = (char *)"7.1,next@1234abcd/central";
	moved_chain = chained;
	moved_chain.chain = moved_chain.kernel = (char *)"7.1,next@5678abcd/central";
	after.kernel = (char *)"next@5678abcd";
	other.kernel = (char *)"7.1";
	g_ptr_array_add(known, &before);
	g_ptr_array_add(known, &chained);
	g_ptr_array_add(attempts, &branch);
	g_ptr_array_add(attempts, &chain);
	estimate_learn(estimate, known, &journal);
	g_assert_cmpint(estimate_cell(&after, estimate), ==, 5 * NS_PER_S);
	g_assert_cmpint(estimate_cell(&moved_chain, estimate), ==, 7 * NS_PER_S);
	g_assert_cmpint(estimate_cell(&other, estimate), !=, 5 * NS_PER_S);
}

static void check_format(gint64 s, const char *text)
{
	g_autofree char *got = estimate_format(s * NS_PER_S);

	g_assert_cmpstr(got, ==, text);
}

static void test_format(void)
{
	check_format(0, "0 s");
	check_format(89, "89 s");
	check_format(90, "2 min");
	check_format(20 * 60, "20 min");
	check_format(5400, "1 h 30 min");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schedule/jobs", test_jobs);
	g_test_add_func("/schedule/memory", test_memory);
	g_test_add_func("/schedule/alone", test_alone);
	g_test_add_func("/schedule/passes", test_passes);
	g_test_add_func("/schedule/length", test_length);
	g_test_add_func("/estimate/cells", test_estimate);
	g_test_add_func("/estimate/moved", test_moved);
	g_test_add_func("/estimate/format", test_format);
	return g_test_run();
}
