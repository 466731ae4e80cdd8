// SPDX-License-Identifier: GPL-2.0-or-later
#include "drifttable.h"

#include <base/json.h>
#include <evaluate/driftseries.h>

#include <math.h>

/* The first or the last value that is known. */
static double end_value(const DriftSeries *series, bool last)
{
	guint n = series->values->len;

	for (guint i = 0; i < n; i++) {
		gint64 value = g_array_index(series->values, gint64, last ? n - 1 - i : i);

		if (value >= 0)
			return (double)value;
	}
	return NAN;
}

Table *drifttable_new(const Result *result)
{
	static const char *const headers[] = { "from kernel to kernel", ">first",  ">last", ">least", ">most",
					       ">slope a handover",	"verdict", NULL };
	g_autoptr(GPtrArray) all = driftseries_of(result);
	Table *table = all->len ? table_new(headers) : NULL;

	for (guint i = 0; i < all->len; i++) {
		const DriftSeries *series = all->pdata[i];
		const DriftFigure *figure = series->figure;
		bool time = figure->unit[0] == 'n';

		TABLE_ROW(table, g_strdup_printf("%s%s%s", figure->title, time ? "" : ", ", time ? "" : figure->unit),
			  driftseries_text(series, end_value(series, false)),
			  driftseries_text(series, end_value(series, true)),
			  driftseries_text(series, series->drift.low), driftseries_text(series, series->drift.high),
			  driftseries_slope(series), driftseries_verdict(series));
	}
	return table;
}

static void put_slope(JsonBuilder *b, const Interval *slope)
{
	json_begin_object(b, "slope");
	json_put_double(b, "estimate", slope->estimate);
	json_put_string(b, "kind", interval_kind_name(slope->kind));
	json_put_double(b, "low", slope->low);
	json_put_double(b, "high", slope->high);
	json_builder_end_object(b);
}

static void put_series(JsonBuilder *b, const DriftSeries *series)
{
	g_autofree char *verdict = driftseries_verdict(series);

	json_builder_begin_object(b);
	json_put_string(b, "id", series->figure->id);
	json_put_string(b, "title", series->figure->title);
	json_put_string(b, "unit", series->figure->unit);
	json_put_bool(b, "exact", series->figure->exact);
	json_begin_array(b, "values");
	for (guint i = 0; i < series->values->len; i++) {
		gint64 value = g_array_index(series->values, gint64, i);

		if (value < 0)
			json_builder_add_null_value(b);
		else
			json_builder_add_int_value(b, value);
	}
	json_builder_end_array(b);
	json_put_double(b, "least", series->drift.low);
	json_put_double(b, "most", series->drift.high);
	put_slope(b, &series->drift.slope);
	json_put_double(b, "p", series->drift.p);
	json_put_string(b, "kind", drift_kind_name(series->drift.kind));
	json_put_bool(b, "leak", driftseries_is_leak(series));
	json_put_string(b, "verdict", verdict);
	json_builder_end_object(b);
}

void drifttable_put_json(JsonBuilder *b, const Result *result)
{
	g_autoptr(GPtrArray) all = driftseries_of(result);

	if (!all->len)
		return;
	json_begin_array(b, "drift");
	for (guint i = 0; i < all->len; i++)
		put_series(b, all->pdata[i]);
	json_builder_end_array(b);
}
