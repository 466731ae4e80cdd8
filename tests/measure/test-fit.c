// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/fit.h>

#include <math.h>

static void assert_near(double a, double b)
{
	g_assert_cmpfloat_with_epsilon(a, b, 1e-9);
}

/*
 * The expected values were computed with the textbook's sums, without GSL: slope
 * from sxy / sxx, intervals with t(0.975, 4) = 2.7764451051977987.
 */
static void test_known(void)
{
	const double x[] = { 1, 2, 3, 4, 6, 8 }, y[] = { 2.1, 3.9, 6.2, 7.8, 12.3, 15.7 };
	Fit fit;

	g_assert_true(fit_line(x, y, G_N_ELEMENTS(x), &fit));
	g_assert_cmpuint(fit.n, ==, 6);
	assert_near(fit.slope, 1.9735294117647058);
	assert_near(fit.slope_low, 1.8530287988292873);
	assert_near(fit.slope_high, 2.0940300247001242);
	assert_near(fit.offset, 0.10588235294117698);
	assert_near(fit.offset_low, -0.45501747520931335);
	assert_near(fit.offset_high, 0.6667821810916673);
	assert_near(fit.worst, 0.022480329711502583);
}

/* A line is found for what is a line, and what is none shows. */
static void test_shapes(void)
{
	const double x[] = { 262144, 524288, 1048576, 2097152 };
	double straight[4], bent[4];
	Fit fit;

	for (guint i = 0; i < 4; i++) {
		straight[i] = 5e6 + 24 * x[i];
		bent[i] = x[i] * x[i];
	}
	g_assert_true(fit_line(x, straight, 4, &fit));
	g_assert_cmpfloat_with_epsilon(fit.slope, 24, 1e-6);
	g_assert_cmpfloat(fit.worst, <, 1e-9);
	g_assert_true(fit_line(x, bent, 4, &fit));
	g_assert_cmpfloat(fit.worst, >, 0.05);
}

static void test_too_few(void)
{
	const double x[] = { 1, 2, 2 }, same[] = { 3, 3, 3 }, y[] = { 1, 2, 3 };
	Fit fit;

	g_assert_false(fit_line(x, y, 2, &fit));
	g_assert_false(fit_line(same, y, 3, &fit));
	g_assert_true(fit_line(x, y, 3, &fit));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fit/known", test_known);
	g_test_add_func("/fit/shapes", test_shapes);
	g_test_add_func("/fit/too-few", test_too_few);
	return g_test_run();
}
