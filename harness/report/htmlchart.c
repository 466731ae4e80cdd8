// SPDX-License-Identifier: GPL-2.0-or-later
#include "htmlchart.h"

#include <string.h>

static char *replace(const char *text, const char *pattern, const char *with)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_RAW, 0, NULL);

	return g_regex_replace(regex, text, -1, 0, with, 0, NULL);
}

char *chart_inline_svg(const char *svg, guint n)
{
	const char *root = strstr(svg, "<svg");
	g_autofree char *prefix = g_strdup_printf("\\1p%u-", n);
	g_autofree char *label = g_strdup_printf("\\1p%u-title p%u-description\"", n, n);
	g_autofree char *numbered = replace(root ? root : "", "( id=['\"]|href=['\"]#|url\\(#)", prefix);

	/* a list of ids, as draw/ writes it */
	return replace(numbered, "(aria-labelledby=\")title description\"", label);
}

/* gnuplot names each plot in a <title>, which would come up under the pointer, and has a picture's alt in none. */
static char *finish_svg(const char *svg, guint n, const char *alt)
{
	g_autofree char *inlined = chart_inline_svg(svg, n);
	g_autofree char *untitled = replace(inlined, "<title>[^<]*</title>", "");
	g_autofree char *undescribed = replace(untitled, "<desc>[^<]*</desc>", "");
	g_autofree char *label = g_markup_escape_text(alt, -1);

	return g_strdup_printf("<svg role=\"img\" aria-label=\"%s\" %s", label, undescribed + strlen("<svg"));
}

/* NULL with the reason in page->no_charts, after which no further chart is tried. */
static char *draw(HtmlPage *page, guint width, guint height, const char *script)
{
	g_autoptr(GError) error = NULL;
	char *svg = plot_svg(script, width, height, false, &error);

	if (!svg)
		page->no_charts = g_strdup_printf(
			"There are no charts on this page, only their tables: %s. Install gnuplot (Debian: "
			"gnuplot-nox) and make the page again.",
			error->message);
	return svg;
}

void html_chart(HtmlPage *page, guint width, guint height, const char *alt, const char *caption, const char *script)
{
	g_autofree char *drawn = page->no_charts ? NULL : draw(page, width, height, script);
	g_autofree char *svg = NULL;

	if (!drawn)
		return;
	svg = finish_svg(drawn, ++page->charts, alt);
	html_open(page->w, "figure", "class", "chart", NULL);
	html_raw(page->w, svg);
	if (caption)
		html_element(page->w, "figcaption", caption, NULL);
	html_close(page->w);
}

void html_plot(HtmlPage *page, const Plot *plot, const char *caption)
{
	if (plot)
		html_chart(page, PLOT_WIDTH, plot->height, plot->words, caption, plot->script);
}
