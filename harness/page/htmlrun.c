// SPDX-License-Identifier: GPL-2.0-or-later
/* One run in figures: a row for each thing that was measured, a column for each kernel. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/checkline.h>
#include <evaluate/metric.h>
#include <evaluate/notes.h>
#include <string.h>

char *html_machine_text(const Plan *plan)
{
	g_autofree char *machine = result_machine(plan);

	return g_strdup_printf("%s, profile %s", machine,
			       plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-");
}

/* "20 of 3244" in one kernel */
static void put_check(HtmlWriter *w, const Result *result, const CheckLine *line, guint hop)
{
	const CheckRow *row = checkline_row(line, result, hop);
	g_autofree char *found = row ? checkline_member(line, result, hop, "found") : NULL;
	g_autofree char *expected = row ? checkline_member(line, result, hop, "expected") : NULL;

	if (!row) {
		html_element(w, "td", "-", "class", "n", NULL);
		return;
	}
	html_open(w, "td", "class", checkrow_is_met(row) ? "n" : "n unmet", NULL);
	html_figure(w, (gint64)row->found, NULL, "%s", found);
	html_text(w, " of ");
	html_figure(w, (gint64)row->expected, NULL, "%s", expected);
	if (row->excess)
		html_textf(w, " and %" G_GUINT64_FORMAT " more", row->excess);
	html_close(w);
}

static void put_checks(HtmlWriter *w, const Result *result)
{
	g_autoptr(GArray) lines = checklines_of(result);

	for (guint l = 0; l < lines->len; l++) {
		const CheckLine *line = &g_array_index(lines, CheckLine, l);

		html_open(w, "tr", NULL);
		html_open(w, "th", "scope", "row", NULL);
		html_textf(w, "%s, %s", line->what, line->where);
		html_close(w);
		for (guint hop = 0; hop < result->hops->len; hop++)
			put_check(w, result, line, hop);
		html_close(w);
	}
}

static void put_deferred(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	if (!hop->log)
		html_text(w, "-");
	else if (!hop->log->deferred->len)
		html_text(w, "none");
	for (guint i = 0; hop->log && i < hop->log->deferred->len; i++) {
		const DeferredNode *node = &g_array_index(hop->log->deferred, DeferredNode, i);

		if (i)
			html_void(w, "br", NULL);
		html_text(w, "node ");
		html_figure(w, node->node, NULL, "hops.%u.deferred.%u.node", h, i);
		html_text(w, ": ");
		html_figure(w, node->ms, g_strdup_printf("%" G_GINT64_FORMAT " ms", node->ms), "hops.%u.deferred.%u.ms",
			    h, i);
	}
	html_close(w);
}

static void put_scratch(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	if (!hop->scratch)
		html_text(w, "-");
	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		if (i)
			html_void(w, "br", NULL);
		html_figure(w, (gint64)region->bytes, units_format_size(region->bytes), "hops.%u.scratch.%u.bytes", h,
			    i);
		html_text(w, " at ");
		html_figure(w, (gint64)region->phys, g_strdup_printf("0x%" G_GINT64_MODIFIER "x", region->phys),
			    "hops.%u.scratch.%u.phys", h, i);
	}
	html_close(w);
}

static void put_release(HtmlWriter *w, const Hop *hop, guint h)
{
	html_element(w, "td", hop->release ? hop->release : "-", "class", "n", NULL);
}

/* One row over all kernels. */
static void put_row(HtmlWriter *w, const Result *result, const char *label,
		    void (*put)(HtmlWriter *w, const Hop *hop, guint h))
{
	html_open(w, "tr", NULL);
	html_element(w, "th", label, "scope", "row", NULL);
	for (guint h = 0; h < result->hops->len; h++)
		put(w, result_said(result, h), h);
	html_close(w);
}

/* NULL: the number itself is good enough. Caller frees. */
static char *words_of(const Figure *figure, gint64 value)
{
	if (value < 0)
		return NULL;
	if (strcmp(figure->unit, "ns") == 0)
		return units_format_duration(value);
	if (strcmp(figure->unit, "bytes") == 0)
		return units_format_size_about((guint64)value);
	if (strcmp(figure->unit, "ppm") == 0)
		return g_strdup_printf("%.2f%%", (double)value * 100 / FIGURE_PPM);
	return NULL;
}

static void put_figure(HtmlWriter *w, const Result *result, const Figure *figure, guint hop)
{
	gint64 value = figure_of(figure, result, hop);
	g_autofree char *member = figure_member(figure, hop);

	html_figure(w, value, words_of(figure, value), "%s", member);
}

void html_put_metrics(HtmlWriter *w, const Result *result)
{
	static const char *const ids[] = { "init1", "init2", "silent", "blackout" };

	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
		const Metric *metric = metric_find(ids[i]);

		if (result_is_counted(result))
			metric = metric_counted(metric);
		html_open(w, "td", "class", "n", NULL);
		put_figure(w, result, metric->figure, metric->selector->first);
		html_close(w);
	}
}

static void put_label(HtmlWriter *w, const char *element, const Figure *figure)
{
	g_autofree char *label = figure->clock ? g_strdup_printf("%s, %s's clock", figure->title, figure->clock) : NULL;
	bool of_clock = strcmp(figure->unit, "ns") == 0;

	html_element(w, element, label && of_clock ? label : figure->title, "scope", "row", NULL);
}

/* A row for each figure of a kernel. */
static void put_figures(HtmlWriter *w, const Result *result)
{
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint f = 0; f < n; f++) {
		if (!figure_is_in(&figures[f], FIGURE_IN_HOP))
			continue;
		html_open(w, "tr", NULL);
		put_label(w, "th", &figures[f]);
		for (guint h = 0; h < result->hops->len; h++) {
			html_open(w, "td", "class", "n", NULL);
			put_figure(w, result, &figures[f], h);
			html_close(w);
		}
		html_close(w);
	}
}

/* What is not of a kernel but about the whole run: below the table. */
static void put_run(HtmlWriter *w, const Result *result)
{
	static const char *const places[] = { FIGURE_IN_HANDOVER, FIGURE_IN_RUN, FIGURE_IN_HOST };
	guint n;
	const Figure *figures = figures_all(&n);

	html_open(w, "dl", NULL);
	for (gsize p = 0; p < G_N_ELEMENTS(places); p++)
		for (guint f = 0; f < n; f++) {
			if (!figure_is_in(&figures[f], places[p]))
				continue;
			put_label(w, "dt", &figures[f]);
			html_open(w, "dd", NULL);
			put_figure(w, result, &figures[f], 1);
			html_close(w);
		}
	html_close(w);
}

static void put_notes(HtmlWriter *w, const Result *result)
{
	g_autoptr(GPtrArray) notes = result_notes(result);

	for (guint i = 0; i < notes->len; i++)
		html_element(w, "p", notes->pdata[i], "class", "note", NULL);
}

/* A number's column. Caller frees. */
static char *title_of(const Result *result, guint hop)
{
	g_autofree char *title = result_hop_title(result, hop);

	return g_strconcat(">", title, NULL);
}

void html_figures(HtmlPage *page, const Result *result)
{
	bool counted = plan_is_counted(result->plan);
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	HtmlWriter *w = page->w;

	if (!result->hops->len) {
		html_element(w, "p", "No kernel sent a record: there are no figures.", NULL);
		put_run(w, result);
		return;
	}
	g_ptr_array_add(headers, g_strdup(""));
	for (guint h = 0; h < result->hops->len; h++)
		g_ptr_array_add(headers, title_of(result, h));

	g_ptr_array_add(headers, NULL);
	html_open(w, "div", "class", "figures", NULL);
	html_table_open(w, NULL, (const char *const *)headers->pdata);
	put_checks(w, result);
	put_figures(w, result);
	if (!counted)
		put_row(w, result, "deferred struct page init, from the kernel log", put_deferred);
	put_row(w, result, "scratch regions", put_scratch);
	put_row(w, result, "release", put_release);
	html_table_close(w);
	html_close(w);
	html_scratch_pages(w, result);
	if (counted)
		html_element(w, "p",
			     "This run counted instructions: neither clock gives a time of a kernel. The whole run "
			     "includes the stops at which the counts were read.",
			     "class", "note", NULL);
	html_payloads(page, result);
	put_notes(w, result);
	put_run(w, result);
}
