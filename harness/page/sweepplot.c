// SPDX-License-Identifier: GPL-2.0-or-later
/* A figure over what was swept: a curve for each series, with the fitted line and its interval. */
#include <page/plot.h>
#include <report/sweep.h>

#include <string.h>

#define STEPS 40u /* of the interval's edges, which are curves */
#define HEIGHT 320u

static void put_runs(GString *script, const SweepCurve *curve, guint n, double units, double scale)
{
	g_string_append_printf(script, "$d%u << END\n", n);
	for (guint i = 0; i < curve->x->len; i++) {
		plot_number(script, g_array_index(curve->x, double, i) / units);
		g_string_append_c(script, ' ');
		plot_number(script, g_array_index(curve->y, double, i) / scale);
		g_string_append_c(script, '\n');
	}
	g_string_append(script, "END\n");
}

/* x, the line, and the lower and upper edge of its interval */
static void put_fit(GString *script, const SweepCurve *curve, guint n, double units, double scale)
{
	double low = g_array_index(curve->x, double, 0), high = low;

	for (guint i = 0; i < curve->x->len; i++) {
		low = MIN(low, g_array_index(curve->x, double, i));
		high = MAX(high, g_array_index(curve->x, double, i));
	}
	g_string_append_printf(script, "$f%u << END\n", n);
	for (guint i = 0; i <= STEPS; i++) {
		double x = low + (high - low) * i / STEPS, y = curve->fit.offset + curve->fit.slope * x,
		       half = sweepcurve_band(curve, x);
		const double columns[] = { x / units, y / scale, (y - half) / scale, (y + half) / scale };

		for (gsize c = 0; c < G_N_ELEMENTS(columns); c++) {
			plot_number(script, columns[c]);
			g_string_append_c(script, c + 1 < G_N_ELEMENTS(columns) ? ' ' : '\n');
		}
	}
	g_string_append(script, "END\n");
}

/* The picture in words: where each line is, and how steep. */
static char *words_of(const Sweep *sweep, const SweepFigure *figure)
{
	GString *words = g_string_new(figure->metric->title);

	g_string_append_printf(words, " over %s", sweep->what->name);
	for (guint i = 0; i < figure->curves->len; i++) {
		const SweepCurve *curve = figure->curves->pdata[i];

		g_string_append_printf(words, "%s%s %s, %u run%s", i ? "; " : ". ", curve->kernel, curve->series,
				       curve->x->len, curve->x->len == 1 ? "" : "s");
		if (curve->has_fit) {
			g_autofree char *slopes = sweep_format_slopes(sweep, figure, &curve->fit);

			g_string_append_printf(words, ", %s", slopes);
		}
	}
	return g_string_free(words, FALSE);
}

static void put_plots(GString *script, const SweepFigure *figure)
{
	const char *separator = "plot ";

	for (guint i = 0; i < figure->curves->len; i++) {
		const SweepCurve *curve = figure->curves->pdata[i];
		g_autofree char *label = g_strdup_printf("%s %s", curve->kernel, curve->series);
		g_autofree char *title = plot_string(label);
		const char *colour = plot_colour(i);

		if (!curve->x->len)
			continue;
		if (curve->has_fit)
			g_string_append_printf(
				script,
				"%s$f%u using 1:3:4 with filledcurves fs transparent solid 0.2 noborder "
				"lc rgb '%s' notitle, $f%u using 1:2 with lines lw 1.5 lc rgb '%s' notitle",
				separator, i, colour, i, colour);
		if (curve->has_fit)
			separator = ", ";
		g_string_append_printf(script, "%s$d%u using 1:2 with points pt %u ps 0.7 lc rgb '%s' title %s",
				       separator, i, i % 2 ? 5 : 7, colour, title);
		separator = ", ";
	}
	g_string_append_c(script, '\n');
}

Plot *sweep_plot(const Sweep *sweep, const SweepFigure *figure)
{
	g_autoptr(GString) script = g_string_new(NULL);
	const char *unit;
	double scale = plot_scale(figure->metric, &unit), units = sweep->what->scale;
	bool any = false;
	Plot *plot;

	for (guint i = 0; i < figure->curves->len; i++) {
		const SweepCurve *curve = figure->curves->pdata[i];

		any |= curve->x->len > 0;
		put_runs(script, curve, i, units, scale);
		if (curve->has_fit)
			put_fit(script, curve, i, units, scale);
	}
	if (!any)
		return NULL;
	g_string_append_printf(script,
			       "set border 3\nset xtics nomirror\nset ytics nomirror\nset grid lc rgb '" PLOT_GREY
			       "' lw 0.3\nset xlabel '%s'\nset ylabel '%s'\nset yrange [0:*]\n"
			       "set xrange [*:*] noextend\nset offsets graph 0.02,graph 0.02,graph 0.05,0\n"
			       "set key above horizontal samplen 1\nif (GPVAL_TERM eq 'dumb') unset grid\n",
			       sweep->what->label, unit);
	put_plots(script, figure);
	plot = g_new0(Plot, 1);
	plot->height = HEIGHT;
	plot->lines = 20;
	plot->words = words_of(sweep, figure);
	plot->script = g_string_free(g_steal_pointer(&script), FALSE);
	return plot;
}
