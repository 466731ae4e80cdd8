// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures of a night against those of the last good one: exact counts, and times that scatter. */
#include "nightjudge.h"

#include <evaluate/key.h>
#include <measure/ranksum.h>

#include <float.h>
#include <math.h>
#include <string.h>

#define PARTS_MOST 3u

static const double *values_of(const NightFigure *figure)
{
	return (const double *)(gpointer)figure->values->data;
}

/* The share that it changed by. */
static Interval change_of(const NightFigure *before, const NightFigure *now)
{
	Interval ratio = ranksum_ratio(values_of(before), before->values->len, values_of(now), now->values->len);

	ratio.estimate -= 1;
	ratio.low -= 1;
	ratio.high -= 1;
	if (figure_is_counted(now->metric->figure) && nightfigure_is_steady(before) && nightfigure_is_steady(now)) {
		ratio.low = ratio.high = ratio.estimate;
		ratio.kind = INTERVAL_EXACT;
	}
	return ratio;
}

static bool same_key(const NightCell *a, const NightCell *b)
{
	g_autofree char *difference = a->key->len && b->key->len ? key_difference(a->key, b->key) : g_strdup("unknown");

	return !difference;
}

/* Whether a time of that night has runs enough to be what another one is held against. A count is exact with one. */
static bool has_runs(const NightFigure *before, guint wanted)
{
	return figure_is_counted(before->metric->figure) || before->values->len >= wanted;
}

/*
 * What tonight's figure can be held against: what it depends on is the same, of a count all repeats agreed, and of a
 * time there are runs enough, if tonight there are. A night that could not tell, or had no such figure, is good, and
 * nothing that it let pass must become what is usual.
 */
static Baseline firm_figure(const CellPast *past, const NightCell *cell, const NightFigure *now)
{
	const GArray *firm = nightpast_firm(past, now->metric);
	guint wanted = MIN(now->values->len, NIGHT_LEAST_RUNS);

	for (guint i = firm->len; i > 0; i--) {
		const Baseline *before = &g_array_index(firm, Baseline, i - 1);

		if (has_runs(nightcell_figure(before->cell, now->metric), wanted) && same_key(before->cell, cell))
			return *before;
	}
	return (Baseline){ NULL, NULL };
}

/* What chance has made of the same figure in good nights: their medians. */
typedef struct {
	guint nights;
	double low, high;
} Reach;

static Reach reach_of(const Judge *judge, const NightCell *cell, const Metric *metric)
{
	const GArray *firm = nightpast_firm(nightpast_cell(judge->past, cell->name), metric);
	Reach reach = { 0, INFINITY, -INFINITY };

	for (guint i = firm->len; i > 0 && reach.nights < NIGHT_REACH; i--) {
		const NightCell *before = g_array_index(firm, Baseline, i - 1).cell;
		const NightFigure *figure = nightcell_figure(before, metric);

		/* the median of two or three is what chance made of them */
		if (!has_runs(figure, NIGHT_LEAST_RUNS) || !same_key(before, cell))
			continue;
		reach.nights++;
		reach.low = MIN(reach.low, nightfigure_median(figure));
		reach.high = MAX(reach.high, nightfigure_median(figure));
	}
	return reach;
}

/* Why a difference of a time decides nothing; NULL: it does. */
static const char *undecided(const Judge *judge, const NightFigure *now, const NightCell *cell, const Interval *change)
{
	double threshold = judge->verdict->night->facts->threshold, median = nightfigure_median(now);
	Reach reach;

	if (change->kind == INTERVAL_EXACT)
		return NULL;
	if (figure_is_counted(now->metric->figure))
		return "counts of the same kernel differ, and nothing follows from them";
	if (change->kind != INTERVAL_95)
		return "too few runs to tell it from chance";
	reach = reach_of(judge, cell, now->metric);
	if (reach.nights < NIGHT_LEAST_NIGHTS)
		return "too few good nights before it: times differ from night to night";
	if (median < reach.high * (1 + threshold) && median > reach.low * (1 - threshold))
		return "good nights have had as much";
	return NULL;
}

/* "memmap +12.0%": of the same kernel's parts those that changed most, in units of the whole. */
static void add_parts(NightChange *change)
{
	const NightCell *cell = change->cell;

	for (guint i = 0; i < cell->figures->len && change->parts->len < PARTS_MOST; i++) {
		const NightFigure *now = cell->figures->pdata[i];
		const NightFigure *before = nightcell_figure(change->before, now->metric);
		double by, share;

		if (!before || night_decides(now->metric) || now->metric->selector != change->metric->selector ||
		    strcmp(now->metric->unit, change->metric->unit) != 0)
			continue;
		by = nightfigure_median(now) - nightfigure_median(before);
		share = by / (change->is - change->was);
		if (share >= 0.2)
			g_ptr_array_add(change->parts,
					g_strdup_printf("%.0f%% of it in %s", 100 * MIN(share, 1), now->metric->title));
	}
}

/* The kind, by all of the interval; NIGHT_NOTE for what is within the threshold. */
static NightChangeKind kind_of(const Interval *change, double threshold)
{
	/* 1.01 / 1 - 1 is a little more than 0.01 */
	if (change->low > threshold + DBL_EPSILON * 8)
		return NIGHT_SLOWER;
	return change->high < -threshold - DBL_EPSILON * 8 ? NIGHT_FASTER : NIGHT_NOTE;
}

/* Why a change that could have decided did not: all of its interval lies within the threshold, or an end of it. */
static char *why_note(const Interval *change, double threshold)
{
	if (fabs(change->estimate) <= threshold + DBL_EPSILON * 8)
		return g_strdup("within the threshold");
	return g_strdup_printf(
		"its 95%% interval, [%+.1f%%, %+.1f%%], is not all beyond the threshold: more runs would tell",
		100 * change->low, 100 * change->high);
}

/* Whether there is something that it can be held against. */
static bool judge_figure(const Judge *judge, const NightCell *cell, const NightFigure *now)
{
	const Baseline base = firm_figure(nightpast_cell(judge->past, cell->name), cell, now);
	const NightFigure *before = base.cell ? nightcell_figure(base.cell, now->metric) : NULL;
	double threshold = judge->verdict->night->facts->threshold;
	NightVerdict *verdict = judge->verdict;
	NightChangeKind kind;
	NightChange *change;
	const char *why;
	Interval by;

	if (!before)
		return false;
	g_hash_table_insert(verdict->held, (gpointer)now, g_memdup2(&base, sizeof(base)));
	by = change_of(before, now);
	if (isnan(by.estimate) || fabs(by.estimate) < NIGHT_NOTED)
		return true;
	why = undecided(judge, now, cell, &by);
	kind = why ? NIGHT_NOTE : kind_of(&by, threshold);
	/* of what decides nothing only that is told which would have decided */
	if (why && fabs(by.estimate) < threshold)
		return true;
	change = nightjudge_add(judge,
				kind == NIGHT_SLOWER   ? verdict->worse
				: kind == NIGHT_FASTER ? verdict->better
						       : verdict->notes,
				kind, cell, &base);
	change->metric = now->metric;
	change->change = by;
	change->was = nightfigure_median(before);
	change->is = nightfigure_median(now);
	change->why = why ? g_strdup(why) : kind == NIGHT_NOTE ? why_note(&by, threshold) : NULL;
	add_parts(change);
	return true;
}

const NightFigure *nightverdict_before(const NightVerdict *verdict, const NightFigure *figure, const Night **ret_night)
{
	const Baseline *base = g_hash_table_lookup(verdict->held, figure);

	if (ret_night)
		*ret_night = base ? base->night : NULL;
	return base ? nightcell_figure(base->cell, figure->metric) : NULL;
}

static void note_uncompared(const Judge *judge, const NightCell *cell, const Baseline *base, char *why)
{
	nightjudge_add(judge, judge->verdict->notes, NIGHT_UNCOMPARED, cell, base)->why = why;
}

/* A figure that should have been there, and was not, has not been seen to be as it was. */
static void note_missing(const Judge *judge, const NightCell *cell)
{
	const CellPast *past = nightpast_cell(judge->past, cell->name);
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++) {
		/* run the same way */
		const Baseline *last = nightpast_had(past, cell->alone, &metrics[i]);

		if (last->cell && night_decides(&metrics[i]) && !nightcell_figure(cell, &metrics[i]))
			note_uncompared(judge, cell, last,
					g_strdup_printf("%s is not among its figures; it was in the night of %s",
							metrics[i].id, last->night->facts->id));
	}
}

/* What figures of the two depend on that is not the same, in words. Caller frees; NULL: nothing. */
static char *difference_of(const NightCell *before, const NightCell *cell)
{
	if (!before->figures->len || !cell->figures->len)
		return NULL;
	if (!cell->key->len || !before->key->len)
		return g_strdup("what they depend on is not known");
	return key_difference(before->key, cell->key);
}

void nightjudge_figures(const Judge *judge, const NightCell *cell, const Baseline *base)
{
	g_autofree char *difference = NULL;
	bool held = false;

	if (cell->left_out)
		note_uncompared(judge, cell, base, g_strdup(cell->left_out));
	if (!base->cell)
		return;
	note_missing(judge, cell);
	for (guint i = 0; i < cell->figures->len; i++) {
		const NightFigure *figure = cell->figures->pdata[i];

		if (night_decides(figure->metric))
			held |= judge_figure(judge, cell, figure);
	}
	/* a host that comes and goes: an earlier night may have had the same one, and a figure is told from that */
	difference = held ? NULL : difference_of(base->cell, cell);
	if (difference)
		note_uncompared(judge, cell, base, g_strdup_printf("figures are not compared, %s", difference));
}
