// SPDX-License-Identifier: GPL-2.0-or-later
/* A sweep for programs: JSON, and CSV with a line for each run. */
#include <base/csv.h>
#include <base/json.h>
#include <report/sweep.h>

#include <string.h>

static void put_fit(JsonBuilder *b, const SweepCurve *curve)
{
	json_builder_set_member_name(b, "fit");
	if (!curve->has_fit) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	json_put_int(b, "runs", curve->fit.n);
	json_put_double(b, "offset", curve->fit.offset);
	json_put_double(b, "offset_low", curve->fit.offset_low);
	json_put_double(b, "offset_high", curve->fit.offset_high);
	json_put_double(b, "slope", curve->fit.slope);
	json_put_double(b, "slope_low", curve->fit.slope_low);
	json_put_double(b, "slope_high", curve->fit.slope_high);
	json_put_double(b, "worst", curve->fit.worst);
	json_builder_end_object(b);
}

static void put_curve(JsonBuilder *b, const SweepCurve *curve)
{
	json_builder_begin_object(b);
	json_put_string(b, "kernel", curve->kernel);
	json_put_string(b, "series", curve->series);
	json_begin_array(b, "runs");
	for (guint i = 0; i < curve->at->len; i++) {
		json_builder_begin_object(b);
		json_put_int(b, "at", (gint64)g_array_index(curve->at, guint64, i));
		json_put_int(b, "value", (gint64)g_array_index(curve->y, double, i));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	put_fit(b, curve);
	json_builder_end_object(b);
}

static void put_note(JsonBuilder *b, const char *sentence)
{
	if (sentence)
		json_add_string(b, sentence);
}

char *sweep_to_json(const Sweep *sweep)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_put_string(b, "key", sweep->what->name);
	json_put_string(b, "slope_per", sweep->what->unit);
	json_begin_array(b, "notes");
	put_note(b, sweep->left_out);
	put_note(b, sweep->noise);
	json_builder_end_array(b);
	json_begin_array(b, "figures");
	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "metric", figure->metric->id);
		json_put_string(b, "clock", figure->metric->clock);
		json_put_string(b, "unit", figure->metric->unit);
		json_begin_array(b, "curves");
		for (guint c = 0; c < figure->curves->len; c++)
			put_curve(b, figure->curves->pdata[c]);
		json_builder_end_array(b);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

static void put_csv_curve(GString *out, const SweepFigure *figure, const SweepCurve *curve)
{
	for (guint r = 0; r < curve->at->len; r++) {
		csv_field(out, figure->metric->id, ',');
		csv_field(out, curve->kernel, ',');
		csv_field(out, curve->series, ',');
		g_string_append_printf(out, "%" G_GUINT64_FORMAT ",%.0f\n", g_array_index(curve->at, guint64, r),
				       g_array_index(curve->y, double, r));
	}
}

char *sweep_to_csv(const Sweep *sweep)
{
	GString *out = g_string_new("metric,kernel,series,");

	csv_field(out, sweep->what->name, ',');
	g_string_append(out, "value\n");
	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];

		for (guint c = 0; c < figure->curves->len; c++)
			put_csv_curve(out, figure, figure->curves->pdata[c]);
	}
	return g_string_free(out, FALSE);
}
