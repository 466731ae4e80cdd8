// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/names.h>
#include <evaluate/metric.h>

#include <string.h>

/* Of a handover there is no first kernel: the column of the second is where it begins. */
static bool is_first_of_handovers(const Figure *figure, const Selector *selector)
{
	return !(figure->kernels & FIGURE_OF_FIRST) && selector->kernels == FIGURE_OF_SECOND;
}

static Metric make(const Figure *figure, const Selector *selector)
{
	bool plain = is_first_of_handovers(figure, selector);
	Metric metric = { .clock = figure->clock, .unit = figure->unit, .figure = figure, .selector = selector };

	if (figure_is_counted(figure))
		metric.id = g_strdup_printf("insn%s.%s", selector->tag, figure->id);
	else
		metric.id = g_strconcat(figure->id, plain ? "" : selector->tag, NULL);
	metric.title = plain ? g_strdup(figure->title) : g_strdup_printf("%s, %s", figure->title, selector->title);
	return metric;
}

static void add_all(GArray *metrics, bool counted)
{
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint s = 0; s < SELECTORS; s++)
		for (guint f = 0; f < n; f++)
			if (figures[f].metric && figure_is_counted(&figures[f]) == counted &&
			    figures[f].kernels & selectors[s].kernels) {
				Metric metric = make(&figures[f], &selectors[s]);

				g_array_append_val(metrics, metric);
			}
}

const Metric *metrics_all(guint *ret_n)
{
	static GArray *all; /* made once, and for good */

	if (g_once_init_enter(&all)) {
		GArray *metrics = g_array_new(FALSE, FALSE, sizeof(Metric));

		add_all(metrics, false);
		add_all(metrics, true);
		g_once_init_leave(&all, metrics);
	}
	*ret_n = all->len;
	return (const Metric *)(gpointer)all->data;
}

const Metric *metric_find(const char *id)
{
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		if (strcmp(all[i].id, id) == 0)
			return &all[i];
	return NULL;
}

const Metric *metric_named(const char *id, GError **error)
{
	const Metric *metric = metric_find(id);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *nearest = NULL;
	guint n;
	const Metric *all = metrics_all(&n);

	if (metric)
		return metric;
	for (guint i = 0; i < n; i++)
		g_ptr_array_add(names, (gpointer)all[i].id);
	g_ptr_array_add(names, NULL);
	nearest = names_nearest(id, (char **)names->pdata);
	error_set(error, KHOTEST_ERROR_INPUT, "there is no metric '%s'%s%s; 'khotest help figures' lists all", id,
		  *nearest ? ", did you mean " : "", nearest);
	return NULL;
}

const Metric *metric_counted(const Metric *metric)
{
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		if (all[i].selector == metric->selector && g_strcmp0(all[i].figure->time, metric->figure->id) == 0)
			return &all[i];
	return metric;
}

char *metric_refusal(const Metric *metric, bool counted, guint kernels)
{
	const Metric *count = metric_counted(metric);
	guint needed = metric->selector->first + 1;

	if (metric->clock && figure_is_counted(metric->figure) && !counted)
		return g_strdup("counts instructions: it goes with --mode counted");
	if (metric->clock && !figure_is_counted(metric->figure) && counted)
		return g_strdup_printf("is no count, and --mode counted has nothing else%s%s",
				       count != metric ? "; the count of the same is " : "",
				       count != metric ? count->id : "");
	if (kernels && kernels < needed)
		return g_strdup_printf("takes %u kernels in a row, and there %s %u (--hops)", needed,
				       kernels == 1 ? "is" : "are", kernels);
	return NULL;
}

const char *metric_clock(const Metric *metric)
{
	if (!metric->clock)
		return "memory";
	return figure_is_counted(metric->figure) ? "counted" : metric->clock;
}

gint64 metric_value(const Metric *metric, const Result *result)
{
	return figure_select(metric->figure, metric->selector, result);
}

gint64 metric_measured(const Metric *metric, const Result *result)
{
	return verdict_kind_judged(result->verdict->kind) ? metric_value(metric, result) : -1;
}
