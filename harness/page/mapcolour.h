/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_MAPCOLOUR_H
#define PAGE_MAPCOLOUR_H

#include <draw/picture.h>
#include <measure/blockmap.h>
#include <stdbool.h>

/*
 * What a pageblock is drawn as. Colours keep apart by lightness and by hue in the
 * common kinds of colour blindness (after Okabe and Ito); what is ordinary is pale.
 */
typedef enum {
	MAP_MOVABLE,
	MAP_RECLAIMABLE,
	MAP_UNMOVABLE,
	MAP_OTHER, /* HighAtomic, Isolate */
	MAP_CMA_AREA,
	MAP_CMA_ELSEWHERE,
	MAP_SCRATCH_CMA,
	MAP_SCRATCH_LOST,
	MAP_KINDS,
} MapKind;

#define MAP_INK 0x000000u
#define MAP_LOUD 0xd55e00u

MapKind map_kind(const BlockSpan *span);
guint map_colour(MapKind kind);
const char *map_label(MapKind kind); /* "scratch, CMA" */
bool map_is_outlined(MapKind kind);  /* it is scratch */

/* The kinds that occur, as a line of samples from x on; bit n of kinds: kind n. */
void map_legend(Picture *picture, double x, double y, guint kinds);

#endif
