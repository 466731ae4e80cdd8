// SPDX-License-Identifier: GPL-2.0-or-later
/* What a comparison has to show: differences with their intervals, and runs in the order in which they ran. */
#include <page/plot.h>

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

/*
 * Figures are of seconds, milliseconds and instructions: on one axis only ratios can
 * be compared by eye. They are shown in per cent of the first series, or, where that
 * would squeeze all into a corner, on a logarithmic axis.
 */
typedef struct {
	double low, high; /* ratios that must be in it; 1 always is */
	bool logarithmic;
} RatioAxis;

#define PERCENT_LOW 0.2
#define PERCENT_HIGH 2.5

/* A bar is 95%: what was seen of too few pairs for that has none, and what is exact needs none. */
static bool has_bar(const Interval *ratio)
{
	return ratio->kind == INTERVAL_95;
}

static double end_of(double end, const Interval *ratio)
{
	return has_bar(ratio) ? end : ratio->estimate;
}

/* false if no figure has a ratio: all are 0 on one side. */
static bool axis_of(const GArray *findings, RatioAxis *ret_axis)
{
	RatioAxis axis = { 1, 1, false };
	bool any = false;

	for (guint i = 0; i < findings->len; i++) {
		const Interval *ratio = &g_array_index(findings, Finding, i).paired.ratio;

		if (isnan(ratio->estimate))
			continue;
		any = true;
		axis.low = MIN(axis.low, end_of(ratio->low, ratio));
		axis.high = MAX(axis.high, end_of(ratio->high, ratio));
	}
	axis.logarithmic = axis.low < PERCENT_LOW || axis.high > PERCENT_HIGH;
	*ret_axis = axis;
	return any;
}

static double place_of(const RatioAxis *axis, double ratio)
{
	return axis->logarithmic ? ratio : 100 * (ratio - 1);
}

/* 0.5, 1, 2, 5, ...; over more than three decades every tenth part alone. */
static void put_log_tics(GString *script, const RatioAxis *axis)
{
	static const double steps[] = { 1, 2, 5 };
	const bool few = log10(axis->high / axis->low) > 3;
	const char *separator = "set xtics (";

	for (int decade = (int)floor(log10(axis->low)); decade <= (int)ceil(log10(axis->high)); decade++)
		for (gsize i = 0; i < (few ? 1 : G_N_ELEMENTS(steps)); i++) {
			double at = steps[i] * pow(10, decade);
			char text[G_ASCII_DTOSTR_BUF_SIZE];

			g_ascii_formatd(text, sizeof(text), "%g", at);
			g_string_append_printf(script, "%s'%s' %s", separator, text, text);
			separator = ", ";
		}
	g_string_append(script, ") nomirror\n");
}

/* Range, labels and what stands below; first: the series that the others are held against */
static void put_axis(GString *script, const RatioAxis *axis, const char *first)
{
	double low = place_of(axis, axis->low), high = place_of(axis, axis->high),
	       room = MAX(0.04 * (high - low), 0.01);
	g_autofree char *words =
		g_strdup_printf(axis->logarithmic ? "ratio to %s, logarithmic" : "difference in per cent of %s", first);
	g_autofree char *label = plot_string(words);

	if (axis->logarithmic) {
		put_log_tics(script, axis);
		g_string_append(script, "set logscale x 10\nset xrange [");
		plot_number(script, low / 1.2);
		g_string_append_c(script, ':');
		plot_number(script, high * 1.2);
	} else {
		g_string_append(script,
				"set xtics nomirror\nset format x '%+g%%'\nset xtics add ('0%%' 0)\nset xrange [");
		plot_number(script, low - room);
		g_string_append_c(script, ':');
		plot_number(script, high + room);
	}
	g_string_append_printf(script,
			       "]\nset xlabel %s\nset arrow from %d,graph 0 to %d,graph 1 nohead lc rgb '" PLOT_GREY
			       "' lw 2\n",
			       label, axis->logarithmic, axis->logarithmic);
}

static char *format_percent(double ratio, gconstpointer data)
{
	return isnan(ratio) ? g_strdup("-") : g_strdup_printf("%+.1f%%", 100 * (ratio - 1));
}

/* "-22.9% [-25.0%, -20.1%]", or as a ratio where the axis has ratios. Caller frees. */
static char *ratio_words(const RatioAxis *axis, const Interval *ratio)
{
	return axis->logarithmic ? ratio_format(ratio) : interval_to_words(ratio, format_percent, NULL, "");
}

/* How the rows of a decision look: the fifth column of the data, which also says whether there is a bar. */
#define LOOKS (2 * (DECISION_SEEN + 1))

static guint look_of(const Finding *f)
{
	return 2 * f->paired.decision + has_bar(&f->paired.ratio);
}

/* x low high, row, look; ret_there: the looks that there are */
static void put_interval(GString *data, const RatioAxis *axis, const Finding *f, guint row, bool *ret_there)
{
	const Interval *ratio = &f->paired.ratio;
	const double ratios[] = { ratio->estimate, end_of(ratio->low, ratio), end_of(ratio->high, ratio) };

	if (isnan(ratio->estimate))
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(ratios); i++) {
		plot_number(data, place_of(axis, ratios[i]));
		g_string_append_c(data, ' ');
	}
	g_string_append_printf(data, "-%u %u\n", row, look_of(f));
	ret_there[look_of(f)] = true;
}

/* What there is, with and without bars; each decision has its name once. */
static void put_looks(GString *script, const bool *there)
{
	static const struct {
		const char *title, *colour;
		guint point;
	} looks[] = {
		[DECISION_TOO_FEW] = { "too few pairs to tell", PLOT_GREY, 4 },
		[DECISION_NOT_SEEN] = { "none seen", PLOT_GREY, 6 },
		[DECISION_SEEN] = { "a difference", PLOT_ORANGE, 7 },
	};
	const char *separator = "plot ";

	for (guint look = LOOKS; look-- > 0;) {
		guint decision = look / 2;
		bool bar = look % 2;

		if (!there[look])
			continue;
		g_string_append_printf(script, "%s$d using 1:($5==%u?$4:NaN)%s pt %u ps 0.7 lw 1.6 lc rgb '%s' ",
				       separator, look, bar ? ":2:3 with xerrorbars" : " with points",
				       looks[decision].point, looks[decision].colour);
		if (!bar && there[look + 1])
			g_string_append(script, "notitle");
		else
			g_string_append_printf(script, "title '%s'", looks[decision].title);
		separator = ", ";
	}
	g_string_append_c(script, '\n');
}

/* What brackets mean, of those that there are. */
static void put_brackets(GString *words, const GArray *findings)
{
	bool there[INTERVAL_EXACT + 1] = { false };

	for (guint i = 0; i < findings->len; i++) {
		const Paired *paired = &g_array_index(findings, Finding, i).paired;

		there[paired->ratio.kind] = there[paired->difference.kind] = true;
	}
	if (there[INTERVAL_95])
		g_string_append(words, ", 95% intervals in square brackets");
	if (there[INTERVAL_RANGE])
		g_string_append(words, ", the smallest and the largest of pairs too few for an interval in round ones");
}

/* The name of a row at the left, and the difference in its own unit at the right. */
static void put_labels(GString *left, GString *right, const char *label, const Finding *f, guint row)
{
	g_autofree char *quoted = plot_label(label),
			*difference = metric_format(f->metric, f->paired.difference.estimate),
			*shown = plot_label(difference);
	const char *separator = row > 1 ? ", " : "";

	g_string_append_printf(left, "%s%s -%u", separator, quoted, row);
	g_string_append_printf(right, "%s%s -%u", separator, shown, row);
}

Plot *comparison_plot_differences(const Comparison *comparison)
{
	g_autoptr(GString) data = g_string_new(NULL), left = g_string_new(NULL), right = g_string_new(NULL),
			   words = g_string_new(NULL), axes = g_string_new(NULL), looks = g_string_new(NULL);
	g_autoptr(GArray) findings = comparison_findings(comparison);
	const char *first = ((const ComparisonSide *)comparison->sides->pdata[0])->name;
	guint rows = findings->len;
	bool there[LOOKS] = { false };
	RatioAxis axis;
	Plot *plot;

	if (!axis_of(findings, &axis))
		return NULL;
	g_string_append_printf(words, "Paired differences to %s", first);
	put_brackets(words, findings);
	for (guint row = 1; row <= rows; row++) {
		const Finding *f = &g_array_index(findings, Finding, row - 1);
		g_autofree char *label = row_label(comparison, f), *ratio = ratio_words(&axis, &f->paired.ratio);
		g_autofree char *interval = metric_format_interval(f->metric, &f->paired.difference);

		put_interval(data, &axis, f, row, there);
		put_labels(left, right, label, f, row);
		g_string_append_printf(words, "%s%s: %s, %s", row > 1 ? "; " : ". ", label, ratio, interval);
	}
	put_axis(axes, &axis, first);
	put_looks(looks, there);
	plot = g_new0(Plot, 1);
	plot->height = FOREST_FRAME + FOREST_ROW * rows;
	plot->lines = 7 + rows;
	plot->words = g_strdup_printf("%s.", words->str);
	plot->script = g_strdup_printf(
		"$d << END\n%sEND\n"
		"set ytics (%s) scale 0\nset y2tics (%s) scale 0\nset yrange [-%u.6:-0.4]\nset y2range [-%u.6:-0.4]\n"
		"set border 1\n%sset grid xtics lc rgb '" PLOT_GREY "' lw 0.3\nset key above horizontal samplen 1\n"
		/* letters have no room for these */
		"if (GPVAL_TERM eq 'dumb') unset key; unset grid\n"
		"%s",
		data->str, left->str, right->str, rows, rows, axes->str, looks->str);
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
