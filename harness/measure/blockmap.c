// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists of intervals laid over each other: the types of pageblocks, what touched
 * them, scratch and CMA areas. Wherever one of them begins or ends, a span ends.
 */
#include "blockcheck.h"

#include <string.h>

/* Does a region lie in the pageblock, if only with one byte? kho_release_scratch() rounds the same way. */
static bool touches_block(guint64 phys, guint64 bytes, guint64 block, guint64 block_bytes)
{
	return bytes && phys / block_bytes <= block && block <= (phys + bytes - 1) / block_bytes;
}

static bool is_scratch(const Hop *hop, guint64 block, guint64 block_bytes)
{
	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		if (touches_block(region->phys, region->bytes, block, block_bytes))
			return true;
	}
	return false;
}

static bool is_cma_area(const Hop *hop, guint64 block, guint64 block_bytes)
{
	for (guint i = 0; i < hop->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->cma_areas, CmaArea, i);

		if (touches_block(area->phys, area->bytes, block, block_bytes))
			return true;
	}
	return false;
}

static void add_cuts(GArray *cuts, guint64 first, guint64 end)
{
	g_array_append_val(cuts, first);
	g_array_append_val(cuts, end);
}

static void add_region_cuts(GArray *cuts, guint64 phys, guint64 bytes, guint64 block_bytes)
{
	if (bytes)
		add_cuts(cuts, phys / block_bytes, (phys + bytes - 1) / block_bytes + 1);
}

static int compare_u64(gconstpointer a, gconstpointer b)
{
	const guint64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* All block numbers at which something begins or ends, sorted. */
static GArray *all_cuts(const BlockMap *map, const Hop *hop, const GArray *touches)
{
	GArray *cuts = g_array_new(FALSE, FALSE, sizeof(guint64));
	guint order = map->pageblocks->pageblock_order;

	for (guint i = 0; i < map->pageblocks->runs->len; i++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[i];

		add_cuts(cuts, run->pfn >> order, (run->pfn >> order) + run->count);
	}
	for (guint i = 0; i < touches->len; i++) {
		const BlockTouch *touch = &g_array_index(touches, BlockTouch, i);

		add_cuts(cuts, touch->pfn >> order, (touch->pfn >> order) + touch->count);
	}
	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		add_region_cuts(cuts, region->phys, region->bytes, map->block_bytes);
	}
	for (guint i = 0; i < hop->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->cma_areas, CmaArea, i);

		add_region_cuts(cuts, area->phys, area->bytes, map->block_bytes);
	}
	g_array_sort(cuts, compare_u64);
	return cuts;
}

static bool is_cma(const BlockSpan *span)
{
	return g_strcmp0(span->type, "CMA") == 0;
}

/* Adds to the end; joins with the last one if that is the same kind of memory just before. */
static void add_joined(GArray *spans, const BlockSpan *span)
{
	BlockSpan *last = spans->len ? &g_array_index(spans, BlockSpan, spans->len - 1) : NULL;

	if (last && last->first + last->count == span->first && last->node == span->node &&
	    g_strcmp0(last->zone, span->zone) == 0 && g_strcmp0(last->type, span->type) == 0) {
		last->count += span->count;
		last->mask |= span->mask;
	} else {
		g_array_append_val(spans, *span);
	}
}

static void count_span(BlockMap *map, const BlockSpan *span)
{
	if (span->scratch) {
		map->scratch_blocks += span->count;
		if (is_cma(span))
			map->scratch_cma += span->count;
		else
			add_joined(map->scratch_lost, span);
	} else if (is_cma(span) && !span->cma_area) {
		add_joined(map->cma_elsewhere, span);
	}
}

/* The run that holds a block, or NULL; *at moves on with growing blocks. */
static const PageblockRun *run_of(const BlockMap *map, guint64 block, guint *at)
{
	guint order = map->pageblocks->pageblock_order;

	for (; *at < map->pageblocks->runs->len; (*at)++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[*at];

		if (block < (run->pfn >> order) + run->count)
			return block >= run->pfn >> order ? run : NULL;
	}
	return NULL;
}

/* The same for the callers that touched it. */
static guint64 mask_of(const GArray *touches, guint order, guint64 block, guint *at)
{
	for (; *at < touches->len; (*at)++) {
		const BlockTouch *touch = &g_array_index(touches, BlockTouch, *at);

		if (block < (touch->pfn >> order) + touch->count)
			return block >= touch->pfn >> order ? touch->mask : 0;
	}
	return 0;
}

static void fill_spans(BlockMap *map, const Hop *hop, const GArray *touches)
{
	guint order = map->pageblocks->pageblock_order, run_at = 0, touch_at = 0;
	g_autoptr(GArray) cuts = all_cuts(map, hop, touches);

	for (guint i = 0; i + 1 < cuts->len; i++) {
		guint64 first = g_array_index(cuts, guint64, i), end = g_array_index(cuts, guint64, i + 1);
		BlockSpan span = { .first = first, .count = end - first, .node = -1 };
		const PageblockRun *run = first < end ? run_of(map, first, &run_at) : NULL;

		if (first == end)
			continue;
		if (run) {
			span.node = run->node;
			span.zone = run->zone;
			span.type = run->type;
		}
		span.mask = mask_of(touches, order, first, &touch_at);
		span.scratch = is_scratch(hop, first, map->block_bytes);
		span.cma_area = is_cma_area(hop, first, map->block_bytes);
		if (!span.type && !span.mask && !span.scratch)
			continue;
		g_array_append_val(map->spans, span);
		count_span(map, &span);
	}
}

BlockMap *blockmap_new(const Hop *hop, const Pageblocks *pageblocks, const GArray *touches)
{
	BlockMap *map = g_new0(BlockMap, 1);

	map->pageblocks = pageblocks;
	map->block_bytes = 1ull << (pageblocks->pageblock_order + pageblocks->page_shift);
	map->spans = g_array_new(FALSE, FALSE, sizeof(BlockSpan));
	map->scratch_lost = g_array_new(FALSE, FALSE, sizeof(BlockSpan));
	map->cma_elsewhere = g_array_new(FALSE, FALSE, sizeof(BlockSpan));
	map->problems = g_ptr_array_new_with_free_func(g_free);
	map->notes = g_ptr_array_new_with_free_func(g_free);
	fill_spans(map, hop, touches);
	blockcheck_fill(map, hop);
	return map;
}

void blockmap_free(BlockMap *map)
{
	if (!map)
		return;
	g_array_unref(map->spans);
	g_array_unref(map->scratch_lost);
	g_array_unref(map->cma_elsewhere);
	g_ptr_array_unref(map->problems);
	g_ptr_array_unref(map->notes);
	g_free(map);
}

char *blockmap_span_text(const BlockMap *map, const BlockSpan *span)
{
	return g_strdup_printf("0x%" G_GINT64_MODIFIER "x-0x%" G_GINT64_MODIFIER "x, %" G_GUINT64_FORMAT
			       " pageblock%s%s%s%s",
			       span->first * map->block_bytes, (span->first + span->count) * map->block_bytes, span->count,
			       span->count == 1 ? "" : "s", span->type ? ", " : "", span->type ? span->type : "",
			       span->type ? "" : ", no memory");
}
