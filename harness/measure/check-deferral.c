// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether struct pages were initialised late where the configuration says so. */
#include "look.h"

#include <arch/arch.h>
#include <measure/cmdlineoption.h>
#include <measure/pagesize.h>
#include <measure/zoneinfo.h>
#include <string.h>

/*
 * How much memory makes deferral certain, in sections of the sparse memory model.
 *
 * defer_init() of mm/mm_init.c defers only in the highest zone of a node, and
 * there from the first section-aligned pfn behind PAGES_PER_SECTION initialised
 * pages: after less than two sections if the zone has no holes. Four leave room
 * for holes at just that place. How large sections are, the architecture says.
 */
#define DEFERRABLE_SECTIONS 4

/* Whether it is the highest of its node. */
static bool is_highest(const GPtrArray *zones, const ZoneSpan *span)
{
	for (guint i = 0; i < zones->len; i++) {
		const ZoneSpan *other = zones->pdata[i];

		if (other->node == span->node && other->start_pfn > span->start_pfn)
			return false;
	}
	return true;
}

static bool log_has_node(const KernelLog *log, int node)
{
	for (guint i = 0; i < log->deferred->len; i++)
		if (g_array_index(log->deferred, DeferredNode, i).node == node)
			return true;
	return false;
}

/* What has the kernel initialise all of them early (defer_init() of mm/mm_init.c, early_page_ext of mm/page_ext.c). */
static const char *not_deferred(const Hop *hop)
{
	if (cmdline_has(hop->cmdline, "early_page_ext"))
		return "early_page_ext is on its command line";
	if (g_strcmp0(hop_config(hop, "MEM_ALLOC_PROFILING_DEBUG"), "y") == 0)
		return "it has CONFIG_MEM_ALLOC_PROFILING_DEBUG";
	return NULL;
}

static void run(const Look *look)
{
	const Hop *hop = look->hop;
	const char *why = not_deferred(hop);
	bool deferred = g_strcmp0(hop_config(hop, "DEFERRED_STRUCT_PAGE_INIT"), "y") == 0;
	guint64 enough = DEFERRABLE_SECTIONS * arch_section_bytes(arch_default(), pagesize_shift(hop));

	if (!look_has_config(look) || !look_has_log(look))
		return;
	if (!hop->zones) {
		look_blind(look, "/proc/zoneinfo did not come");
		return;
	}
	if (deferred && why) {
		look_gap(look, "no struct page is initialised late: %s", why);
		return;
	}
	look_saw(look);
	if (!deferred)
		return;
	for (guint i = 0; i < hop->zones->len; i++) {
		const ZoneSpan *span = hop->zones->pdata[i];
		guint64 bytes = span->present << pagesize_shift(hop);

		if (!is_highest(hop->zones, span) || bytes < enough || log_has_node(hop->log, span->node))
			continue;
		look_add(look, "deferred-not-run",
			 "CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, and zone %s of node %d has %" G_GUINT64_FORMAT
			 " MiB, but its log has no \"node %d deferred pages initialised\"",
			 span->zone, span->node, bytes >> 20, span->node);
	}
}

const Check check_deferral = {
	.id = "deferral",
	.title = "deferred initialisation",
	.needs = "the kernel's configuration, its log and /proc/zoneinfo",
	.proves = "struct pages were initialised late on each node that has enough memory for it, where the "
		  "configuration says so",
	.not_proves = "that they were initialised right",
	.scope = CHECK_OF_KHO,
	.run = run,
};
