// SPDX-License-Identifier: GPL-2.0-or-later
/* What each kernel of the chain said about itself, and whether it fits the one before it. */
#include "judge.h"

#include "pagesize.h"

#include <measure/zoneinfo.h>
#include <string.h>

/* How many reports of one kernel are quoted. */
#define COMPLAINTS_SHOWN 3

/*
 * How much memory makes deferral certain, in sections of the sparse memory model.
 *
 * defer_init() of mm/mm_init.c defers only in the highest zone of a node, and
 * there from the first section-aligned pfn behind PAGES_PER_SECTION initialised
 * pages: after less than two sections if the zone has no holes. Four leave room
 * for holes at just that place. SECTION_SIZE_BITS is 27 on x86-64, and on arm64
 * with pages of up to 16 KiB; 29 on arm64 with 64 KiB.
 */
#define DEFERRABLE_SECTIONS 4

static guint64 section_bytes(const Hop *hop)
{
	return G_GUINT64_CONSTANT(1) << (pagesize_shift(hop) <= 14 ? 27 : 29);
}

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

		g_string_append_printf(text, "%s%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, i ? "; " : "", name,
				       zone->found, zone->expected);
	}
	if (oracle->note)
		g_string_append_printf(text, "; note: %s", oracle->note);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void judge_pageblocks(Judge *judge, const Hop *hop)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Oracle) oracle = oracle_new(hop, &error);
	const char *kernel = judge_kernel(hop->index);
	g_autofree char *counts = NULL;
	const char *what;
	guint64 right = 0, excess = 0;
	bool areas = hop->cma_total_bytes > 0 || (hop->log && hop->log->cma_areas->len);

	if (!oracle) {
		judge_add(judge, "records-damaged", "%s: its scratch pageblocks cannot be checked: %s", kernel,
			  error->message);
		return;
	}
	for (guint i = 0; i < oracle->zones->len; i++) {
		const OracleZone *zone = g_ptr_array_index(oracle->zones, i);

		right += MIN(zone->found, zone->expected);
		excess += zone->found - MIN(zone->found, zone->expected);
	}
	counts = describe_counts(oracle);
	what = areas ? "scratch and CMA area pageblocks" : "scratch pageblocks";
	if (right < oracle->expected)
		judge_add(judge, "scratch-not-cma",
			  "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s are CMA (%s)", kernel, right,
			  oracle->expected, what, counts);
	/* more than is known of may be a CMA area whose record did not come */
	if (hop->complete && excess > oracle->unplaced)
		judge_add(judge, "unexpected-cma",
			  "%s: %" G_GUINT64_FORMAT " more pageblocks are CMA than the %" G_GUINT64_FORMAT " %s (%s)",
			  kernel, excess - oracle->unplaced, oracle->expected, what, counts);
}

/* Whether a record that counting pageblocks rests on is not what was sent, though it could be read. */
static bool counts_doubtful(const Hop *hop)
{
	static const char *const records[] = { "proc/pagetypeinfo: ", "proc/zoneinfo: ", "sys/kernel/debug/kho/out/" };

	for (guint i = 0; i < hop->damaged->len; i++)
		for (guint j = 0; j < G_N_ELEMENTS(records); j++)
			if (g_str_has_prefix(g_ptr_array_index(hop->damaged, i), records[j]))
				return true;
	return false;
}

static void judge_scratch(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over)
{
	const char *kernel = judge_kernel(hop->index);
	guint64 bytes = 0;

	/* a kernel that died before it could list its scratch is judged by how it died */
	if (!hop->scratch) {
		if (hop->complete)
			judge_add(judge, "records-damaged",
				  "%s: debugfs has kho/, but no list of scratch regions came of it", kernel);
		return;
	}
	for (guint i = 0; i < hop->scratch->len; i++)
		bytes += g_array_index(hop->scratch, ScratchRegion, i).bytes;
	if (!bytes)
		judge_add(judge, "no-scratch", "%s: KHO is on, but its %u scratch regions have no memory at all",
			  kernel, hop->scratch->len);
	if (handed_over && previous && previous->scratch && !scratch_equal(hop->scratch, previous->scratch))
		judge_add(judge, "scratch-changed", "%s: its scratch regions are not those of the %s", kernel,
			  judge_kernel(previous->index));
	if (bytes && (hop->complete || (hop->pagetypes && hop->zones)) && !counts_doubtful(hop))
		judge_pageblocks(judge, hop);
}

/* Whether this hop is a kernel that got handover data from the one before it; says so if not. */
static bool judge_handover(Judge *judge, const Hop *hop, const Hop *previous)
{
	const char *kernel = judge_kernel(hop->index);
	const KernelLog *log = hop->log;
	gint64 count_before;

	if (previous && previous->boot_id && hop->boot_id && strcmp(previous->boot_id, hop->boot_id) == 0) {
		judge_add(judge, "not-kho-boot", "%s: has the boot id of the %s: no other kernel was started", kernel,
			  judge_kernel(previous->index));
		return false;
	}
	if (!log)
		return false;
	if (log->kho_disabled) {
		judge_add(judge, "not-kho-boot",
			  "%s: its log says that it could not use the handover data (KHO disabled)", kernel);
		return false;
	}
	if (!log->kho_found) {
		/* that lines were lost is a reason of its own (judge_records()) */
		if (!log->lost_records)
			judge_add(judge, "not-kho-boot",
				  "%s: it was started by kexec, but its log has no \"KHO: found kexec handover data\"",
				  kernel);
		return false;
	}
	if (!previous)
		return true;
	if (log->kho_from && previous->release && strcmp(log->kho_from, previous->release) != 0) {
		judge_add(judge, "not-kho-boot", "%s: its handover data are from %s, but the %s was %s", kernel,
			  log->kho_from, judge_kernel(previous->index), previous->release);
		return false;
	}
	/* before 7.1 kernels do not count; the first one of a chain that does counts from 0 */
	count_before = previous->log && previous->log->kho_count > 0 ? previous->log->kho_count : 0;
	if ((log->kho_count >= 0 && previous->log && log->kho_count != count_before + 1) ||
	    (log->kho_count < 0 && count_before > 0 && !log->lost_records)) {
		g_autofree char *count = log->kho_count < 0
						 ? g_strdup("no count")
						 : g_strdup_printf("count %" G_GINT64_FORMAT, log->kho_count);

		judge_add(judge, "not-kho-boot",
			  "%s: its handover data have %s, and count %" G_GINT64_FORMAT " was due", kernel, count,
			  count_before + 1);
		return false;
	}
	return true;
}

static void judge_deferred(Judge *judge, const Hop *hop)
{
	const char *deferred = hop_config(hop, "DEFERRED_STRUCT_PAGE_INIT");
	guint64 enough = DEFERRABLE_SECTIONS * section_bytes(hop);

	if (!deferred || strcmp(deferred, "y") != 0 || !hop->zones || !hop->log || hop->log->lost_records)
		return;
	for (guint i = 0; i < hop->zones->len; i++) {
		const ZoneSpan *span = g_ptr_array_index(hop->zones, i);
		guint64 bytes = span->present << pagesize_shift(hop);
		bool highest = true, said = false;

		for (guint j = 0; j < hop->zones->len; j++) {
			const ZoneSpan *other = g_ptr_array_index(hop->zones, j);

			if (other->node == span->node && other->start_pfn > span->start_pfn)
				highest = false;
		}
		for (guint j = 0; j < hop->log->deferred->len; j++)
			said |= g_array_index(hop->log->deferred, DeferredNode, j).node == span->node;
		if (highest && bytes >= enough && !said)
			judge_add(
				judge, "deferred-not-run",
				"%s: CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, and zone %s of node %d has %" G_GUINT64_FORMAT
				" MiB, but its log has no \"node %d deferred pages initialised\" (early_page_ext and "
				"memory "
				"allocation profiling turn deferral off)",
				judge_kernel(hop->index), span->zone, span->node, bytes >> 20, span->node);
	}
}

/*
 * lib/test_kho.c saves in a kernel that got nothing of its kind, and restores
 * (and saves nothing) in the next: so every second kernel has something to say.
 */
static void judge_kho_test(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over)
{
	const char *here = hop_config(hop, "TEST_KEXEC_HANDOVER");
	const char *there = previous ? hop_config(previous, "TEST_KEXEC_HANDOVER") : NULL;

	if (hop->log && hop->log->kho_test == 0)
		judge_add(judge, "kho-test-failed",
			  "%s: lib/test_kho.c could not restore the data that was handed over to it",
			  judge_kernel(hop->index));
	if (handed_over && hop->log->kho_test < 0 && !hop->log->lost_records && previous->log &&
	    previous->log->kho_test < 0 && here && there && strcmp(here, "y") == 0 && strcmp(there, "y") == 0)
		judge_add(judge, "kho-test-missing",
			  "%s: CONFIG_TEST_KEXEC_HANDOVER=y in both kernels, but test_kho restored nothing: no data "
			  "reached it",
			  judge_kernel(hop->index));
}

static void judge_complaints(Judge *judge, const Hop *hop)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n = hop->log ? hop->log->complaints->len : 0;

	if (!n)
		return;
	for (guint i = 0; i < n && i < COMPLAINTS_SHOWN; i++)
		g_string_append_printf(text, "%s%s", i ? " | " : "",
				       (char *)g_ptr_array_index(hop->log->complaints, i));
	if (n > COMPLAINTS_SHOWN)
		g_string_append_printf(text, " | and %u more", n - COMPLAINTS_SHOWN);
	judge_add(judge, "kernel-complaint", "%s: %s", judge_kernel(hop->index), text->str);
}

/* Whether the first kernel has KHO. Without it there is nothing further to judge. */
static bool judge_kho_present(Judge *judge, const Hop *hop)
{
	const char *config = hop_config(hop, "KEXEC_HANDOVER");
	const char *kernel = judge_kernel(hop->index), *release = hop->release ? hop->release : "release unknown";

	/* a kernel that hands nothing over may do without */
	if (!hop->complete || hop->kho_present || judge->evidence->hops_wanted == 1)
		return true;
	if (hop->log && hop->log->kho_disabled)
		judge_add(judge, "no-scratch",
			  "%s: KHO gave up because it could not reserve its scratch memory; give the machine more "
			  "memory, or "
			  "less to kho_scratch=",
			  kernel);
	else if (config && strcmp(config, "y") != 0)
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): built without CONFIG_KEXEC_HANDOVER=y: nothing to judge", kernel, release);
	else
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): has no kho/ in debugfs; it takes kho=on on the command line, "
			  "CONFIG_KEXEC_HANDOVER=y, and "
			  "from 6.19 on CONFIG_KEXEC_HANDOVER_DEBUGFS=y",
			  kernel, release);
	return false;
}

static void judge_records(Judge *judge, const Hop *hop)
{
	const char *kernel = judge_kernel(hop->index);

	if (hop->damaged->len)
		judge_add(judge, "records-damaged", "%s: %u of its records cannot be used, the first: %s", kernel,
			  hop->damaged->len, (char *)g_ptr_array_index(hop->damaged, 0));
	else if (judge->evidence->end == END_DONE && !hop->complete)
		judge_add(judge, "records-damaged", "%s: its records are not complete: the manifest never came",
			  kernel);
	else if (hop->complete && !hop->log)
		judge_add(judge, "records-damaged", "%s: no kernel log came from it", kernel);
	if (hop->log && hop->log->lost_records)
		judge_add(judge, "records-damaged",
			  "%s: its log has lost lines, and what they said is not known; log_buf_len=16M on the command "
			  "line "
			  "makes it larger",
			  kernel);
}

static void judge_one(Judge *judge, const Hop *hop, const Hop *previous)
{
	bool handed_over = false;

	judge_records(judge, hop);
	judge_complaints(judge, hop);
	if (hop->hello && (guint)hop->index < judge->evidence->hops_wanted &&
	    strcmp(hop->nonce, judge->evidence->nonces[hop->index]) != 0)
		judge_add(judge, "wrong-nonce", "%s: user space said nonce %s, and %s was given to it",
			  judge_kernel(hop->index), hop->nonce, judge->evidence->nonces[hop->index]);
	if (hop->index == 0 && !judge_kho_present(judge, hop))
		return;
	if (hop->index > 0 && judge_has(judge, "kernel-without-kho"))
		return;
	if (hop->index > 0)
		handed_over = judge_handover(judge, hop, previous);
	if (hop->kho_present)
		judge_scratch(judge, hop, previous, handed_over);
	else if (handed_over && hop->complete)
		judge_add(judge, "not-kho-boot",
			  "%s: it found handover data, but has no kho/ in debugfs: KHO failed in it",
			  judge_kernel(hop->index));
	judge_deferred(judge, hop);
	if (hop->index > 0)
		judge_kho_test(judge, hop, previous, handed_over && previous);
}

void judge_hops(Judge *judge)
{
	/* hops may have come in any order; one further than wanted cannot be ours, but is looked at */
	guint n = judge->evidence->hops_wanted;

	for (guint i = 0; i < judge->evidence->hops->len; i++)
		n = MAX(n, (guint)((const Hop *)g_ptr_array_index(judge->evidence->hops, i))->index + 1);
	for (guint i = 0; i < n; i++) {
		const Hop *hop = judge_hop(judge, (int)i);

		if (hop)
			judge_one(judge, hop, i ? judge_hop(judge, (int)i - 1) : NULL);
	}
}
