// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/fdttext.h>

#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

/* The kernel gives it a page or some; what is larger is not believed. */
#define SIZE_MOST (1u << 20)
/* A kernel writes version 17. Before 16, nodes had names of another form, on some of which libfdt 1.6 crashes. */
#define VERSION_LEAST 16
/* Bytes of a property that are worth being shown. */
#define SHOWN_MOST 64

gsize fdttext_size(const guint8 *head)
{
	gsize size = fdt_totalsize(head);

	return fdt_magic(head) == FDT_MAGIC && size <= SIZE_MOST ? size : 0;
}

/* One string or several, each with its NUL, of printable characters. */
static bool is_text(const char *value, int length)
{
	if (length < 2 || value[length - 1] || !*value)
		return false;
	for (int i = 0; i < length; i++)
		if (!g_ascii_isprint(value[i]) && (value[i] || (i && !value[i - 1])))
			return false;
	return true;
}

/* Names are ASCII (Devicetree Specification, 2.2.1 and 2.2.4); what is in memory may be anything. */
static void add_name(GString *text, int depth, const char *name)
{
	g_string_append_printf(text, "%*s", depth * 2, "");
	for (; *name; name++)
		g_string_append_c(text, g_ascii_isprint(*name) ? *name : '?');
}

static void add_value(GString *text, const char *value, int length)
{
	guint64 wide;
	guint32 narrow;

	if (is_text(value, length)) {
		for (const char *at = value; at < value + length; at += strlen(at) + 1)
			g_string_append_printf(text, "%s\"%s\"", at == value ? "" : ", ", at);
	} else if (length == sizeof(wide)) {
		memcpy(&wide, value, sizeof(wide));
		g_string_append_printf(text, "0x%" G_GINT64_MODIFIER "x", wide);
	} else if (length == sizeof(narrow)) {
		memcpy(&narrow, value, sizeof(narrow));
		g_string_append_printf(text, "0x%x", narrow);
	} else {
		for (int i = 0; i < MIN(length, SHOWN_MOST); i++)
			g_string_append_printf(text, "%s%02x", i ? " " : "", (guchar)value[i]);
		if (length > SHOWN_MOST)
			g_string_append_printf(text, " ... (%d bytes)", length);
	}
}

static void add_properties(const guint8 *data, int node, int depth, GString *text)
{
	int property;

	fdt_for_each_property_offset(property, data, node)
	{
		const char *name = NULL;
		int length = 0;
		const char *value = fdt_getprop_by_offset(data, property, &name, &length);

		if (!value || !name)
			continue;
		add_name(text, depth + 1, name);
		g_string_append(text, " = ");
		add_value(text, value, length);
		g_string_append_c(text, '\n');
	}
}

char *fdttext_make(const guint8 *data, gsize length)
{
	GString *text;
	int depth = -1;

	if (length < sizeof(struct fdt_header) || fdttext_size(data) != length || fdt_version(data) < VERSION_LEAST ||
	    fdt_check_full(data, length) != 0)
		return NULL;
	text = g_string_new(NULL);
	for (int node = fdt_next_node(data, -1, &depth); node >= 0 && depth >= 0;
	     node = fdt_next_node(data, node, &depth)) {
		const char *name = fdt_get_name(data, node, NULL);

		add_name(text, depth, name && *name ? name : "/");
		g_string_append_c(text, '\n');
		add_properties(data, node, depth, text);
	}
	return g_string_free(text, FALSE);
}
