// SPDX-License-Identifier: GPL-2.0-or-later
/* One run in figures: a row for each thing that was measured, a column for each kernel. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/figure.h>
#include <evaluate/notes.h>
#include <string.h>

char *html_machine_text(const Plan *plan)
{
	g_autofree char *machine = result_machine(plan);

	return g_strdup_printf("%s, profile %s", machine,
			       plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-");
}

static bool same_zone(const OracleZone *a, const OracleZone *b)
{
	return a->node == b->node && strcmp(a->zone, b->zone) == 0;
}

/* A zone is shown with the first kernel that has it, and not again with those after it. */
static bool shown_before(const Result *result, guint hop, const OracleZone *zone)
{
	for (guint h = 0; h < hop; h++) {
		const Oracle *oracle = result_oracle(result, h);

		for (guint z = 0; oracle && z < oracle->zones->len; z++)
			if (same_zone(oracle->zones->pdata[z], zone))
				return true;
	}
	return false;
}

/* "20 of 3244" in one kernel */
static void put_zone(HtmlWriter *w, const Oracle *oracle, guint hop, const OracleZone *like)
{
	for (guint z = 0; oracle && z < oracle->zones->len; z++) {
		const OracleZone *zone = oracle->zones->pdata[z];

		if (!same_zone(zone, like))
			continue;
		html_open(w, "td", "class", zone->found == zone->expected && !zone->excess ? "n" : "n unmet", NULL);
		html_figure(w, (gint64)zone->found, NULL, "hops.%u.zones.%u.found_cma_pageblocks", hop, z);
		html_text(w, " of ");
		html_figure(w, (gint64)zone->expected, NULL, "hops.%u.zones.%u.expected_cma_pageblocks", hop, z);
		html_close(w);
		return;
	}
	html_element(w, "td", "-", "class", "n", NULL);
}

static void put_zones(HtmlWriter *w, const Result *result)
{
	for (guint hop = 0; hop < result->hops->len; hop++) {
		const Oracle *oracle = result_oracle(result, hop);

		for (guint z = 0; oracle && z < oracle->zones->len; z++) {
			const OracleZone *zone = oracle->zones->pdata[z];
			g_autofree char *node = zone->node < 0 ? NULL : g_strdup_printf("node %d ", zone->node);

			if (shown_before(result, hop, zone))
				continue;
			html_open(w, "tr", NULL);
			html_open(w, "th", "scope", "row", NULL);
			html_textf(w, "pageblocks of scratch that are CMA, %s%s", node ? node : "", zone->zone);
			html_close(w);
			for (guint h = 0; h < result->hops->len; h++)
				put_zone(w, result_oracle(result, h), h, zone);
			html_close(w);
		}
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

/* Takes a value to words. Caller frees. */
static char *words_of(const Figure *figure, gint64 value)
{
	if (value < 0)
		return NULL;
	if (strcmp(figure->unit, "ns") == 0)
		return units_format_duration(value);
	if (strcmp(figure->unit, "bytes") == 0)
		return units_format_size_about((guint64)value);
	return NULL;
}

static void put_figure(HtmlWriter *w, const Result *result, const Figure *figure, guint hop)
{
	gint64 value = figure_of(figure, result, hop);
	g_autofree char *member = figure_member(figure, hop);

	html_figure(w, value, words_of(figure, value), "%s", member);
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
		g_ptr_array_add(headers, g_strdup_printf(">%s", hop_name((int)h)));

	g_ptr_array_add(headers, NULL);
	html_open(w, "div", "class", "figures", NULL);
	html_table_open(w, NULL, (const char *const *)headers->pdata);
	put_zones(w, result);
	put_figures(w, result);
	if (!counted)
		put_row(w, result, "deferred struct page init, from the kernel log", put_deferred);
	put_row(w, result, "scratch regions", put_scratch);
	put_row(w, result, "release", put_release);
	html_table_close(w);
	html_close(w);
	if (counted)
		html_element(w, "p",
			     "This run counted instructions: neither clock gives a time of a kernel. The whole run "
			     "includes the stops at which the counts were read.",
			     "class", "note", NULL);
	put_notes(w, result);
	put_run(w, result);
}
