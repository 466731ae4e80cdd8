// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/csv.h>
#include <base/json.h>
#include <history/trend.h>
#include <store/rundir.h>

#include <math.h>

/* Medians of an even number of values may lie half a unit between two. */
static void put_number(JsonBuilder *b, const char *name, double value)
{
	json_builder_set_member_name(b, name);
	if (value == floor(value))
		json_builder_add_int_value(b, (gint64)value);
	else
		json_builder_add_double_value(b, value);
}

static void put_key(JsonBuilder *b, const Trend *trend)
{
	json_put_string(b, "key", trend->keys == 1 ? trend->key : NULL);
	json_put_int(b, "keys", trend->keys);
	json_begin_object(b, "key_parts");
	for (guint i = 0; i < trend->parts->len; i++) {
		const IndexedKeyPart *part = trend->parts->pdata[i];

		json_put_string(b, part->name, part->value);
	}
	json_builder_end_object(b);
}

static void put_kernel(JsonBuilder *b, const Trend *trend, guint i)
{
	const TrendKernel *kernel = trend_kernel(trend, i);

	json_builder_begin_object(b);
	json_put_string(b, "kernel", kernel->run->kernel);
	json_put_string(b, "release", kernel->run->release);
	json_put_string(b, "sha256", kernel->run->image);
	json_put_string(b, "first_run", kernel->run->date);
	put_number(b, "median", kernel->median);
	put_number(b, "lowest", kernel->lowest);
	put_number(b, "highest", kernel->highest);
	json_begin_array(b, "runs");
	for (guint v = kernel->first; v < kernel->first + kernel->n; v++) {
		const IndexedRun *run = trend->runs->pdata[v];

		json_builder_begin_object(b);
		json_put_string(b, "id", run->id);
		json_put_string(b, "key", run->key);
		json_put_string(b, "date", run->date);
		json_put_string(b, "verdict", run->verdict);
		put_number(b, "value", g_array_index(trend->values, double, v));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static void put_change(JsonBuilder *b, const Trend *trend, const TrendChange *change)
{
	const IndexedRun *run = trend->runs->pdata[change->point.at];

	json_builder_begin_object(b);
	json_put_string(b, "run", run->id);
	put_number(b, "before", change->point.before);
	put_number(b, "after", change->point.after);
	json_put_string(b, "kernel_before", trend_kernel(trend, change->before)->run->image);
	json_put_string(b, "kernel_after", trend_kernel(trend, change->after)->run->image);
	json_put_string(b, "earliest_kernel_before", trend_kernel(trend, change->from)->run->image);
	json_put_string(b, "latest_kernel_after", trend_kernel(trend, change->to)->run->image);
	json_builder_end_object(b);
}

static void put_trend(JsonBuilder *b, const Trend *trend)
{
	json_builder_begin_object(b);
	json_put_string(b, "metric", trend->metric->id);
	json_put_string(b, "title", trend->metric->title);
	json_put_string(b, "clock", trend->metric->clock);
	json_put_string(b, "unit", trend->metric->unit);
	json_put_string(b, "series", trend->series);
	put_key(b, trend);
	json_begin_array(b, "kernels");
	for (guint i = 0; i < trend->kernels->len; i++)
		put_kernel(b, trend, i);
	json_builder_end_array(b);
	json_put_bool(b, "unsteady", trend->unsteady);
	json_begin_array(b, "changes");
	for (guint i = 0; i < trend->changes->len; i++)
		put_change(b, trend, &g_array_index(trend->changes, TrendChange, i));
	json_builder_end_array(b);
	json_builder_end_object(b);
}

char *trends_to_json(const GPtrArray *trends)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_begin_array(b, "trends");
	for (guint i = 0; i < trends->len; i++)
		put_trend(b, trends->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

char *trends_to_csv(const GPtrArray *trends)
{
	GString *out = g_string_new(
		"metric,clock,unit,series,key,kernel,release,sha256,profile,mode,date,run,verdict,value\n");

	for (guint i = 0; i < trends->len; i++) {
		const Trend *trend = trends->pdata[i];

		for (guint v = 0; v < trend->runs->len; v++) {
			const IndexedRun *run = trend->runs->pdata[v];
			const char *fields[] = { trend->metric->id,
						 trend->metric->clock,
						 trend->metric->unit,
						 run->series,
						 run->key,
						 run->kernel,
						 run->release,
						 run->image,
						 run->profile,
						 run->mode,
						 run->date,
						 run->path,
						 run->verdict };

			for (gsize f = 0; f < G_N_ELEMENTS(fields); f++)
				csv_field(out, fields[f], ',');
			g_string_append_printf(out, "%.0f\n", g_array_index(trend->values, double, v));
		}
	}
	return g_string_free(out, FALSE);
}
