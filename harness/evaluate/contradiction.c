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

/* The same of the figures of checks. */
static void add_rows(GPtrArray *texts, const char *kernel, const GArray *rows)
{
	for (guint i = 0; rows && i < rows->len; i++) {
		const CheckRow *row = &g_array_index(rows, CheckRow, i);
		g_autofree char *text = checkrow_text(row);

		if (!checkrow_is_met(row))
			g_ptr_array_add(texts, g_strdup_printf("%s: %s, %s: %s", kernel, row->what, row->where, text));
	}
}

/* A PASS does not speak of what was switched off, and so nothing there contradicts it. */
static bool is_asked(const Result *result, guint hop, guint check)
{
	return verdict_check(result->verdict, hop, check)->state != CHECK_OFF;
}

GPtrArray *result_contradictions(const Result *result)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
	bool pass = result->verdict->kind == VERDICT_PASS;
	guint n;

	checks_all(&n);
	for (guint hop = 0; hop < result->hops->len; hop++) {
		const BlockMap *map = result_map(result, hop);
		const char *kernel = hop_name(hop);

		for (guint i = 0; map && i < map->problems->len; i++)
			g_ptr_array_add(texts,
					g_strdup_printf("%s: %s", kernel, (const char *)map->problems->pdata[i]));
		if (pass && map && is_asked(result, hop, check_find(CHECK_PAGEBLOCKS)))
			add_pageblocks(texts, kernel, map);
		for (guint check = 0; pass && check < n; check++)
			if (is_asked(result, hop, check))
				add_rows(texts, kernel, verdict_rows(result->verdict, hop, check));
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
