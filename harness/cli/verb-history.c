// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <history/inventory.h>
#include <history/openindex.h>
#include <history/trend.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Every metric's runs in one list. */
static char *all_to_csv(RunIndex *index, const TrendFilter *filter, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)trend_free);
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++) {
		GPtrArray *trends = trends_read(index, &metrics[i], filter, error);

		if (!trends)
			return NULL;
		g_ptr_array_extend_and_steal(all, trends);
	}
	return trends_to_csv(all);
}

/*
 * Whether the newest kernel of any of them may be the one that made the figure worse; says so. A time or a count is
 * worse if it is larger, anything else if it is another.
 */
static bool newest_is_worse(const GPtrArray *trends)
{
	bool worse = false;

	for (guint i = 0; i < trends->len; i++) {
		const Trend *trend = trends->pdata[i];
		const TrendChange *change = trend_newest_change(trend);
		g_autofree char *name = NULL, *was = NULL, *is = NULL;

		if (!change || (trend->metric->clock && change->point.after < change->point.before))
			continue;
		worse = true;
		name = trend_kernel_name(trend, trend->kernels->len - 1);
		was = metric_format(trend->metric, change->point.before);
		is = metric_format(trend->metric, change->point.after);
		log_warn("%s of series %s: %s to %s, by the newest kernel, %s", trend->metric->title,
			 trend->series ? trend->series : "-", was, is, name);
	}
	return worse;
}

static char *show_trends(RunIndex *index, const Metric *metric, const TrendFilter *filter, const Emitter *emitter,
			 bool *ret_worse, GError **error)
{
	g_autoptr(GPtrArray) trends = trends_read(index, metric, filter, error);

	if (!trends)
		return NULL;
	if (ret_worse)
		*ret_worse = newest_is_worse(trends);
	if (trends->len)
		return emitter->trends(trends);
	error_set(error, KHOTEST_ERROR_INPUT,
		  "no judged run%s%s%s%s has the metric %s; 'khotest history' shows what there is",
		  filter->series ? " of series " : "", filter->series ? filter->series : "",
		  filter->key ? " with key " : "", filter->key ? filter->key : "", metric->id);
	return NULL;
}

static char *show_inventory(RunIndex *index, const RunIndexUpdate *update, const Emitter *emitter, GError **error)
{
	g_autoptr(Inventory) inventory = inventory_read(index, update, error);

	return inventory ? emitter->inventory(inventory) : NULL;
}

int verb_history(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *results = NULL, *format_name = NULL, *order_name = NULL, *series = NULL, *key = NULL;
	g_auto(GStrv) folders = NULL, across = NULL, rest = NULL;
	gboolean fail_on_change = FALSE;
	const GOptionEntry entries[] = {
		{ "runs", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders,
		  "A folder of run directories, a matrix or a sweep (all in the folder of results); again for more",
		  "DIR" },
		OPTION_RESULTS,
		{ "series", 0, 0, G_OPTION_ARG_STRING, &series, "Only this series", "NAME" },
		{ "key", 0, 0, G_OPTION_ARG_STRING, &key, "Only runs with this key, or one that begins so", "KEY" },
		{ "across", 0, 0, G_OPTION_ARG_STRING_ARRAY, &across,
		  "Join runs whose keys differ in this part only, such as 'kernel configuration'; again for more",
		  "PART" },
		{ "order", 0, 0, G_OPTION_ARG_STRING, &order_name,
		  "Kernels by the date of their first run (date), or by release", "NAME" },
		{ "fail-on-change", 0, 0, G_OPTION_ARG_NONE, &fail_on_change,
		  "Exit status 1 if the newest kernel made METRIC worse", NULL },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format_name, emitter_help(EMIT(trends)), "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	bool worse = false;
	TrendFilter filter;
	RunIndexUpdate update;
	g_autoptr(RunIndex) index = NULL;
	g_autofree char *text = NULL;
	const Metric *metric = NULL;
	const Emitter *emitter;

	if (!options_parse_entries(entries, "[METRIC]",
				   "How a metric went over the kernels that were run, and where it changed.\n"
				   "Without METRIC: what there is; with --format csv, all of it.",
				   argc, argv, &rest, error) ||
	    !(emitter = emitter_find(format_name, false, EMIT(trends), error)))
		return EXIT_ERROR;
	if (rest[0] && rest[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "history takes one metric, and '%s' is a second", rest[1]);
		return EXIT_ERROR;
	}
	if (rest[0] && !(metric = metric_named(rest[0], error)))
		return EXIT_ERROR;
	if (fail_on_change && !metric) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--fail-on-change is about a metric, as in 'khotest history init2 --fail-on-change'");
		return EXIT_ERROR;
	}
	/* csv has runs without a metric too; anything else shows what there is */
	if (!metric && emitter->inventory && (series || key || across || order_name)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--series, --key, --across and --order are about a metric, as in 'khotest history init2', "
			  "or --format csv");
		return EXIT_ERROR;
	}
	if (order_name && strcmp(order_name, "date") != 0 && strcmp(order_name, "release") != 0) {
		error_set(error, KHOTEST_ERROR_INPUT, "--order %s: date and release are possible", order_name);
		return EXIT_ERROR;
	}
	filter = (TrendFilter){ .order = g_strcmp0(order_name, "release") == 0 ? TREND_BY_RELEASE : TREND_BY_DATE,
				.series = series,
				.key = key,
				.across = (const char *const *)across };
	results = paths_results(NULL);
	index = openindex(cli->paths.cache, results, folders, &update, cli->cancel, error);
	if (!index)
		return EXIT_ERROR;
	if (!update.runs) {
		error_set(error, KHOTEST_ERROR_INPUT, "there are no run directories below %s; 'khotest run' makes one",
			  folders ? folders[0] : results);
		return EXIT_ERROR;
	}
	if (update.unreadable)
		log_warn("%u run directories cannot be read, and are left out", update.unreadable);
	text = metric		    ? show_trends(index, metric, &filter, emitter, fail_on_change ? &worse : NULL, error)
	       : emitter->inventory ? show_inventory(index, &update, emitter, error)
				    : all_to_csv(index, &filter, error);
	if (!text)
		return EXIT_ERROR;
	cli_print(text);
	return worse ? EXIT_FAIL : EXIT_PASS;
}
