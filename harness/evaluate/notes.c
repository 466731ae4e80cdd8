// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/driftseries.h>
#include <evaluate/notes.h>

#define PAGE_BYTES 4096
#define STRUCT_PAGE_BYTES 64

bool hostuse_matters(const HostUse *use, const Plan *plan)
{
	guint64 map_bytes = plan ? plan->guest.memory_bytes / PAGE_BYTES * STRUCT_PAGE_BYTES : 0;

	return plan && !plan->guest.prefault && !plan_is_counted(plan) && use->faults >= 0 &&
	       (guint64)use->faults * PAGE_BYTES >= map_bytes / 4 * 3;
}

char *hostuse_note(const Result *result)
{
	const Plan *plan = result->plan;
	guint kernels = plan_hops(plan);
	/* the one that a run is about */
	guint hop = kernels > 1 ? 1 : 0;
	HostUse use = result_use(result, hop);
	g_autofree char *grown = NULL;

	if (!hostuse_matters(&use, plan))
		return NULL;
	/* what was written back is gone from memory, and may be touched for the first time again */
	if (plan->guest.memory_dir)
		return g_strdup_printf("while the %s kernel booted the host took %" G_GINT64_FORMAT
				       " page faults for guest memory, which is in a file; its times include that",
				       hop ? "second" : "first", use.faults);
	grown = units_format_size_about((guint64)(use.bytes < 0 ? use.faults * PAGE_BYTES : use.bytes) >> 20 << 20);
	return g_strdup_printf("while the %s kernel booted the host gave out %s of memory for the first time "
			       "(%" G_GINT64_FORMAT " page faults); its times include that. %s",
			       hop ? "second" : "first", grown, use.faults,
			       kernels > 2 ? "Later kernels find theirs already there"
					   : "--hops 4 has kernels that find theirs already there, "
					     "--prefault gives it before the start");
}

/* What drifts and is no reason of the verdict: times, since a host that gets busier does that to them, and the like. */
static void add_drifts(GPtrArray *notes, const Result *result)
{
	g_autoptr(GPtrArray) all = driftseries_of(result);

	for (guint i = 0; i < all->len; i++) {
		const DriftSeries *series = all->pdata[i];
		g_autofree char *verdict = driftseries_verdict(series), *slope = driftseries_slope(series);

		if (driftseries_is_leak(series) || series->drift.kind == DRIFT_TOO_FEW ||
		    series->drift.kind == DRIFT_SAME || series->drift.kind == DRIFT_NOISE)
			continue;
		g_ptr_array_add(
			notes, g_strdup_printf("%s: %s: %s%s", series->figure->title, verdict, slope,
					       series->figure->exact ? "" : "; a host that gets busier does that too"));
	}
}

GPtrArray *result_notes(const Result *result)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
	const Plan *plan = result->plan;
	char *host = hostuse_note(result);

	for (guint i = 0; i < result->verdict->notes->len; i++)
		g_ptr_array_add(notes, g_strdup(result->verdict->notes->pdata[i]));
	for (guint i = 0; i < result->hops->len; i++) {
		const Oracle *oracle = result_oracle(result, i);

		if (oracle && oracle->note)
			g_ptr_array_add(notes, g_strdup_printf("%s: %s", hop_name((int)i), oracle->note));
	}
	for (guint i = 0; i < result->hops->len; i++) {
		const Hop *hop = result_said(result, i);

		if (hop->log && hop->log->clock_late)
			g_ptr_array_add(notes,
					g_strdup_printf("%s: its clock started late, so its time to /init is not known",
							hop_name((int)i)));
	}
	add_drifts(notes, result);
	if (host)
		g_ptr_array_add(notes, host);
	if (plan && plan->accelerator_why)
		g_ptr_array_add(notes, g_strdup_printf("ran under %s: %s", plan->accelerator, plan->accelerator_why));
	return notes;
}
