// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/figure.h>
#include <measure/statistics.h>

#include <string.h>

static gint64 of_kho_count(const Figure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said && said->log ? said->log->kho_count : -1;
}

static gint64 of_init(const Figure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said ? said->boot_to_init_ns : -1;
}

static gint64 of_block_bytes(const Figure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said && said->oracle ? (gint64)said->oracle->block_bytes : -1;
}

static gint64 of_scratch(const Figure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said && said->scratch ? (gint64)scratch_bytes(said->scratch) : -1;
}

/* Of the machine's memory, not of MemTotal: what a kernel keeps for itself differs from one to the next. */
static gint64 of_scratch_share(const Figure *figure, const Result *result, guint hop)
{
	gint64 bytes = of_scratch(figure, result, hop);

	if (bytes < 0 || !result->plan || !result->plan->guest.memory_bytes)
		return -1;
	return (gint64)((double)bytes / (double)result->plan->guest.memory_bytes * FIGURE_PPM + 0.5);
}

/*
 * All CMA pageblocks, of scratch and of ordinary CMA areas: FOLL_LONGTERM has to move every page out of them
 * (folio_is_longterm_pinnable()). CmaTotal does not count those of scratch, CmaFree does.
 */
static gint64 of_unpinnable(const Figure *figure, const Result *result, guint hop)
{
	const Oracle *oracle = result_oracle(result, hop);

	return oracle ? (gint64)((oracle->found + oracle->excess) * oracle->block_bytes) : -1;
}

/* The phase of the figure's id (measure/phases.c), by the guest's clock. */
static gint64 of_phase(const Figure *figure, const Result *result, guint hop)
{
	const Phases *phases = result_phases(result, hop);
	const Phase *phase = phases ? phases_find(phases, figure->id) : NULL;

	return phase && phase->clock == PHASE_CLOCK_GUEST ? phase_ns(phase) : -1;
}

static gint64 of_slowest_node(const Figure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);
	gint64 most = -1;

	for (guint i = 0; said && said->log && i < said->log->deferred->len; i++)
		most = MAX(most, g_array_index(said->log->deferred, DeferredNode, i).ms);
	return most;
}

static gint64 of_blackout(const Figure *figure, const Result *result, guint hop)
{
	return result_blackout(result, hop);
}

static gint64 of_silence(const Figure *figure, const Result *result, guint hop)
{
	return result_silence(result, hop);
}

static gint64 of_faults(const Figure *figure, const Result *result, guint hop)
{
	return result_use(result, hop).faults;
}

static gint64 of_host_bytes(const Figure *figure, const Result *result, guint hop)
{
	return result_use(result, hop).bytes;
}

static gint64 of_peak(const Figure *figure, const Result *result, guint hop)
{
	return result->peak_rss_bytes;
}

static gint64 of_wall(const Figure *figure, const Result *result, guint hop)
{
	return result->wall_ns;
}

/* The phase of that name of measure/count.c. */
static gint64 of_count(const Figure *figure, const Result *result, guint hop)
{
	const ResultHop *of = result_hop(result, hop);

	for (guint i = 0; of && i < COUNT_PHASES; i++)
		if (strcmp(count_phases[i].id, figure->id) == 0)
			return count_phase(of->count, i);
	return -1;
}

#define HOP FIGURE_IN_HOP
#define INSTRUCTIONS FIGURE_IN_INSTRUCTIONS
#define HANDOVER FIGURE_IN_HANDOVER

#define FIRST FIGURE_OF_FIRST
#define SECOND FIGURE_OF_SECOND
#define LATER FIGURE_OF_LATER
#define COUNT(id, title, row, time)                                                                                    \
	{                                                                                                              \
		id, title, "count", "instructions", row, NULL, INSTRUCTIONS id, FIGURE_OF_ALL, true, of_count, time    \
	}

/* id, title; clock, unit; row, brief, member; kernels, metric, get, time */
static const Figure figures[] = {
	{ "kho-count", "handovers, by KHO's own count", NULL, "", NULL, NULL, HOP "kho_count", FIGURE_OF_ALL, false,
	  of_kho_count, NULL },
	{ "init", "time to /init", "guest", "ns", "time to /init, guest clock", "to /init", HOP "boot_to_init_ns",
	  FIGURE_OF_ALL, true, of_init, NULL },
	{ "pageblock", "size of a pageblock", NULL, "bytes", NULL, NULL, HOP "pageblock_bytes", FIGURE_OF_ALL, false,
	  of_block_bytes, NULL },
	{ "scratch", "scratch", NULL, "bytes", "scratch", NULL, HOP "scratch_bytes", FIGURE_OF_ALL, true, of_scratch,
	  NULL },
	{ "scratch-share", "scratch, share of memory", NULL, "ppm", "scratch, share of memory", NULL, HOP "scratch_ppm",
	  FIGURE_OF_ALL, true, of_scratch_share, NULL },
	{ "unpinnable", "memory that cannot be pinned", NULL, "bytes", "memory that cannot be pinned (CMA)", NULL,
	  HOP "unpinnable_bytes", FIGURE_OF_ALL, true, of_unpinnable, NULL },
	{ "memmap", "memory map", "guest", "ns", NULL, NULL, NULL, FIGURE_OF_ALL, true, of_phase, NULL },
	{ "free", "KHO, reserved pages, freeing", "guest", "ns", NULL, NULL, NULL, FIGURE_OF_ALL, true, of_phase,
	  NULL },
	{ "deferred", "deferred struct pages", "guest", "ns", NULL, NULL, NULL, FIGURE_OF_ALL, true, of_phase, NULL },
	{ "slowest-node", "deferred struct pages, slowest node", "guest", "ms",
	  "deferred struct page init, slowest node", NULL, NULL, FIGURE_OF_ALL, false, of_slowest_node, NULL },
	{ "blackout", "handover blackout", "host", "ns", "handover blackout, host clock", "handover",
	  HANDOVER "blackout_ns", SECOND | LATER, true, of_blackout, NULL },
	{ "silent", "silence after kexec -e", "host", "ns", "silence after kexec -e, host clock", NULL,
	  HANDOVER "silent_ns", SECOND, true, of_silence, NULL },
	{ "faults", "host page faults meanwhile", "host", "", "host page faults meanwhile", NULL, HOP "host_faults",
	  FIGURE_OF_ALL, false, of_faults, NULL },
	{ "growth", "growth of the emulator meanwhile", "host", "bytes", NULL, NULL, HOP "host_bytes", FIGURE_OF_ALL,
	  false, of_host_bytes, NULL },
	{ "peak", "host memory, peak", "host", "bytes", "host memory, peak", "host memory", "host.peak_rss_bytes",
	  SECOND, false, of_peak, NULL },
	{ "wall", "whole run", "host", "ns", NULL, NULL, "wall_ns", SECOND, false, of_wall, NULL },
	COUNT("to_init", "instructions to /init", "instructions to /init (serial work)", "init"),
	COUNT("memmap", "instructions of memmap init", NULL, "memmap"),
	COUNT("kho", "instructions of KHO's set-up", NULL, NULL),
	COUNT("reserved", "instructions for reserved pages", NULL, NULL),
	COUNT("freeing", "instructions of freeing to the buddy", NULL, NULL),
	COUNT("late", "instructions of deferred init", NULL, "deferred"),
};

const Selector selectors[SELECTORS] = {
	{ "first kernel", "1", FIGURE_OF_FIRST, 0, 1 },
	{ "second kernel", "2", FIGURE_OF_SECOND, 1, 1 },
	{ "later kernels", ".later", FIGURE_OF_LATER, 2, PLAN_HOPS_MOST },
};

bool figure_is_counted(const Figure *figure)
{
	return g_strcmp0(figure->clock, "count") == 0;
}

const Figure *figures_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(figures);
	return figures;
}

gint64 figure_of(const Figure *figure, const Result *result, guint hop)
{
	return figure->get(figure, result, hop);
}

guint selectors_shown(guint kernels)
{
	guint n = 2;

	while (n < SELECTORS && kernels > selectors[n].first)
		n++;
	return n;
}

char *figure_member(const Figure *figure, guint hop)
{
	g_auto(GStrv) parts = g_strsplit(figure->member, "%u", 2);

	return parts[1] ? g_strdup_printf("%s%u%s", parts[0], hop, parts[1]) : g_strdup(parts[0]);
}

bool figure_is_in(const Figure *figure, const char *place)
{
	return figure->member && g_str_has_prefix(figure->member, place) &&
	       !strchr(figure->member + strlen(place), '.');
}

gint64 figure_select(const Figure *figure, const Selector *selector, const Result *result)
{
	guint end = MIN(selector->first + selector->count, MAX(result->hops->len, selector->first + 1)), n = 0;
	g_autofree gint64 *values = g_new(gint64, selector->count);

	if (!(figure->kernels & selector->kernels))
		return -1;
	for (guint hop = selector->first; hop < end; hop++)
		values[n++] = figure_of(figure, result, hop);
	return statistics_median_known(values, n);
}
