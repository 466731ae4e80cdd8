// SPDX-License-Identifier: GPL-2.0-or-later
#include "htmlwriter.h"
#include <base/text.h>

#include <string.h>

struct HtmlWriter {
	GString *out;
	GPtrArray *open; /* names of elements, borrowed: they are literals */
};

HtmlWriter *htmlwriter_new(void)
{
	HtmlWriter *writer = g_new0(HtmlWriter, 1);

	writer->out = g_string_new(NULL);
	writer->open = g_ptr_array_new();
	return writer;
}

void htmlwriter_free(HtmlWriter *writer)
{
	if (!writer)
		return;
	g_string_free(writer->out, TRUE);
	g_ptr_array_unref(writer->open);
	g_free(writer);
}

static void put_escaped(GString *out, const char *text)
{
	g_autofree char *escaped = text_markup(text);

	g_string_append(out, escaped);
}

/* "<element name="value"", without its end. */
static void put_tag(GString *out, const char *element, va_list attributes)
{
	const char *name;

	g_string_append_printf(out, "<%s", element);
	while ((name = va_arg(attributes, const char *))) {
		const char *value = va_arg(attributes, const char *);

		if (!value)
			continue;
		g_string_append_printf(out, " %s=\"", name);
		put_escaped(out, value);
		g_string_append_c(out, '"');
	}
}

void html_open(HtmlWriter *writer, const char *element, ...)
{
	va_list attributes;

	va_start(attributes, element);
	put_tag(writer->out, element, attributes);
	va_end(attributes);
	g_string_append_c(writer->out, '>');
	g_ptr_array_add(writer->open, (gpointer)element);
}

void html_close(HtmlWriter *writer)
{
	g_assert(writer->open->len > 0);
	g_string_append_printf(writer->out, "</%s>",
			       (const char *)g_ptr_array_steal_index(writer->open, writer->open->len - 1));
}

void html_void(HtmlWriter *writer, const char *element, ...)
{
	va_list attributes;

	va_start(attributes, element);
	put_tag(writer->out, element, attributes);
	va_end(attributes);
	g_string_append(writer->out, "/>");
}

void html_element(HtmlWriter *writer, const char *element, const char *text, ...)
{
	va_list attributes;

	va_start(attributes, text);
	put_tag(writer->out, element, attributes);
	va_end(attributes);
	g_string_append_c(writer->out, '>');
	html_text(writer, text);
	g_string_append_printf(writer->out, "</%s>", element);
}

void html_text(HtmlWriter *writer, const char *text)
{
	if (text)
		put_escaped(writer->out, text);
}

void html_textf(HtmlWriter *writer, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	html_text(writer, text);
}

void html_raw(HtmlWriter *writer, const char *markup)
{
	g_string_append(writer->out, markup);
}

char *htmlwriter_finish(HtmlWriter *writer)
{
	char *text;

	while (writer->open->len)
		html_close(writer);
	text = g_string_free(writer->out, FALSE);
	writer->out = g_string_new(NULL);
	return text;
}
