/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_MAPSTRIP_H
#define PAGE_MAPSTRIP_H

#include <draw/picture.h>
#include <measure/blockmap.h>
#include <stdbool.h>

#define MAPSTRIP_WIDTH 1280.0
#define MAPSTRIP_ROWS_MOST 4096u /* of a run: a hundred times what the largest machine has */

/* Where drawing has got to. */
typedef struct {
	Picture *picture; /* NULL: only move on, and note the kinds */
	double y;	  /* of what comes next */
	guint64 row_bytes;
	guint rows;	      /* so far, of the same run */
	guint kinds;	      /* bits: MapKind that occur */
	GString *description; /* what is shown, in words */
} MapStrip;

/* Pageblocks of a node. */
guint64 mapstrip_blocks(const BlockMap *map, int node);

/* Its pageblocks of scratch, and those of them that are CMA. */
void mapstrip_count(const BlockMap *map, int node, guint64 *ret_scratch, guint64 *ret_cma);

/* Numbers (guint64) of the rows in which a node has memory, in any of the maps (NULL among them is fine). */
GArray *mapstrip_rows(const GPtrArray *maps, int node, guint64 row_bytes);

/* One line of text. */
void mapstrip_text(MapStrip *strip, double x, double size, bool bold, guint colour, const char *text);

/* One node of one kernel; what goes beyond MAPSTRIP_ROWS_MOST is left out, and that is said. */
void mapstrip_draw(MapStrip *strip, const BlockMap *map, int node, const GArray *rows);

#endif
