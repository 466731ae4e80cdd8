// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/systemmap.h>

#include <stdbool.h>
#include <string.h>

/* A function is not longer: an address further behind is of something else. */
#define REACH (1u << 20)

typedef struct {
	guint64 address;
	char type;
	const char *name; /* not terminated */
	gsize length;
} Symbol;

/* The next line at *at that is one of a symbol, and moves behind it. false: there is none. */
static bool next_symbol(const char **at, Symbol *ret)
{
	while (**at) {
		const char *line = *at;
		gsize length = strcspn(line, "\n");
		char *end;

		*at += length + (line[length] == '\n');
		ret->address = g_ascii_strtoull(line, &end, 16);
		if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
			continue;
		ret->type = end[1];
		ret->name = end + 3;
		ret->length = (gsize)(line + length - ret->name);
		return true;
	}
	return false;
}

guint64 systemmap_find(const char *map, const char *name, const char *types)
{
	gsize length = strlen(name);
	Symbol symbol;

	while (next_symbol(&map, &symbol))
		if (symbol.length == length && strncmp(symbol.name, name, length) == 0 &&
		    (!types || strchr(types, symbol.type)))
			return symbol.address;
	return 0;
}

char *systemmap_at(const char *map, guint64 address)
{
	Symbol symbol, best = { 0 };

	while (next_symbol(&map, &symbol) && symbol.address <= address)
		if (strchr(SYSTEMMAP_CODE, symbol.type))
			best = symbol;
	if (!best.name || address - best.address >= REACH)
		return NULL;
	return g_strdup_printf("%.*s+0x%" G_GINT64_MODIFIER "x", (int)best.length, best.name, address - best.address);
}
