// SPDX-License-Identifier: GPL-2.0-or-later
#include "htmlchart.h"

#include <base/error.h>
#include <base/text.h>
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
static char *finish_svg(const char *svg, guint n, const char *class, const char *alt)
{
	g_autofree char *inlined = chart_inline_svg(svg, n);
	g_autofree char *untitled = replace(inlined, "<title>[^<]*</title>", "");
	g_autofree char *undescribed = replace(untitled, "<desc>[^<]*</desc>", "");
	g_autofree char *label = text_markup(alt);

	return g_strdup_printf("<svg role=\"img\" class=\"%s\" aria-label=\"%s\" %s", class, label,
			       undescribed + strlen("<svg"));
}

/* Without gnuplot no further chart is tried; what it does not take is one chart, and the others are drawn. */
static void say_why(HtmlPage *page, const GError *error)
{
	if (g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST)) {
		page->no_charts = g_strdup_printf("There are no charts on this page, only their tables: %s, and make "
						  "the page again.",
						  error->message);
		return;
	}
	html_open(page->w, "p", "class", "note", NULL);
	html_textf(page->w, "A chart of this could not be drawn: %s.", error->message);
	html_close(page->w);
}

/* NULL if it could not be, with the reason on the page. */
static char *draw(HtmlPage *page, guint width, guint height, const char *script)
{
	g_autoptr(GError) error = NULL;
	char *svg = page->no_charts ? NULL : plot_svg(script, width, height, false, &error);

	if (error)
		say_why(page, error);
	return svg;
}

void html_chart(HtmlPage *page, guint height, const char *alt, const char *caption, const char *script)
{
	g_autofree char *narrow = draw(page, PLOT_WIDTH, height, script);
	g_autofree char *wide = narrow ? draw(page, PLOT_WIDE, height, script) : NULL;
	g_autofree char *small = NULL, *large = NULL;

	if (!wide)
		return;
	small = finish_svg(narrow, ++page->charts, "narrow", alt);
	large = finish_svg(wide, ++page->charts, "wide", alt);
	html_open(page->w, "figure", "class", "chart", NULL);
	html_raw(page->w, small);
	html_raw(page->w, large);
	if (caption)
		html_element(page->w, "figcaption", caption, NULL);
	html_close(page->w);
}

void html_plot(HtmlPage *page, const Plot *plot, const char *caption)
{
	if (plot)
		html_chart(page, plot->height, plot->words, caption, plot->script);
}
