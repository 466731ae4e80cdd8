// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does a record of all pageblocks agree with what the same kernel says in
 * /proc/pagetypeinfo? That is read a moment before: pageblocks of free memory may
 * change between Unmovable, Movable, Reclaimable and HighAtomic in between
 * (mm/page_alloc.c, try_to_claim_block()), but their number in a zone cannot, and
 * the allocator neither gives CMA away nor takes any.
 *
 * Counting follows pagetypeinfo_showblockcount_print(), as oracle.c has it: a step of
 * a pageblock from the zone's first page on. Where a zone begins inside a pageblock
 * that the record gives to another zone, both count it.
 */
#include "blockcheck.h"

#include <measure/zoneinfo.h>
#include <string.h>

#define N G_GUINT64_FORMAT

static void G_GNUC_PRINTF(2, 3) add(GPtrArray *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(to, g_strdup_vprintf(format, args));
	va_end(args);
}

static const ZoneSpan *find_zone(const Hop *hop, int node, const char *zone)
{
	for (guint i = 0; i < hop->zones->len; i++) {
		const ZoneSpan *span = hop->zones->pdata[i];

		if (span->node == node && strcmp(span->zone, zone) == 0)
			return span;
	}
	return NULL;
}

/* Pageblocks that counting a zone comes across: from the one of its first page on, one for each so many pages. */
static guint64 stepped_on(const BlockMap *map, const ZoneSpan *span, const char *type)
{
	guint order = map->pageblocks->pageblock_order;
	guint64 first = span->start_pfn >> order, total = 0;
	guint64 end = first + ((span->spanned + (1ull << order) - 1) >> order);

	for (guint i = 0; i < map->pageblocks->runs->len; i++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[i];
		guint64 from = MAX(first, run->pfn >> order), to = MIN(end, (run->pfn >> order) + run->count);

		if (from < to && (!type || strcmp(run->type, type) == 0))
			total += to - from;
	}
	return total;
}

/* Pageblocks that the record gives to a zone; type NULL: of any type. */
static guint64 recorded(const BlockMap *map, const Hop *hop, int node, const char *zone, const char *type)
{
	const ZoneSpan *span = find_zone(hop, node, zone);
	guint64 total = 0;

	/* a record that was given its zones by their spans knows no better than the span */
	if (map->pageblocks->by_span)
		return span ? stepped_on(map, span, type) : 0;
	for (guint i = 0; i < map->pageblocks->runs->len; i++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[i];

		if (run->node == node && strcmp(run->zone, zone) == 0 && (!type || strcmp(run->type, type) == 0))
			total += run->count;
	}
	return total;
}

/* 1 if the zone begins inside a pageblock that the record gives to another zone, of the type (NULL: any). */
static guint64 shared_first(const BlockMap *map, const Hop *hop, const PageTypeZone *zone, const char *type)
{
	const ZoneSpan *span = find_zone(hop, zone->node, zone->zone);
	guint order = map->pageblocks->pageblock_order;
	guint64 block = span ? span->start_pfn >> order : 0;

	if (map->pageblocks->by_span || !span || !(span->start_pfn & ((1ull << order) - 1)))
		return 0;
	for (guint i = 0; i < map->pageblocks->runs->len; i++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[i];
		guint64 first = run->pfn >> order;

		if (block >= first && block < first + run->count)
			return (run->node != zone->node || strcmp(run->zone, zone->zone) != 0) &&
			       (!type || strcmp(run->type, type) == 0);
	}
	return 0;
}

static void check_count(BlockMap *map, const Hop *hop, const PageTypeZone *zone, const char *type, guint64 counted)
{
	guint64 found = recorded(map, hop, zone->node, zone->zone, type);

	if (counted == found || counted == found + shared_first(map, hop, zone, type))
		return;
	add(map->problems, "node %d zone %s: %" N " pageblocks%s%s in %s, %" N " in /proc/pagetypeinfo", zone->node,
	    zone->zone, found, type ? " of type " : "", type ? type : "", map->pageblocks->record, counted);
}

/*
 * Whether zones share addresses (nodes interleaved by firmware or numa=fake=). A record
 * that was given its zones by their spans says nothing of single zones then.
 */
static bool zones_overlap(const Hop *hop)
{
	for (guint i = 0; i < hop->zones->len; i++)
		for (guint j = i + 1; j < hop->zones->len; j++)
			if (zonespan_overlap(hop->zones->pdata[i], hop->zones->pdata[j]))
				return true;
	return false;
}

static void check_sum(BlockMap *map, const Hop *hop)
{
	guint64 counted = 0, found = 0;

	for (guint i = 0; i < hop->pagetypes->zones->len; i++)
		counted += pagetypeinfo_blocks(hop->pagetypes, hop->pagetypes->zones->pdata[i], "CMA");
	for (guint i = 0; i < map->pageblocks->runs->len; i++) {
		const PageblockRun *run = map->pageblocks->runs->pdata[i];

		found += strcmp(run->type, "CMA") == 0 ? run->count : 0;
	}
	if (counted != found)
		add(map->problems, "all zones: %" N " pageblocks of type CMA in %s, %" N " in /proc/pagetypeinfo",
		    found, map->pageblocks->record, counted);
}

static void check_zone(BlockMap *map, const Hop *hop, const PageTypeZone *zone)
{
	guint64 total = 0, moved = 0;

	for (guint i = 0; hop->pagetypes->types[i]; i++) {
		const char *type = hop->pagetypes->types[i];
		guint64 found = recorded(map, hop, zone->node, zone->zone, type);

		total += zone->blocks[i];
		moved += found > zone->blocks[i] ? found - zone->blocks[i] : 0;
	}
	check_count(map, hop, zone, NULL, total);
	check_count(map, hop, zone, "CMA", pagetypeinfo_blocks(hop->pagetypes, zone, "CMA"));
	if (moved)
		add(map->notes,
		    "node %d zone %s: %" N " pageblock%s changed type between the reading of /proc/pagetypeinfo and "
		    "of %s",
		    zone->node, zone->zone, moved, moved == 1 ? "" : "s", map->pageblocks->record);
}

/* A zone or a type of the record that /proc/pagetypeinfo does not have would be in no sum. */
static void check_run(BlockMap *map, const Hop *hop, const PageblockRun *run)
{
	bool zone_known = false;

	for (guint i = 0; i < hop->pagetypes->zones->len; i++) {
		const PageTypeZone *zone = hop->pagetypes->zones->pdata[i];

		zone_known |= zone->node == run->node && strcmp(zone->zone, run->zone) == 0;
	}
	if (!zone_known)
		add(map->problems, "node %d zone %s is in %s, but not in /proc/pagetypeinfo", run->node, run->zone,
		    map->pageblocks->record);
	if (!g_strv_contains((const char *const *)hop->pagetypes->types, run->type))
		add(map->problems, "type %s is in %s, but not in /proc/pagetypeinfo", run->type,
		    map->pageblocks->record);
}

void blockcheck_fill(BlockMap *map, const Hop *hop)
{
	guint64 nowhere = 0;

	for (guint i = 0; i < map->scratch_lost->len; i++) {
		const BlockSpan *span = &g_array_index(map->scratch_lost, BlockSpan, i);

		nowhere += span->type ? 0 : span->count;
	}
	if (nowhere)
		add(map->problems, "%" N " pageblocks of scratch lie where %s has no memory", nowhere,
		    map->pageblocks->record);
	if (hop->pagetypes->block_order != map->pageblocks->pageblock_order) {
		add(map->problems, "pageblocks are of order %u in %s, of order %u in /proc/pagetypeinfo",
		    map->pageblocks->pageblock_order, map->pageblocks->record, hop->pagetypes->block_order);
		return;
	}
	for (guint i = 0; i < map->pageblocks->runs->len; i++)
		check_run(map, hop, map->pageblocks->runs->pdata[i]);
	if (map->pageblocks->by_span && zones_overlap(hop)) {
		check_sum(map, hop);
		return;
	}
	for (guint i = 0; i < hop->pagetypes->zones->len; i++)
		check_zone(map, hop, hop->pagetypes->zones->pdata[i]);
}
