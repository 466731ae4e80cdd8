// SPDX-License-Identifier: GPL-2.0-or-later
#include "mapcolour.h"

#include <string.h>

#define SAMPLE 12.0
#define LETTERS 11.0
#define LETTER_WIDTH 6.9 /* room for one, on average */

static const struct {
	guint colour;
	const char *label;
} kinds[MAP_KINDS] = {
	[MAP_MOVABLE] = { 0xdbe5ec, "Movable" },	  [MAP_RECLAIMABLE] = { 0xb3b89a, "Reclaimable" },
	[MAP_UNMOVABLE] = { 0x8a8f94, "Unmovable" },	  [MAP_OTHER] = { 0xe6d65a, "HighAtomic or Isolate" },
	[MAP_CMA_AREA] = { 0x56b4e9, "CMA area" },	  [MAP_CMA_ELSEWHERE] = { 0xcc79a7, "CMA outside scratch" },
	[MAP_SCRATCH_CMA] = { 0x005a94, "scratch, CMA" }, [MAP_SCRATCH_LOST] = { MAP_LOUD, "scratch, not CMA" },
};

MapKind map_kind(const BlockSpan *span)
{
	static const struct {
		const char *type;
		MapKind kind;
	} types[] = { { "Movable", MAP_MOVABLE }, { "Reclaimable", MAP_RECLAIMABLE }, { "Unmovable", MAP_UNMOVABLE } };

	if (strcmp(span->type, "CMA") == 0)
		return span->scratch ? MAP_SCRATCH_CMA : span->cma_area ? MAP_CMA_AREA : MAP_CMA_ELSEWHERE;
	if (span->scratch)
		return MAP_SCRATCH_LOST;
	for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(span->type, types[i].type) == 0)
			return types[i].kind;
	return MAP_OTHER;
}

guint map_colour(MapKind kind)
{
	return kinds[kind].colour;
}

const char *map_label(MapKind kind)
{
	return kinds[kind].label;
}

bool map_is_outlined(MapKind kind)
{
	return kind == MAP_SCRATCH_CMA || kind == MAP_SCRATCH_LOST;
}

static double label(Picture *picture, double x, double y, const char *text)
{
	picture_text(picture, x + SAMPLE + 5, y + SAMPLE - 2, LETTERS, PICTURE_START, FALSE, MAP_INK, text);
	return x + SAMPLE + 5 + LETTER_WIDTH * (double)strlen(text) + 14;
}

void map_legend(Picture *picture, double x, double y, guint present)
{
	for (guint i = 0; i < MAP_KINDS; i++) {
		if (!(present & (1u << i)))
			continue;
		picture_fill(picture, x, y, SAMPLE, SAMPLE, kinds[i].colour, NULL);
		if (map_is_outlined(i))
			picture_outline(picture, x - 1.5, y - 1.5, SAMPLE + 3, SAMPLE + 3, MAP_INK, 1);
		x = label(picture, x, y, kinds[i].label);
	}
	picture_outline(picture, x - 1.5, y - 1.5, SAMPLE + 3, SAMPLE + 3, MAP_INK, 1);
	x = label(picture, x, y, "outline: scratch");
	picture_fill(picture, x + SAMPLE / 2 - 1, y - 2, 3, SAMPLE + 4, MAP_INK, NULL);
	label(picture, x, y, "bar: a zone begins");
}
