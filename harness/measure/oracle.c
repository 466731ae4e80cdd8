// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scratch regions and CMA areas against pageblock counts, by intersecting
 * intervals of pageblock numbers.
 *
 * The count to compare with comes from pagetypeinfo_showblockcount_print(): for
 * each zone it steps from zone_start_pfn by pageblock_nr_pages up to the zone's
 * end and looks at the block of each page it lands on. A zone of S pages from pfn
 * P therefore counts the ceil(S / pages per block) blocks from P's on; that a
 * block on the border of two zones counts in both is part of it.
 *
 * It also leaves out pages that belong to another zone. Where spans overlap
 * (nodes interleaved by firmware or numa=fake) spans do not say to whom a block
 * belongs, and only the sum over those zones can be compared.
 */
#include <measure/oracle.h>

#include <measure/pagesize.h>

#include <base/error.h>
#include <measure/zoneinfo.h>
#include <string.h>

/* Pageblocks from first up to, not including, end. */
typedef struct {
	guint64 first;
	guint64 end;
} BlockRange;

/* A zone as pagetypeinfo and zoneinfo together have it; group: index of the first zone it is summed up with. */
typedef struct {
	const PageTypeZone *counts;
	const ZoneSpan *span;
	guint group;
	bool shared; /* its span overlaps another's */
} Zone;

static void oracle_zone_free(gpointer data)
{
	OracleZone *zone = data;

	g_free(zone->zone);
	g_free(zone);
}

static int compare_ranges(gconstpointer a, gconstpointer b)
{
	const BlockRange *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static void add_bytes(GArray *ranges, guint64 phys, guint64 bytes, guint64 block_bytes)
{
	BlockRange range;

	if (!bytes)
		return;
	range.first = phys / block_bytes;
	range.end = (phys + bytes - 1) / block_bytes + 1;
	g_array_append_val(ranges, range);
}

/* Sorts and joins, so that a block which two regions touch is there once. */
static void normalise(GArray *ranges)
{
	guint kept = 0;

	g_array_sort(ranges, compare_ranges);
	for (guint i = 0; i < ranges->len; i++) {
		BlockRange range = g_array_index(ranges, BlockRange, i);
		BlockRange *last = kept ? &g_array_index(ranges, BlockRange, kept - 1) : NULL;

		if (last && range.first <= last->end)
			last->end = MAX(last->end, range.end);
		else
			g_array_index(ranges, BlockRange, kept++) = range;
	}
	g_array_set_size(ranges, kept);
}

static guint64 count_blocks(const GArray *ranges)
{
	guint64 sum = 0;

	for (guint i = 0; i < ranges->len; i++)
		sum += g_array_index(ranges, BlockRange, i).end - g_array_index(ranges, BlockRange, i).first;
	return sum;
}

/* Blocks in both; both are normalised. */
static guint64 count_common(const GArray *a, const GArray *b)
{
	guint64 sum = 0;

	for (guint i = 0, j = 0; i < a->len && j < b->len;) {
		const BlockRange *x = &g_array_index(a, BlockRange, i), *y = &g_array_index(b, BlockRange, j);
		guint64 first = MAX(x->first, y->first), end = MIN(x->end, y->end);

		if (first < end)
			sum += end - first;
		if (x->end < y->end)
			i++;
		else
			j++;
	}
	return sum;
}

/* The zone that names a zone's group: the one with the lowest index. */
static guint group_of(const GArray *zones, guint i)
{
	while (g_array_index(zones, Zone, i).group != i)
		i = g_array_index(zones, Zone, i).group;
	return i;
}

/* Joins the groups of two zones. */
static void join(GArray *zones, guint a, guint b)
{
	guint x = group_of(zones, a), y = group_of(zones, b);

	g_array_index(zones, Zone, MAX(x, y)).group = MIN(x, y);
}

/*
 * Zones whose spans overlap become one group, and groups that share a zone's name
 * become one too, so that no two rows of the result have the same name.
 */
static bool group_zones(GArray *zones)
{
	bool any = false;

	for (guint i = 0; i < zones->len; i++)
		for (guint j = i + 1; j < zones->len; j++) {
			Zone *x = &g_array_index(zones, Zone, i), *y = &g_array_index(zones, Zone, j);

			if (!zonespan_overlap(x->span, y->span))
				continue;
			join(zones, i, j);
			any = x->shared = y->shared = true;
		}
	for (guint i = 0; i < zones->len; i++)
		for (guint j = i + 1; j < zones->len; j++) {
			const Zone *x = &g_array_index(zones, Zone, i), *y = &g_array_index(zones, Zone, j);

			if (x->shared && y->shared && strcmp(x->span->zone, y->span->zone) == 0)
				join(zones, i, j);
		}
	for (guint i = 0; i < zones->len; i++)
		g_array_index(zones, Zone, i).group = group_of(zones, i);
	return any;
}

static bool match_zones(const Hop *hop, GArray *zones, GError **error)
{
	for (guint i = 0; i < hop->pagetypes->zones->len; i++) {
		Zone zone = { .counts = g_ptr_array_index(hop->pagetypes->zones, i), .group = i };

		for (guint j = 0; j < hop->zones->len && !zone.span; j++) {
			const ZoneSpan *span = g_ptr_array_index(hop->zones, j);

			if (span->node == zone.counts->node && strcmp(span->zone, zone.counts->zone) == 0)
				zone.span = span;
		}
		if (!zone.span)
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "node %d zone %s is in /proc/pagetypeinfo, but not in /proc/zoneinfo",
					 zone.counts->node, zone.counts->zone);
		g_array_append_val(zones, zone);
	}
	return true;
}

/* What the map has in a zone: pageblocks that should be CMA, those of them that are, and CMA beyond these. */
static void count_mapped(const BlockMap *map, const ZoneSpan *zone, OracleZone *row)
{
	for (guint i = 0; i < map->spans->len; i++) {
		const BlockSpan *span = &g_array_index(map->spans, BlockSpan, i);
		bool due = span->scratch || span->cma_area;
		bool is = g_strcmp0(span->type, "CMA") == 0;

		if (span->node != zone->node || g_strcmp0(span->zone, zone->zone) != 0)
			continue;
		row->expected += due ? span->count : 0;
		row->found += due && is ? span->count : 0;
		row->excess += !due && is ? span->count : 0;
	}
}

/* One row: the zones of one group. */
static OracleZone *count_group(const Hop *hop, const BlockMap *map, const GArray *zones, guint group,
			       const GArray *covered)
{
	g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(BlockRange));
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal); /* borrows */
	g_autoptr(GString) name = g_string_new(NULL);
	OracleZone *row = g_new0(OracleZone, 1);
	guint64 pages = hop->pagetypes->block_pages, counted = 0;
	bool first = true;

	for (guint i = 0; i < zones->len; i++) {
		const Zone *zone = &g_array_index(zones, Zone, i);
		BlockRange range;

		if (zone->group != group)
			continue;
		range.first = zone->span->start_pfn / pages;
		range.end = range.first + (zone->span->spanned + pages - 1) / pages;
		g_array_append_val(blocks, range);
		counted += pagetypeinfo_blocks(hop->pagetypes, zone->counts, "CMA");
		if (map)
			count_mapped(map, zone->span, row);
		if (first)
			row->node = zone->span->node;
		else if (row->node != zone->span->node)
			row->node = -1;
		if (!g_hash_table_contains(names, zone->span->zone))
			g_string_append_printf(name, "%s%s", first ? "" : "+", zone->span->zone);
		g_hash_table_add(names, zone->span->zone);
		first = false;
	}
	normalise(blocks);
	/* a pageblock on the border of two zones is counted in both; the map has it once */
	if (!map) {
		row->expected = count_common(blocks, covered);
		row->found = MIN(counted, row->expected);
		row->excess = counted - row->found;
	}
	row->zone = g_string_free(g_steal_pointer(&name), FALSE);
	return row;
}

/* Ordinary CMA areas: how large they are together is in meminfo too. */
static void add_cma_areas(Oracle *oracle, const Hop *hop, GArray *covered, GString *note)
{
	guint64 known = 0, total = hop->cma_total_bytes > 0 ? (guint64)hop->cma_total_bytes : 0;

	for (guint i = 0; i < hop->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->cma_areas, CmaArea, i);

		add_bytes(covered, area->phys, area->bytes, oracle->block_bytes);
		known += area->bytes;
	}
	if (hop->cma_total_bytes < 0 || known == total)
		return;
	if (total > known)
		oracle->unplaced = (total - known + oracle->block_bytes - 1) / oracle->block_bytes;
	oracle->placed_twice = known > total;
	g_string_append_printf(note,
			       "%s/proc/meminfo has %" G_GUINT64_FORMAT
			       " KiB of CMA areas, and it is known where %" G_GUINT64_FORMAT " KiB of CMA areas are",
			       note->len ? "; " : "", total >> 10, known >> 10);
}

/* What the regions and areas cover. */
static GArray *cover(Oracle *oracle, const Hop *hop, GString *note)
{
	GArray *covered = g_array_new(FALSE, FALSE, sizeof(BlockRange));

	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		add_bytes(covered, region->phys, region->bytes, oracle->block_bytes);
	}
	normalise(covered);
	oracle->scratch = count_blocks(covered);
	add_cma_areas(oracle, hop, covered, note);
	normalise(covered);
	return covered;
}

/* Pageblocks of what is covered that no zone has. */
static guint64 count_outside(const Hop *hop, const GArray *zones, const GArray *covered)
{
	g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(BlockRange));
	guint64 pages = hop->pagetypes->block_pages;

	for (guint i = 0; i < zones->len; i++) {
		const ZoneSpan *span = g_array_index(zones, Zone, i).span;
		BlockRange range = { span->start_pfn / pages, (span->start_pfn + span->spanned + pages - 1) / pages };

		g_array_append_val(blocks, range);
	}
	normalise(blocks);
	return count_blocks(covered) - count_common(blocks, covered);
}

static void fill(Oracle *oracle, const Hop *hop, const BlockMap *map, const GArray *zones, const GArray *covered)
{
	for (guint i = 0; i < zones->len; i++) {
		OracleZone *row;

		if (g_array_index(zones, Zone, i).group != i)
			continue;
		row = count_group(hop, map, zones, i, covered);
		oracle->expected += row->expected;
		oracle->found += row->found;
		oracle->excess += row->excess;
		if (row->expected || row->found || row->excess)
			g_ptr_array_add(oracle->zones, row);
		else
			oracle_zone_free(row);
	}
}

Oracle *oracle_new(const Hop *hop, const BlockMap *map, GError **error)
{
	g_autoptr(Oracle) oracle = NULL;
	g_autoptr(GArray) covered = NULL;
	g_autoptr(GArray) zones = g_array_new(FALSE, FALSE, sizeof(Zone));
	g_autoptr(GString) note = g_string_new(NULL);

	if (!hop->pagetypes || !hop->zones || !hop_knows_scratch(hop)) {
		error_set(error, KHOTEST_ERROR_FAILED, "hop %d sent no usable %s", hop->index,
			  !hop->pagetypes ? "/proc/pagetypeinfo"
			  : !hop->zones	  ? "/proc/zoneinfo"
					  : "list of scratch regions (debugfs kho/out/scratch_phys, scratch_len)");
		return NULL;
	}
	if (!match_zones(hop, zones, error))
		return NULL;
	oracle = g_new0(Oracle, 1);
	oracle->zones = g_ptr_array_new_with_free_func(oracle_zone_free);
	oracle->block_bytes = hop->pagetypes->block_pages << pagesize_shift(hop);
	oracle->one_by_one = map != NULL;
	if (group_zones(zones))
		g_string_append(note, "zones overlap (interleaved nodes): their counts are summed up");
	covered = cover(oracle, hop, note);
	fill(oracle, hop, map, zones, covered);
	oracle->outside = count_outside(hop, zones, covered);
	if (oracle->outside)
		g_string_append_printf(note,
				       "%s%" G_GUINT64_FORMAT " pageblocks of scratch or CMA areas lie in no zone",
				       note->len ? "; " : "", oracle->outside);
	if (note->len)
		oracle->note = g_string_free(g_steal_pointer(&note), FALSE);
	return g_steal_pointer(&oracle);
}

void oracle_free(Oracle *oracle)
{
	if (!oracle)
		return;
	g_clear_pointer(&oracle->zones, g_ptr_array_unref);
	g_free(oracle->note);
	g_free(oracle);
}
