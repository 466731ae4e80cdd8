// SPDX-License-Identifier: GPL-2.0-or-later
/* What lives in scratch: pages of each kind in each kernel, and what should not be there one by one. */
#include "htmlparts.h"

#define PLACES_MOST 100u /* more than anybody reads */

static bool is_told(const Result *result)
{
	for (guint h = 0; h < result->hops->len; h++)
		if (hop_pages(result_said(result, h)))
			return true;
	return false;
}

/* No kernel has any: not worth a row. */
static bool is_absent(const Result *result, PageKind kind)
{
	for (guint h = 0; h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);

		if ((hop->pages && hop->pages->pages[kind]) || (hop->pages_end && hop->pages_end->pages[kind]))
			return false;
	}
	return true;
}

static void put_cell(HtmlWriter *w, const ScratchPages *pages, PageKind kind, guint hop, const char *when)
{
	bool bad = pages && pagekind_is_harm(kind) && pages->pages[kind];

	html_open(w, "td", "class", bad ? "n unmet" : "n", NULL);
	if (pages)
		html_figure(w, (gint64)pages->pages[kind], NULL, "hops.%u.scratch_pages.%s.%s", hop, when,
			    pagekind_id(kind));
	else
		html_text(w, "-");
	html_close(w);
}

static void put_kinds(HtmlWriter *w, const Result *result)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(headers, g_strdup("pages of scratch"));
	for (guint h = 0; h < result->hops->len; h++) {
		g_ptr_array_add(headers, g_strdup_printf(">%s, after its boot", hop_name((int)h)));
		g_ptr_array_add(headers, g_strdup(">in the end"));
	}
	g_ptr_array_add(headers, NULL);
	html_open(w, "div", "class", "figures", NULL);
	html_table_open(w, NULL, (const char *const *)headers->pdata);
	for (PageKind kind = 0; kind < PAGE_KINDS; kind++) {
		if (is_absent(result, kind))
			continue;
		html_open(w, "tr", NULL);
		html_element(w, "th", pagekind_title(kind), "scope", "row", NULL);
		for (guint h = 0; h < result->hops->len; h++) {
			put_cell(w, result_said(result, h)->pages, kind, h, "collected");
			put_cell(w, result_said(result, h)->pages_end, kind, h, "end");
		}
		html_close(w);
	}
	html_table_close(w);
	html_close(w);
}

static void put_places(HtmlWriter *w, const Hop *hop)
{
	const ScratchPages *pages = hop_pages(hop);
	g_autoptr(GArray) stacks = pageowners_stacks(hop->owners);
	guint shown = 0, left = 0;

	for (guint i = 0; pages && i < pages->runs->len; i++) {
		const PageRun *run = &g_array_index(pages->runs, PageRun, i);

		if (!pagekind_is_harm(run->kind))
			continue;
		if (shown == PLACES_MOST) {
			left++;
			continue;
		}
		if (!shown++) {
			html_open(w, "p", NULL);
			html_textf(w, "Unmovable in scratch of the %s:", hop_name(hop->index));
			html_close(w);
			html_open(w, "ul", NULL);
		}
		html_open(w, "li", NULL);
		html_textf(w, "page frame 0x%" G_GINT64_MODIFIER "x, %" G_GUINT64_FORMAT " page%s: %s", run->pfn,
			   run->count, run->count == 1 ? "" : "s", pagekind_title(run->kind));
		html_close(w);
	}
	if (left) {
		html_open(w, "li", NULL);
		html_textf(w, "and %u more places", left);
		html_close(w);
	}
	if (shown)
		html_close(w);
	for (guint i = 0; i < stacks->len; i++) {
		const PageOwnerStack *stack = &g_array_index(stacks, PageOwnerStack, i);

		html_open(w, "p", NULL);
		html_textf(w, "%u of %u that were asked for, such as:", stack->pages, hop->owners->len);
		html_close(w);
		html_element(w, "pre", stack->first->text, NULL);
	}
}

void html_scratch_pages(HtmlWriter *w, const Result *result)
{
	if (!is_told(result))
		return;
	put_kinds(w, result);
	for (guint h = 0; h < result->hops->len; h++)
		put_places(w, result_said(result, h));
}
