// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three lists of intervals laid over each other: the types of pageblocks, the
 * callers that touched them, and scratch. Wherever one of them begins or ends,
 * a span ends.
 */
#include "auditparts.h"

#include <base/error.h>
#include <string.h>

/* Does a region lie in the pageblock, if only with one byte? kho_release_scratch() rounds the same way. */
static bool touches_block(guint64 phys, guint64 bytes, guint64 block, guint64 block_bytes)
{
	return bytes && phys / block_bytes <= block && block <= (phys + bytes - 1) / block_bytes;
}

static bool is_scratch(const Hop *hop, guint64 block, guint64 block_bytes)
{
	for (guint i = 0; i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		if (touches_block(region->phys, region->bytes, block, block_bytes))
			return true;
	}
	return false;
}

static bool is_cma_area(const Hop *hop, guint64 block, guint64 block_bytes)
{
	for (guint i = 0; hop->log && i < hop->log->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->log->cma_areas, CmaArea, i);

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

static bool check_touches(const Audit *audit, const GArray *touches, GError **error)
{
	guint order = audit->pageblocks->pageblock_order;
	guint64 known = 0, end = 0;

	for (guint i = 0; i < audit->sites->sites->len; i++)
		known |= 1ull << ((const AuditSite *)audit->sites->sites->pdata[i])->id;
	for (guint i = 0; i < touches->len; i++) {
		const AuditTouch *touch = &g_array_index(touches, AuditTouch, i);
		guint64 first = touch->pfn >> order;

		if (touch->pfn & ((1ull << order) - 1) || first < end ||
		    !g_uint64_checked_add(&end, first, touch->count))
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "line %u of " FRAME_AUDIT_TOUCHED
					 " does not begin a pageblock, or overlaps the line before: %" G_GINT64_MODIFIER
					 "x %" G_GUINT64_FORMAT,
					 i + 1, touch->pfn, touch->count);
		if (touch->mask & ~known)
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "line %u of " FRAME_AUDIT_TOUCHED " has a site in its mask %" G_GINT64_MODIFIER
					 "x that " FRAME_AUDIT_SITES " does not list",
					 i + 1, touch->mask);
	}
	return true;
}

/* All block numbers at which something begins or ends, sorted. */
static GArray *all_cuts(const Audit *audit, const Hop *hop, const GArray *touches)
{
	GArray *cuts = g_array_new(FALSE, FALSE, sizeof(guint64));
	guint order = audit->pageblocks->pageblock_order;

	for (guint i = 0; i < audit->pageblocks->runs->len; i++) {
		const AuditRun *run = audit->pageblocks->runs->pdata[i];

		add_cuts(cuts, run->pfn >> order, (run->pfn >> order) + run->count);
	}
	for (guint i = 0; i < touches->len; i++) {
		const AuditTouch *touch = &g_array_index(touches, AuditTouch, i);

		add_cuts(cuts, touch->pfn >> order, (touch->pfn >> order) + touch->count);
	}
	for (guint i = 0; i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		add_region_cuts(cuts, region->phys, region->bytes, audit->block_bytes);
	}
	for (guint i = 0; hop->log && i < hop->log->cma_areas->len; i++) {
		const CmaArea *area = &g_array_index(hop->log->cma_areas, CmaArea, i);

		add_region_cuts(cuts, area->phys, area->bytes, audit->block_bytes);
	}
	g_array_sort(cuts, compare_u64);
	return cuts;
}

static bool is_cma(const AuditSpan *span)
{
	return g_strcmp0(span->type, "CMA") == 0;
}

/* Adds to the end; joins with the last one if that is the same kind of memory just before. */
static void add_joined(GArray *spans, const AuditSpan *span)
{
	AuditSpan *last = spans->len ? &g_array_index(spans, AuditSpan, spans->len - 1) : NULL;

	if (last && last->first + last->count == span->first && last->node == span->node &&
	    g_strcmp0(last->zone, span->zone) == 0 && g_strcmp0(last->type, span->type) == 0) {
		last->count += span->count;
		last->mask |= span->mask;
	} else {
		g_array_append_val(spans, *span);
	}
}

static void count_span(Audit *audit, const AuditSpan *span)
{
	if (span->scratch) {
		audit->scratch_blocks += span->count;
		if (is_cma(span))
			audit->scratch_cma += span->count;
		else
			add_joined(audit->scratch_lost, span);
	} else if (is_cma(span) && !span->cma_area) {
		add_joined(audit->cma_elsewhere, span);
	}
}

/* The run that holds a block, or NULL; *at moves on with growing blocks. */
static const AuditRun *run_of(const Audit *audit, guint64 block, guint *at)
{
	guint order = audit->pageblocks->pageblock_order;

	for (; *at < audit->pageblocks->runs->len; (*at)++) {
		const AuditRun *run = audit->pageblocks->runs->pdata[*at];

		if (block < (run->pfn >> order) + run->count)
			return block >= run->pfn >> order ? run : NULL;
	}
	return NULL;
}

/* The same for the callers that touched it. */
static guint64 mask_of(const GArray *touches, guint order, guint64 block, guint *at)
{
	for (; *at < touches->len; (*at)++) {
		const AuditTouch *touch = &g_array_index(touches, AuditTouch, *at);

		if (block < (touch->pfn >> order) + touch->count)
			return block >= touch->pfn >> order ? touch->mask : 0;
	}
	return 0;
}

bool auditspan_fill(Audit *audit, const Hop *hop, const GArray *touches, GError **error)
{
	guint order = audit->pageblocks->pageblock_order, run_at = 0, touch_at = 0;
	g_autoptr(GArray) cuts = NULL;

	if (!check_touches(audit, touches, error))
		return false;
	audit->block_bytes = 1ull << (order + audit->pageblocks->page_shift);
	audit->spans = g_array_new(FALSE, FALSE, sizeof(AuditSpan));
	audit->scratch_lost = g_array_new(FALSE, FALSE, sizeof(AuditSpan));
	audit->cma_elsewhere = g_array_new(FALSE, FALSE, sizeof(AuditSpan));
	cuts = all_cuts(audit, hop, touches);
	for (guint i = 0; i + 1 < cuts->len; i++) {
		guint64 first = g_array_index(cuts, guint64, i), end = g_array_index(cuts, guint64, i + 1);
		AuditSpan span = { .first = first, .count = end - first, .node = -1 };
		const AuditRun *run = first < end ? run_of(audit, first, &run_at) : NULL;

		if (first == end)
			continue;
		if (run) {
			span.node = run->node;
			span.zone = run->zone;
			span.type = run->type;
		}
		span.mask = mask_of(touches, order, first, &touch_at);
		span.scratch = is_scratch(hop, first, audit->block_bytes);
		span.cma_area = is_cma_area(hop, first, audit->block_bytes);
		if (!span.type && !span.mask && !span.scratch)
			continue;
		g_array_append_val(audit->spans, span);
		count_span(audit, &span);
	}
	return true;
}
