// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which functions a series changes, by its patches alone: git puts the function that a hunk begins in behind the second
 * "@@" (gitattributes(5), "Defining a custom hunk-header"), and one that begins within the hunk has its name in the
 * first column.
 */
#include "touched.h"

#include <build/series.h>

#include <string.h>

/* "static int __init kho_init(void)" -> "kho_init"; NULL if the line begins no function. Caller frees. */
static char *function_of(const char *line)
{
	const char *open = strchr(line, '('), *end = open, *begin;

	if (!open || !(g_ascii_isalpha(*line) || *line == '_') || g_str_has_suffix(line, ";"))
		return NULL;
	while (end > line && end[-1] == ' ')
		end--;
	for (begin = end; begin > line && (g_ascii_isalnum(begin[-1]) || begin[-1] == '_'); begin--)
		;
	/* a macro's use, and what C itself has in the first column, are none */
	if (begin == end || begin == line || g_str_has_prefix(line, "return"))
		return NULL;
	return g_strndup(begin, (gsize)(end - begin));
}

static bool is_code(const char *path)
{
	return g_str_has_suffix(path, ".c") || g_str_has_suffix(path, ".h");
}

/* Where a hunk is: the function that it is in, until it says another one. Takes name. */
static void enter(char **function, char *name)
{
	g_free(*function);
	*function = name;
}

void touched_add(const char *patch, GHashTable *functions)
{
	g_auto(GStrv) lines = g_strsplit(patch, "\n", -1);
	g_autofree char *in = NULL;
	bool code = false;

	for (char **line = lines; *line; line++) {
		const char *hunk = g_str_has_prefix(*line, "@@ ") ? strstr(*line + 3, " @@") : NULL;
		char *name = NULL;

		if (g_str_has_prefix(*line, "--- ") || g_str_has_prefix(*line, "+++ ")) {
			code = is_code(*line);
			enter(&in, NULL);
		} else if (hunk) {
			enter(&in, function_of(hunk + strlen(" @@") + (hunk[3] == ' ')));
		} else if (code && (**line == '+' || **line == '-' || **line == ' ')) {
			name = function_of(*line + 1);
			if (name)
				enter(&in, name);
			if (**line != ' ' && in)
				g_hash_table_add(functions, g_strdup(in));
		}
	}
}

char **series_touches(const Series *series)
{
	g_autoptr(GHashTable) functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GList) sorted = NULL;

	for (guint i = 0; i < series->patches->len; i++) {
		g_autofree char *text = NULL;

		if (g_file_get_contents(series->patches->pdata[i], &text, NULL, NULL))
			touched_add(text, functions);
	}
	sorted = g_list_sort(g_hash_table_get_keys(functions), (GCompareFunc)strcmp);
	for (const GList *name = sorted; name; name = name->next)
		g_strv_builder_add(names, name->data);
	return g_strv_builder_end(names);
}
