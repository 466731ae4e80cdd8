// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <measure/statistics.h>
#include <report/published.h>
#include <report/style.h>
#include <report/sweep.h>

#include <math.h>
#include <string.h>

char *sweep_format_value(const Sweep *sweep, guint64 value)
{
	return sweep->what->size ? units_format_size(value)
				 : g_strdup_printf("%" G_GUINT64_FORMAT "%s", value, sweep->what->sign);
}

/* "1.97 s", and with several runs that differ "1.97 s (1.81 s to 2.10 s)". Caller frees. */
static char *format_figures(const Metric *metric, const GArray *values)
{
	Summary summary = { .median = NAN };
	g_autofree char *middle = NULL, *low = NULL, *high = NULL;

	if (values->len)
		summary = statistics_summary((const double *)(gpointer)values->data, values->len);
	middle = metric_format(metric, summary.median);
	if (summary.low == summary.high)
		return g_steal_pointer(&middle);
	low = metric_format(metric, summary.low);
	high = metric_format(metric, summary.high);
	return g_strdup_printf("%s (%s to %s)", middle, low, high);
}

static Table *figure_table(const Sweep *sweep, const SweepFigure *figure)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	Table *table;

	g_ptr_array_add(headers, g_strconcat(">", sweep->what->name, NULL));
	for (guint i = 0; i < figure->curves->len; i++) {
		const SweepCurve *curve = figure->curves->pdata[i];

		g_ptr_array_add(headers, g_strdup_printf(">%s %s", curve->kernel, curve->series));
	}
	g_ptr_array_add(headers, NULL);
	table = table_new((const char *const *)headers->pdata);
	for (guint v = 0; v < sweep->values->len; v++) {
		guint64 value = g_array_index(sweep->values, guint64, v);
		char **cells = g_new0(char *, figure->curves->len + 2);

		cells[0] = sweep_format_value(sweep, value);
		for (guint i = 0; i < figure->curves->len; i++) {
			g_autoptr(GArray) found = sweepcurve_at(figure->curves->pdata[i], value);

			cells[1 + i] = format_figures(figure->metric, found);
		}
		table_add(table, cells);
	}
	return table;
}

static bool is_time(const Metric *metric)
{
	return strcmp(metric->unit, "ns") == 0;
}

char *sweep_format_slope(const Metric *metric, double slope)
{
	if (is_time(metric))
		return fabs(slope) < 1000 ? g_strdup_printf("%.4g ns", slope) : metric_format(metric, slope);
	return fabs(slope) < 1000 ? g_strdup_printf("%.4g", slope) : g_strdup_printf("%.0f", slope);
}

static char *format_slope(double slope, gconstpointer metric)
{
	return sweep_format_slope(metric, slope);
}

char *sweep_format_slopes(const Sweep *sweep, const SweepFigure *figure, const Fit *fit)
{
	const Interval slope = { fit->slope, fit->slope_low, fit->slope_high, INTERVAL_95 };
	const char *unit = is_time(figure->metric) ? "" : figure->metric->unit;
	g_autofree char *of = g_strdup_printf("%s%s a %s", *unit ? " " : "", unit, sweep->what->unit);

	return interval_to_words(&slope, format_slope, figure->metric, of);
}

/* The slope and the ends of its interval as the table has them: "0.41 s - 117.6 ns a page [-814.7 ns, 579.4 ns]". */
char *sweepcurve_sentence(const Sweep *sweep, const SweepFigure *figure, const SweepCurve *curve)
{
	g_autofree char *offset = NULL, *slopes = NULL;
	bool falls;

	if (!curve->has_fit)
		return g_strdup_printf("%s %s: %s", curve->kernel, curve->series,
				       curve->x->len ? "a line takes three points at least"
						     : "no run has such a figure");
	offset = metric_format(figure->metric, curve->fit.offset);
	slopes = sweep_format_slopes(sweep, figure, &curve->fit);
	falls = *slopes == '-';
	return g_strdup_printf("%s %s: %s %s %s, %u runs; the worst is %.1f%% off the line", curve->kernel,
			       curve->series, offset, falls ? "-" : "+", slopes + falls, curve->fit.n,
			       100 * curve->fit.worst);
}

char *sweep_caption(const Sweep *sweep)
{
	const Plan *plan = sweep->like ? sweep->like->plan : NULL;
	g_autofree char *memory = plan ? units_format_size(plan->guest.memory_bytes) : NULL;
	GString *out = g_string_new("Sweep of ");

	g_string_append(out, sweep->what->name);
	if (plan && strcmp(sweep->what->name, "memory") != 0)
		g_string_append_printf(out, ", %s", memory);
	if (plan && strcmp(sweep->what->name, "cpus") != 0)
		g_string_append_printf(out, ", %u CPU%s", plan->guest.cpus, plan->guest.cpus == 1 ? "" : "s");
	if (plan && strcmp(sweep->what->name, "nodes") != 0)
		g_string_append_printf(out, ", %u node%s", machine_nodes(&plan->guest),
				       machine_nodes(&plan->guest) == 1 ? "" : "s");
	if (plan)
		g_string_append_printf(out, ", %s, profile %s, %s", plan->accelerator,
				       plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-",
				       plan_is_counted(plan) ? "counted instructions: serial work only" : "wall clock");
	return g_string_free(out, FALSE);
}

static void put_note(GString *out, const Style *style, const char *sentence)
{
	g_autofree char *note = sentence ? g_strdup_printf("\nnote: %s\n", sentence) : NULL;

	if (note)
		style_put(out, style, style->bullet, note);
}

static char *to_text(const Sweep *sweep, const Style *style)
{
	g_autofree char *caption = sweep_caption(sweep);
	GString *out = g_string_new(NULL);

	style_put(out, style, "", caption);
	g_string_append_c(out, '\n');
	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];
		g_autoptr(Table) table = figure_table(sweep, figure);
		g_autofree char *body = style->table(table);

		g_string_append_printf(out, "\n%s%s (%s)\n\n%s\n", style->heading, figure->metric->title,
				       metric_clock(figure->metric), body);
		for (guint c = 0; c < figure->curves->len; c++) {
			g_autofree char *sentence = sweepcurve_sentence(sweep, figure, figure->curves->pdata[c]);

			style_put(out, style, style->bullet, sentence);
			g_string_append_c(out, '\n');
		}
	}
	put_note(out, style, sweep->left_out);
	put_note(out, style, sweep->noise);
	if (sweep_is_of_pages(sweep)) {
		g_autoptr(Table) table = published_table();

		g_string_append_c(out, '\n');
		style_put_table(out, style, table);
	}
	return g_string_free(out, FALSE);
}

char *sweep_to_brief(const Sweep *sweep)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];

		for (guint c = 0; c < figure->curves->len; c++) {
			g_autofree char *sentence = sweepcurve_sentence(sweep, figure, figure->curves->pdata[c]);

			g_string_append_printf(out, "%s, %s\n", figure->metric->title, sentence);
		}
	}
	if (sweep->left_out)
		g_string_append_printf(out, "note: %s\n", sweep->left_out);
	return g_string_free(out, FALSE);
}

char *sweep_to_text(const Sweep *sweep)
{
	return to_text(sweep, &style_text);
}

char *sweep_to_markdown(const Sweep *sweep)
{
	return to_text(sweep, &style_markdown);
}
