// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>
#include <evaluate/about.h>
#include <page/map.h>

#include "mapcolour.h"
#include "mapstrip.h"

#include <string.h>

#define N G_GUINT64_FORMAT

#define MARGIN 16.0
#define TITLE 17.0
#define SUBTITLE 13.0
#define LETTERS 11.0
#define HEADER 84.0

#define ROWS_FEW 4   /* rows are not made longer to have less */
#define ROWS_MANY 32 /* but always to have more */
#define ROW_BLOCKS_LEAST 64u
#define ROW_BLOCKS_MOST 1024u /* up to ROWS_MANY rows */

static int highest_node(const Result *result)
{
	int node = -1;

	for (guint hop = 0; hop < result->hops->len; hop++) {
		const BlockMap *map = result_map(result, hop);

		for (guint i = 0; map && i < map->spans->len; i++)
			node = MAX(node, g_array_index(map->spans, BlockSpan, i).node);
	}
	return node;
}

/* Memory in a row, so that the largest node of all has neither too few rows nor too many. */
static guint64 choose_row_bytes(const GPtrArray *results)
{
	guint64 most = 0, block_bytes = 0, blocks = ROW_BLOCKS_LEAST;

	for (guint r = 0; r < results->len; r++) {
		const Result *result = results->pdata[r];
		const int highest = highest_node(result);

		for (guint hop = 0; hop < result->hops->len; hop++) {
			const BlockMap *map = result_map(result, hop);

			for (int node = 0; map && node <= highest; node++)
				most = MAX(most, mapstrip_blocks(map, node) * map->block_bytes);
			block_bytes = MAX(block_bytes, map ? map->block_bytes : 0);
		}
	}
	while (most / (blocks * block_bytes) > ROWS_FEW && blocks < ROW_BLOCKS_MOST)
		blocks *= 2;
	while (most / (blocks * block_bytes) > ROWS_MANY)
		blocks *= 2;
	return blocks * block_bytes;
}

/* One run: its title, then for each node the kernels above each other. */
static void draw_run(MapStrip *strip, const Result *result, bool titled)
{
	g_autofree char *title = result_title(result);
	g_autoptr(GPtrArray) maps = g_ptr_array_new();
	const int highest = highest_node(result);

	strip->rows = 0;
	if (titled) {
		mapstrip_text(strip, MARGIN, SUBTITLE, true, MAP_INK, title);
		g_string_append_printf(strip->description, "%s: ", title);
	}
	for (guint hop = 0; hop < result->hops->len; hop++)
		g_ptr_array_add(maps, (gpointer)result_map(result, hop));
	for (int node = 0; node <= highest; node++) {
		g_autoptr(GArray) rows = mapstrip_rows(maps, node, strip->row_bytes);

		for (guint hop = 0; rows->len && hop < result->hops->len; hop++) {
			const BlockMap *map = result_map(result, hop);
			const char *kernel = hop_name((int)hop);
			g_autofree char *label = NULL;
			guint64 scratch = 0, cma = 0;

			if (!map)
				continue;
			mapstrip_count(map, node, &scratch, &cma);
			label = g_strdup_printf("%s, node %d: %" N " of %" N " scratch pageblocks are CMA", kernel,
						node, cma, scratch);
			mapstrip_text(strip, MARGIN, SUBTITLE, cma < scratch, cma < scratch ? MAP_LOUD : MAP_INK,
				      label);
			g_string_append_printf(strip->description, "%s. ", label);
			mapstrip_draw(strip, map, node, rows);
		}
	}
}

static void draw_all(MapStrip *strip, const GPtrArray *results)
{
	guint shown = 0;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		if (!result_has_map(result))
			continue;
		if (shown++)
			strip->y += MARGIN;
		draw_run(strip, result, results->len > 1);
	}
}

/* What a cell and a row are. Caller frees. */
static char *caption_of(const MapStrip *strip, const BlockMap *any)
{
	g_autofree char *block = units_format_size(any->block_bytes);
	g_autofree char *row = units_format_size(strip->row_bytes);

	return g_strdup_printf("One cell is one pageblock of %s, one row %s of physical address "
			       "space; addresses at the left. Memory that is not there is left out.",
			       block, row);
}

static void draw_header(const MapStrip *strip, const char *title, const char *caption)
{
	picture_text(strip->picture, MARGIN, MARGIN + TITLE - 3, TITLE, PICTURE_START, TRUE, MAP_INK, title);
	picture_text(strip->picture, MARGIN, MARGIN + TITLE + 16, LETTERS, PICTURE_START, FALSE, MAP_INK, caption);
	map_legend(strip->picture, MARGIN + 2, MARGIN + TITLE + 27, strip->kinds);
}

static const BlockMap *any_map(const GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		for (guint hop = 0; hop < result->hops->len; hop++)
			if (result_map(result, hop))
				return result_map(result, hop);
	}
	return NULL;
}

/* ret_caption, ret_kinds: as for map_draw_bare(), which has no heading. */
static Picture *draw(const GPtrArray *results, bool bare, char **ret_caption, guint *ret_kinds, GError **error)
{
	g_autoptr(GString) description = g_string_new(NULL);
	g_autofree char *subject =
		results->len == 1 ? result_title(results->pdata[0]) : g_strdup_printf("%u runs", results->len);
	g_autofree char *title = g_strdup_printf("Migratetype of every pageblock: %s", subject);
	const BlockMap *any = any_map(results);
	const double top = bare ? 0 : HEADER;
	MapStrip strip = { .y = top, .description = description };

	if (!any) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "there is nothing to draw: no kernel of these runs sent the types of its pageblocks");
		return NULL;
	}
	strip.row_bytes = choose_row_bytes(results);
	*ret_caption = caption_of(&strip, any);
	/* once to see how high it becomes, what there is in it, and what to say about it */
	draw_all(&strip, results);
	*ret_kinds = strip.kinds;
	strip.picture = picture_new(MAPSTRIP_WIDTH, strip.y + MARGIN, title, description->str);
	if (!bare)
		draw_header(&strip, title, *ret_caption);
	strip.y = top;
	draw_all(&strip, results);
	return strip.picture;
}

Picture *map_draw(const GPtrArray *results, GError **error)
{
	g_autofree char *caption = NULL;
	guint kinds;

	return draw(results, false, &caption, &kinds, error);
}

Picture *map_draw_bare(const GPtrArray *results, char **ret_caption, guint *ret_kinds, GError **error)
{
	return draw(results, true, ret_caption, ret_kinds, error);
}
