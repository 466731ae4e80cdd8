// SPDX-License-Identifier: GPL-2.0-or-later
/* How the figures of a chain go from kernel to kernel: a table, and a small plot of each that is not always the same.
 */
#include "htmlchart.h"
#include "htmlparts.h"

#include <evaluate/driftseries.h>
#include <math.h>
#include <string.h>

#define TITLE "Drift over the chain"
#define HEIGHT 200u
#define STEPS 2u /* a straight line */

static bool is_time(const DriftFigure *figure)
{
	return strcmp(figure->unit, "ns") == 0;
}

static void put_cell(HtmlWriter *w, const DriftSeries *series, double value, guint n, const char *member)
{
	html_open(w, "td", "class", "n", NULL);
	html_double(w, value, driftseries_text(series, value), "drift.%u.%s", n, member);
	html_close(w);
}

static void put_row(HtmlWriter *w, const DriftSeries *series, guint n)
{
	const Drift *drift = &series->drift;
	g_autofree char *verdict = driftseries_verdict(series);

	html_open(w, "tr", NULL);
	html_open(w, "th", "scope", "row", NULL);
	html_textf(w, "%s%s%s%s", series->figure->title, is_time(series->figure) ? "" : ", ",
		   is_time(series->figure) ? "" : series->figure->unit, series->figure->exact ? ", exact" : "");
	html_close(w);
	put_cell(w, series, drift->low, n, "least");
	put_cell(w, series, drift->high, n, "most");
	html_open(w, "td", "class", "n", NULL);
	html_double(w, drift->slope.estimate, driftseries_slope(series), "drift.%u.slope.estimate", n);
	html_close(w);
	html_element(w, "td", verdict, "class", driftseries_is_leak(series) ? "unmet" : NULL, NULL);
	html_close(w);
}

/* By what values are divided to be shown, and the axis' label. */
static double scale_of(const DriftFigure *figure, const char **ret_unit)
{
	*ret_unit = is_time(figure) ? "s" : figure->unit;
	return is_time(figure) ? 1e9 : 1;
}

/* Points by sort of kernel would be two clouds; the line is laid through the middle of all. */
static void put_line(GString *script, const DriftSeries *series, double scale)
{
	double x = 0, y = 0;
	guint n = 0;

	for (guint i = 0; i < series->values->len; i++) {
		gint64 value = g_array_index(series->values, gint64, i);

		if (value < 0)
			continue;
		x += i + 1;
		y += (double)value / scale;
		n++;
	}
	for (guint i = 0; n && i < STEPS; i++) {
		double at = i ? series->values->len : 1;

		plot_number(script, at);
		g_string_append_c(script, ' ');
		plot_number(script, y / n + series->drift.slope.estimate / scale * (at - x / n));
		g_string_append_c(script, '\n');
	}
}

static void put_plot(HtmlPage *page, const DriftSeries *series)
{
	g_autoptr(GString) script = g_string_new("$d << END\n");
	g_autofree char *verdict = driftseries_verdict(series), *slope = driftseries_slope(series);
	g_autofree char *caption = g_strdup_printf("%s: %s", series->figure->title, verdict);
	g_autofree char *alt =
		g_strdup_printf("%s by kernel, slope a handover %s: %s", series->figure->title, slope, verdict);
	const char *unit;
	double scale = scale_of(series->figure, &unit);

	for (guint i = 0; i < series->values->len; i++) {
		gint64 value = g_array_index(series->values, gint64, i);

		if (value < 0)
			continue;
		g_string_append_printf(script, "%u ", i + 1);
		plot_number(script, (double)value / scale);
		g_string_append_c(script, '\n');
	}
	g_string_append(script, "END\n$f << END\n");
	put_line(script, series, scale);
	g_string_append_printf(
		script,
		"END\nset border 3\nset xtics nomirror\nset ytics nomirror\nset xlabel 'kernel'\n"
		"set ylabel '%s'\nset format y '%%.6g'\nset xrange [0.5:%u.5]\nset offsets 0,0,graph "
		"0.1,graph 0.1\nunset key\nplot $f using 1:2 with lines lw 1.5 lc rgb '%s', $d using 1:2 "
		"with points pt 7 ps 0.5 lc rgb '%s'\n",
		unit, series->values->len, PLOT_GREY, driftseries_is_leak(series) ? PLOT_RED : PLOT_BLUE);
	html_chart(page, HEIGHT, alt, caption, script->str);
}

void html_drift(HtmlPage *page, const Result *result, guint level)
{
	static const char *const headers[] = { "from kernel to kernel",	  ">least",  ">most",
					       ">slope a handover (95%)", "verdict", NULL };
	g_autoptr(GPtrArray) all = driftseries_of(result);

	if (!all->len)
		return;
	if (level == 2)
		htmlpage_section(page, "drift", TITLE);
	else
		html_element(page->w, "h3", TITLE, NULL);
	/* the numbers are that run's */
	html_open(page->w, "div", "data-run", result->id, NULL);
	html_table_open(page->w,
			"The first kernel came through firmware and is no part of it. Slopes are the median of those "
			"of all pairs of kernels of a sort (Theil and Sen).",
			headers);
	for (guint i = 0; i < all->len; i++)
		put_row(page->w, all->pdata[i], i);
	html_table_close(page->w);
	html_close(page->w);
	for (guint i = 0; i < all->len; i++) {
		const DriftSeries *series = all->pdata[i];

		if (series->drift.kind != DRIFT_SAME || series->drift.low < series->drift.high)
			put_plot(page, series);
	}
	if (level == 2)
		html_close(page->w);
}
