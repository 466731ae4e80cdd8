// SPDX-License-Identifier: GPL-2.0-or-later
#include "delta.h"

#include <base/json.h>
#include <evaluate/metric.h>
#include <history/inventory.h>
#include <report/table.h>
#include <store/rundir.h>

Inventory *inventory_read(RunIndex *index, const RunIndexUpdate *update, GError **error)
{
	g_autoptr(Inventory) inventory = g_new0(Inventory, 1);

	inventory->update = *update;
	inventory->metrics = runindex_metrics(index, error);
	if (!inventory->metrics)
		return NULL;
	inventory->titles = runindex_titles(index, error);
	if (!inventory->titles)
		return NULL;
	inventory->series = runindex_series(index, error);
	return inventory->series ? g_steal_pointer(&inventory) : NULL;
}

void inventory_free(Inventory *inventory)
{
	if (!inventory)
		return;
	g_clear_pointer(&inventory->metrics, g_array_unref);
	g_clear_pointer(&inventory->series, g_ptr_array_unref);
	g_clear_pointer(&inventory->titles, g_ptr_array_unref);
	g_free(inventory);
}

static const IndexedMetric *find_metric(const Inventory *inventory, const char *id)
{
	for (guint i = 0; i < inventory->metrics->len; i++) {
		const IndexedMetric *one = &g_array_index(inventory->metrics, IndexedMetric, i);

		if (one->metric == g_intern_string(id))
			return one;
	}
	return NULL;
}

static Table *metrics_table(const Inventory *inventory)
{
	static const char *const headers[] = { "metric", "what", "clock", ">runs", ">trends", NULL };
	Table *table = table_new(headers);
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++) {
		const IndexedMetric *one = find_metric(inventory, metrics[i].id);

		if (one)
			TABLE_ROW(table, g_strdup(metrics[i].id), g_strdup(metrics[i].title),
				  g_strdup(metric_clock(&metrics[i])), g_strdup_printf("%u", one->runs),
				  g_strdup_printf("%u", one->trends));
	}
	return table;
}

static char *or_dash(const char *text)
{
	return g_strdup(text ? text : "-");
}

static Table *series_table(const Inventory *inventory)
{
	static const char *const headers[] = { "kernel", "series", "mode", ">runs", ">judged",
					       ">keys",	 "first",  "last", NULL };
	Table *table = table_new(headers);

	table_set_naming(table, 3);
	for (guint i = 0; i < inventory->series->len; i++) {
		const IndexedSeries *one = inventory->series->pdata[i];

		TABLE_ROW(table, or_dash(one->kernel), or_dash(one->series), or_dash(one->mode),
			  g_strdup_printf("%u", one->runs), g_strdup_printf("%u", one->judged),
			  g_strdup_printf("%u", one->keys), delta_date(one->first), delta_date(one->last));
	}
	return table;
}

static Table *titles_table(const Inventory *inventory)
{
	static const char *const headers[] = { "title", "class", ">runs",	 ">kernels",
					       "first", "last",	 "the last one", NULL };
	Table *table = table_new(headers);

	for (guint i = 0; i < inventory->titles->len; i++) {
		const IndexedTitle *one = inventory->titles->pdata[i];

		TABLE_ROW(table, g_strdup(one->title), g_strdup(one->class), g_strdup_printf("%u", one->runs),
			  g_strdup_printf("%u", one->images), delta_date(one->first), delta_date(one->last),
			  g_path_get_basename(one->last_path));
	}
	return table;
}

static char *inventory_render(const Inventory *inventory, char *(*render)(const Table *))
{
	g_autoptr(Table) series = series_table(inventory), metrics = metrics_table(inventory);
	g_autoptr(Table) titles = titles_table(inventory);
	g_autofree char *series_body = render(series), *metrics_body = render(metrics), *titles_body = render(titles);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%u run directories", inventory->update.runs);
	if (inventory->update.unreadable)
		g_string_append_printf(out, ", %u of them unreadable", inventory->update.unreadable);
	g_string_append_printf(
		out,
		". Runs with verdict ERROR or SKIP have no figures; a key is what runs must share to be "
		"compared.\n\n%s\nMetrics of judged runs, for 'khotest history METRIC'; a trend is a series "
		"under one key.\n\n%s",
		series_body, metrics_body);
	if (inventory->titles->len)
		g_string_append_printf(out, "\nWhat went wrong, by title:\n\n%s", titles_body);
	return g_string_free(out, FALSE);
}

char *inventory_to_text(const Inventory *inventory)
{
	return inventory_render(inventory, table_to_text);
}

char *inventory_to_markdown(const Inventory *inventory)
{
	return inventory_render(inventory, table_to_markdown);
}

char *inventory_to_json(const Inventory *inventory)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_put_int(b, "runs", inventory->update.runs);
	json_put_int(b, "unreadable", inventory->update.unreadable);
	json_begin_array(b, "series");
	for (guint i = 0; i < inventory->series->len; i++) {
		const IndexedSeries *one = inventory->series->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "kernel", one->kernel);
		json_put_string(b, "series", one->series);
		json_put_string(b, "mode", one->mode);
		json_put_int(b, "runs", one->runs);
		json_put_int(b, "judged", one->judged);
		json_put_int(b, "keys", one->keys);
		json_put_string(b, "first", one->first);
		json_put_string(b, "last", one->last);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_begin_array(b, "titles");
	for (guint i = 0; i < inventory->titles->len; i++) {
		const IndexedTitle *one = inventory->titles->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "title", one->title);
		json_put_string(b, "class", one->class);
		json_put_int(b, "runs", one->runs);
		json_put_int(b, "kernels", one->images);
		json_put_string(b, "first", one->first);
		json_put_string(b, "last", one->last);
		json_put_string(b, "last_run", one->last_path);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_begin_array(b, "metrics");
	for (guint i = 0; i < inventory->metrics->len; i++) {
		const IndexedMetric *one = &g_array_index(inventory->metrics, IndexedMetric, i);

		json_builder_begin_object(b);
		json_put_string(b, "metric", one->metric);
		json_put_int(b, "runs", one->runs);
		json_put_int(b, "trends", one->trends);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
