// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a result does not fit together, in words. */
#include <evaluate/contradiction.h>

#define N G_GUINT64_FORMAT

static guint64 blocks_of(const GArray *spans)
{
	guint64 blocks = 0;

	for (guint i = 0; i < spans->len; i++)
		blocks += g_array_index(spans, BlockSpan, i).count;
	return blocks;
}

/* The types of pageblocks one by one, against a verdict that says that they are right. */
static void add_pageblocks(GPtrArray *texts, const char *kernel, const BlockMap *map)
{
	guint64 lost = blocks_of(map->scratch_lost), elsewhere = blocks_of(map->cma_elsewhere);

	if (lost)
		g_ptr_array_add(texts, g_strdup_printf("%s: %" N " of %" N " scratch pageblocks are not CMA, by the "
						       "type of each",
						       kernel, lost, map->scratch_blocks));
	if (elsewhere)
		g_ptr_array_add(texts,
				g_strdup_printf("%s: %" N " pageblock%s outside scratch and CMA areas %s CMA, by the "
						"type of each",
						kernel, elsewhere, elsewhere == 1 ? "" : "s",
						elsewhere == 1 ? "is" : "are"));
}

/* The same of counts by zone. */
static void add_zones(GPtrArray *texts, const char *kernel, const Oracle *oracle)
{
	for (guint z = 0; z < oracle->zones->len; z++) {
		const OracleZone *zone = oracle->zones->pdata[z];
		g_autofree char *node = zone->node < 0 ? g_strdup("") : g_strdup_printf("node %d ", zone->node);

		/* CMA areas that the kernel's log does not place may lie in any zone */
		if (zone->found < zone->expected || zone->excess > oracle->unplaced)
			g_ptr_array_add(texts,
					g_strdup_printf("%s: %" N " pageblocks of %s%s are CMA, and %" N " should be",
							kernel, zone->found + zone->excess, node, zone->zone,
							zone->expected));
	}
}

GPtrArray *result_contradictions(const Result *result)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
	bool pass = result->verdict->kind == VERDICT_PASS;

	for (guint hop = 0; hop < result->hops->len; hop++) {
		const BlockMap *map = result_map(result, hop);
		const Oracle *oracle = result_oracle(result, hop);
		const char *kernel = hop_name(hop);

		for (guint i = 0; map && i < map->problems->len; i++)
			g_ptr_array_add(texts,
					g_strdup_printf("%s: %s", kernel, (const char *)map->problems->pdata[i]));
		if (pass && map)
			add_pageblocks(texts, kernel, map);
		if (pass && oracle)
			add_zones(texts, kernel, oracle);
	}
	return texts;
}

guint results_contradicted(const GPtrArray *results)
{
	guint n = 0;

	for (guint i = 0; i < results->len; i++) {
		g_autoptr(GPtrArray) contradictions = result_contradictions(results->pdata[i]);

		n += contradictions->len > 0;
	}
	return n;
}
