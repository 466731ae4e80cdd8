// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether memory leaks from handover to handover: asked of the last kernel of a chain, about
 * all of them. What can be told of few kernels is nothing, and no finding either. Of a chain
 * that ended before its last kernel those are looked at that came: a leak is what may have
 * ended it.
 */
#include "look.h"

#include <math.h>
#include <measure/endurance.h>

/* "1 page", "0.25 pages" */
static char *pages_text(double pages)
{
	return g_strdup_printf("%.4g page%s", pages, pages == 1 ? "" : "s");
}

static void add_leak(const Look *look, const EnduranceFigure *figure, const Drift *drift, const TrendPoint *points)
{
	const TrendPoint *first = &points[0], *last = &points[drift->n - 1];
	double slope = fabs(drift->slope.estimate);
	g_autofree char *pages = pages_text(slope);
	g_autofree char *interval = NULL;

	if (drift->slope.kind == INTERVAL_95)
		interval = g_strdup_printf(" (95%% interval %.4g to %.4g)",
					   MIN(fabs(drift->slope.low), fabs(drift->slope.high)),
					   MAX(fabs(drift->slope.low), fabs(drift->slope.high)));
	judge_add(look->judge, "leak-over-hops",
		  "%s %s with each handover%s: %.0f pages in kernel %.0f of the chain, %.0f in kernel %.0f", pages,
		  figure->more, interval ? interval : "", first->value, first->at + 1, last->value, last->at + 1);
}

static WantedKernel wanted_of(const Look *look, guint index)
{
	return index < look->evidence->hops_wanted ? look->evidence->kernels[index] : (WantedKernel){ 0 };
}

/* The kernel that a value is missing of: whether that is for good, as with a kernel that has its pages in another form.
 */
static void say_missing(const Look *look, const EnduranceFigure *figure, const Hop *hop, guint index)
{
	if (!figure->handed_over) {
		look_blind(look, "/proc/zoneinfo of the %s did not come whole", hop_name((int)index));
		return;
	}
	if (hop && hop->preserved)
		look_gap(look, "how much memory each kernel preserves is not known of the %s: %s", hop_name((int)index),
			 hop->preserved->unknown);
	else if (wanted_of(look, index).image)
		look_gap(look, "how much memory each kernel preserves is not known of a finished image, since nobody "
			       "knows where it keeps that");
	/* a recording that is older than the record */
	else if (wanted_of(look, index).preserved)
		look_blind(look, "what the %s preserves did not come", hop_name((int)index));
}

static void check_figure(const Look *look, const EnduranceFigure *figure)
{
	guint kernels = (guint)look->hop->index + 1;
	g_autofree TrendPoint *points = g_new(TrendPoint, kernels);
	Drift drift;
	guint n = 0;

	for (guint i = 0; i < kernels; i++) {
		const Hop *hop = judge_hop(look->judge, (int)i);
		gint64 pages = hop ? figure->pages(hop) : -1;

		if (!endurance_is_of(figure->handed_over, i, kernels))
			continue;
		/* the last one of a chain that was cut off may not have come to that */
		if (pages < 0 && i + 1 == kernels && kernels < look->evidence->hops_wanted)
			break;
		if (pages < 0) {
			say_missing(look, figure, hop, i);
			return;
		}
		points[n++] = (TrendPoint){ i, (double)pages, endurance_sort(hop) };
	}
	drift = drift_of(points, n);
	if (drift_is_leak(&drift, figure->leak))
		add_leak(look, figure, &drift, points);
}

static void run(const Look *look)
{
	bool last = !judge_hop(look->judge, look->hop->index + 1);
	guint n;
	const EnduranceFigure *figures = endurance_figures(&n);

	look_saw(look);
	if (!last || (guint)look->hop->index + 1 < ENDURANCE_KERNELS)
		return;
	for (guint i = 0; i < n; i++)
		check_figure(look, &figures[i]);
}

const Check check_endurance = {
	.id = "endurance",
	.title = "whether memory leaks from handover to handover",
	.needs = "a chain of enough kernels (docs/measuring.md), /proc/zoneinfo and what each preserves",
	.proves = "no figure that must stay the same grows or shrinks by whole pages with each handover",
	.not_proves = "that nothing leaks which these figures do not count, or only now and then",
	.scope = CHECK_OF_KHO,
	.run = run,
};
