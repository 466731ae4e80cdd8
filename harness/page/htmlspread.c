// SPDX-License-Identifier: GPL-2.0-or-later
/* How the runs of one kind spread: every run a point, and a box where there are enough of them for one. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <evaluate/about.h>
#include <evaluate/key.h>
#include <math.h>
#include <measure/statistics.h>
#include <page/plot.h>
#include <string.h>

#define BOX_RUNS_LEAST 5u /* fewer have no quartiles worth a box */

/* Runs of one kernel on one machine. */
typedef struct {
	char *label; /* "7.1 central" */
	GPtrArray *results;
} Kind;

/* Kinds that may be compared: their runs have the same key. */
typedef struct {
	char *digest;
	GPtrArray *kinds;
} Spread;

static void kind_free(gpointer data)
{
	Kind *kind = data;

	g_free(kind->label);
	g_ptr_array_unref(kind->results);
	g_free(kind);
}

static void machine_free(gpointer data)
{
	Spread *machine = data;

	g_free(machine->digest);
	g_ptr_array_unref(machine->kinds);
	g_free(machine);
}

static Spread *machine_of(GPtrArray *machines, const Result *result)
{
	g_autoptr(GPtrArray) key = result_key(result);
	g_autofree char *digest = key_digest(key);
	Spread *machine;

	for (guint i = 0; i < machines->len; i++) {
		machine = machines->pdata[i];
		if (strcmp(machine->digest, digest) == 0)
			return machine;
	}
	machine = g_new0(Spread, 1);
	machine->digest = g_steal_pointer(&digest);
	machine->kinds = g_ptr_array_new_with_free_func(kind_free);
	g_ptr_array_add(machines, machine);
	return machine;
}

static void add_run(Spread *machine, Result *result)
{
	g_autofree char *kernel = result_kernel_cell(result->plan), *series = result_series_cell(result->plan);
	g_autofree char *label = g_strdup_printf("%s %s", kernel, series);
	Kind *kind;

	for (guint i = 0; i < machine->kinds->len; i++) {
		kind = machine->kinds->pdata[i];
		if (strcmp(kind->label, label) == 0) {
			g_ptr_array_add(kind->results, result);
			return;
		}
	}
	kind = g_new0(Kind, 1);
	kind->label = g_steal_pointer(&label);
	kind->results = g_ptr_array_new();
	g_ptr_array_add(kind->results, result);
	g_ptr_array_add(machine->kinds, kind);
}

static int by_value(gconstpointer a, gconstpointer b)
{
	const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

/* Known values of a kind, ascending. */
static GArray *values_of(const Kind *kind, const Metric *metric)
{
	GArray *values = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint i = 0; i < kind->results->len; i++) {
		gint64 value = metric_value(metric, kind->results->pdata[i]);

		if (value >= 0)
			g_array_append_val(values, value);
	}
	g_array_sort(values, by_value);
	return values;
}

/* NAN if there is none. */
static double median(const GArray *values)
{
	g_autofree double *doubles = g_new(double, values->len);

	for (guint i = 0; i < values->len; i++)
		doubles[i] = (double)g_array_index(values, gint64, i);
	return values->len ? statistics_median(doubles, values->len) : NAN;
}

static guint most_values(const Spread *machine, const Metric *metric)
{
	guint most = 0;

	for (guint i = 0; i < machine->kinds->len; i++) {
		g_autoptr(GArray) values = values_of(machine->kinds->pdata[i], metric);

		most = MAX(most, values->len);
	}
	return most;
}

static void put_row(HtmlWriter *w, const Metric *metric, const Kind *kind, const GArray *values)
{
	const bool any = values->len > 0;
	double figures[] = { any ? (double)g_array_index(values, gint64, 0) : NAN, median(values),
			     any ? (double)g_array_index(values, gint64, values->len - 1) : NAN };

	html_open(w, "tr", NULL);
	html_element(w, "th", kind->label, "scope", "row", NULL);
	html_open(w, "td", "class", "n", NULL);
	html_textf(w, "%u", values->len);
	html_close(w);
	for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
		g_autofree char *text = metric_format(metric, figures[i]);

		html_element(w, "td", text, "class", "n", NULL);
	}
	html_close(w);
}

/*
 * Kind by kind a column. Points are moved aside by their rank, so that equal ones
 * can be told apart. The width of a box says nothing.
 */
static char *chart_script(const Spread *machine, const Metric *metric)
{
	const double scale = strcmp(metric->unit, "ns") == 0 ? 1e9 : 1;
	GString *script = g_string_new("set datafile separator ' '\n");
	g_autoptr(GString) plots = g_string_new(NULL);
	g_autoptr(GString) tics = g_string_new(NULL);
	g_autofree char *unit = plot_string(scale > 1 ? "s" : metric->unit);

	for (guint k = 0; k < machine->kinds->len; k++) {
		const Kind *kind = machine->kinds->pdata[k];
		g_autoptr(GArray) values = values_of(kind, metric);
		g_autofree char *label = plot_label(kind->label);

		g_string_append_printf(tics, "%s%s %u", k ? ", " : "", label, k + 1);
		if (!values->len)
			continue;
		g_string_append_printf(script, "$d%u << END\n", k);
		for (guint i = 0; i < values->len; i++) {
			double aside = values->len > 1 ? ((double)i / (values->len - 1) - 0.5) * 0.3 : 0;

			plot_number(script, k + 1 + aside);
			g_string_append_c(script, ' ');
			plot_number(script, (double)g_array_index(values, gint64, i) / scale);
			g_string_append_c(script, '\n');
		}
		g_string_append(script, "END\n");
		if (values->len >= BOX_RUNS_LEAST)
			g_string_append_printf(
				plots, "%s$d%u using (%u.0):2:(0.5) with boxplot lc rgb '" PLOT_GREY "' lw 1.5 notitle",
				plots->len ? ", " : "", k, k + 1);
		g_string_append_printf(plots, "%s$d%u using 1:2 with points pt 6 ps 0.8 lc rgb '%s' notitle",
				       plots->len ? ", " : "", k, k % 2 ? PLOT_ORANGE : PLOT_BLUE);
	}
	g_string_append_printf(script,
			       "set style boxplot nooutliers range 1.5\n"
			       "set xrange [0.4:%u.6]\nset xtics (%s) scale 0%s\nset ytics nomirror\nset offsets 0,0,"
			       "graph 0.1,graph 0.1\nset border 3\nset grid ytics lc rgb '" PLOT_GREY "' lw 0.3\n"
			       "set ylabel %s\nplot %s\n",
			       machine->kinds->len, tics->str, machine->kinds->len > 3 ? " rotate by -25" : "", unit,
			       plots->str);
	return g_string_free(script, FALSE);
}

/* The picture in words: "7.1 stock: 5 runs, 3.90 s to 4.10 s, median 3.97 s; ..." */
static char *chart_words(const Spread *machine, const Metric *metric)
{
	GString *words = g_string_new(metric->title);

	for (guint k = 0; k < machine->kinds->len; k++) {
		const Kind *kind = machine->kinds->pdata[k];
		g_autoptr(GArray) values = values_of(kind, metric);
		g_autofree char *middle = metric_format(metric, median(values));

		g_string_append_printf(words, "%s%s: %u run%s, median %s", k ? "; " : ". ", kind->label, values->len,
				       values->len == 1 ? "" : "s", middle);
	}
	return g_string_free(words, FALSE);
}

static void put_metric(HtmlPage *page, const Spread *machine, const Metric *metric)
{
	static const char *const headers[] = { "", ">runs", ">least", ">median", ">most", NULL };
	g_autofree char *caption = g_strdup_printf("%s (%s)", metric->title,
						   strcmp(metric->clock, "count") == 0	 ? "counted"
						   : strcmp(metric->clock, "guest") == 0 ? "guest's clock"
											 : "host's clock");
	g_autofree char *script = chart_script(machine, metric);
	g_autofree char *words = chart_words(machine, metric);

	html_open(page->w, "div", NULL);
	html_table_open(page->w, caption, headers);
	for (guint k = 0; k < machine->kinds->len; k++) {
		g_autoptr(GArray) values = values_of(machine->kinds->pdata[k], metric);

		put_row(page->w, metric, machine->kinds->pdata[k], values);
	}
	html_table_close(page->w);
	html_chart(page, 240, words, NULL, script);
	html_close(page->w);
}

static bool is_shown(const Spread *machine, const Metric *metric)
{
	/* counts of the same kernel are the same each time, and so is scratch: their tables are elsewhere */
	return metric->clock && strcmp(metric->clock, "count") != 0 && most_values(machine, metric) >= 2;
}

static void put_machine(HtmlPage *page, const Spread *machine)
{
	/* the digest tells machines apart that differ in something smaller, such as the configuration */
	guint n;
	const Metric *metrics = metrics_all(&n);
	const Kind *first = machine->kinds->pdata[0];
	g_autofree char *text = html_machine_text(((const Result *)first->results->pdata[0])->plan);
	g_autofree char *title = g_strdup_printf("%s (key %s)", text, machine->digest);
	bool any = false;

	for (guint i = 0; i < n; i++) {
		if (!is_shown(machine, &metrics[i]))
			continue;
		if (!any) {
			html_element(page->w, "h3", title, NULL);
			html_open(page->w, "div", "class", "charts", NULL);
		}
		any = true;
		put_metric(page, machine, &metrics[i]);
	}
	if (any)
		html_close(page->w);
}

void html_spread(HtmlPage *page, GPtrArray *results)
{
	g_autoptr(GPtrArray) machines = g_ptr_array_new_with_free_func(machine_free);
	guint n;
	const Metric *metrics = metrics_all(&n);
	bool any = false;

	for (guint i = 0; i < results->len; i++) {
		Result *result = results->pdata[i];

		if (result->plan)
			add_run(machine_of(machines, result), result);
	}
	for (guint m = 0; m < machines->len; m++)
		for (guint i = 0; i < n; i++)
			any |= is_shown(machines->pdata[m], &metrics[i]);
	if (!any)
		return;
	htmlpage_section(page, "spread", "How the runs spread");
	html_element(
		page->w, "p",
		"A point is a run. Boxes, where there are five runs or more, go from the first quartile to the third "
		"with the median in them; their whiskers reach to the last point within 1.5 times that height.",
		NULL);
	for (guint m = 0; m < machines->len; m++)
		put_machine(page, machines->pdata[m]);
	html_close(page->w);
}
