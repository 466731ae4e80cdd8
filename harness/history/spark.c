// SPDX-License-Identifier: GPL-2.0-or-later
#include "spark.h"

#include <measure/changepoint.h>
#include <measure/statistics.h>

#include <string.h>

#define FIRST_BLOCK 0x2581
#define BLOCKS 8

static guint level(double value, double lowest, double highest)
{
	guint i = highest > lowest ? (guint)((value - lowest) / (highest - lowest) * BLOCKS) : 0;

	return MIN(i, BLOCKS - 1);
}

char *spark_line(const double *values, guint n, guint width, const GArray *marks)
{
	guint cells = MIN(n, width);
	g_autofree double *shown = g_new(double, cells);
	g_autofree char *under = g_strnfill(cells, ' ');
	double lowest, highest;
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < cells; i++) {
		guint from = (guint)((guint64)i * n / cells), to = (guint)((guint64)(i + 1) * n / cells);

		shown[i] = statistics_median(values + from, to - from);
	}
	lowest = highest = shown[0];
	for (guint i = 0; i < cells; i++) {
		lowest = MIN(lowest, shown[i]);
		highest = MAX(highest, shown[i]);
	}
	for (guint i = 0; i < cells; i++)
		g_string_append_unichar(line, FIRST_BLOCK + level(shown[i], lowest, highest));
	if (!marks || !marks->len)
		return g_string_free(line, FALSE);
	/* the cell that holds value i is the last one that begins at it or before */
	for (guint m = 0; m < marks->len; m++)
		under[MIN(((guint64)g_array_index(marks, guint, m) * cells + cells - 1) / n, cells - 1)] = '^';
	g_strchomp(under);
	g_string_append_printf(line, "\n%s", under);
	return g_string_free(line, FALSE);
}
