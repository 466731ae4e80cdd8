// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/figure.h>
#include <measure/statistics.h>
#include <report/table.h>

#include "phasestable.h"

#include <string.h>

Table *selectortable_new(const char *header, guint columns)
{
	const char *headers[SELECTORS + 2] = { header };

	for (guint i = 0; i < columns; i++) {
		g_autofree char *title = g_strconcat(">", selectors[i].title, NULL);

		headers[i + 1] = g_intern_string(title);
	}
	return table_new(headers);
}

/* All of a kernel's phases of that name and node, since gaps are one row; -1 unknown. */
static gint64 sum_of(const Result *result, guint hop, const Phase *like, PhaseClock *ret_clock)
{
	const Phases *phases = result_phases(result, hop);
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

/* Of several kernels by one clock, that of the last which has the phase: the median. */
static char *of_selector(const Result *result, const Selector *selector, const Phase *like)
{
	guint end = MIN(selector->first + selector->count, result->hops->len), n = 0;
	g_autofree gint64 *values = g_new(gint64, selector->count);
	PhaseClock clock = PHASE_CLOCK_NONE;

	for (guint hop = end; hop-- > selector->first;) {
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
	guint columns = selectors_shown(result->hops->len);
	char *cells[SELECTORS] = { 0 };

	for (guint i = 0; i < columns; i++)
		cells[i] = of_selector(result, &selectors[i], like);
	table_row(table,
		  like->node < 0 ? g_strdup_printf("%s%s", indent, like->title)
				 : g_strdup_printf("%snode %d", indent, like->node),
		  cells, columns);
}

/* The phases of one kernel that are not in the table yet. done: "memmap -1", of those that are. */
static void add_phases(Table *table, const Result *result, guint hop, GHashTable *done)
{
	const Phases *phases = result_phases(result, hop);

	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		if (g_hash_table_add(done, g_strdup_printf("%s %d", phase->id, phase->node)) &&
		    strcmp(phase->id, "other") != 0)
			add_phase(table, result, phase, phase->within ? "  " : "");
	}
}

Table *phasestable_new(const Result *result)
{
	g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Table *table;

	if (!result_phases(result, 0))
		return NULL;
	table = selectortable_new("phase, and whose clock", selectors_shown(result->hops->len));
	/* those of the kernels that have a column of their own */
	for (guint hop = 0; hop < MIN(result->hops->len, 2); hop++)
		add_phases(table, result, hop, done);
	if (g_hash_table_contains(done, "other -1"))
		add_phase(table, result, &(Phase){ .id = "other", .title = "other", .node = -1 }, "");
	return table;
}
