// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/ranksum.h>

#include <math.h>

#define N(array) G_N_ELEMENTS(array)

/*
 * Five against five: of the 25 ratios, two are left out at each end. (Tables of the rank-sum test have 2 as the largest
 * number of pairs that may be the wrong way round at 5%, two-sided, so that the third from each end is the last
 * within.)
 */
static void test_five(void)
{
	const double a[] = { 100, 100.1, 100.2, 100.3, 100.4 };
	const double b[] = { 110, 111, 112, 113, 114 };
	Interval ratio = ranksum_ratio(a, N(a), b, N(b));

	g_assert_cmpint(ratio.kind, ==, INTERVAL_95);
	g_assert_cmpfloat_with_epsilon(ratio.low, 110 / 100.2, 1e-12);
	g_assert_cmpfloat_with_epsilon(ratio.high, 114 / 100.2, 1e-12);
	g_assert_cmpfloat_with_epsilon(ratio.estimate, 112 / 100.2, 1e-3);
}

static void test_few(void)
{
	const double a[] = { 100, 101, 102 };
	const double b[] = { 104, 105, 106 };
	const double one = 100, other = 103;
	Interval ratio = ranksum_ratio(a, N(a), b, N(b));

	/* 2 orders of 20 are as clear: 10% */
	g_assert_cmpint(ratio.kind, ==, INTERVAL_RANGE);
	g_assert_cmpfloat_with_epsilon(ratio.low, 104.0 / 102, 1e-12);
	g_assert_cmpfloat_with_epsilon(ratio.high, 106.0 / 100, 1e-12);
	ratio = ranksum_ratio(&one, 1, &other, 1);
	g_assert_cmpint(ratio.kind, ==, INTERVAL_NONE);
	g_assert_cmpfloat_with_epsilon(ratio.estimate, 1.03, 1e-12);
	g_assert_true(isnan(ratio.low));
}

static void test_exact(void)
{
	const double a[] = { 200, 200 };
	const double b = 206, nothing = 0;

	g_assert_cmpint(ranksum_ratio(a, N(a), &b, 1).kind, ==, INTERVAL_EXACT);
	g_assert_cmpfloat_with_epsilon(ranksum_ratio(a, N(a), &b, 1).high, 1.03, 1e-12);
	g_assert_true(isnan(ranksum_ratio(a, N(a), &nothing, 1).estimate));
}

/* The interval holds what is true in 19 of 20 cases: made-up figures with a long tail. */
static void test_coverage(void)
{
	GRand *random = g_rand_new_with_seed(20261128);
	guint within = 0;

	for (guint turn = 0; turn < 2000; turn++) {
		double a[5], b[7];
		Interval ratio;

		for (guint i = 0; i < N(a); i++)
			a[i] = 1000 - 20 * log(g_rand_double_range(random, 1e-9, 1));
		for (guint i = 0; i < N(b); i++)
			b[i] = 1.1 * (1000 - 20 * log(g_rand_double_range(random, 1e-9, 1)));
		ratio = ranksum_ratio(a, N(a), b, N(b));
		within += ratio.low <= 1.1 && 1.1 <= ratio.high;
	}
	g_rand_free(random);
	g_test_message("%u of 2000", within);
	g_assert_cmpuint(within, >=, 1900);
	g_assert_cmpuint(within, <, 1990);
}

/* So many that counts of orders would leave the range of a double. */
static void test_many(void)
{
	g_autofree double *a = g_new(double, 700), *b = g_new(double, 700);
	GRand *random = g_rand_new_with_seed(7);
	Interval ratio;

	for (guint i = 0; i < 700; i++) {
		a[i] = g_rand_double_range(random, 99, 101);
		b[i] = 1.02 * g_rand_double_range(random, 99, 101);
	}
	g_rand_free(random);
	ratio = ranksum_ratio(a, 700, b, 700);
	g_assert_cmpint(ratio.kind, ==, INTERVAL_95);
	g_assert_cmpfloat(ratio.low, >, 1.017);
	g_assert_cmpfloat(ratio.high, <, 1.023);
	g_assert_cmpfloat(ratio.low, <, ratio.high);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ranksum/five", test_five);
	g_test_add_func("/ranksum/few", test_few);
	g_test_add_func("/ranksum/exact", test_exact);
	g_test_add_func("/ranksum/coverage", test_coverage);
	g_test_add_func("/ranksum/many", test_many);
	return g_test_run();
}
