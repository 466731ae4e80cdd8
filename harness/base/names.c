// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/names.h>

#include <string.h>

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

char *names_nearest(const char *name, char **candidates)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint most = MAX(2, (guint)strlen(name) / 3), found = 0;

	for (guint wanted = 0; wanted <= most && found < 3; wanted++)
		for (char **candidate = candidates; *candidate && found < 3; candidate++) {
			guint away = distance(name, *candidate);

			/* the beginning of a name is as good as one wrong letter */
			if (*name && g_str_has_prefix(*candidate, name))
				away = MIN(away, 1);
			if (away != wanted)
				continue;
			g_string_append_printf(out, "%s%s", found ? ", " : "", *candidate);
			found++;
		}
	return g_string_free(g_steal_pointer(&out), FALSE);
}
