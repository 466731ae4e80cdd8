// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists of intervals laid over each other: the types of pageblocks, what touched
 * them, scratch and CMA areas. Wherever one of them begins or ends, a span ends.
 */
#include "blockcheck.h"

#include <string.h>

/* Pageblocks in which a region lies. */
typedef struct {
	guint64 first, end;
} Range;

/* Regions of one kind, by their first pageblock; they may overlap, and blocks are asked for in growing order. */
typedef struct {
	GArray *ranges; /* Range */
	guint at;	/* the first that begins behind the block */
	guint64 reach;	/* the end of what those before reach to */
} Cover;

/* If only with one byte: kho_release_scratch() rounds the same way. */
static void add_region(GArray *ranges, guint64 phys, guint64 bytes, guint64 block_bytes)
{
	Range range = { phys / block_bytes, (phys + bytes - 1) / block_bytes + 1 };

	if (bytes)
		g_array_append_val(ranges, range);
}

static int by_first(gconstpointer a, gconstpointer b)
{
	const Range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static GArray *scratch_ranges(const Hop *hop, guint64 block_bytes)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));

	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		add_region(ranges, region->phys, region->bytes, block_bytes);
	}
	g_array_sort(ranges, by_first);
	return ranges;
}

static GArray *cma_ranges(const Hop *hop, guint64 block_bytes)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));

	for (guint i = 0; i < hop->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->cma_areas, CmaArea, i);

		add_region(ranges, area->phys, area->bytes, block_bytes);
	}
	g_array_sort(ranges, by_first);
	return ranges;
}

static bool covers(Cover *cover, guint64 block)
{
	for (; cover->at < cover->ranges->len; cover->at++) {
		const Range *range = &g_array_index(cover->ranges, Range, cover->at);

		if (range->first > block)
			break;
		cover->reach = MAX(cover->reach, range->end);
	}
	return block < cover->reach;
}

static void add_cuts(GArray *cuts, guint64 first, guint64 end)
{
	g_array_append_val(cuts, first);
	g_array_append_val(cuts, end);
}

static void add_range_cuts(GArray *cuts, const GArray *ranges)
{
	for (guint i = 0; i < ranges->len; i++)
		add_cuts(cuts, g_array_index(ranges, Range, i).first, g_array_index(ranges, Range, i).end);
}

static int compare_u64(gconstpointer a, gconstpointer b)
{
	const guint64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* All block numbers at which something begins or ends, sorted. */
static GArray *all_cuts(const BlockMap *map, const GArray *scratch, const GArray *cma_areas, const GArray *touches)
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
	add_range_cuts(cuts, scratch);
	add_range_cuts(cuts, cma_areas);
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
	g_autoptr(GArray) scratch = scratch_ranges(hop, map->block_bytes), cma = cma_ranges(hop, map->block_bytes);
	g_autoptr(GArray) cuts = all_cuts(map, scratch, cma, touches);
	Cover of_scratch = { .ranges = scratch }, of_cma = { .ranges = cma };

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
		span.scratch = covers(&of_scratch, first);
		span.cma_area = covers(&of_cma, first);
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
			       span->first * map->block_bytes, (span->first + span->count) * map->block_bytes,
			       span->count, span->count == 1 ? "" : "s", span->type ? ", " : "",
			       span->type ? span->type : "", span->type ? "" : ", no memory");
}
