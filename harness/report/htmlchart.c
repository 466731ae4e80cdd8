// SPDX-License-Identifier: GPL-2.0-or-later
#include "htmlchart.h"

#include <base/spawn.h>
#include <string.h>

#define CHART_TIMEOUT_NS (20 * G_GINT64_CONSTANT(1000000000))

char *chart_string(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *out = g_string_new("'");

	/* between single quotes gnuplot gives a meaning to nothing but these (its manual, "Quote Marks") */
	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c != '\'' && c != '\\' && !g_unichar_iscntrl(c))
			g_string_append_unichar(out, c);
	}
	return g_string_free(g_string_append_c(out, '\''), FALSE);
}

void chart_number(GString *script, double value)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(script, g_ascii_dtostr(number, sizeof(number), value));
}

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
	/* -d: without the files in which users keep settings of their own */
	static const char *const argv[] = { "gnuplot", "-d", "-", NULL };
	g_autofree char *whole = g_strdup_printf("set encoding utf8\n"
						 "set terminal svg size %u,%u dynamic noenhanced font 'sans-serif,13'\n"
						 "%s",
						 width, height, script);
	g_autoptr(GBytes) input = g_bytes_new(whole, strlen(whole));
	SpawnSpec spec = { .argv = argv, .timeout_ns = CHART_TIMEOUT_NS, .input = input, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	if (!spawn_run(&spec, &result, &error))
		page->no_charts = g_strdup_printf(
			"There are no charts on this page, only their tables: %s. Install gnuplot (Debian: "
			"gnuplot-nox) and make the page again.",
			error->message);
	else if (result.status != 0 || !result.out || !strstr(result.out, "</svg>"))
		page->no_charts = g_strdup_printf(
			"There are no charts on this page, only their tables: gnuplot ended with %d: %s", result.status,
			result.err ? g_strstrip(result.err) : "");
	else
		return g_strdup(result.out);
	return NULL;
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
