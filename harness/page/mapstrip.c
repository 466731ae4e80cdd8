// SPDX-License-Identifier: GPL-2.0-or-later
#include "mapstrip.h"

#include "mapcolour.h"

#include <base/units.h>
#include <report/audit.h>
#include <string.h>

/*
 * Pixels. The width of a row and the pageblocks in it are powers of two: a
 * pageblock is a whole number of pixels wide, or a power of two share one.
 */
#define ROW_WIDTH 1024.0
#define ROW_LEFT 92.0
#define ROW_GAP 6.0   /* room for two outlines */
#define HOLE_GAP 6.0  /* more, where rows without memory are left out */
#define STRIP_GAP 8.0 /* below the last row */
#define LETTERS 10.0
#define LABEL_DISTANCE 24.0 /* between two addresses, at least */

/* Outlines are drawn this far around. */
#define OUTLINE 2.0

static const BlockSpan *span_at(const BlockMap *map, guint i)
{
	return &g_array_index(map->spans, BlockSpan, i);
}

guint64 mapstrip_blocks(const BlockMap *map, int node)
{
	guint64 blocks = 0;

	for (guint i = 0; i < map->spans->len; i++)
		blocks += span_at(map, i)->node == node ? span_at(map, i)->count : 0;
	return blocks;
}

void mapstrip_count(const BlockMap *map, int node, guint64 *ret_scratch, guint64 *ret_cma)
{
	*ret_scratch = *ret_cma = 0;
	for (guint i = 0; i < map->spans->len; i++) {
		const BlockSpan *span = span_at(map, i);

		if (span->node != node || !span->scratch)
			continue;
		*ret_scratch += span->count;
		*ret_cma += strcmp(span->type, "CMA") == 0 ? span->count : 0;
	}
}

static int compare_u64(gconstpointer a, gconstpointer b)
{
	const guint64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

GArray *mapstrip_rows(const GPtrArray *maps, int node, guint64 row_bytes)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(guint64));
	guint kept = 0;

	for (guint a = 0; a < maps->len; a++) {
		const BlockMap *map = maps->pdata[a];

		for (guint i = 0; map && i < map->spans->len; i++) {
			const BlockSpan *span = span_at(map, i);
			guint64 row = span->first * map->block_bytes / row_bytes;

			for (; span->node == node && row * row_bytes < (span->first + span->count) * map->block_bytes;
			     row++)
				g_array_append_val(rows, row);
		}
	}
	g_array_sort(rows, compare_u64);
	for (guint i = 0; i < rows->len; i++) {
		guint64 row = g_array_index(rows, guint64, i);

		if (!kept || g_array_index(rows, guint64, kept - 1) != row)
			g_array_index(rows, guint64, kept++) = row;
	}
	g_array_set_size(rows, kept);
	return rows;
}

void mapstrip_text(MapStrip *strip, double x, double size, bool bold, guint colour, const char *text)
{
	strip->y += size + 3;
	if (strip->picture)
		picture_text(strip->picture, x, strip->y, size, PICTURE_START, bold, colour, text);
	strip->y += 6;
}

/* A row of one kernel, as it is being drawn: spans are ascending, as rows are. */
typedef struct {
	MapStrip *strip;
	const BlockMap *map;
	int node;
	guint64 first, end; /* pageblocks */
	guint span, after;  /* the spans that reach into it, of whatever node */
	const char *zone;   /* of what the node has before the row, then of what it has in it */
	double y, height;
} Row;

static double x_of(const Row *row, guint64 block)
{
	return ROW_LEFT + ROW_WIDTH * (double)(block - row->first) / (double)(row->end - row->first);
}

/* The part of a span that lies in the row; false if there is none. */
static bool clip(const Row *row, const BlockSpan *span, guint64 *ret_first, guint64 *ret_end)
{
	*ret_first = MAX(span->first, row->first);
	*ret_end = MIN(span->first + span->count, row->end);
	return span->node == row->node && *ret_first < *ret_end;
}

/* Moves on to the row that begins there. */
static void row_move(Row *row, guint64 first, guint64 end)
{
	const guint spans = row->map->spans->len;

	row->first = first;
	row->end = end;
	while (row->span < spans && span_at(row->map, row->span)->first + span_at(row->map, row->span)->count <= first)
		row->span++;
	for (row->after = row->span; row->after < spans && span_at(row->map, row->after)->first < end;)
		row->after++;
}

/* Cells; loud ones are at least a pixel wide, and come last so that none covers them. */
static void draw_cells(const Row *row, bool loud)
{
	for (guint i = row->span; i < row->after; i++) {
		const BlockSpan *span = span_at(row->map, i);
		g_autofree char *text = NULL;
		g_autofree char *hint = NULL;
		guint64 first, end;
		double x, width;
		MapKind kind;

		if (!clip(row, span, &first, &end))
			continue;
		kind = map_kind(span);
		row->strip->kinds |= 1u << kind;
		if (!row->strip->picture || (kind == MAP_SCRATCH_LOST || kind == MAP_CMA_ELSEWHERE) != loud)
			continue;
		x = x_of(row, first);
		width = x_of(row, end) - x;
		text = audit_span_text(row->map, span);
		hint = g_strdup_printf("%s%s", text, span->scratch ? ", scratch" : "");
		picture_fill(row->strip->picture, x, row->y, loud ? MAX(width, 1) : width, row->height,
			     map_colour(kind), hint);
	}
}

/* Around every unbroken stretch of scratch. */
static void draw_outlines(const Row *row)
{
	guint64 from = 0, to = 0;

	for (guint i = row->span; i <= row->after; i++) {
		const BlockSpan *span = i < row->after ? span_at(row->map, i) : NULL;
		guint64 first = 0, end = 0;
		bool scratch = span && span->scratch && clip(row, span, &first, &end);

		if (scratch && first == to && to > from) {
			to = end;
			continue;
		}
		if (to > from && (scratch || !span)) {
			picture_outline(row->strip->picture, x_of(row, from) - 0.5, row->y - OUTLINE + 0.5,
					x_of(row, to) - x_of(row, from) + 1, row->height + 2 * OUTLINE - 1, MAP_INK, 1);
			to = from;
		}
		if (scratch) {
			from = first;
			to = end;
		}
	}
}

/* A bar where a zone begins, and the zones' names at the right. */
static void draw_zones(Row *row)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = row->span; i < row->after; i++) {
		const BlockSpan *span = span_at(row->map, i);

		if (span->node != row->node)
			continue;
		if (g_strcmp0(row->zone, span->zone) != 0 && span->first >= row->first) {
			picture_fill(row->strip->picture, x_of(row, span->first) - 2, row->y - OUTLINE - 1, 3,
				     row->height + 2 * OUTLINE + 2, MAP_INK, NULL);
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", span->zone);
		}
		row->zone = span->zone;
	}
	if (names->len)
		picture_text(row->strip->picture, ROW_LEFT + ROW_WIDTH + 10, row->y + row->height / 2 + 4, LETTERS,
			     PICTURE_START, TRUE, MAP_INK, names->str);
}

/* "0", "768M", "5G", "5G+256M": exact, and short in whole gigabytes. Caller frees. */
static char *address_text(guint64 address)
{
	guint64 whole = address >> 30, rest = address & ((1ull << 30) - 1);
	g_autofree char *small = units_format_size(rest);

	if (!address)
		return g_strdup("0");
	if (!whole)
		return g_steal_pointer(&small);
	return rest ? g_strdup_printf("%" G_GUINT64_FORMAT "G+%s", whole, small)
		    : g_strdup_printf("%" G_GUINT64_FORMAT "G", whole);
}

static void draw_address(const Row *row)
{
	g_autofree char *address = address_text(row->first * row->map->block_bytes);

	picture_text(row->strip->picture, ROW_LEFT - 8, row->y + row->height / 2 + 4, LETTERS, PICTURE_END, FALSE,
		     MAP_INK, address);
}

static double row_height(guint rows)
{
	return rows <= 8 ? 18 : rows <= 16 ? 12 : 8;
}

/* Memory in more pieces than any machine has it in: nobody would look at all of them. */
static void put_rest(MapStrip *strip, guint rows)
{
	g_autofree char *text = g_strdup_printf("%u more rows are left out: a picture of a run has %u at most", rows,
						MAPSTRIP_ROWS_MOST);

	mapstrip_text(strip, ROW_LEFT, LETTERS, true, MAP_LOUD, text);
}

void mapstrip_draw(MapStrip *strip, const BlockMap *map, int node, const GArray *rows)
{
	Row row = { .strip = strip, .map = map, .node = node, .height = row_height(rows->len) };
	const guint64 blocks = strip->row_bytes / map->block_bytes;
	const guint shown = MIN(rows->len, MAPSTRIP_ROWS_MOST - strip->rows);
	double labelled = -LABEL_DISTANCE;

	strip->y += OUTLINE;
	strip->rows += shown;
	for (guint i = 0; i < shown; i++) {
		guint64 number = g_array_index(rows, guint64, i);
		bool hole = i && g_array_index(rows, guint64, i - 1) + 1 != number;

		row_move(&row, number * blocks, (number + 1) * blocks);
		row.y = strip->y += hole ? HOLE_GAP : 0;
		draw_cells(&row, false);
		draw_cells(&row, true);
		if (strip->picture) {
			draw_outlines(&row);
			draw_zones(&row);
			if (hole || row.y - labelled >= LABEL_DISTANCE) {
				draw_address(&row);
				labelled = row.y;
			}
		}
		strip->y += row.height + ROW_GAP;
	}
	if (shown < rows->len)
		put_rest(strip, rows->len - shown);
	strip->y += STRIP_GAP;
}
