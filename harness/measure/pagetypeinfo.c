// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pagetypeinfo_show() of mm/vmstat.c writes, for each node with memory:
 *
 *   Page block order: 9
 *   Pages per block:  512
 *
 *   Free pages count per migrate type at order       0      1 ...
 *   Node    0, zone    DMA32, type    Unmovable      1      0 ...   (a row a zone and type)
 *
 *   Number of blocks type     Unmovable      Movable ...
 *   Node 0, zone    DMA32            4          211 ...             (a row a zone)
 *
 * and, with page_owner on, a table of mixed blocks. The free lists serve as a
 * check: a zone that is in them and not among the blocks was lost.
 */
#include <measure/pagetypeinfo.h>

#include "scan.h"

#include <base/error.h>
#include <string.h>

/* The largest orders are those of huge pages; pageblocks.c knows none beyond either. */
#define ORDER_MOST 20
/* include/linux/mmzone.h, enum migratetype, has seven. Each is counted over all pageblocks. */
#define TYPES_MOST 32

typedef enum {
	TABLE_NONE,
	TABLE_FREE,
	TABLE_BLOCKS,
	TABLE_MIXED,
} Table;

typedef struct {
	PageTypeInfo *info;
	guint n_types;
	GPtrArray *free_zones; /* PageTypeZone without counts: zones seen in the free lists */
	Table table;
} Parse;

static void zone_free(gpointer data)
{
	PageTypeZone *zone = data;

	g_free(zone->zone);
	g_free(zone->blocks);
	g_free(zone);
}

static PageTypeZone *zone_find(const GPtrArray *zones, int node, const char *name)
{
	for (guint i = 0; i < zones->len; i++) {
		PageTypeZone *zone = g_ptr_array_index(zones, i);

		if (zone->node == node && strcmp(zone->zone, name) == 0)
			return zone;
	}
	return NULL;
}

static PageTypeZone *zone_add(GPtrArray *zones, int node, const char *name)
{
	PageTypeZone *zone = g_new0(PageTypeZone, 1);

	zone->node = node;
	zone->zone = g_strdup(name);
	g_ptr_array_add(zones, zone);
	return zone;
}

/* Every node repeats these two lines; they must not differ. */
static bool parse_size(Parse *parse, const char *at, bool *ret_known)
{
	guint64 value;

	*ret_known = true;
	if (scan_literal(&at, "Page block order: ")) {
		if (!scan_u64(&at, 10, &value) || !scan_end(at) || value > ORDER_MOST)
			return false;
		if (parse->info->block_pages && parse->info->block_order != value)
			return false;
		parse->info->block_order = (guint)value;
		return true;
	}
	if (scan_literal(&at, "Pages per block:  "))
		return scan_u64(&at, 10, &parse->info->block_pages) && scan_end(at) &&
		       parse->info->block_pages == G_GUINT64_CONSTANT(1) << parse->info->block_order;
	*ret_known = false;
	return true;
}

static bool parse_types(Parse *parse, const char *at)
{
	g_autoptr(GPtrArray) types = g_ptr_array_new_null_terminated(8, g_free, TRUE);

	while (scan_blank(&at) && *at) {
		char *type = NULL;

		if (!scan_word(&at, &type))
			return false;
		g_ptr_array_add(types, type);
	}
	if (!types->len || types->len > TYPES_MOST || *at)
		return false;
	if (parse->info->types)
		return g_strv_equal((const char *const *)types->pdata, (const char *const *)parse->info->types);
	parse->n_types = types->len;
	parse->info->types = (char **)g_ptr_array_steal(types, NULL);
	return true;
}

static bool parse_row(Parse *parse, const char *at)
{
	g_autofree char *name = NULL;
	PageTypeZone *zone;
	int node;

	if (!scan_node_zone(&at, &node, &name) || parse->info->zones->len >= ZONES_MOST ||
	    parse->free_zones->len >= ZONES_MOST)
		return false;
	if (parse->table == TABLE_FREE) {
		if (!zone_find(parse->free_zones, node, name))
			zone_add(parse->free_zones, node, name);
		return scan_literal(&at, ", type");
	}
	if (zone_find(parse->info->zones, node, name))
		return false;
	zone = zone_add(parse->info->zones, node, name);
	zone->blocks = g_new0(guint64, parse->n_types);
	for (guint i = 0; i < parse->n_types; i++)
		if (!scan_blank(&at) || !scan_u64(&at, 10, &zone->blocks[i]))
			return false;
	return scan_end(at);
}

static bool parse_line(Parse *parse, const char *line)
{
	const char *at = line;
	bool known;

	if (!*line) {
		parse->table = TABLE_NONE;
		return true;
	}
	if (!parse_size(parse, line, &known))
		return false;
	if (known) {
		parse->table = TABLE_NONE;
		return true;
	}
	if (scan_literal(&at, "Free pages count per migrate type at order")) {
		parse->table = TABLE_FREE;
		return true;
	}
	if (scan_literal(&at, "Number of blocks type")) {
		parse->table = TABLE_BLOCKS;
		return parse_types(parse, at);
	}
	if (scan_literal(&at, "Number of mixed blocks")) {
		parse->table = TABLE_MIXED;
		return true;
	}
	switch (parse->table) {
	case TABLE_NONE:
		return false;
	case TABLE_FREE:
	case TABLE_BLOCKS:
		return parse_row(parse, line);
	case TABLE_MIXED:
		return scan_literal(&at, "Node");
	}
	return false;
}

PageTypeInfo *pagetypeinfo_parse(const char *text, GError **error)
{
	g_autoptr(PageTypeInfo) info = g_new0(PageTypeInfo, 1);
	g_autoptr(GPtrArray) free_zones = g_ptr_array_new_with_free_func(zone_free);
	Parse parse = { .info = info, .free_zones = free_zones };

	info->zones = g_ptr_array_new_with_free_func(zone_free);
	if (!scan_is_whole(text, "/proc/pagetypeinfo", error))
		return NULL;
	for (guint i = 0; *text; i++) {
		g_autofree char *line = scan_line(&text);

		if (!parse_line(&parse, line)) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "line %u of /proc/pagetypeinfo is not as the kernel writes it: '%.120s'", i + 1,
				  line);
			return NULL;
		}
	}
	if (!info->zones->len || !info->block_pages) {
		error_set(error, KHOTEST_ERROR_FAILED,
			  "/proc/pagetypeinfo has no table 'Number of blocks type' with a zone in it");
		return NULL;
	}
	for (guint i = 0; i < free_zones->len; i++) {
		const PageTypeZone *zone = g_ptr_array_index(free_zones, i);

		if (!zone_find(info->zones, zone->node, zone->zone)) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "/proc/pagetypeinfo has free lists of node %d zone %s, but no line with its blocks: "
				  "it is cut off",
				  zone->node, zone->zone);
			return NULL;
		}
	}
	return g_steal_pointer(&info);
}

void pagetypeinfo_free(PageTypeInfo *info)
{
	if (!info)
		return;
	g_strfreev(info->types);
	g_clear_pointer(&info->zones, g_ptr_array_unref);
	g_free(info);
}

guint64 pagetypeinfo_blocks(const PageTypeInfo *info, const PageTypeZone *zone, const char *type)
{
	for (guint i = 0; info->types[i]; i++)
		if (strcmp(info->types[i], type) == 0)
			return zone->blocks[i];
	return 0;
}
