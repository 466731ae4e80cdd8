// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/names.h>

#include <string.h>

#define SOME 6

static int by_bytes(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_sort(GPtrArray *names)
{
	g_ptr_array_sort(names, by_bytes);
}

/* Levenshtein's distance: how many letters to insert, remove or replace. */
static guint distance(const char *a, const char *b)
{
	gsize length = strlen(b);
	g_autofree guint *row = g_new(guint, length + 1);

	for (gsize j = 0; j <= length; j++)
		row[j] = (guint)j;
	for (gsize i = 1; a[i - 1]; i++) {
		guint diagonal = row[0];

		row[0] = (guint)i;
		for (gsize j = 1; j <= length; j++) {
			guint replace = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

/* How far a candidate is from a name; more than most if it is further than that. */
static guint away_from(const char *name, const char *candidate, guint most)
{
	gsize length = strlen(name), other = strlen(candidate);

	/* the beginning of a name is as good as one wrong letter */
	if (*name && g_str_has_prefix(candidate, name))
		return length == other ? 0 : 1;
	/* each letter that one has more is an edit: this spares the work, which grows with both lengths */
	if (MAX(length, other) - MIN(length, other) > most)
		return most + 1;
	return distance(name, candidate);
}

char *names_some(const GPtrArray *names)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < MIN(names->len, SOME); i++)
		g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	if (names->len > SOME)
		g_string_append_printf(out, ", and %u more", names->len - SOME);
	return g_string_free(out, FALSE);
}

char *names_nearest(const char *name, char **candidates)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint most = MAX(2, (guint)strlen(name) / 3), n = g_strv_length(candidates), found = 0;
	g_autofree guint *away = g_new(guint, n);

	for (guint i = 0; i < n; i++)
		away[i] = away_from(name, candidates[i], most);
	for (guint wanted = 0; wanted <= most && found < 3; wanted++)
		for (guint i = 0; i < n && found < 3; i++)
			if (away[i] == wanted)
				g_string_append_printf(out, "%s%s", found++ ? ", " : "", candidates[i]);
	return g_string_free(g_steal_pointer(&out), FALSE);
}
