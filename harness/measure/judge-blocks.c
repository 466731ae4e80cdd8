// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scratch regions, and the types of all pageblocks: one by one where the kernel's own
 * memory was read, and their numbers in each zone. Both must be right, and agree.
 */
#include "judge.h"

#include <proto/frame.h>
#include <string.h>

#define N G_GUINT64_FORMAT

/* How many places are named. */
#define SPANS_SHOWN 3

static char *describe_zone(const OracleZone *zone)
{
	if (zone->node < 0)
		return g_strdup_printf("%s of all nodes", zone->zone);
	return g_strdup_printf("node %d %s", zone->node, zone->zone);
}

/* "node 0 DMA32: 36 of 36; node 0 Normal: 0 of 1664" */
static char *describe_counts(const Oracle *oracle)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < oracle->zones->len; i++) {
		const OracleZone *zone = g_ptr_array_index(oracle->zones, i);
		g_autofree char *name = describe_zone(zone);

		g_string_append_printf(text, "%s%s: %" N " of %" N, i ? "; " : "", name, zone->found, zone->expected);
		if (zone->excess)
			g_string_append_printf(text, " and %" N " more", zone->excess);
	}
	if (oracle->note)
		g_string_append_printf(text, "; note: %s", oracle->note);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ": 0x100000000-0x1a0000000, 1280 pageblocks, Movable; ... and 3 more places"; "" without a map. Caller frees. */
static char *describe_spans(const BlockMap *map, const GArray *spans)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; map && i < spans->len && i < SPANS_SHOWN; i++) {
		g_autofree char *span = blockmap_span_text(map, &g_array_index(spans, BlockSpan, i));

		g_string_append_printf(text, "%s%s", i ? "; " : ": ", span);
	}
	if (map && spans->len > SPANS_SHOWN)
		g_string_append_printf(text, "; and %u more places", spans->len - SPANS_SHOWN);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Whether a record that pageblocks are judged by is not what was sent, though it could be read. */
static const char *doubtful(const Hop *hop)
{
	static const char *const records[] = { "proc/pagetypeinfo: ", "proc/zoneinfo: ", "sys/kernel/debug/kho/out/",
					       FRAME_PAGEBLOCKS ": ", FRAME_CMA ": ",	 "audit" };

	for (guint i = 0; i < hop->damaged->len; i++)
		for (guint j = 0; j < G_N_ELEMENTS(records); j++)
			if (g_str_has_prefix(g_ptr_array_index(hop->damaged, i), records[j]))
				return g_ptr_array_index(hop->damaged, i);
	return NULL;
}

static bool same_places(const GArray *a, const GArray *b)
{
	for (guint i = 0; i < a->len && i < b->len; i++) {
		const BlockSpan *x = &g_array_index(a, BlockSpan, i), *y = &g_array_index(b, BlockSpan, i);

		if (x->first != y->first || x->count != y->count)
			return false;
	}
	return a->len == b->len;
}

/* Whether all that tells of pageblocks tells the same; says so if not. */
static bool judge_agreement(Judge *judge, const Hop *hop, const BlockMap *map, const BlockMap *audit)
{
	const BlockMap *const maps[] = { map, audit };
	const char *kernel = hop_name(hop->index);
	bool agree = true;

	for (gsize i = 0; i < G_N_ELEMENTS(maps); i++) {
		if (!maps[i] || !maps[i]->problems->len)
			continue;
		judge_add(judge, "records-contradict", "%s: %s%s", kernel, (char *)maps[i]->problems->pdata[0],
			  maps[i]->problems->len > 1 ? ", and more" : "");
		agree = false;
	}
	if (agree && map && audit &&
	    !(same_places(map->scratch_lost, audit->scratch_lost) &&
	      same_places(map->cma_elsewhere, audit->cma_elsewhere))) {
		judge_add(judge, "records-contradict",
			  "%s: the records " FRAME_PAGEBLOCKS " and " FRAME_AUDIT_PAGEBLOCKS
			  " do not have the same pageblocks wrong",
			  kernel);
		agree = false;
	}
	return agree;
}

/* Whether the check has seen, once it has found nothing to say against the records. */
static void note_sight(Judge *judge, const Hop *hop, const Oracle *oracle)
{
	const Wanted *wanted = &judge->evidence->wanted;

	if (oracle->unplaced)
		judge_blind(judge, hop->index, CHECK_PAGEBLOCKS,
			    "where %" N " pageblocks of CMA areas are is not known, and CMA elsewhere would not show",
			    oracle->unplaced);
	else if (hop->cma_total_bytes < 0 && !hop->cma_known)
		judge_blind(judge, hop->index, CHECK_PAGEBLOCKS, "how much memory CMA areas have is not known");
	if (oracle->one_by_one)
		judge_saw(judge, hop->index, CHECK_PAGEBLOCKS);
	else if (wanted->pageblocks)
		judge_blind(judge, hop->index, CHECK_PAGEBLOCKS, "the record " FRAME_PAGEBLOCKS " did not come");
	else
		judge_gap(judge, hop->index, CHECK_PAGEBLOCKS,
			  "which pageblock has which type was not read%s: the verdict rests on their numbers in each "
			  "zone",
			  wanted->image ? ", since of a finished image nobody knows where it keeps them" : "");
}

static void judge_pageblocks(Judge *judge, const Hop *hop)
{
	const BlockMap *map = hop_map(hop);
	const Oracle *oracle = hop->oracle;
	const char *kernel = hop_name(hop->index), *what;
	g_autofree char *counts = NULL, *lost = NULL, *elsewhere = NULL;

	if (!oracle) {
		judge_add(judge, "records-damaged", "%s: its scratch pageblocks cannot be checked: %s", kernel,
			  hop->no_oracle);
		return;
	}
	if (!judge_agreement(judge, hop, hop->own_map, hop->audit ? hop->audit->map : NULL))
		return;
	if (oracle->outside)
		judge_add(judge, "records-contradict",
			  "%s: %" N " pageblocks of scratch or CMA areas lie in no zone that /proc/pagetypeinfo has",
			  kernel, oracle->outside);
	counts = describe_counts(oracle);
	lost = describe_spans(map, map ? map->scratch_lost : NULL);
	elsewhere = describe_spans(map, map ? map->cma_elsewhere : NULL);
	what = hop->cma_total_bytes > 0 || hop->cma_areas->len ? "scratch and CMA area pageblocks"
							       : "scratch pageblocks";
	if (oracle->found < oracle->expected)
		judge_add(judge, "scratch-not-cma", "%s: %" N " of %" N " %s are CMA (%s)%s%s", kernel, oracle->found,
			  oracle->expected, what, counts, *lost ? "; not CMA" : "", lost);
	/* more than is known of may be a CMA area whose record did not come */
	if (hop->complete && oracle->excess && !oracle->unplaced)
		judge_add(judge, "unexpected-cma", "%s: %" N " more pageblocks are CMA than the %" N " %s (%s)%s",
			  kernel, oracle->excess, oracle->expected, what, counts, elsewhere);
	note_sight(judge, hop, oracle);
}

static void judge_regions(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over)
{
	const char *kernel = hop_name(hop->index);
	guint64 bytes = 0;

	for (guint i = 0; i < hop->scratch->len; i++)
		bytes += g_array_index(hop->scratch, ScratchRegion, i).bytes;
	if (!bytes)
		judge_add(judge, "no-scratch", "%s: KHO is on, but its %u scratch regions have no memory at all",
			  kernel, hop->scratch->len);
	if (handed_over && previous && previous->scratch && !scratch_equal(hop->scratch, previous->scratch))
		judge_add(judge, "scratch-changed", "%s: its scratch regions are not those of the %s", kernel,
			  hop_name(previous->index));
	if (hop->index == 0 || !handed_over || (previous && previous->scratch))
		judge_saw(judge, hop->index, CHECK_SCRATCH);
	else
		judge_blind(judge, hop->index, CHECK_SCRATCH, "those of the kernel before it are not known");
}

void judge_scratch(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over)
{
	const char *damaged = doubtful(hop);

	/* a kernel that died before it could list its scratch is judged by how it died */
	if (hop->kho_present && !hop->scratch) {
		if (hop->complete)
			judge_add(judge, "records-damaged",
				  "%s: debugfs has kho/, but no list of scratch regions came of it",
				  hop_name(hop->index));
		return;
	}
	if (hop->scratch)
		judge_regions(judge, hop, previous, handed_over);
	else if (hop->complete)
		/* KHO is off, or gave up: it has no scratch, and so must have no CMA but in CMA areas */
		judge_saw(judge, hop->index, CHECK_SCRATCH);
	else
		return;
	if (damaged)
		judge_blind(judge, hop->index, CHECK_PAGEBLOCKS, "%s", damaged);
	else if (hop->complete || (hop->pagetypes && hop->zones))
		judge_pageblocks(judge, hop);
}
