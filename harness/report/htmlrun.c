// SPDX-License-Identifier: GPL-2.0-or-later
/* One run in figures: a row for each thing that was measured, a column for each kernel. */
#include "htmlparts.h"

#include <base/units.h>
#include <report/audit.h>
#include <string.h>

char *html_machine_text(const Plan *plan)
{
	g_autofree char *machine = result_machine(plan);

	return g_strdup_printf("%s, profile %s", machine,
			       plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-");
}

static const Oracle *oracle_at(const Result *result, guint hop)
{
	return hop < result->oracles->len ? result->oracles->pdata[hop] : NULL;
}

static bool same_zone(const OracleZone *a, const OracleZone *b)
{
	return a->node == b->node && strcmp(a->zone, b->zone) == 0;
}

/* A zone is shown with the first kernel that has it, and not again with those after it. */
static bool shown_before(const Result *result, guint hop, const OracleZone *zone)
{
	for (guint h = 0; h < hop; h++) {
		const Oracle *oracle = oracle_at(result, h);

		for (guint z = 0; oracle && z < oracle->zones->len; z++)
			if (same_zone(oracle->zones->pdata[z], zone))
				return true;
	}
	return false;
}

/* "20 of 3244" in one kernel */
static void put_zone(HtmlWriter *w, const Oracle *oracle, guint hop, const OracleZone *like)
{
	for (guint z = 0; oracle && z < oracle->zones->len; z++) {
		const OracleZone *zone = oracle->zones->pdata[z];

		if (!same_zone(zone, like))
			continue;
		html_open(w, "td", "class", zone->found == zone->expected && !zone->excess ? "n" : "n unmet", NULL);
		html_figure(w, (gint64)zone->found, NULL, "hops.%u.zones.%u.found_cma_pageblocks", hop, z);
		html_text(w, " of ");
		html_figure(w, (gint64)zone->expected, NULL, "hops.%u.zones.%u.expected_cma_pageblocks", hop, z);
		html_close(w);
		return;
	}
	html_element(w, "td", "-", "class", "n", NULL);
}

static void put_zones(HtmlWriter *w, const Result *result)
{
	for (guint hop = 0; hop < result->oracles->len; hop++) {
		const Oracle *oracle = oracle_at(result, hop);

		for (guint z = 0; oracle && z < oracle->zones->len; z++) {
			const OracleZone *zone = oracle->zones->pdata[z];
			g_autofree char *node = zone->node < 0 ? NULL : g_strdup_printf("node %d ", zone->node);

			if (shown_before(result, hop, zone))
				continue;
			html_open(w, "tr", NULL);
			html_open(w, "th", "scope", "row", NULL);
			html_textf(w, "pageblocks of scratch that are CMA, %s%s", node ? node : "", zone->zone);
			html_close(w);
			for (guint h = 0; h < result->hops->len; h++)
				put_zone(w, oracle_at(result, h), h, zone);
			html_close(w);
		}
	}
}

static void put_deferred(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	if (!hop->log)
		html_text(w, "-");
	else if (!hop->log->deferred->len)
		html_text(w, "none");
	for (guint i = 0; hop->log && i < hop->log->deferred->len; i++) {
		const DeferredNode *node = &g_array_index(hop->log->deferred, DeferredNode, i);

		if (i)
			html_void(w, "br", NULL);
		html_text(w, "node ");
		html_figure(w, node->node, NULL, "hops.%u.deferred.%u.node", h, i);
		html_text(w, ": ");
		html_figure(w, node->ms, g_strdup_printf("%" G_GINT64_FORMAT " ms", node->ms), "hops.%u.deferred.%u.ms",
			    h, i);
	}
	html_close(w);
}

static void put_scratch(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	if (!hop->scratch)
		html_text(w, "-");
	for (guint i = 0; hop->scratch && i < hop->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(hop->scratch, ScratchRegion, i);

		if (i)
			html_void(w, "br", NULL);
		html_figure(w, (gint64)region->bytes, units_format_size(region->bytes), "hops.%u.scratch.%u.bytes", h,
			    i);
		html_text(w, " at ");
		html_figure(w, (gint64)region->phys, g_strdup_printf("0x%" G_GINT64_MODIFIER "x", region->phys),
			    "hops.%u.scratch.%u.phys", h, i);
	}
	html_close(w);
}

static void put_release(HtmlWriter *w, const Hop *hop, guint h)
{
	html_element(w, "td", hop->release ? hop->release : "-", "class", "n", NULL);
}

static void put_init(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, hop->boot_to_init_ns, units_format_duration(hop->boot_to_init_ns), "hops.%u.boot_to_init_ns", h);
	if (hop->log && hop->log->clock_late)
		html_text(w, " (the guest's clock started late)");
	html_close(w);
}

static void put_kho_count(HtmlWriter *w, const Hop *hop, guint h)
{
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, hop->log ? hop->log->kho_count : -1, NULL, "hops.%u.kho_count", h);
	html_close(w);
}

/* One row over all kernels. */
static void put_row(HtmlWriter *w, const Result *result, const char *label,
		    void (*put)(HtmlWriter *w, const Hop *hop, guint h))
{
	html_open(w, "tr", NULL);
	html_element(w, "th", label, "scope", "row", NULL);
	for (guint h = 0; h < result->hops->len; h++)
		put(w, result->hops->pdata[h], h);
	html_close(w);
}

/* By the host: what it had to give out while that kernel booted. */
static void put_host_use(HtmlWriter *w, const Result *result)
{
	html_open(w, "tr", NULL);
	html_element(w, "th", "page faults of the host meanwhile, growth of the emulator", "scope", "row", NULL);
	for (guint h = 0; h < result->hops->len; h++) {
		HostUse use = hostuse_at(result->host_use, h);

		html_open(w, "td", "class", "n", NULL);
		html_figure(w, use.faults, NULL, "hops.%u.host_faults", h);
		if (use.bytes >= 0) {
			html_text(w, ", ");
			html_figure(w, use.bytes, units_format_size_about((guint64)use.bytes), "hops.%u.host_bytes", h);
		}
		html_close(w);
	}
	html_close(w);
}

/* What is not in the second column of a kernel but about the whole run: below the table. */
static void put_run(HtmlWriter *w, const Result *result)
{
	const struct {
		const char *label, *member;
		gint64 value;
		bool size;
	} rows[] = {
		{ "handover blackout, host's clock: last sign of life of user space to the next",
		  "handover.blackout_ns", result->blackout_ns, false },
		{ "silence after kexec -e, host's clock", "handover.silent_ns", result->silent_ns, false },
		{ "whole run, host's clock", "wall_ns", result->wall_ns, false },
		{ "memory of the host, peak", "host.peak_rss_bytes", result->peak_rss_bytes, true },
	};

	html_open(w, "dl", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 value = rows[i].value;
		char *text = value < 0	    ? NULL
			     : rows[i].size ? units_format_size_about((guint64)value)
					    : units_format_duration(value);

		html_element(w, "dt", rows[i].label, NULL);
		html_open(w, "dd", NULL);
		html_figure(w, value, text, "%s", rows[i].member);
		html_close(w);
	}
	html_close(w);
}

static void put_notes(HtmlWriter *w, const Result *result)
{
	g_autofree char *host = hostuse_note(result->host_use, result->plan);

	for (guint i = 0; i < result->oracles->len; i++) {
		const Oracle *oracle = oracle_at(result, i);
		g_autofree char *kernel = audit_hop_name(i);
		g_autofree char *note = oracle && oracle->note ? g_strdup_printf("%s: %s", kernel, oracle->note) : NULL;

		if (note)
			html_element(w, "p", note, "class", "note", NULL);
	}
	if (host)
		html_element(w, "p", host, "class", "note", NULL);
}

void html_figures(HtmlPage *page, const Result *result)
{
	bool counted = plan_is_counted(result->plan);
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	HtmlWriter *w = page->w;

	if (!result->hops->len) {
		html_element(w, "p", "No kernel sent a record: there are no figures.", NULL);
		put_run(w, result);
		return;
	}
	g_ptr_array_add(headers, g_strdup(""));
	for (guint h = 0; h < result->hops->len; h++) {
		g_autofree char *name = audit_hop_name(h);

		g_ptr_array_add(headers, g_strdup_printf(">%s", name));
	}
	g_ptr_array_add(headers, NULL);
	html_open(w, "div", "class", "figures", NULL);
	html_table_open(w, NULL, (const char *const *)headers->pdata);
	put_zones(w, result);
	if (!counted) {
		put_row(w, result, "time to /init, guest's clock", put_init);
		put_row(w, result, "deferred struct page init, from the kernel log", put_deferred);
	}
	put_host_use(w, result);
	put_row(w, result, "scratch regions", put_scratch);
	put_row(w, result, "release", put_release);
	put_row(w, result, "handovers before it, from the kernel log", put_kho_count);
	html_table_close(w);
	html_close(w);
	if (counted)
		html_element(w, "p",
			     "This run counted instructions: neither clock gives a time of a kernel. The whole run "
			     "includes the stops at which the counts were read.",
			     "class", "note", NULL);
	put_notes(w, result);
	put_run(w, result);
}
