// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/nighttrend.h>

#include <evaluate/key.h>
#include <measure/changepoint.h>

#include <math.h>

static void trend_free_one(gpointer data)
{
	NightTrend *trend = data;

	g_array_unref(trend->points);
	g_array_unref(trend->steps);
	g_free(trend);
}

const NightPoint *nighttrend_point(const NightTrend *trend, guint i)
{
	return &g_array_index(trend->points, NightPoint, i);
}

static NightTrend *trend_for(GPtrArray *trends, GHashTable *by_name, const NightCell *cell, const Metric *metric)
{
	NightTrend *trend = g_hash_table_lookup(by_name, cell->name);

	if (trend)
		return trend;
	trend = g_new0(NightTrend, 1);
	trend->metric = metric;
	trend->name = cell->name;
	trend->label = cell->label;
	trend->points = g_array_new(FALSE, FALSE, sizeof(NightPoint));
	trend->steps = g_array_new(FALSE, FALSE, sizeof(NightStep));
	g_hash_table_insert(by_name, cell->name, trend);
	g_ptr_array_add(trends, trend);
	return trend;
}

static guint stretch_of(const NightTrend *trend, const NightCell *cell)
{
	const NightPoint *last = trend->points->len ? nighttrend_point(trend, trend->points->len - 1) : NULL;
	g_autofree char *difference = last ? key_difference(last->cell->key, cell->key) : NULL;

	return last ? last->stretch + (difference != NULL) : 0;
}

static void add_point(NightTrend *trend, const NightVerdict *night, const NightCell *cell, const NightFigure *figure)
{
	Summary summary = statistics_summary((const double *)(gpointer)figure->values->data, figure->values->len);
	NightPoint point = {
		night, cell, summary.median, summary.low, summary.high, summary.n, stretch_of(trend, cell),
	};

	g_array_append_val(trend->points, point);
}

static void find_in_counts(NightTrend *trend, guint from, guint to)
{
	for (guint i = from + 1; i < to; i++) {
		double before = nighttrend_point(trend, i - 1)->median, after = nighttrend_point(trend, i)->median;
		NightStep step = { i, i, i, before, after };

		if (before > 0 && fabs(after / before - 1) >= NIGHT_NOTED)
			g_array_append_val(trend->steps, step);
	}
}

static void find_in_times(NightTrend *trend, guint from, guint to)
{
	g_autofree double *medians = g_new(double, to - from);
	g_autoptr(GArray) changes = NULL;

	for (guint i = from; i < to; i++)
		medians[i - from] = nighttrend_point(trend, i)->median;
	changes = changepoints_find(medians, to - from);
	for (guint i = 0; i < changes->len; i++) {
		const ChangePoint *change = &g_array_index(changes, ChangePoint, i);
		NightStep step = { from + change->at, from + change->first, from + change->last, change->before,
				   change->after };

		g_array_append_val(trend->steps, step);
	}
}

/* In each stretch by itself. */
static void find_steps(NightTrend *trend)
{
	guint n = trend->points->len;

	for (guint from = 0, to; from < n; from = to) {
		for (to = from + 1;
		     to < n && nighttrend_point(trend, to)->stretch == nighttrend_point(trend, from)->stretch;)
			to++;
		if (figure_is_counted(trend->metric->figure))
			find_in_counts(trend, from, to);
		else
			find_in_times(trend, from, to);
	}
}

GPtrArray *nighttrends_of(const GPtrArray *verdicts, const Metric *metric)
{
	GPtrArray *trends = g_ptr_array_new_with_free_func(trend_free_one);
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint v = 0; v < verdicts->len; v++) {
		const NightVerdict *verdict = verdicts->pdata[v];

		for (guint c = 0; c < verdict->night->cells->len; c++) {
			const NightCell *cell = verdict->night->cells->pdata[c];
			const NightFigure *figure = nightcell_figure(cell, metric);

			if (figure)
				add_point(trend_for(trends, by_name, cell, metric), verdict, cell, figure);
		}
	}
	for (guint i = 0; i < trends->len; i++)
		find_steps(trends->pdata[i]);
	return trends;
}

double nighttrend_last_change(const NightTrend *trend, const NightPoint **ret_point)
{
	const NightStep *last =
		trend->steps->len ? &g_array_index(trend->steps, NightStep, trend->steps->len - 1) : NULL;

	if (ret_point)
		*ret_point = last ? nighttrend_point(trend, last->at) : NULL;
	return last && last->before > 0 ? last->after / last->before - 1 : NAN;
}
