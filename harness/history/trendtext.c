// SPDX-License-Identifier: GPL-2.0-or-later
#include "delta.h"
#include "spark.h"

#include <history/trend.h>
#include <report/style.h>

#include <string.h>

#define PLOT_WIDTH 72
#define PART_SHOWN 40 /* longer parts of a key, such as command lines, are in the JSON */
#define WORDS_SHOWN 4 /* of such a part, where they tell trends apart; the rest is in the JSON too */

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static char *clock_words(const Metric *metric)
{
	if (!metric->clock || figure_is_counted(metric->figure))
		return g_strdup(metric_clock(metric));
	return g_strdup_printf("%s clock", metric->clock);
}

/* The last parts of a key are there only where a run has what they are about (evaluate/key.h). */
static const char *part_value(const Trend *trend, guint part)
{
	return part < trend->parts->len ? ((const IndexedKeyPart *)trend->parts->pdata[part])->value : "none";
}

/* Whether a part of the key is the same in all trends. Keys have the same parts in the same order. */
static bool is_common(const GPtrArray *trends, guint part)
{
	const Trend *first = trends->pdata[0];

	for (guint i = 0; i < trends->len; i++)
		if (strcmp(part_value(trends->pdata[i], part), part_value(first, part)) != 0)
			return false;
	return true;
}

static bool all_have_word(const GPtrArray *trends, guint part, const char *word)
{
	for (guint i = 0; i < trends->len; i++) {
		g_auto(GStrv) words = g_strsplit(part_value(trends->pdata[i], part), " ", -1);

		if (!g_strv_contains((const char *const *)words, word))
			return false;
	}
	return true;
}

/* "HZ=250 NUMA=y and 12 more": of a command line only words that not all have; NULL: none. Caller frees. */
static char *own_words(const GPtrArray *trends, guint part, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	GString *own = g_string_new(NULL);
	guint n = 0;

	for (char **word = words; *word; word++)
		if (!all_have_word(trends, part, *word) && n++ < WORDS_SHOWN)
			g_string_append_printf(own, "%s%s", own->len ? " " : "", *word);
	if (n > WORDS_SHOWN)
		g_string_append_printf(own, " and %u more", n - WORDS_SHOWN);
	return g_string_free(own, own->len == 0);
}

/* "memory 100G, guest CPUs 2": what all have in common, or else what this one differs in. Caller frees. */
static char *describe_parts(const GPtrArray *trends, const Trend *trend, bool common)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < trend->parts->len; i++) {
		const IndexedKeyPart *part = trend->parts->pdata[i];
		bool is_long = strlen(part->value) > PART_SHOWN;
		g_autofree char *shown = NULL;

		if (is_common(trends, i) != common)
			continue;
		if (!is_long)
			shown = g_strdup(part->value);
		else if (!common)
			shown = own_words(trends, i, part->value);
		if (shown)
			g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", part->name, shown);
	}
	return g_string_free(text, FALSE);
}

/* "4160bca898d3", "4 keys" */
static char *describe_key(const Trend *trend)
{
	return trend->keys == 1 ? g_strdup(or_dash(trend->key)) : g_strdup_printf("%u keys", trend->keys);
}

static void put_heading(GString *out, const GPtrArray *trends, const Trend *trend, const Style *style)
{
	g_autofree char *parts = describe_parts(trends, trend, false), *key = describe_key(trend);
	g_autofree char *words = g_strdup_printf("\nseries %s, %s%s%s%s\n\n", or_dash(trend->series),
						 trend->keys == 1 ? "key " : "", key, *parts ? ": " : "", parts);

	style_put(out, style, style->heading, words);
}

static Table *trend_table(const Trend *trend)
{
	static const char *const headers[] = {
		"first run", "kernel", ">runs", ">median", ">lowest", ">highest", ">against the one before", ">", NULL
	};
	Table *table = table_new(headers);

	table_set_naming(table, 2);
	for (guint i = 0; i < trend->kernels->len; i++) {
		const TrendKernel *kernel = trend_kernel(trend, i), *old = i ? trend_kernel(trend, i - 1) : NULL;

		TABLE_ROW(table, delta_date(kernel->run->date), trend_kernel_name(trend, i),
			  g_strdup_printf("%u", kernel->n), delta_value(trend->metric, kernel->median),
			  delta_value(trend->metric, kernel->lowest), delta_value(trend->metric, kernel->highest),
			  old ? delta_text(trend->metric, old->median, kernel->median) : NULL,
			  old ? delta_percent(old->median, kernel->median) : NULL);
	}
	return table;
}

static void put_plot(GString *out, const Trend *trend)
{
	g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree char *line = NULL;

	for (guint i = 0; i < trend->changes->len; i++)
		g_array_append_val(marks, g_array_index(trend->changes, TrendChange, i).point.at);
	line = spark_line((const double *)trend->values->data, trend->values->len, PLOT_WIDTH, marks);
	g_string_append_printf(out, "%s\n\n", line);
}

static void put_change(GString *out, const Trend *trend, const TrendChange *change)
{
	const ChangePoint *point = &change->point;
	g_autofree char *old = trend_kernel_name(trend, change->before), *now = trend_kernel_name(trend, change->after);
	g_autofree char *from = trend_kernel_name(trend, change->from), *to = trend_kernel_name(trend, change->to);
	g_autofree char *before = delta_value(trend->metric, point->before);
	g_autofree char *after = delta_value(trend->metric, point->after);
	g_autofree char *delta = delta_text(trend->metric, point->before, point->after);
	g_autofree char *percent = delta_percent(point->before, point->after);
	const IndexedRun *run = trend->runs->pdata[point->at];
	g_autofree char *date = delta_date(run->date);

	g_string_append_printf(out, "change: %s to %s (%s, %s) ", before, after, delta, percent);
	if (change->before == change->after)
		g_string_append_printf(out, "within the runs of %s, about %s: not the kernel, but the host", now, date);
	else if (change->before == change->from && change->after == change->to)
		g_string_append_printf(out, "between %s and %s", old, now);
	else
		g_string_append_printf(out, "between %s and %s, most likely %s and %s", from, to, old, now);
	g_string_append_c(out, '\n');
}

static void put_changes(GString *out, const Trend *trend)
{
	guint runs = trend->runs->len;

	for (guint i = 0; i < trend->changes->len; i++)
		put_change(out, trend, &g_array_index(trend->changes, TrendChange, i));
	if (trend->changes->len)
		return;
	if (trend->unsteady)
		g_string_append(out,
				"runs of the same kernel differ, which counted ones must not: nothing follows from "
				"these\n");
	else if (trend->exact)
		g_string_append_printf(out, "no change of %g%% or more in %u kernels\n", 100 * TREND_EXACT_LEAST,
				       trend->kernels->len);
	else if (runs < 2 * CHANGEPOINT_STRETCH)
		g_string_append_printf(out,
				       "%u run%s: too few to tell a change from noise (10 can, far apart; more is "
				       "better)\n",
				       runs, runs == 1 ? "" : "s");
	else
		g_string_append_printf(out, "no change that %u runs can tell from noise\n", runs);
}

/* Nothing to show but one row; runs of one kernel may change too if the host does, or differ where they must not. */
static bool is_single(const Trend *trend)
{
	return trend->kernels->len == 1 && !trend->changes->len && !trend->unsteady;
}

/* Trends that have only one kernel yet, a row each. */
static Table *single_table(const GPtrArray *trends, guint *ret_rows)
{
	static const char *const headers[] = { "series",   "kernel",	">runs", ">median",    ">lowest",
					       ">highest", "first run", "key",	 "differs in", NULL };
	Table *table = table_new(headers);

	table_set_naming(table, 2);
	*ret_rows = 0;
	for (guint i = 0; i < trends->len; i++) {
		const Trend *trend = trends->pdata[i];
		const TrendKernel *kernel = trend_kernel(trend, 0);

		if (!is_single(trend))
			continue;
		(*ret_rows)++;
		TABLE_ROW(table, g_strdup(or_dash(trend->series)), trend_kernel_name(trend, 0),
			  g_strdup_printf("%u", kernel->n), delta_value(trend->metric, kernel->median),
			  delta_value(trend->metric, kernel->lowest), delta_value(trend->metric, kernel->highest),
			  delta_date(kernel->run->date), describe_key(trend), describe_parts(trends, trend, false));
	}
	return table;
}

static void put_trend(GString *out, const GPtrArray *trends, const Trend *trend, const Style *style, bool plot)
{
	g_autoptr(Table) table = trend_table(trend);
	g_autoptr(GString) changes = g_string_new(NULL);

	put_heading(out, trends, trend, style);
	style_put_table(out, style, table);
	g_string_append_c(out, '\n');
	if (plot && trend->runs->len > 1)
		put_plot(out, trend);
	put_changes(changes, trend);
	if (trend->keys > 1)
		g_string_append(changes, "keys were joined, so a change may be of what they differ in\n");
	style_put(out, style, style->bullet, changes->str);
}

static char *trends_render(const GPtrArray *trends, const Style *style, bool plot)
{
	const Trend *first = trends->pdata[0];
	g_autofree char *clock = clock_words(first->metric), *common = describe_parts(trends, first, true);
	guint single;
	g_autoptr(Table) singles = single_table(trends, &single);
	g_autofree char *caption =
		g_strdup_printf("%s (%s, %s). In all: %s.\n", first->metric->title, first->metric->id, clock, common);
	GString *out = g_string_new(NULL);

	style_put(out, style, "", caption);
	for (guint i = 0; i < trends->len; i++)
		if (!is_single(trends->pdata[i]))
			put_trend(out, trends, trends->pdata[i], style, plot);
	if (single) {
		g_string_append(out, "\nOne kernel each, so no trend:\n\n");
		style_put_table(out, style, singles);
	}
	return g_string_free(out, FALSE);
}

char *trends_to_text(const GPtrArray *trends, bool plot)
{
	return trends_render(trends, &style_text, plot);
}

char *trends_to_markdown(const GPtrArray *trends)
{
	return trends_render(trends, &style_markdown, false);
}
