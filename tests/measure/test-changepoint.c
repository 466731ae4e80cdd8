// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Change points in made-up figures, drawn from a generator with fixed seeds: what
 * must be found is, and what is not there seldom is.
 */
#include <measure/changepoint.h>
#include <measure/statistics.h>

#include <math.h>

/* Two uniform numbers to a normal one (Box and Muller, 1958). */
static double normal(GRand *random)
{
	double u = g_rand_double_range(random, 1e-12, 1), v = g_rand_double(random);

	return sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

/* A boot of about 7 s with 1% of noise; one in twenty was disturbed, and up to a second slower. */
static double boot(GRand *random, double ns)
{
	double value = ns * (1 + 0.01 * normal(random));

	return g_rand_int_range(random, 0, 20) ? value : value + g_rand_double(random) * 1e9;
}

static void fill(GRand *random, double *values, guint n, double ns)
{
	for (guint i = 0; i < n; i++)
		values[i] = boot(random, ns);
}

static void test_step(void)
{
	guint exact = 0, within = 0;

	for (guint32 seed = 1; seed <= 50; seed++) {
		GRand *random = g_rand_new_with_seed(seed);
		double values[60];
		g_autoptr(GArray) changes = NULL;
		const ChangePoint *change;

		fill(random, values, 25, 7.0e9);
		fill(random, values + 25, 35, 7.28e9); /* 4% slower */
		changes = changepoints_find(values, G_N_ELEMENTS(values));
		g_rand_free(random);
		g_assert_cmpuint(changes->len, >=, 1);
		change = &g_array_index(changes, ChangePoint, 0);
		exact += changes->len == 1 && change->at == 25;
		within += changes->len == 1 && change->first <= 25 && change->last >= 25;
		if (changes->len > 1)
			continue;
		g_assert_cmpfloat_with_epsilon(change->before, 7.0e9, 0.05e9);
		g_assert_cmpfloat_with_epsilon(change->after, 7.28e9, 0.05e9);
	}
	g_test_message("50 steps of 4%%: %u placed exactly, %u with the place in their range", exact, within);
	g_assert_cmpuint(exact, >=, 35);
	g_assert_cmpuint(within, >=, 47);
}

/* Never more than the level of both tests together allows: 4 of 200 are expected, 10 or more come once in 100 times. */
static void test_nothing(void)
{
	guint alarms = 0;

	for (guint32 seed = 1; seed <= 200; seed++) {
		GRand *random = g_rand_new_with_seed(seed);
		double values[40];
		g_autoptr(GArray) changes = NULL;

		fill(random, values, G_N_ELEMENTS(values), 7.0e9);
		changes = changepoints_find(values, G_N_ELEMENTS(values));
		g_rand_free(random);
		alarms += changes->len > 0;
	}
	g_test_message("200 sequences without a change: %u false alarms", alarms);
	g_assert_cmpuint(alarms, <, 10);
}

/* Slower, and repaired again: both sides of any single split are mixtures. */
static void test_there_and_back(void)
{
	guint found = 0;

	for (guint32 seed = 1; seed <= 20; seed++) {
		GRand *random = g_rand_new_with_seed(seed);
		double values[48];
		g_autoptr(GArray) changes = NULL;

		fill(random, values, 16, 7.0e9);
		fill(random, values + 16, 16, 7.35e9);
		fill(random, values + 32, 16, 7.0e9);
		changes = changepoints_find(values, G_N_ELEMENTS(values));
		g_rand_free(random);
		if (changes->len == 2) {
			const ChangePoint *up = &g_array_index(changes, ChangePoint, 0), *down = up + 1;

			found += up->first <= 16 && up->last >= 16 && down->first <= 32 && down->last >= 32;
			g_assert_cmpfloat(up->after, ==, down->before);
		}
	}
	g_test_message("20 sequences with two changes: both found in %u", found);
	g_assert_cmpuint(found, >=, 18);
}

static void test_several(void)
{
	GRand *random = g_rand_new_with_seed(7);
	double values[80];
	g_autoptr(GArray) changes = NULL, again = NULL;
	static const guint at[] = { 20, 40, 60 };

	fill(random, values, 20, 7.0e9);
	fill(random, values + 20, 20, 7.7e9);
	fill(random, values + 40, 20, 6.3e9);
	fill(random, values + 60, 20, 7.0e9);
	g_rand_free(random);
	changes = changepoints_find(values, G_N_ELEMENTS(values));
	g_assert_cmpuint(changes->len, ==, G_N_ELEMENTS(at));
	for (guint i = 0; i < changes->len; i++) {
		const ChangePoint *change = &g_array_index(changes, ChangePoint, i);

		g_assert_cmpuint(change->first, <=, at[i]);
		g_assert_cmpuint(change->last, >=, at[i]);
	}
	again = changepoints_find(values, G_N_ELEMENTS(values));
	g_assert_cmpmem(changes->data, changes->len * sizeof(ChangePoint), again->data,
			again->len * sizeof(ChangePoint));
}

/* What few runs can say: five against five if they are far apart, never fewer. */
static void test_few(void)
{
	static const double ten[] = { 1, 3, 2, 5, 4, 11, 14, 12, 13, 15 };
	static const double eight[] = { 1, 3, 2, 4, 14, 12, 13, 11 };
	g_autoptr(GArray) found = changepoints_find(ten, G_N_ELEMENTS(ten));
	g_autoptr(GArray) none = changepoints_find(eight, G_N_ELEMENTS(eight));

	g_assert_cmpuint(found->len, ==, 1);
	g_assert_cmpuint(g_array_index(found, ChangePoint, 0).at, ==, 5);
	g_assert_cmpfloat(g_array_index(found, ChangePoint, 0).before, ==, 3);
	g_assert_cmpfloat(g_array_index(found, ChangePoint, 0).after, ==, 13);
	g_assert_cmpuint(none->len, ==, 0);
	for (guint n = 0; n < 2 * CHANGEPOINT_STRETCH; n++) {
		g_autoptr(GArray) less = changepoints_find(ten, n);

		g_assert_cmpuint(less->len, ==, 0);
	}
}

/* By ranks alone the highest of the low ones would count as high: eleven against seven are nearer to halves. */
static void test_place(void)
{
	static const double values[] = { 4, 1, 7, 2, 9, 3, 8, 5, 6, 0, 2.5, 10, 50, 52, 51, 54, 53, 55 };
	g_autoptr(GArray) changes = changepoints_find(values, G_N_ELEMENTS(values));

	g_assert_cmpuint(changes->len, ==, 1);
	g_assert_cmpuint(g_array_index(changes, ChangePoint, 0).at, ==, 12);
}

/* One wild value among many is noise, however wild; so are values that are all the same. */
static void test_outlier_and_ties(void)
{
	GRand *random = g_rand_new_with_seed(3);
	double values[30], same[30], steps[30];
	g_autoptr(GArray) wild = NULL, flat = NULL, tied = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		values[i] = 7e9 * (1 + 0.01 * normal(random));
		same[i] = 42;
		steps[i] = i < 15 ? 1 : 2;
	}
	values[17] = 1e12;
	g_rand_free(random);
	wild = changepoints_find(values, G_N_ELEMENTS(values));
	flat = changepoints_find(same, G_N_ELEMENTS(same));
	tied = changepoints_find(steps, G_N_ELEMENTS(steps));
	g_assert_cmpuint(wild->len, ==, 0);
	g_assert_cmpuint(flat->len, ==, 0);
	g_assert_cmpuint(tied->len, ==, 1);
	g_assert_cmpuint(g_array_index(tied, ChangePoint, 0).at, ==, 15);
}

static void test_median(void)
{
	static const double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 };

	g_assert_cmpfloat(statistics_median(odd, 3), ==, 2);
	g_assert_cmpfloat(statistics_median(even, 4), ==, 2.5);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/changepoint/step", test_step);
	g_test_add_func("/changepoint/nothing", test_nothing);
	g_test_add_func("/changepoint/there-and-back", test_there_and_back);
	g_test_add_func("/changepoint/several", test_several);
	g_test_add_func("/changepoint/few", test_few);
	g_test_add_func("/changepoint/place", test_place);
	g_test_add_func("/changepoint/outlier-and-ties", test_outlier_and_ties);
	g_test_add_func("/changepoint/median", test_median);
	return g_test_run();
}
