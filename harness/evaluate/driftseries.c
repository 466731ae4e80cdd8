// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/driftseries.h>

#include <measure/pagesize.h>

#include <math.h>
#include <string.h>

/* ---- the figures ---- */

/* One of measure/endurance.h, by its id. */
static gint64 of_endurance(const DriftFigure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);
	guint n;
	const EnduranceFigure *figures = endurance_figures(&n);

	for (guint i = 0; said && i < n; i++)
		if (strcmp(figures[i].id, figure->id) == 0)
			return figures[i].pages(said);
	return -1;
}

static gint64 of_cma(const DriftFigure *figure, const Result *result, guint hop)
{
	const Oracle *oracle = result_oracle(result, hop);
	gint64 blocks = 0;

	for (guint i = 0; oracle && i < oracle->zones->len; i++) {
		const OracleZone *zone = oracle->zones->pdata[i];

		blocks += (gint64)(zone->found + zone->excess);
	}
	return oracle ? blocks : -1;
}

static gint64 of_scratch(const DriftFigure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said && said->scratch ? (gint64)scratch_bytes(said->scratch) >> pagesize_shift(said) : -1;
}

/* What of all CMA pageblocks, scratch and areas, is not free. */
static gint64 of_scratch_used(const DriftFigure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);
	const Oracle *oracle = result_oracle(result, hop);
	gint64 all = oracle ? of_cma(figure, result, hop) * (gint64)oracle->block_bytes : -1;

	if (all < 0 || !said || said->free_cma_bytes < 0 || said->free_cma_bytes > all)
		return -1;
	return (all - said->free_cma_bytes) >> pagesize_shift(said);
}

static gint64 of_free(const DriftFigure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said && said->free_bytes >= 0 ? said->free_bytes >> pagesize_shift(said) : -1;
}

static gint64 of_init(const DriftFigure *figure, const Result *result, guint hop)
{
	const Hop *said = result_said(result, hop);

	return said ? said->boot_to_init_ns : -1;
}

static gint64 of_blackout(const DriftFigure *figure, const Result *result, guint hop)
{
	return result_blackout(result, hop);
}

/* The second kernel is where the host gives out most memory for the first time: no time of it is like the others'. */
#define LATER 2

static const DriftFigure figures[] = {
	{ "preserved", "memory preserved for the next kernel", "pages", true, 1, true, 1, of_endurance },
	{ "managed", "memory that the allocator was given", "pages", true, -1, false, 1, of_endurance },
	{ "cma", "CMA", "pageblocks", true, 0, false, 1, of_cma },
	{ "scratch", "scratch regions", "pages", true, 0, false, 1, of_scratch },
	{ "scratch-used", "scratch and other CMA in use", "pages", false, 0, false, 1, of_scratch_used },
	{ "free", "free memory", "pages", false, 0, false, 1, of_free },
	{ "init", "time to /init, guest clock", "ns", false, 0, false, LATER, of_init },
	{ "blackout", "handover blackout, host clock", "ns", false, 0, false, LATER, of_blackout },
};

/* ---- the series ---- */

static void series_free(gpointer data)
{
	DriftSeries *series = data;

	g_array_unref(series->values);
	g_free(series);
}

static DriftSeries *series_new(const DriftFigure *figure, const Result *result, guint kernels)
{
	DriftSeries *series = g_new0(DriftSeries, 1);
	g_autofree TrendPoint *points = g_new(TrendPoint, kernels);
	guint n = 0;

	series->figure = figure;
	series->values = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint hop = 0; hop < kernels; hop++) {
		bool part = hop >= figure->first && endurance_is_of(figure->handed_over, hop, kernels);
		gint64 value = part ? figure->get(figure, result, hop) : -1;

		g_array_append_val(series->values, value);
		if (value >= 0)
			points[n++] = (TrendPoint){ hop, (double)value, endurance_sort(result_said(result, hop)) };
	}
	series->drift = drift_of(points, n);
	return series;
}

GPtrArray *driftseries_of(const Result *result)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(series_free);
	guint kernels = result_kernels_wanted(result);

	for (gsize i = 0; kernels >= ENDURANCE_KERNELS && i < G_N_ELEMENTS(figures); i++) {
		DriftSeries *series = series_new(&figures[i], result, kernels);

		if (series->drift.n)
			g_ptr_array_add(all, series);
		else
			series_free(series);
	}
	return all;
}

bool driftseries_is_leak(const DriftSeries *series)
{
	return drift_is_leak(&series->drift, series->figure->leak);
}

/* ---- in words ---- */

/* sign: "+" before what is not negative. */
static char *number_text(const DriftFigure *figure, double value, bool sign)
{
	const char *plus = sign && value > 0 ? "+" : "";

	if (isnan(value))
		return g_strdup("-");
	if (strcmp(figure->unit, "ns") == 0)
		return fabs(value) < 1e9 ? g_strdup_printf("%s%.1f ms", plus, value / 1e6)
					 : g_strdup_printf("%s%.2f s", plus, value / 1e9);
	/* of a slope a few digits, of a count all */
	return sign ? g_strdup_printf("%s%.3g", plus, value) : g_strdup_printf("%.0f", value);
}

char *driftseries_text(const DriftSeries *series, double value)
{
	return number_text(series->figure, value, false);
}

char *driftseries_slope(const DriftSeries *series)
{
	const Interval *slope = &series->drift.slope;
	g_autofree char *estimate = number_text(series->figure, slope->estimate, true);
	g_autofree char *low = number_text(series->figure, slope->low, true);
	g_autofree char *high = number_text(series->figure, slope->high, true);

	if (slope->kind == INTERVAL_EXACT || slope->kind == INTERVAL_NONE)
		return g_steal_pointer(&estimate);
	return g_strdup_printf("%s (%s to %s)", estimate, low, high);
}

static char *slope_words(const DriftSeries *series)
{
	double slope = series->drift.slope.estimate;
	g_autofree char *size = number_text(series->figure, fabs(slope), false);
	bool time = strcmp(series->figure->unit, "ns") == 0;
	g_autofree char *number = time ? g_steal_pointer(&size)
				       : g_strdup_printf("%.3g %.*s", fabs(slope),
							 (int)strlen(series->figure->unit) - (fabs(slope) == 1 ? 1 : 0),
							 series->figure->unit);

	return g_strdup_printf("%s%s %s with each handover", driftseries_is_leak(series) ? "LEAK: " : "", number,
			       slope > 0 ? "more" : "less");
}

char *driftseries_verdict(const DriftSeries *series)
{
	switch (series->drift.kind) {
	case DRIFT_SAME:
		return g_strdup(series->drift.low == series->drift.high ? "the same in all"
									: "the same in all of a sort");
	case DRIFT_SLOPE:
		return slope_words(series);
	case DRIFT_STEP:
		return g_strdup("changed, and then stayed");
	case DRIFT_NOISE:
		return g_strdup("no slope to be told");
	default:
		return g_strdup("too few kernels to tell");
	}
}
