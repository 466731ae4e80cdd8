// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/metric.h>

#include "phasestable.h"

#include <string.h>

/* All of a kernel's phases of that name and node, since gaps are one row; -1 unknown. */
static gint64 sum_of(const Result *result, guint hop, const Phase *like, PhaseClock *ret_clock)
{
	const Phases *phases = timeline_phases(result->timeline, hop);
	gint64 ns = -1;

	for (guint i = 0; phases && i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		if (strcmp(phase->id, like->id) != 0 || phase->node != like->node || phase_ns(phase) < 0)
			continue;
		ns = MAX(ns, 0) + phase_ns(phase);
		*ret_clock = phase->clock;
	}
	return ns;
}

static char *cell(gint64 ns, PhaseClock clock)
{
	return ns < 0 ? g_strdup("-") : g_strdup_printf("%.1f ms %s", (double)ns / 1e6, phase_clock_name(clock));
}

static char *one_kernel(const Result *result, guint hop, const Phase *like)
{
	PhaseClock clock = PHASE_CLOCK_NONE;
	gint64 ns = sum_of(result, hop, like, &clock);

	return cell(ns, clock);
}

/* Of one clock: that of the last kernel that has the phase. */
static char *later_kernels(const Result *result, const Phase *like)
{
	guint kernels = result->timeline->hops->len, n = 0;
	g_autofree gint64 *values = g_new(gint64, kernels);
	PhaseClock clock = PHASE_CLOCK_NONE;

	for (guint hop = kernels; hop-- > METRIC_FIRST_LATER;) {
		PhaseClock own = PHASE_CLOCK_NONE;
		gint64 ns = sum_of(result, hop, like, &own);

		if (ns < 0 || (n && own != clock))
			continue;
		clock = own;
		values[n++] = ns;
	}
	return cell(statistics_median_known(values, n), clock);
}

static void add_phase(Table *table, const Result *result, const Phase *like, const char *indent)
{
	bool more = result->timeline->hops->len > METRIC_FIRST_LATER;
	char *label = like->node < 0 ? g_strdup_printf("%s%s", indent, like->title)
				     : g_strdup_printf("%snode %d", indent, like->node);

	/* without later kernels the table ends before the last cell */
	TABLE_ROW(table, label, one_kernel(result, 0, like), one_kernel(result, 1, like),
		  more ? later_kernels(result, like) : NULL);
}

Table *phasestable_new(const Result *result)
{
	static const char *const two[] = { "phase, and whose clock", ">first kernel", ">second kernel", NULL };
	static const char *const more[] = { "phase, and whose clock", ">first kernel", ">second kernel",
					    ">later kernels", NULL };
	g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Table *table;

	if (!result->timeline || !result->timeline->hops->len)
		return NULL;
	table = table_new(result->timeline->hops->len > METRIC_FIRST_LATER ? more : two);
	for (guint hop = 0; hop < MIN(result->timeline->hops->len, 2); hop++) {
		const Phases *phases = timeline_phases(result->timeline, hop);

		for (guint i = 0; i < phases->phases->len; i++) {
			const Phase *phase = phases->phases->pdata[i];

			if (g_hash_table_add(done, g_strdup_printf("%s %d", phase->id, phase->node)) &&
			    strcmp(phase->id, "other") != 0)
				add_phase(table, result, phase, phase->within ? "  " : "");
		}
	}
	if (g_hash_table_contains(done, "other -1"))
		add_phase(table, result, &(Phase){ .id = "other", .title = "other", .node = -1 }, "");
	return table;
}
