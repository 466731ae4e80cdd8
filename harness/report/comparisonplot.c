// SPDX-License-Identifier: GPL-2.0-or-later
/* What a comparison has to show: differences with their intervals, and runs in the order in which they ran. */
#include <report/plot.h>

#include <math.h>

#define FOREST_FRAME 70u
#define FOREST_ROW 26u
#define ROUNDS_HEIGHT 260u
#define ROUNDS_NUMBERED 12u /* more have no room for a number each */

/* "time to /init, second kernel", and with more than two series " (central)". Caller frees. */
static char *row_label(const Comparison *comparison, const Finding *f)
{
	const char *name = ((const ComparisonSide *)comparison->sides->pdata[f->side])->name;

	return comparison->sides->len > 2 ? g_strdup_printf("%s, %s", name, f->metric->id) : g_strdup(f->metric->id);
}

/* x low high of a finding, to be followed by its line */
static void put_interval(GString *data, const Finding *f)
{
	const Interval *d = &f->paired.difference;
	const char *unit;
	double scale = plot_scale(f->metric, &unit);
	/* so few pairs have no interval: a point, then */
	bool has = d->kind == INTERVAL_95;
	double low = has ? d->low : d->estimate, high = has ? d->high : d->estimate;

	plot_number(data, d->estimate / scale);
	g_string_append_c(data, ' ');
	plot_number(data, low / scale);
	g_string_append_c(data, ' ');
	plot_number(data, high / scale);
}

Plot *comparison_plot_differences(const Comparison *comparison)
{
	g_autoptr(GString) data = g_string_new(NULL), tics = g_string_new(NULL), words = g_string_new(NULL);
	g_autoptr(GArray) findings = comparison_findings(comparison);
	guint rows = findings->len;
	const char *unit = "s";
	Plot *plot;

	for (guint row = 1; row <= rows; row++) {
		const Finding *f = &g_array_index(findings, Finding, row - 1);
		g_autofree char *label = row_label(comparison, f), *quoted = plot_string(label);
		g_autofree char *interval = metric_format_interval(f->metric, &f->paired.difference);

		plot_scale(f->metric, &unit);
		put_interval(data, f);
		g_string_append_printf(data, " -%u %d\n", row, f->paired.decision == DECISION_SEEN);
		g_string_append_printf(tics, "%s%s -%u", row > 1 ? ", " : "", quoted, row);
		g_string_append_printf(words, "%s%s: %s", row > 1 ? "; " : "", label, interval);
	}
	if (!rows)
		return NULL;
	plot = g_new0(Plot, 1);
	plot->height = FOREST_FRAME + FOREST_ROW * rows;
	plot->lines = 7 + rows;
	plot->words = g_strdup_printf("Paired differences to %s with their 95%% intervals. %s.",
				      ((const ComparisonSide *)comparison->sides->pdata[0])->name, words->str);
	plot->script = g_strdup_printf(
		"$d << END\n%sEND\n"
		"set ytics (%s) scale 0\nset yrange [-%u.6:-0.4]\nset offsets graph 0.03,graph 0.03,0,0\nset border 1\n"
		"set xtics nomirror\nset grid xtics lc rgb '" PLOT_GREY "' lw 0.3\nset xlabel 'difference, %s'\n"
		"set arrow from 0,graph 0 to 0,graph 1 nohead lc rgb '" PLOT_GREY "' lw 2\n"
		"set key above horizontal samplen 1\n"
		/* letters have no room for these */
		"if (GPVAL_TERM eq 'dumb') unset key; unset grid\n"
		"plot $d using 1:($5==1?$4:NaN):2:3 with xerrorbars pt 7 ps 0.7 lw 1.6 lc rgb '" PLOT_ORANGE
		"' title 'a difference', "
		"$d using 1:($5==0?$4:NaN):2:3 with xerrorbars pt 6 ps 0.7 lw 1.6 lc rgb '" PLOT_GREY
		"' title 'none seen'\n",
		data->str, tics->str, rows, unit);
	return plot;
}

/* x: a little aside of the round, so that points of one round do not hide each other */
static double aside(guint side, guint sides)
{
	return sides > 1 ? ((double)side / (sides - 1) - 0.5) * 0.3 : 0;
}

static void put_point(GString *script, double x, double y)
{
	plot_number(script, x);
	g_string_append_c(script, ' ');
	plot_number(script, y);
	g_string_append_c(script, '\n');
}

/* The runs of each series, and a line through those of each round; how many points there are. */
static guint put_rounds(GString *script, const StoredComparison *stored, const Metric *metric, double scale)
{
	const Comparison *comparison = stored->comparison;
	guint rounds = comparison_rounds(comparison), k = comparison->sides->len, points = 0;
	g_autoptr(GString) pairs = g_string_new("$pairs << END\n");

	for (guint side = 0; side < k; side++) {
		const ComparisonSide *of = comparison->sides->pdata[side];

		g_string_append_printf(script, "$d%u << END\n", side);
		for (guint r = 0; r < rounds; r++) {
			gint64 value = metric_value(metric, of->runs->pdata[r]);

			if (value < 0)
				continue;
			put_point(script, storedcomparison_round(stored, r) + aside(side, k), (double)value / scale);
			points++;
		}
		g_string_append(script, "END\n");
	}
	for (guint r = 0; r < rounds; r++) {
		for (guint side = 0; side < k; side++) {
			const ComparisonSide *of = comparison->sides->pdata[side];
			gint64 value = metric_value(metric, of->runs->pdata[r]);

			if (value >= 0)
				put_point(pairs, storedcomparison_round(stored, r) + aside(side, k),
					  (double)value / scale);
		}
		g_string_append_c(pairs, '\n');
	}
	g_string_append_printf(script, "%sEND\n", pairs->str);
	return points;
}

Plot *storedcomparison_plot_rounds(const StoredComparison *stored, const Metric *metric)
{
	g_autoptr(GString) script = g_string_new(NULL);
	guint k = stored->comparison->sides->len;
	const char *unit;
	double scale = plot_scale(metric, &unit);
	Plot *plot;

	if (!put_rounds(script, stored, metric, scale))
		return NULL;
	g_string_append_printf(script,
			       "set border 3\nset xtics nomirror\nset ytics nomirror\nset grid ytics lc rgb '" PLOT_GREY
			       "' lw 0.3\nset xlabel 'round'\nset xtics %u\nset ylabel '%s'\nset offsets 0.5,0.5,graph "
			       "0.05,graph 0.05\n"
			       "set key above horizontal samplen 1\n"
			       "plot $pairs using 1:2 with lines lc rgb '" PLOT_GREY "' lw 0.7 notitle",
			       comparison_rounds(stored->comparison) > ROUNDS_NUMBERED ? 5u : 1u, unit);
	for (guint side = 0; side < k; side++) {
		g_autofree char *name = storedcomparison_name(stored, side);
		g_autofree char *title = plot_string(name);

		g_string_append_printf(script, ", $d%u using 1:2 with points pt %u ps 0.7 lc rgb '%s' title %s", side,
				       side % 2 ? 5 : 7, plot_colour(side), title);
	}
	g_string_append_c(script, '\n');
	plot = g_new0(Plot, 1);
	plot->height = ROUNDS_HEIGHT;
	plot->lines = 18;
	plot->words = g_strdup_printf("%s of each run, by round; the runs of a round are joined. The table of runs has "
				      "the figures.",
				      metric->title);
	plot->script = g_string_free(g_steal_pointer(&script), FALSE);
	return plot;
}
