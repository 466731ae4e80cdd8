// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slopes over the kernels of a chain, where what must come out is known: Kendall's test
 * against all orders of the values, one by one; leaks, steps and noise that were made.
 */
#include <measure/drift.h>

#include <math.h>
#include <stdlib.h>

#define KERNELS 50

static TrendPoint *points_new(const double *values, guint n, guint sorts)
{
	TrendPoint *points = g_new(TrendPoint, n);

	for (guint i = 0; i < n; i++)
		points[i] = (TrendPoint){ i + 1, values[i], i % sorts };
	return points;
}

/* ---- Kendall's test ---- */

/* Of all orders within each sort how many have such an S, and how many there are. */
static void try_orders(TrendPoint *points, guint n, guint from, gint64 s, guint *as_far, guint *all)
{
	if (from == n) {
		*as_far += ABS(kendall_s(points, n)) >= s;
		(*all)++;
		return;
	}
	for (guint i = from; i < n; i++) {
		double value = points[from].value;

		if (points[i].sort != points[from].sort)
			continue;
		points[from].value = points[i].value;
		points[i].value = value;
		try_orders(points, n, from + 1, s, as_far, all);
		points[i].value = points[from].value;
		points[from].value = value;
	}
}

static void assert_exact(const double *values, guint n, guint sorts)
{
	g_autofree TrendPoint *points = points_new(values, n, sorts);
	double p = kendall_p(points, n);
	guint as_far = 0, all = 0;

	try_orders(points, n, 0, ABS(kendall_s(points, n)), &as_far, &all);
	g_assert_cmpfloat_with_epsilon(p, (double)as_far / all, 1e-12);
}

static void test_kendall(void)
{
	static const double distinct[] = { 3, 1, 4, 1.5, 5, 9, 2 }, rising[] = { 1, 2, 3, 4, 5, 6, 7 };
	static const double ties[] = { 1, 1, 2, 2, 2, 3, 1 }, same[] = { 5, 5, 5, 5, 5, 5, 5 };

	for (guint n = 1; n <= 7; n++)
		for (guint sorts = 1; sorts <= 3; sorts++) {
			assert_exact(distinct, n, sorts);
			assert_exact(rising, n, sorts);
			assert_exact(ties, n, sorts);
			assert_exact(same, n, sorts);
		}
}

/* 1 of 7! orders rises, and 1 falls; many values take no long time, and give no nonsense */
static void test_extremes(void)
{
	double values[62];
	g_autofree TrendPoint *points = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		values[i] = -3.0 * i;
	points = points_new(values, 62, 1);
	g_assert_cmpfloat_with_epsilon(kendall_p(points, 7), 2.0 / 5040, 1e-12);
	g_assert_cmpint(kendall_s(points, 62), ==, -62 * 61 / 2);
	g_assert_cmpfloat(kendall_p(points, 62), <, 1e-60);
	g_assert_cmpfloat(kendall_p(points, 62), >, 0);
}

/* The example of Sen's paper (1968), section 6: slope 4, 93% interval 2.5 to 6; exact at 95% by the same order
 * statistics. */
static void test_slope(void)
{
	static const double x[] = { 1, 2, 3, 4, 10, 12, 18 }, y[] = { 9, 15, 19, 20, 45, 55, 78 };
	TrendPoint points[7];
	Interval slope;

	for (guint i = 0; i < 7; i++)
		points[i] = (TrendPoint){ x[i], y[i], 0 };
	slope = kendall_slope(points, 7);
	g_assert_cmpfloat(slope.estimate, ==, 4);
	g_assert_cmpint(slope.kind, ==, INTERVAL_95);
	g_assert_cmpfloat(slope.low, >, 2.2);
	g_assert_cmpfloat(slope.low, <, 4);
	g_assert_cmpfloat(slope.high, >, 4);
	g_assert_cmpfloat(slope.high, <=, 6);
	g_assert_cmpint(kendall_slope(points, 1).kind, ==, INTERVAL_NONE);
	g_assert_cmpint(kendall_slope(points, 3).kind, ==, INTERVAL_RANGE);
}

/* ---- what is made of it ---- */

static DriftKind kind_of(const double *values, guint n, guint sorts)
{
	g_autofree TrendPoint *points = points_new(values, n, sorts);

	return drift_of(points, n).kind;
}

/* A normal number, of a generator that gives the same in every run. */
static double noise(GRand *rand)
{
	return sqrt(-2 * log(1 - g_rand_double(rand))) * cos(2 * G_PI * g_rand_double(rand));
}

static void test_exact(void)
{
	double leak[KERNELS], turns[KERNELS], rare[KERNELS], step[KERNELS], late[KERNELS], same[KERNELS];
	g_autofree TrendPoint *points = NULL;
	Drift drift;

	for (guint i = 0; i < KERNELS; i++) {
		leak[i] = 2 + i;
		turns[i] = (i % 2 ? 2 : 2054) + i;
		rare[i] = 2 + i / 5; /* a page, each fifth time */
		step[i] = i < 25 ? 2 : 3;
		late[i] = i < 47 ? 2 : 900;
		same[i] = i % 2 ? 2 : 2054;
	}
	for (guint n = 8; n <= KERNELS; n++) {
		g_assert_cmpint(kind_of(leak, n, 1), ==, DRIFT_SLOPE);
		g_assert_cmpint(kind_of(turns, n, 2), ==, DRIFT_SLOPE);
		g_assert_cmpint(kind_of(same, n, 2), ==, DRIFT_SAME);
	}
	points = points_new(turns, KERNELS, 2);
	drift = drift_of(points, KERNELS);
	g_assert_cmpint(drift.slope.kind, ==, INTERVAL_EXACT);
	g_assert_cmpfloat(drift.slope.estimate, ==, 1);
	g_assert_cmpint(kind_of(rare, KERNELS, 1), ==, DRIFT_SLOPE);
	/* compared with what is not like it, a figure that takes turns has no slope that could be told */
	g_assert_cmpint(kind_of(turns, 12, 1), ==, DRIFT_NOISE);
	g_assert_cmpint(kind_of(step, KERNELS, 1), ==, DRIFT_STEP);
	g_assert_cmpint(kind_of(late, KERNELS, 1), ==, DRIFT_STEP);
	g_assert_cmpint(kind_of(leak, 4, 1), ==, DRIFT_TOO_FEW);
	g_assert_cmpint(kind_of(leak, 5, 1), ==, DRIFT_SLOPE);
	g_assert_cmpint(kind_of(turns, 5, 2), ==, DRIFT_TOO_FEW);
	g_assert_cmpint(kind_of(turns, 6, 2), ==, DRIFT_SLOPE);
	g_assert_cmpint(kind_of(leak, 0, 1), ==, DRIFT_TOO_FEW);
}

/* Wherever a step is, and however large: it is none. */
static void test_step(void)
{
	for (guint n = 10; n <= KERNELS; n++)
		for (guint at = 1; at < n; at++) {
			double values[KERNELS];

			for (guint i = 0; i < n; i++)
				values[i] = i < at ? 7 : 5000;
			g_assert_cmpint(kind_of(values, n, 1), !=, DRIFT_SLOPE);
			g_assert_cmpint(kind_of(values, n, 2), !=, DRIFT_SLOPE);
		}
}

/* How many of so many made chains have a slope: a page a handover in noise of that size; of what sorts of numbers. */
static guint slopes_of(double slope, double sigma, guint n, guint sorts, guint chains, double values_of)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(13);
	guint found = 0;

	for (guint c = 0; c < chains; c++) {
		double values[KERNELS];

		for (guint i = 0; i < n; i++)
			values[i] = values_of > 0 ? (double)g_rand_int_range(rand, 0, (gint32)values_of)
						  : slope * i + sigma * noise(rand);
		found += kind_of(values, n, sorts) == DRIFT_SLOPE;
	}
	return found;
}

/* 1 of 1000 by the test, and with few values to choose from 2 more where all steps are the same. */
static void test_false_alarms(void)
{
	static const struct {
		guint kernels, chains;
	} lengths[] = { { 5, 1000 }, { 6, 1000 }, { 8, 1000 }, { 12, 1000 }, { 20, 500 }, { KERNELS, 100 } };

	for (gsize l = 0; l < G_N_ELEMENTS(lengths); l++)
		for (guint sorts = 1; sorts <= 2; sorts++) {
			g_assert_cmpuint(slopes_of(0, 100, lengths[l].kernels, sorts, lengths[l].chains, 0), <=, 4);
			for (guint values = 2; values <= 6 && lengths[l].kernels <= 8; values++)
				g_assert_cmpuint(slopes_of(0, 0, lengths[l].kernels, sorts, lengths[l].chains, values),
						 <=, 6);
		}
}

/* One page of 50 handovers, in noise some times as large. (Of free memory, noisy by hundreds, it cannot be told.). */
static void test_power(void)
{
	g_assert_cmpuint(slopes_of(1, 0, KERNELS, 1, 1, 0), ==, 1);
	g_assert_cmpuint(slopes_of(1, 8, KERNELS, 1, 100, 0), >=, 90);
	g_assert_cmpuint(slopes_of(1, 6, KERNELS, 2, 100, 0), >=, 90);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kendall/all-orders", test_kendall);
	g_test_add_func("/kendall/extremes", test_extremes);
	g_test_add_func("/kendall/slope", test_slope);
	g_test_add_func("/drift/exact", test_exact);
	g_test_add_func("/drift/step", test_step);
	g_test_add_func("/drift/false-alarms", test_false_alarms);
	g_test_add_func("/drift/power", test_power);
	return g_test_run();
}
