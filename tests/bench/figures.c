// SPDX-License-Identifier: GPL-2.0-or-later
#include "figures.h"

void figure_add(GArray *samples, double value)
{
	g_array_append_val(samples, value);
}

static int by_value(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Prints the figure beside its limit; its median. */
static double print(const char *name, const char *unit, GArray *samples, const char *most_or_least, double limit)
{
	guint n = samples->len;
	double low, high, median;

	g_assert_cmpuint(n, >, 0);
	g_array_sort(samples, by_value);
	low = g_array_index(samples, double, 0);
	high = g_array_index(samples, double, n - 1);
	median = (g_array_index(samples, double, (n - 1) / 2) + g_array_index(samples, double, n / 2)) / 2;
	g_test_message("%s: median %.3f%s (%.3f to %.3f, %u rounds), %s %.3f%s", name, median, unit, low, high, n,
		       most_or_least, limit, unit);
	return median;
}

void figure_check(const char *name, const char *unit, GArray *samples, double limit)
{
	double median = print(name, unit, samples, "at most", limit);

	if (median > limit)
		g_test_fail_printf("%s: %.3f%s is over the limit of %.3f%s", name, median, unit, limit, unit);
}

void figure_check_least(const char *name, const char *unit, GArray *samples, double limit)
{
	double median = print(name, unit, samples, "at least", limit);

	if (median < limit)
		g_test_fail_printf("%s: %.3f%s is under the limit of %.3f%s", name, median, unit, limit, unit);
}
