// SPDX-License-Identifier: GPL-2.0-or-later
/* A page over a sweep: the slope in a sentence, the curves, the figures behind them. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <measure/statistics.h>
#include <page/html.h>
#include <page/plot.h>
#include <report/published.h>
#include <report/sweep.h>
#include <string.h>

/* A number of 'khotest sweep --report --format json', which has the runs of a curve one by one. */
static void put_values(HtmlWriter *w, const SweepFigure *figure, guint f, guint c, guint64 value)
{
	const SweepCurve *curve = figure->curves->pdata[c];
	bool any = false;

	html_open(w, "td", "class", "n", NULL);
	for (guint i = 0; i < curve->at->len; i++) {
		double y = g_array_index(curve->y, double, i);

		if (g_array_index(curve->at, guint64, i) != value)
			continue;
		if (any)
			html_void(w, "br", NULL);
		html_figure(w, (gint64)y, metric_format(figure->metric, y), "figures.%u.curves.%u.runs.%u.value", f, c,
			    i);
		any = true;
	}
	if (!any)
		html_text(w, "-");
	html_close(w);
}

static void put_table(HtmlWriter *w, const Sweep *sweep, const SweepFigure *figure, guint f)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(headers, g_strconcat(">", sweep->what->name, NULL));
	for (guint c = 0; c < figure->curves->len; c++) {
		const SweepCurve *curve = figure->curves->pdata[c];

		g_ptr_array_add(headers, g_strdup_printf(">%s %s", curve->kernel, curve->series));
	}
	g_ptr_array_add(headers, NULL);
	html_table_open(w, "Each run.", (const char *const *)headers->pdata);
	for (guint v = 0; v < sweep->values->len; v++) {
		guint64 value = g_array_index(sweep->values, guint64, v);
		g_autofree char *text = sweep_format_value(sweep, value);

		html_open(w, "tr", NULL);
		html_element(w, "th", text, "scope", "row", "class", "n", NULL);
		for (guint c = 0; c < figure->curves->len; c++)
			put_values(w, figure, f, c, value);
		html_close(w);
	}
	html_table_close(w);
}

static void put_fit_cell(HtmlWriter *w, double value, char *text, guint f, guint c, const char *member)
{
	html_open(w, "td", "class", "n", NULL);
	html_double(w, value, text, "figures.%u.curves.%u.fit.%s", f, c, member);
	html_close(w);
}

/* The lines, in numbers. */
static void put_fits(HtmlWriter *w, const Sweep *sweep, const SweepFigure *figure, guint f)
{
	g_autofree char *slope = g_strdup_printf(">a %s", sweep->what->unit);
	const char *const headers[] = { "line", ">at 0", slope, ">from", ">to", ">runs", ">worst off", NULL };

	html_table_open(w, "A straight line through all runs, with the 95% interval of its slope.", headers);
	for (guint c = 0; c < figure->curves->len; c++) {
		const SweepCurve *curve = figure->curves->pdata[c];
		const Fit *fit = &curve->fit;

		if (!curve->has_fit)
			continue;
		html_open(w, "tr", NULL);
		html_open(w, "th", "scope", "row", NULL);
		html_textf(w, "%s %s", curve->kernel, curve->series);
		html_close(w);
		put_fit_cell(w, fit->offset, metric_format(figure->metric, fit->offset), f, c, "offset");
		put_fit_cell(w, fit->slope, sweep_format_slope(figure->metric, fit->slope), f, c, "slope");
		put_fit_cell(w, fit->slope_low, sweep_format_slope(figure->metric, fit->slope_low), f, c, "slope_low");
		put_fit_cell(w, fit->slope_high, sweep_format_slope(figure->metric, fit->slope_high), f, c,
			     "slope_high");
		put_fit_cell(w, fit->n, g_strdup_printf("%u", fit->n), f, c, "runs");
		put_fit_cell(w, fit->worst, g_strdup_printf("%.1f%%", 100 * fit->worst), f, c, "worst");
		html_close(w);
	}
	html_table_close(w);
}

static void put_figure(HtmlPage *page, const Sweep *sweep, guint f)
{
	const SweepFigure *figure = sweep->figures->pdata[f];
	g_autoptr(Plot) plot = sweep_plot(sweep, figure);
	g_autofree char *title = g_strdup_printf("%s (%s)", figure->metric->title, metric_clock(figure->metric));

	htmlpage_section(page, figure->metric->id, title);
	html_plot(page, plot,
		  "Points are runs; the band is the 95% interval of the line, for errors that are alike and "
		  "independent.");
	put_fits(page->w, sweep, figure, f);
	put_table(page->w, sweep, figure, f);
	html_close(page->w);
}

/* What others measured, where a slope of time over memory stands beside it. */
static void put_published(HtmlPage *page)
{
	g_autoptr(Table) table = published_table();
	g_autofree char *text = table_to_markdown(table);

	htmlpage_section(page, "published", "Published elsewhere");
	html_element(
		page->w, "p",
		"Machines, kernels and what exactly was timed differ: these say of what order a slope should be, no "
		"more.",
		NULL);
	html_copy(page->w, "Nanoseconds a page, as others measured", text);
	html_close(page->w);
}

static void put_note(HtmlWriter *w, const char *sentence)
{
	if (!sentence)
		return;
	html_open(w, "p", NULL);
	html_textf(w, "note: %s", sentence);
	html_close(w);
}

static void put_lead(HtmlWriter *w, const MatrixResult *matrix, const Sweep *sweep)
{
	g_autoptr(GPtrArray) results = html_matrix_results(matrix);
	HtmlSum sum = html_matrix_sum(matrix);
	g_autofree char *caption = sweep_caption(sweep);

	html_element(w, "p", caption, NULL);
	html_origin(w, results);
	html_open(w, "div", "class", html_sum_class(&sum), NULL);
	html_open(w, "p", NULL);
	html_sum_verdict(w, &sum);
	html_close(w);
	html_unmet_cells(w, matrix, false);
	for (guint f = 0; f < sweep->figures->len; f++) {
		const SweepFigure *figure = sweep->figures->pdata[f];

		html_open(w, "p", NULL);
		html_textf(w, "%s:", figure->metric->title);
		html_close(w);
		html_open(w, "ul", NULL);
		for (guint c = 0; c < figure->curves->len; c++) {
			g_autofree char *sentence = sweepcurve_sentence(sweep, figure, figure->curves->pdata[c]);

			html_element(w, "li", sentence, NULL);
		}
		html_close(w);
	}
	put_note(w, sweep->left_out);
	put_note(w, sweep->noise);
	html_close(w);
}

char *html_of_sweep(const MatrixResult *matrix, const Sweep *sweep)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autofree char *id = g_path_get_basename(matrix->dir->path);
	g_autofree char *title = g_strdup_printf("Sweep of %s", sweep->what->name);
	g_autofree char *markdown = sweep_to_markdown(sweep), *csv = sweep_to_csv(sweep);

	html_element(page->lead, "h1", title, NULL);
	put_lead(page->lead, matrix, sweep);
	html_open(page->w, "div", "data-run", id, NULL);
	for (guint f = 0; f < sweep->figures->len; f++)
		put_figure(page, sweep, f);
	if (sweep_is_of_pages(sweep))
		put_published(page);
	html_to_copy(page, markdown, csv);
	html_reproduce_many(page, matrix->dir->asked, "sweep", matrix->dir->path);
	return htmlpage_finish(page, title);
}
