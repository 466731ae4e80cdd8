// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/text.h>
#include <report/style.h>

const Style style_text = { table_to_text, g_strdup, "", "" };
const Style style_indented = { table_to_text, g_strdup, "", "  " };
const Style style_markdown = { table_to_markdown, text_markdown, "### ", "- " };

void style_put(GString *out, const Style *style, const char *mark, const char *lines)
{
	g_auto(GStrv) split = g_strsplit(lines, "\n", -1);

	for (guint i = 0; split[i]; i++) {
		g_autofree char *line = style->words(split[i]);

		g_string_append_printf(out, "%s%s%s", *line ? mark : "", line, split[i + 1] ? "\n" : "");
	}
}

void style_put_table(GString *out, const Style *style, const Table *table)
{
	g_autofree char *body = style->table(table);

	g_string_append(out, body);
}
