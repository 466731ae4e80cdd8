// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The forest plot: figures of seconds and of milliseconds on one axis that fits both.
 * Argument: a recording that passes.
 */
#include "../recorded.h"

#include <math.h>
#include <page/plot.h>
#include <string.h>

#define ROUNDS 10u

static void set_silence(const Comparison *comparison, gint64 first_ns, gint64 second_ns)
{
	for (guint side = 0; side < 2; side++) {
		const ComparisonSide *s = comparison->sides->pdata[side];

		for (guint r = 0; r < s->runs->len; r++)
			recorded_handover(s->runs->pdata[r], 1, side ? second_ns : first_ns, -1);
	}
}

static guint row_of(const Comparison *comparison, const char *id)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);

	for (guint i = 0; i < findings->len; i++)
		if (strcmp(g_array_index(findings, Finding, i).metric->id, id) == 0)
			return i + 1;
	g_assert_not_reached();
}

/* Where the plot puts a figure: estimate and the ends of its interval. false: it has no place there. */
static bool place(const Plot *plot, guint row, double *ret_x)
{
	g_auto(GStrv) lines = g_strsplit(plot->script, "\n", -1);
	g_autofree char *wanted = g_strdup_printf("-%u", row);

	g_assert_cmpstr(lines[0], ==, "$d << END");
	for (char **line = lines + 1; strcmp(*line, "END") != 0; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, " ", -1);

		g_assert_cmpuint(g_strv_length(columns), ==, 5);
		if (strcmp(columns[3], wanted) != 0)
			continue;
		for (guint i = 0; i < 3; i++)
			ret_x[i] = g_ascii_strtod(columns[i], NULL);
		return true;
	}
	return false;
}

static void assert_drawn(const Plot *plot)
{
	g_autofree char *program = g_find_program_in_path("gnuplot"), *svg = NULL, *letters = NULL;
	g_autoptr(GError) error = NULL;

	if (!program)
		return;
	svg = plot_svg(plot->script, PLOT_WIDTH, plot->height, true, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(svg, "init2"));
	letters = plot_letters(plot);
	g_assert_nonnull(letters);
}

/* 200 ms of 1 s and 1 ms of 5 ms are of one size to the eye; each row says what it is in its own unit. */
static void test_units(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(ROUNDS, -200000000);
	g_autoptr(Plot) plot = NULL;
	double seconds[3], milliseconds[3];

	set_silence(comparison, 5000000, 4000000);
	plot = comparison_plot_differences(comparison);
	g_assert_true(place(plot, row_of(comparison, "init2"), seconds));
	g_assert_true(place(plot, row_of(comparison, "silent"), milliseconds));
	g_assert_cmpfloat_with_epsilon(milliseconds[0], -20, 0.01);
	g_assert_cmpfloat_with_epsilon(seconds[0], -20, 1);
	g_assert_true(seconds[1] <= seconds[0] && seconds[0] <= seconds[2]);
	g_assert_nonnull(strstr(plot->script, "'difference in per cent of one'"));
	g_assert_nonnull(strstr(plot->script, "'-1.00 ms' -"));
	g_assert_nonnull(strstr(plot->script, "'-200 ms' -"));
	g_assert_nonnull(strstr(plot->words, "silent: -20.0% (exact), -1.00 ms (exact)"));
	g_assert_nonnull(strstr(plot->words, "to one, 95% intervals in square brackets. "));
	assert_drawn(plot);
}

/* Ten times as much beside some per cent: an axis of ratios, and still each has its place. */
static void test_far(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(ROUNDS, -200000000);
	g_autoptr(Plot) plot = NULL;
	double x[3];

	set_silence(comparison, 5000000, 50000000);
	plot = comparison_plot_differences(comparison);
	g_assert_true(place(plot, row_of(comparison, "silent"), x));
	g_assert_cmpfloat_with_epsilon(x[0], 10, 0.01);
	g_assert_true(place(plot, row_of(comparison, "init2"), x));
	g_assert_cmpfloat_with_epsilon(x[0], 0.80, 0.01);
	g_assert_nonnull(strstr(plot->script, "'ratio to one, logarithmic'"));
	g_assert_nonnull(strstr(plot->script, "'10' 10"));
	assert_drawn(plot);
}

/* What is 0 on one side has no ratio, and no place that would be made up; its difference is there. */
static void test_zero(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(ROUNDS, -200000000);
	g_autoptr(Plot) plot = NULL;
	double x[3];

	set_silence(comparison, 0, 4000000);
	plot = comparison_plot_differences(comparison);
	g_assert_false(place(plot, row_of(comparison, "silent"), x));
	g_assert_true(place(plot, row_of(comparison, "init2"), x));
	g_assert_nonnull(strstr(plot->script, "'4.00 ms' -"));
	assert_drawn(plot);
}

/* Nothing differs: an axis that has some width all the same. */
static void test_same(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(3, 0);
	g_autoptr(Plot) plot = comparison_plot_differences(comparison);

	assert_drawn(plot);
}

/* Of too few pairs for an interval there is a point, and no bar that would look like one of 95%. */
static void test_few(void)
{
	g_autoptr(Comparison) few = recorded_pair(STATISTICS_MIN_INTERVAL - 1, -200000000),
			      enough = recorded_pair(STATISTICS_MIN_INTERVAL, -200000000);
	g_autoptr(Plot) points = NULL, bars = NULL;
	double x[3];

	/* that one is the same in each pair: a difference, and exact */
	set_silence(few, 5000000, 4000000);
	set_silence(enough, 5000000, 4000000);
	points = comparison_plot_differences(few);
	bars = comparison_plot_differences(enough);
	g_assert_true(place(points, row_of(few, "init2"), x));
	g_assert_true(x[0] == x[1] && x[0] == x[2]);
	g_assert_null(strstr(points->script, "xerrorbars"));
	g_assert_nonnull(strstr(points->script, "title 'too few pairs to tell'"));
	g_assert_nonnull(strstr(points->script, "title 'a difference'"));
	g_assert_null(strstr(points->words, "95%"));
	g_assert_null(strchr(points->words, '['));
	g_assert_nonnull(strstr(points->words, "% to -"));
	assert_drawn(points);
	g_assert_true(place(bars, row_of(enough, "init2"), x));
	g_assert_true(x[1] < x[0] && x[0] < x[2]);
	g_assert_nonnull(strstr(bars->script, "xerrorbars"));
	assert_drawn(bars);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_path = argv[1];
	g_test_add_func("/comparison-plot/units", test_units);
	g_test_add_func("/comparison-plot/far", test_far);
	g_test_add_func("/comparison-plot/zero", test_zero);
	g_test_add_func("/comparison-plot/same", test_same);
	g_test_add_func("/comparison-plot/few", test_few);
	return g_test_run();
}
