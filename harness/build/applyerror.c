// SPDX-License-Identifier: GPL-2.0-or-later
#include "applyerror.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The number, within its file, of the hunk that starts at a line of the old file; 0 if there is none. */
static guint hunk_number(const char *patch, const char *file, guint line)
{
	g_auto(GStrv) lines = g_strsplit_set(patch, "\n", -1);
	g_autofree char *header = g_strdup_printf("--- a/%s", file);
	bool inside = false;
	guint number = 0;

	for (char **at = lines; *at; at++) {
		guint start;

		if (g_str_has_prefix(*at, "--- "))
			inside = strcmp(g_strchomp(*at), header) == 0, number = 0;
		if (!inside || !g_str_has_prefix(*at, "@@ -"))
			continue;
		number++;
		start = (guint)strtoul(*at + strlen("@@ -"), NULL, 10);
		if (start == line)
			return number;
	}
	return 0;
}

char *applyerror_explain(const char *said, const char *patch)
{
	g_auto(GStrv) lines = g_strsplit_set(said, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (char **line = lines; *line; line++) {
		const char *text = *line;
		const char *colon;

		if (!g_str_has_prefix(text, "error: ") || g_str_has_suffix(text, ": patch does not apply"))
			continue;
		text += strlen("error: ");
		if (out->len)
			g_string_append(out, "; ");
		colon = strrchr(text, ':');
		if (g_str_has_prefix(text, "patch failed: ") && colon) {
			const char *start = text + strlen("patch failed: ");
			g_autofree char *file = g_strndup(start, (gsize)(colon - start));
			guint at = (guint)strtoul(colon + 1, NULL, 10);
			guint number = hunk_number(patch, file, at);

			if (number)
				g_string_append_printf(out, "hunk %u (line %u) of %s does not match", number, at, file);
			else
				g_string_append_printf(out, "the change at line %u of %s does not match", at, file);
		} else {
			g_string_append(out, text);
		}
	}
	if (!out->len)
		g_string_append(out, *said ? said : "git apply gave no reason");
	return g_strchomp(g_string_free(g_steal_pointer(&out), FALSE));
}
