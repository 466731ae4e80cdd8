// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbol.h"

#include <string.h>

/* A function is not longer: an address further behind is of something else. */
#define REACH (1u << 20)

/* Lines of "ffffffff81a75750 T start_kernel" (nm(1)), ascending. */
char *symbol_in(const char *map, guint64 address)
{
	const char *best = NULL;
	guint64 best_at = 0;

	for (const char *line = map; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char *end;
		guint64 at = g_ascii_strtoull(line, &end, 16);

		if (end == line || end[0] != ' ' || !strchr("tTwW", end[1]) || end[2] != ' ')
			continue;
		if (at > address)
			break;
		best = end + 3;
		best_at = at;
	}
	if (!best || address - best_at >= REACH)
		return NULL;
	return g_strdup_printf("%.*s+0x%" G_GINT64_MODIFIER "x", (int)strcspn(best, "\n"), best, address - best_at);
}

char *symbol_at(const char *path, guint64 address)
{
	g_autofree char *map = NULL;

	return g_file_get_contents(path, &map, NULL, NULL) ? symbol_in(map, address) : NULL;
}
