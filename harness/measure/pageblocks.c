// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/pageblocks.h>

#include "scan.h"

#include <base/error.h>
#include <measure/zoneinfo.h>
#include <proto/frame.h>
#include <string.h>

#define FIRST_LINE "# khotest pageblocks 1 "

Pageblocks *pageblocks_new(const char *record)
{
	Pageblocks *pageblocks = g_new0(Pageblocks, 1);

	pageblocks->record = record;
	pageblocks->runs = g_ptr_array_new_with_free_func(g_free);
	pageblocks->words = g_string_chunk_new(256);
	return pageblocks;
}

void pageblocks_free(Pageblocks *pageblocks)
{
	if (!pageblocks)
		return;
	g_clear_pointer(&pageblocks->runs, g_ptr_array_unref);
	g_string_chunk_free(pageblocks->words);
	g_free(pageblocks);
}

void pageblocks_add(Pageblocks *pageblocks, guint64 pfn, guint64 count, int node, const char *zone, const char *type)
{
	PageblockRun *run = g_new(PageblockRun, 1);

	*run = (PageblockRun){ .pfn = pfn,
			       .count = count,
			       .node = node,
			       .zone = g_string_chunk_insert_const(pageblocks->words, zone),
			       .type = g_string_chunk_insert_const(pageblocks->words, type) };
	g_ptr_array_add(pageblocks->runs, run);
}

static void add_blocks(Pageblocks *pageblocks, guint64 pfn, guint64 count, const ZoneSpan *zone, const char *type)
{
	PageblockRun *last =
		pageblocks->runs->len ? g_ptr_array_index(pageblocks->runs, pageblocks->runs->len - 1) : NULL;

	if (last && last->pfn + (last->count << pageblocks->pageblock_order) == pfn && last->node == zone->node &&
	    strcmp(last->zone, zone->zone) == 0 && strcmp(last->type, type) == 0)
		last->count += count;
	else
		pageblocks_add(pageblocks, pfn, count, zone->node, zone->zone, type);
}

/* What the first line says. */
typedef struct {
	guint64 page_shift, order, type_mask, isolate_mask;
	GPtrArray *types; /* char *, by number; NULL where no type has that number */
} Head;

static bool scan_types(const char **at, Head *head)
{
	do {
		gsize length = strcspn(*at, ":, \t");
		g_autofree char *name = length ? g_strndup(*at, length) : NULL;
		guint64 number;

		*at += length;
		if (!name || !scan_literal(at, ":") || !scan_u64(at, 10, &number) || number > 255)
			return false;
		if (number >= head->types->len)
			g_ptr_array_set_size(head->types, (int)number + 1);
		if (head->types->pdata[number])
			return false;
		head->types->pdata[number] = g_steal_pointer(&name);
	} while (scan_literal(at, ","));
	return true;
}

static bool scan_head(const char *at, Head *head)
{
	return scan_literal(&at, FIRST_LINE "page_shift=") && scan_u64(&at, 10, &head->page_shift) &&
	       scan_literal(&at, " pageblock_order=") && scan_u64(&at, 10, &head->order) &&
	       scan_literal(&at, " type_mask=") && scan_u64(&at, 10, &head->type_mask) &&
	       scan_literal(&at, " isolate_mask=") && scan_u64(&at, 10, &head->isolate_mask) &&
	       scan_literal(&at, " types=") && scan_types(&at, head) && !*at && head->page_shift >= 12 &&
	       head->page_shift <= 18 && head->order <= 20;
}

/* The type of a pageblock with these bits (get_pfnblock_migratetype() of mm/page_alloc.c); NULL: none has that number.
 */
static const char *type_of(const Head *head, guint64 bits)
{
	guint64 number = bits & head->type_mask;

	if (bits & head->isolate_mask)
		return "Isolate";
	return number < head->types->len ? head->types->pdata[number] : NULL;
}

/* The zone of a pageblock: that of its first page if that is in any, else the first that begins inside of it. */
static const ZoneSpan *zone_at(const GPtrArray *zones, guint64 pfn, guint64 pages)
{
	const ZoneSpan *later = NULL;

	for (guint i = 0; i < zones->len; i++) {
		const ZoneSpan *zone = zones->pdata[i];

		if (pfn >= zone->start_pfn && pfn < zone->start_pfn + zone->spanned)
			return zone;
		if (zone->start_pfn > pfn && zone->start_pfn < pfn + pages &&
		    (!later || zone->start_pfn < later->start_pfn))
			later = zone;
	}
	return later;
}

/* Up to which page frame the answer of zone_at() holds: where the next zone begins or ends. */
static guint64 next_border(const GPtrArray *zones, guint64 pfn, guint64 end, guint64 pages)
{
	for (guint i = 0; i < zones->len; i++) {
		const ZoneSpan *zone = zones->pdata[i];
		guint64 borders[] = { zone->start_pfn / pages * pages, (zone->start_pfn + pages - 1) / pages * pages,
				      (zone->start_pfn + zone->spanned + pages - 1) / pages * pages };

		for (gsize j = 0; j < G_N_ELEMENTS(borders); j++)
			if (borders[j] > pfn && borders[j] < end)
				end = borders[j];
	}
	return end;
}

static void add_by_zone(Pageblocks *pageblocks, const GPtrArray *zones, guint64 pfn, guint64 count, const char *type)
{
	guint64 pages = 1ull << pageblocks->pageblock_order, end = pfn + count * pages;

	while (pfn < end) {
		const ZoneSpan *zone = zone_at(zones, pfn, pages);
		guint64 next = next_border(zones, pfn, end, pages);

		if (zone)
			add_blocks(pageblocks, pfn, (next - pfn) / pages, zone, type);
		pfn = next;
	}
}

static bool bad_line(guint number, const char *line, const char *why, GError **error)
{
	return error_set(error, KHOTEST_ERROR_FAILED, "line %u of the record " FRAME_PAGEBLOCKS " %s: '%.160s'", number,
			 why, line);
}

/* More pageblocks than any address space has would only make numbers overflow. */
#define COUNT_MOST (1ull << 40)

static bool parse_lines(char **lines, const Head *head, const GPtrArray *zones, Pageblocks *pageblocks, GError **error)
{
	guint64 due = 0;

	for (guint i = 1; lines[i]; i++) {
		const char *at = lines[i], *type;
		guint64 pfn, count, bits;

		if (!scan_u64(&at, 16, &pfn) || !scan_blank(&at) || !scan_u64(&at, 16, &count) || !scan_blank(&at) ||
		    !scan_u64(&at, 16, &bits) || *at || !count || count > COUNT_MOST || pfn > COUNT_MOST)
			return bad_line(i + 1, lines[i], "is not 'PFN COUNT BITS'", error);
		if (pfn < due || pfn & ((1ull << head->order) - 1))
			return bad_line(i + 1, lines[i], "does not begin a pageblock behind the line before", error);
		type = type_of(head, bits);
		if (!type)
			return bad_line(i + 1, lines[i], "has bits of no migratetype", error);
		add_by_zone(pageblocks, zones, pfn, count, type);
		due = pfn + (count << head->order);
	}
	return true;
}

Pageblocks *pageblocks_parse(const char *text, const GPtrArray *zones, GError **error)
{
	g_autoptr(Pageblocks) pageblocks = pageblocks_new(FRAME_PAGEBLOCKS);
	g_autoptr(GPtrArray) types = g_ptr_array_new_with_free_func(g_free);
	g_autofree char **lines = scan_lines(text, FRAME_PAGEBLOCKS, error);
	Head head = { .types = types };

	if (!lines)
		return NULL;
	if (!lines[0] || !scan_head(lines[0], &head)) {
		bad_line(1, lines[0] ? lines[0] : "",
			 "is not '" FIRST_LINE "page_shift=...' with all that belongs to it", error);
		return NULL;
	}
	pageblocks->pageblock_order = (guint)head.order;
	pageblocks->page_shift = (guint)head.page_shift;
	pageblocks->by_span = true;
	return parse_lines(lines, &head, zones, pageblocks, error) ? g_steal_pointer(&pageblocks) : NULL;
}
