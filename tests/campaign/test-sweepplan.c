// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <campaign/planfile.h>
#include <campaign/sweepplan.h>
#include <study/sweepkey.h>

#include <string.h>

#define GIB (G_GUINT64_CONSTANT(1) << 30)

static void assert_values(const char *text, guint points, bool linear, const guint64 *values, guint n)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SweepRange) range = sweeprange_parse(text, points, linear, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(range->values->len, ==, n);
	for (guint i = 0; i < n; i++)
		g_assert_cmpuint(g_array_index(range->values, guint64, i), ==, values[i]);
}

static void test_values(void)
{
	const guint64 doubling[] = { GIB, 2 * GIB, 4 * GIB, 8 * GIB };
	const guint64 even[] = { GIB, 3 * GIB, 5 * GIB };
	const guint64 ends[] = { 4 * GIB, 5 * GIB };
	const guint64 cpus[] = { 1, 2, 3, 4 };
	const guint64 reserve[] = { 0, 30, 60, 90 };
	const guint64 scale[] = { 50, 100, 200, 400, 800 };
	/* by factors, rounded to whole sections */
	const guint64 three[] = { GIB, 22 * (GIB / 8), 8 * GIB - GIB / 2 };

	assert_values("memory=1G..8G", 0, false, doubling, 4);
	assert_values("memory=4G..5G", 0, false, ends, 2);
	assert_values("memory=1G..5G", 3, true, even, 3);
	assert_values("memory=1G..7680M", 3, false, three, 3);
	assert_values("cpus=1..4", 0, false, cpus, 4);
	assert_values("reserve=0..90", 4, false, reserve, 4);
	assert_values("scratch-scale=50..800", 0, false, scale, 5);
}

static void test_refused(void)
{
	static const char *const bad[] = { "memory",	      "memory=1G",	"memory=8G..1G",       "memory=1..8",
					   "speed=1..2",      "cpus=0..4",	"cpus=1..x",	       "reserve=10..95",
					   "memory=1G..1G",   "scratch=1M..4M", "scratch-scale=5..50", "",
					   "memory=4G..4100M" };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(sweeprange_parse(bad[i], 0, false, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	}
	g_assert_null(sweeprange_parse("cpus=1..4", 1, false, NULL));
}

static bool accept_cell(Cell *cell, gpointer data, const char **ret_key, GError **error)
{
	cell->expect = g_strdup("PASS");
	return true;
}

/* What comes out is a plan, whose cells say where they are on the curve. */
static void check_plan(const char *sweep, const char *key, guint cells, const char *append)
{
	g_autoptr(SweepRange) range = sweeprange_parse(sweep, 3, true, NULL);
	SweepBase base = { .kernel = "7.2",
			   .series = "stock;upstream",
			   .mode = "wall",
			   .profile = "timing",
			   .memory_bytes = 8 * GIB,
			   .hops = 4,
			   .repeats = 2 };
	g_autofree char *text = sweepplan_text(range, &base);
	g_autoptr(GError) error = NULL;
	g_autoptr(PlanFile) plan = planfile_parse("sweep", text, -1, accept_cell, NULL, &error);
	const Cell *last;

	g_assert_no_error(error);
	g_assert_cmpuint(plan->cells->len, ==, cells);
	g_assert_cmpstr(plan->sweep, ==, key);
	for (guint i = 0; i < cells; i++) {
		const Cell *cell = plan->cells->pdata[i];
		const SweepKey *found;
		guint64 value;

		g_assert_true(cell->alone);
		g_assert_cmpuint(cell->hops, ==, 4);
		found = sweepkey_parse_block(cell->block, &value);
		g_assert_nonnull(found);
		g_assert_cmpstr(found->name, ==, key);
		if (strcmp(key, "memory") == 0)
			g_assert_cmpuint(value, ==, cell->guest.memory_bytes);
		else
			g_assert_cmpuint(cell->guest.memory_bytes, ==, 8 * GIB);
		if (strcmp(key, "nodes") == 0)
			g_assert_cmpuint(value, ==, machine_nodes(&cell->guest));
		if (strcmp(key, "cpus") == 0)
			g_assert_cmpuint(value, ==, cell->guest.cpus);
	}
	last = plan->cells->pdata[cells - 1];
	/* struct pages of 8G are 128M */
	if (strcmp(key, "reserve") == 0)
		g_assert_cmpstr(last->guest.scratch, ==, "64M,128M,256M");
	if (strcmp(key, "scratch-scale") == 0)
		g_assert_cmpstr(last->guest.scratch, ==, "400%");
	if (append)
		g_assert_nonnull(strstr(last->append, append));
	else
		g_assert_null(last->append);
}

static void test_plans(void)
{
	check_plan("memory=1G..8G", "memory", 12, NULL);
	check_plan("cpus=1..3", "cpus", 12, NULL);
	check_plan("nodes=1..3", "nodes", 12, NULL);
	check_plan("scratch=32M..96M", "scratch", 12, NULL);
	check_plan("scratch-scale=100..400", "scratch-scale", 12, NULL);
	/* seven pieces of 702M, as near to 60% of 8G as pages of 2M come */
	check_plan("reserve=0..60", "reserve", 12, "reserve_mem=702M:2M:sweep6");
}

/* What stays the same is said in the words of a plan. */
static void test_base(void)
{
	g_autoptr(SweepRange) range = sweeprange_parse("cpus=1..2", 0, false, NULL);
	SweepBase base = { .kernel = "7.1",
			   .series = "none",
			   .tree = "/src/linux",
			   .config = "HZ=250 DEBUG_VM=n",
			   .fragments = "hugetlb",
			   .numa = "768M+256M",
			   .accel = "tcg",
			   .prefault = true,
			   .mode = "wall",
			   .profile = "timing",
			   .memory_bytes = GIB,
			   .hops = 4,
			   .repeats = 1 };
	g_autofree char *text = sweepplan_text(range, &base);
	g_autoptr(GError) error = NULL;
	g_autoptr(PlanFile) plan = planfile_parse("sweep", text, -1, accept_cell, NULL, &error);
	const Cell *last;

	g_assert_no_error(error);
	g_assert_cmpuint(plan->cells->len, ==, 2);
	last = plan->cells->pdata[1];
	g_assert_cmpstr(last->id, ==, "cpus-2/linux/none/1G/768M+256M/2p/tcg/prefault/hugetlb,HZ=250,DEBUG_VM=n");
}

static void test_block(void)
{
	static const char *const other[] = { "check", "memory-", "memory-1G", "speed-1", "memory--1", "-1", "" };
	g_autofree char *name = sweepkey_block(sweepkey_find("reserve"), 30);
	guint64 value;

	g_assert_true(sweepkey_parse_block(name, &value) == sweepkey_find("reserve"));
	g_assert_cmpuint(value, ==, 30);
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
		g_assert_null(sweepkey_parse_block(other[i], &value));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sweep/values", test_values);
	g_test_add_func("/sweep/refused", test_refused);
	g_test_add_func("/sweep/plans", test_plans);
	g_test_add_func("/sweep/base", test_base);
	g_test_add_func("/sweep/block", test_block);
	return g_test_run();
}
