// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps of pageblocks, which draw/ makes: always on white, since their colours are chosen for it. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <report/audit.h>
#include <report/map.h>

static void put_maps(HtmlPage *page, GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		Result *result = results->pdata[i];
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		g_autoptr(Picture) picture = NULL;
		g_autofree char *svg = NULL, *inlined = NULL, *text = NULL;

		if (!result_has_audit(result))
			continue;
		g_ptr_array_add(one, result);
		picture = map_draw(one, NULL);
		if (!picture)
			continue;
		svg = picture_to_svg(picture);
		inlined = chart_inline_svg(svg, ++page->charts);
		text = result_audit_to_text(result);
		html_open(page->w, "figure", NULL);
		html_open(page->w, "div", "class", "map", NULL);
		html_raw(page->w, inlined);
		html_close(page->w);
		html_element(page->w, "figcaption", "The type of every pageblock; what made it so, in words, below.",
			     NULL);
		html_open(page->w, "details", NULL);
		html_element(page->w, "summary", "callers of init_pageblock_migratetype(), and what comes of them",
			     NULL);
		html_copy(page->w, "What 'khotest audit' says", text);
		html_close(page->w);
		html_close(page->w);
	}
}

void html_map_section(HtmlPage *page, GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		if (result_has_audit(results->pdata[i])) {
			htmlpage_section(page, "map", "Pageblocks");
			put_maps(page, results);
			html_close(page->w);
			return;
		}
}
