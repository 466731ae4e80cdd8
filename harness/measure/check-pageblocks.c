// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The types of all pageblocks: one by one where the kernel's own memory was read, and
 * their numbers in each zone. Both must be right, and agree.
 */
#include "look.h"

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
			if (g_str_has_prefix(hop->damaged->pdata[i], records[j]))
				return hop->damaged->pdata[i];
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
static bool check_agreement(const Look *look, const BlockMap *map, const BlockMap *audit)
{
	const BlockMap *const maps[] = { map, audit };
	bool agree = true;

	for (gsize i = 0; i < G_N_ELEMENTS(maps); i++) {
		if (!maps[i] || !maps[i]->problems->len)
			continue;
		look_add(look, "records-contradict", "%s%s", (char *)maps[i]->problems->pdata[0],
			 maps[i]->problems->len > 1 ? ", and more" : "");
		agree = false;
	}
	if (agree && map && audit &&
	    !(same_places(map->scratch_lost, audit->scratch_lost) &&
	      same_places(map->cma_elsewhere, audit->cma_elsewhere))) {
		look_add(look, "records-contradict",
			 "the records " FRAME_PAGEBLOCKS " and " FRAME_AUDIT_PAGEBLOCKS
			 " do not have the same pageblocks wrong");
		agree = false;
	}
	return agree;
}

/* Whether the check has seen, once it has found nothing to say against the records. */
static void note_sight(const Look *look, const Oracle *oracle)
{
	const WantedKernel *wanted = &look->wanted;

	if (oracle->unplaced)
		look_blind(look,
			   "where %" N " pageblocks of CMA areas are is not known, and CMA elsewhere would not show",
			   oracle->unplaced);
	else if (look->hop->cma_total_bytes < 0 && !look->hop->cma_known)
		look_blind(look, "how much memory CMA areas have is not known");
	if (oracle->one_by_one)
		look_saw(look);
	else if (wanted->pageblocks)
		look_blind(look, "the record " FRAME_PAGEBLOCKS " did not come");
	else
		look_gap(look,
			 "which pageblock has which type was not read%s: the verdict rests on their numbers in each "
			 "zone",
			 wanted->image ? ", since of a finished image nobody knows where it keeps them" : "");
}

static bool has_areas(const Hop *hop)
{
	return hop->cma_areas->len || hop->cma_total_bytes > 0;
}

static void check_counts(const Look *look, const Oracle *oracle)
{
	const Hop *hop = look->hop;
	const BlockMap *map = hop_map(hop);
	const char *what = has_areas(hop) ? "scratch and CMA area pageblocks" : "scratch pageblocks";
	g_autofree char *counts = describe_counts(oracle);
	g_autofree char *lost = describe_spans(map, map ? map->scratch_lost : NULL);
	g_autofree char *elsewhere = describe_spans(map, map ? map->cma_elsewhere : NULL);

	if (oracle->outside)
		look_add(look, "records-contradict",
			 "%" N " pageblocks of scratch or CMA areas lie in no zone that /proc/pagetypeinfo has",
			 oracle->outside);
	if (oracle->found < oracle->expected)
		look_add(look, "scratch-not-cma", "%" N " of %" N " %s are CMA (%s)%s%s", oracle->found,
			 oracle->expected, what, counts, *lost ? "; not CMA" : "", lost);
	/* more than is known of may be a CMA area whose record did not come */
	if (hop->complete && oracle->excess && !oracle->unplaced)
		look_add(look, "unexpected-cma", "%" N " more pageblocks are CMA than the %" N " %s (%s)%s",
			 oracle->excess, oracle->expected, what, counts, elsewhere);
}

static void run(const Look *look)
{
	const Hop *hop = look->hop;
	const char *damaged = doubtful(hop);

	if (!look_knows_scratch(look))
		return;
	if (damaged) {
		look_blind(look, "%s", damaged);
		return;
	}
	if (!hop->complete && !(hop->pagetypes && hop->zones))
		return;
	if (!hop->oracle) {
		look_add(look, "records-damaged", "its scratch pageblocks cannot be checked: %s", hop->no_oracle);
		return;
	}
	/* which pageblocks should be CMA is not known then */
	if (hop->oracle->placed_twice) {
		look_add(look, "records-contradict", "%s", hop->oracle->note);
		return;
	}
	if (!check_agreement(look, hop->own_map, hop->audit ? hop->audit->map : NULL))
		return;
	check_counts(look, hop->oracle);
	note_sight(look, hop->oracle);
}

/* By zone. Areas of any kernel are named with all, so that a chain has one name for it. */
static GArray *rows(const Evidence *evidence, const Hop *hop)
{
	const char *what = "scratch pageblocks CMA";
	GArray *all;

	if (!hop->oracle)
		return NULL;
	for (guint i = 0; i < evidence->hops->len; i++)
		if (has_areas(evidence->hops->pdata[i]))
			what = "scratch and CMA area pageblocks CMA";
	all = checkrows_new();
	for (guint i = 0; i < hop->oracle->zones->len; i++) {
		const OracleZone *zone = hop->oracle->zones->pdata[i];

		checkrows_add(all,
			      zone->node < 0 ? g_strdup(zone->zone)
					     : g_strdup_printf("node %d %s", zone->node, zone->zone),
			      what, zone->expected, zone->found, zone->excess);
	}
	return all;
}

const Check check_pageblocks = {
	.id = CHECK_PAGEBLOCKS,
	.title = "the types of its pageblocks",
	.needs = "the scratch regions, and the type of every pageblock; of a finished image their numbers in "
		 "/proc/pagetypeinfo",
	.proves = "every pageblock of scratch and of CMA areas is CMA, and no other: the allocator puts nothing there "
		  "that cannot be moved",
	.not_proves = "that nothing was put there while the type was another; the check harm looks at that",
	.scope = CHECK_OF_MEMORY,
	.run = run,
	.rows = rows,
};
