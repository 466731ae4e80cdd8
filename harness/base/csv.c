// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/csv.h>

#include <string.h>

void csv_field(GString *out, const char *text, char end)
{
	g_auto(GStrv) parts = NULL;
	g_autofree char *doubled = NULL;

	if (!text || !strpbrk(text, ",\"\r\n")) {
		g_string_append_printf(out, "%s%c", text ? text : "", end);
		return;
	}
	parts = g_strsplit(text, "\"", -1);
	doubled = g_strjoinv("\"\"", parts);
	g_string_append_printf(out, "\"%s\"%c", doubled, end);
}
