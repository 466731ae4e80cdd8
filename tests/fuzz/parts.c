// SPDX-License-Identifier: GPL-2.0-or-later
#include "parts.h"

#include <string.h>

#define MARK "== "

/* Where the next part begins, at a line of its own; the end if there is none. */
static gsize next_mark(const guint8 *data, gsize length, gsize from)
{
	while (from < length) {
		const guint8 *newline = memchr(data + from, '\n', length - from);

		if (length - from >= strlen(MARK) && memcmp(data + from, MARK, strlen(MARK)) == 0)
			return from;
		if (!newline)
			break;
		from = (gsize)(newline - data) + 1;
	}
	return length;
}

GHashTable *parts_read(const guint8 *data, gsize length)
{
	GHashTable *parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);

	for (gsize at = next_mark(data, length, 0); at < length;) {
		const guint8 *name = data + at + strlen(MARK);
		const guint8 *newline = memchr(name, '\n', length - at - strlen(MARK));
		gsize begin = newline ? (gsize)(newline - data) + 1 : length, end = next_mark(data, length, begin);

		if (newline)
			g_hash_table_replace(parts, g_strndup((const char *)name, (gsize)(newline - name)),
					     g_bytes_new(data + begin, end - begin));
		at = end;
	}
	return parts;
}

GBytes *parts_take(GHashTable *parts, const char *name)
{
	GBytes *part = g_hash_table_lookup(parts, name);

	return part ? g_bytes_ref(part) : NULL;
}

void parts_add(GByteArray *all, const char *name, GBytes *content)
{
	g_autofree char *head = g_strdup_printf(MARK "%s\n", name);
	gsize length;
	const guint8 *data = g_bytes_get_data(content, &length);

	/* the mark is at the beginning of a line */
	if (all->len && all->data[all->len - 1] != '\n')
		g_byte_array_append(all, (const guint8 *)"\n", 1);
	g_byte_array_append(all, (const guint8 *)head, (guint)strlen(head));
	g_byte_array_append(all, data, (guint)length);
}
