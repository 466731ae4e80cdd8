// SPDX-License-Identifier: GPL-2.0-or-later
/* The frame of a page: head, contents, and the pieces of which all sections are made. */
#include "htmlpage.h"

#include "htmlassets.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

HtmlPage *htmlpage_new(void)
{
	HtmlPage *page = g_new0(HtmlPage, 1);

	page->lead = htmlwriter_new();
	page->w = htmlwriter_new();
	page->contents = g_ptr_array_new_with_free_func(g_free);
	return page;
}

void htmlpage_free(HtmlPage *page)
{
	if (!page)
		return;
	htmlwriter_free(page->lead);
	htmlwriter_free(page->w);
	g_ptr_array_unref(page->contents);
	g_free(page->no_charts);
	g_free(page);
}

/* A file that was compiled in (html.gresource.xml). */
static void put_asset(HtmlWriter *w, const char *name)
{
	g_autofree char *path = g_strdup_printf("/khotest/%s", name);
	g_autoptr(GBytes) bytes = g_resource_lookup_data(htmlassets_get_resource(), path, 0, NULL);
	g_autofree char *text = NULL;

	g_assert(bytes);
	text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	html_raw(w, text);
}

static void put_head(HtmlWriter *w, const char *title)
{
	html_open(w, "head", NULL);
	html_void(w, "meta", "charset", "utf-8", NULL);
	html_void(w, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
	html_void(w, "meta", "name", "color-scheme", "content", "light dark", NULL);
	/* so that no part of it can load anything, whatever a guest has printed */
	html_void(w, "meta", "http-equiv", "Content-Security-Policy", "content",
		  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:", NULL);
	html_element(w, "title", title, NULL);
	html_open(w, "style", NULL);
	put_asset(w, "html.css");
	html_close(w);
	html_close(w);
}

static void put_contents(HtmlWriter *w, const GPtrArray *contents)
{
	if (contents->len <= 2)
		return;
	html_open(w, "nav", "aria-label", "contents", NULL);
	for (guint i = 0; i + 1 < contents->len; i += 2) {
		g_autofree char *link = g_strdup_printf("#%s", (const char *)contents->pdata[i]);

		html_element(w, "a", contents->pdata[i + 1], "href", link, NULL);
		html_raw(w, "\n");
	}
	html_close(w);
}

char *htmlpage_finish(HtmlPage *page, const char *title)
{
	g_autoptr(HtmlWriter) w = htmlwriter_new();
	g_autofree char *lead = htmlwriter_finish(page->lead);
	g_autofree char *body = htmlwriter_finish(page->w);

	html_raw(w, "<!DOCTYPE html>\n");
	html_open(w, "html", "lang", "en", NULL);
	put_head(w, title);
	html_raw(w, "\n");
	html_open(w, "body", NULL);
	html_open(w, "main", NULL);
	html_raw(w, lead);
	put_contents(w, page->contents);
	if (page->no_charts)
		html_element(w, "p", page->no_charts, "class", "note", NULL);
	html_raw(w, body);
	html_close(w);
	html_open(w, "script", NULL);
	put_asset(w, "html.js");
	return htmlwriter_finish(w);
}

void htmlpage_section(HtmlPage *page, const char *id, const char *title)
{
	g_ptr_array_add(page->contents, g_strdup(id));
	g_ptr_array_add(page->contents, g_strdup(title));
	html_raw(page->w, "\n");
	html_open(page->w, "section", "id", id, NULL);
	html_element(page->w, "h2", title, NULL);
}

void html_verdict(HtmlWriter *w, const char *verdict, const char *expected)
{
	g_autofree char *class = g_strdup_printf("verdict %s", *verdict == '-' ? "none" : verdict);

	html_element(w, "span", verdict, "class", class, NULL);
	if (expected) {
		html_raw(w, " ");
		html_element(w, "span", expected, "class", g_str_has_prefix(expected, "as expected") ? "met" : "unmet",
			     NULL);
	}
}

void html_figure(HtmlWriter *w, gint64 value, char *text, const char *member, ...)
{
	g_autofree char *shown = text;
	g_autofree char *number = value < 0 ? g_strdup("") : g_strdup_printf("%" G_GINT64_FORMAT, value);
	g_autofree char *of = NULL;
	va_list arguments;

	va_start(arguments, member);
	of = g_strdup_vprintf(member, arguments);
	va_end(arguments);
	html_element(w, "data", value < 0 ? "-" : shown ? shown : number, "value", number, "data-of", of, NULL);
}

void html_double(HtmlWriter *w, double value, char *text, const char *member, ...)
{
	g_autofree char *shown = text;
	g_autofree char *of = NULL;
	char number[G_ASCII_DTOSTR_BUF_SIZE] = "";
	va_list arguments;

	va_start(arguments, member);
	of = g_strdup_vprintf(member, arguments);
	va_end(arguments);
	if (!isnan(value))
		g_ascii_dtostr(number, sizeof(number), value);
	html_element(w, "data", isnan(value) ? "-" : shown, "value", number, "data-of", of, NULL);
}

void html_table_open(HtmlWriter *w, const char *caption, const char *const *headers)
{
	/* not a <caption>, which is as wide as its table, and with it cut off on a telephone */
	html_open(w, "figure", "class", "table", NULL);
	if (caption)
		html_element(w, "figcaption", caption, NULL);
	html_open(w, "div", "class", "scroll", NULL);
	html_open(w, "table", NULL);
	html_open(w, "thead", NULL);
	html_open(w, "tr", NULL);
	for (; *headers; headers++) {
		bool number = **headers == '>';

		html_element(w, "th", *headers + number, "scope", "col", "class", number ? "n" : NULL, NULL);
	}
	html_close(w);
	html_close(w);
	html_open(w, "tbody", NULL);
}

void html_table_close(HtmlWriter *w)
{
	html_close(w);
	html_close(w);
	html_close(w);
	html_close(w);
	html_raw(w, "\n");
}

void html_copy(HtmlWriter *w, const char *label, const char *text)
{
	html_open(w, "figure", "class", "copy", NULL);
	html_open(w, "figcaption", NULL);
	html_text(w, label);
	/* hidden until the script finds that it can be of use: without it, one click marks all of the text */
	html_element(w, "button", "copy", "type", "button", "hidden", "hidden", NULL);
	html_close(w);
	html_element(w, "pre", text, NULL);
	html_close(w);
}
