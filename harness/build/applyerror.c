// SPDX-License-Identifier: GPL-2.0-or-later
#include "applyerror.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HUNK_FAILED "patch failed: "
#define ERRORS_MOST 20 /* for each the patch is searched, and nobody reads more */

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

/* "mm/mm_init.c:1234", what git says of a hunk, in our words. Caller frees. */
static char *explain_hunk(const char *where, const char *patch)
{
	const char *colon = strrchr(where, ':');
	g_autofree char *file = colon ? g_strndup(where, (gsize)(colon - where)) : g_strdup(where);
	guint at = colon ? (guint)strtoul(colon + 1, NULL, 10) : 0;
	guint number = at ? hunk_number(patch, file, at) : 0;

	if (number)
		return g_strdup_printf("hunk %u (line %u) of %s does not match", number, at, file);
	return at ? g_strdup_printf("the change at line %u of %s does not match", at, file)
		  : g_strdup_printf("a change of %s does not match", file);
}

char *applyerror_explain(const char *said, const char *patch)
{
	g_auto(GStrv) lines = g_strsplit_set(said, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);
	guint found = 0;

	for (char **line = lines; *line; line++) {
		const char *text = *line;
		g_autofree char *hunk = NULL;

		if (!g_str_has_prefix(text, "error: ") || g_str_has_suffix(text, ": patch does not apply"))
			continue;
		if (++found > ERRORS_MOST)
			continue;
		text += strlen("error: ");
		if (g_str_has_prefix(text, HUNK_FAILED))
			hunk = explain_hunk(text + strlen(HUNK_FAILED), patch);
		g_string_append_printf(out, "%s%s", out->len ? "; " : "", hunk ? hunk : text);
	}
	if (found > ERRORS_MOST)
		g_string_append_printf(out, "; and %u more", found - ERRORS_MOST);
	if (!out->len)
		g_string_append(out, *said ? said : "git apply gave no reason");
	return g_strchomp(g_string_free(g_steal_pointer(&out), FALSE));
}
