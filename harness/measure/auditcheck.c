// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Do the records agree with each other, and with what the same kernel says in
 * /proc/pagetypeinfo? That is read a moment before: pageblocks of free memory may
 * change between Unmovable, Movable, Reclaimable and HighAtomic in between
 * (mm/page_alloc.c, try_to_claim_block()), but their number in a zone cannot, and
 * the allocator neither gives CMA away nor takes any.
 *
 * Counting follows pagetypeinfo_showblockcount_print(), as oracle.c has it: a step of
 * a pageblock from the zone's first page on. Where a zone begins inside a pageblock
 * that the record gives to another zone, both count it.
 */
#include "auditparts.h"

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

static guint64 sum(const GPtrArray *histogram)
{
	guint64 total = 0;

	for (guint i = 0; i < histogram->len; i++)
		total += ((const AuditShare *)histogram->pdata[i])->calls;
	return total;
}

static guint64 touched_by(const Audit *audit, guint id)
{
	guint64 total = 0;

	for (guint i = 0; i < audit->spans->len; i++) {
		const AuditSpan *span = &g_array_index(audit->spans, AuditSpan, i);

		total += span->mask & (1ull << id) ? span->count : 0;
	}
	return total;
}

static void check_site(Audit *audit, const AuditCaller *caller)
{
	const AuditSite *site = caller->site;
	guint64 touched = touched_by(audit, site->id), asked = sum(site->asked), set = sum(site->set);

	if (asked != site->calls || set != site->calls)
		add(audit->problems, "%s:%" N ": %" N " calls, but %" N " types asked for and %" N " types set",
		    site->function, site->line, site->calls, asked, set);
	if (site->pageblocks > site->calls || site->overlap_other > site->overlap || site->unknown > site->calls ||
	    site->overlap > site->calls - MIN(site->unknown, site->calls))
		add(audit->problems,
		    "%s:%" N ": the numbers do not fit: %" N " calls, %" N " pageblocks, %" N " unknown, %" N
		    " overlap, %" N " of it not for CMA",
		    site->function, site->line, site->calls, site->pageblocks, site->unknown, site->overlap,
		    site->overlap_other);
	/* more is possible: a call between the reading of the two records */
	if (touched < site->pageblocks)
		add(audit->problems,
		    "%s:%" N ": touched %" N " pageblocks, but " FRAME_AUDIT_TOUCHED " has %" N " of them",
		    site->function, site->line, site->pageblocks, touched);
	if (caller->scratch > site->overlap + site->unknown)
		add(audit->problems,
		    "%s:%" N ": touched %" N " pageblocks of scratch, but the kernel saw %" N
		    " calls on scratch and made %" N " before it knew: it knew other regions than it reports",
		    site->function, site->line, caller->scratch, site->overlap, site->unknown);
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

/* Pageblocks that the record gives to a zone; type NULL: of any type. */
static guint64 recorded(const Audit *audit, int node, const char *zone, const char *type)
{
	guint64 total = 0;

	for (guint i = 0; i < audit->pageblocks->runs->len; i++) {
		const AuditRun *run = audit->pageblocks->runs->pdata[i];

		if (run->node == node && strcmp(run->zone, zone) == 0 && (!type || strcmp(run->type, type) == 0))
			total += run->count;
	}
	return total;
}

/* 1 if the zone begins inside a pageblock that the record gives to another zone, of the type (NULL: any). */
static guint64 shared_first(const Audit *audit, const Hop *hop, const PageTypeZone *zone, const char *type)
{
	const ZoneSpan *span = find_zone(hop, zone->node, zone->zone);
	guint order = audit->pageblocks->pageblock_order;
	guint64 block = span ? span->start_pfn >> order : 0;

	if (!span || !(span->start_pfn & ((1ull << order) - 1)))
		return 0;
	for (guint i = 0; i < audit->pageblocks->runs->len; i++) {
		const AuditRun *run = audit->pageblocks->runs->pdata[i];
		guint64 first = run->pfn >> order;

		if (block >= first && block < first + run->count)
			return (run->node != zone->node || strcmp(run->zone, zone->zone) != 0) &&
			       (!type || strcmp(run->type, type) == 0);
	}
	return 0;
}

static void check_count(Audit *audit, const Hop *hop, const PageTypeZone *zone, const char *type, guint64 counted)
{
	guint64 found = recorded(audit, zone->node, zone->zone, type);

	if (counted == found || counted == found + shared_first(audit, hop, zone, type))
		return;
	add(audit->problems,
	    "node %d zone %s: %" N " pageblocks%s%s in " FRAME_AUDIT_PAGEBLOCKS ", %" N " in /proc/pagetypeinfo",
	    zone->node, zone->zone, found, type ? " of type " : "", type ? type : "", counted);
}

static void check_zone(Audit *audit, const Hop *hop, const PageTypeZone *zone)
{
	guint64 total = 0, moved = 0;

	for (guint i = 0; hop->pagetypes->types[i]; i++) {
		const char *type = hop->pagetypes->types[i];
		guint64 found = recorded(audit, zone->node, zone->zone, type);

		total += zone->blocks[i];
		moved += found > zone->blocks[i] ? found - zone->blocks[i] : 0;
	}
	check_count(audit, hop, zone, NULL, total);
	check_count(audit, hop, zone, "CMA", pagetypeinfo_blocks(hop->pagetypes, zone, "CMA"));
	if (moved)
		add(audit->notes,
		    "node %d zone %s: %" N " pageblock%s changed type between the reading of /proc/pagetypeinfo and "
		    "of " FRAME_AUDIT_PAGEBLOCKS,
		    zone->node, zone->zone, moved, moved == 1 ? "" : "s");
}

/* A zone or a type of the record that /proc/pagetypeinfo does not have would be in no sum. */
static void check_run(Audit *audit, const Hop *hop, const AuditRun *run)
{
	bool zone_known = false;

	for (guint i = 0; i < hop->pagetypes->zones->len; i++) {
		const PageTypeZone *zone = hop->pagetypes->zones->pdata[i];

		zone_known |= zone->node == run->node && strcmp(zone->zone, run->zone) == 0;
	}
	if (!zone_known)
		add(audit->problems, "node %d zone %s is in " FRAME_AUDIT_PAGEBLOCKS ", but not in /proc/pagetypeinfo",
		    run->node, run->zone);
	if (!g_strv_contains((const char *const *)hop->pagetypes->types, run->type))
		add(audit->problems, "type %s is in " FRAME_AUDIT_PAGEBLOCKS ", but not in /proc/pagetypeinfo",
		    run->type);
}

void auditcheck_fill(Audit *audit, const Hop *hop)
{
	guint64 nowhere = 0;

	if (audit->sites->beyond)
		add(audit->problems,
		    "%" N " calls were for pageblocks beyond the recorder's array, and are in no count of pageblocks: "
		    "give the guest less memory, or raise the array's size in the audit series",
		    audit->sites->beyond);
	for (guint i = 0; i < audit->callers->len; i++)
		check_site(audit, audit->callers->pdata[i]);
	for (guint i = 0; i < audit->scratch_lost->len; i++) {
		const AuditSpan *span = &g_array_index(audit->scratch_lost, AuditSpan, i);

		nowhere += span->type ? 0 : span->count;
	}
	if (nowhere)
		add(audit->problems, "%" N " pageblocks of scratch lie where " FRAME_AUDIT_PAGEBLOCKS " has no memory",
		    nowhere);
	if (hop->pagetypes->block_order != audit->pageblocks->pageblock_order) {
		add(audit->problems,
		    "pageblocks are of order %u in " FRAME_AUDIT_PAGEBLOCKS ", of order %u in /proc/pagetypeinfo",
		    audit->pageblocks->pageblock_order, hop->pagetypes->block_order);
		return;
	}
	for (guint i = 0; i < audit->pageblocks->runs->len; i++)
		check_run(audit, hop, audit->pageblocks->runs->pdata[i]);
	for (guint i = 0; i < hop->pagetypes->zones->len; i++)
		check_zone(audit, hop, hop->pagetypes->zones->pdata[i]);
}
