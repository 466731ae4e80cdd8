// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Maps of pageblocks, which draw/ makes. What stands around them is text of the page, which
 * wraps; html.css has each of their colours a second time, for the dark.
 */
#include "htmlchart.h"
#include "htmlparts.h"
#include "mapcolour.h"

#include <evaluate/about.h>
#include <page/map.h>
#include <report/audit.h>

/* A sample in the colours of the map, as the page shows them. */
static void put_sample(HtmlWriter *w, guint colour, bool outlined, const char *text)
{
	g_autofree char *fill = g_strdup_printf("#%06x", colour);

	html_open(w, "li", NULL);
	html_open(w, "svg", "viewBox", "0 0 16 16", "aria-hidden", "true", NULL);
	html_void(w, "rect", "x", "2", "y", "2", "width", "12", "height", "12", "fill", fill, NULL);
	if (outlined)
		html_void(w, "rect", "x", "0.5", "y", "0.5", "width", "15", "height", "15", "fill", "none", "stroke",
			  "#000000", NULL);
	html_close(w);
	html_text(w, text);
	html_close(w);
}

static void put_legend(HtmlWriter *w, guint kinds)
{
	html_open(w, "ul", "class", "legend", NULL);
	for (MapKind kind = 0; kind < MAP_KINDS; kind++)
		if (kinds & (1u << kind))
			put_sample(w, map_colour(kind), map_is_outlined(kind), map_label(kind));
	put_sample(w, 0xffffff, true, "outline: scratch");
	html_element(w, "li", "bar: a zone begins", NULL);
	html_close(w);
}

static void put_callers(HtmlWriter *w, const Result *result)
{
	g_autofree char *text = result_audit_to_text(result);

	html_open(w, "details", NULL);
	html_element(w, "summary", "callers of init_pageblock_migratetype(), and what comes of them", NULL);
	html_copy(w, "What 'khotest audit' says", text);
	html_close(w);
}

static void put_map(HtmlPage *page, const GPtrArray *one, Result *result)
{
	g_autofree char *caption = NULL, *svg = NULL, *inlined = NULL;
	guint kinds = 0;
	g_autoptr(Picture) picture = map_draw_bare(one, &caption, &kinds, NULL);

	if (!picture)
		return;
	svg = picture_to_svg(picture);
	inlined = chart_inline_svg(svg, ++page->charts);
	html_open(page->w, "figure", "class", "mapped", NULL);
	html_element(page->w, "figcaption", caption, NULL);
	put_legend(page->w, kinds);
	html_open(page->w, "div", "class", "map", NULL);
	html_raw(page->w, inlined);
	html_close(page->w);
	if (result_has_audit(result))
		put_callers(page->w, result);
	html_close(page->w);
}

/* One is looked at, or a few beside each other; of many only those where there is something to see. */
#define MAPS_FEW 4

static bool wants_map(const GPtrArray *results, guint i)
{
	const Result *result = results->pdata[i];

	return result_has_map(result) &&
	       (results->len <= MAPS_FEW || result_has_audit(result) || result->verdict->kind == VERDICT_FAIL);
}

/* Of several runs, whose map it is, and what contradicts it; of one the top of the page says so. */
static void put_maps(HtmlPage *page, GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		Result *result = results->pdata[i];
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		g_autofree char *title = result_title(result);

		if (!wants_map(results, i))
			continue;
		g_ptr_array_add(one, result);
		if (results->len > 1) {
			html_element(page->w, "h3", title, NULL);
			html_contradictions(page->w, result);
		}
		put_map(page, one, result);
	}
}

void html_map_section(HtmlPage *page, GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		if (wants_map(results, i)) {
			htmlpage_section(page, "map", "Migratetype of every pageblock");
			put_maps(page, results);
			html_close(page->w);
			return;
		}
}
