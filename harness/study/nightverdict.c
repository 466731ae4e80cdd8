// SPDX-License-Identifier: GPL-2.0-or-later
/* A night held against those before it: verdicts, titles, and what could not be judged. Figures: nightfigures.c. */
#include "nightjudge.h"

#include <math.h>
#include <string.h>

static void change_free(gpointer data)
{
	NightChange *change = data;

	g_free(change->why);
	g_ptr_array_unref(change->parts);
	g_free(change->range.source);
	g_free(change->range.from);
	g_free(change->range.to);
	g_free(change);
}

void nightverdict_free(NightVerdict *verdict)
{
	if (!verdict)
		return;
	g_ptr_array_unref(verdict->worse);
	g_ptr_array_unref(verdict->better);
	g_ptr_array_unref(verdict->notes);
	g_ptr_array_unref(verdict->unjudged);
	g_hash_table_unref(verdict->held);
	g_free(verdict);
}

bool nightverdict_is_good(const NightVerdict *verdict)
{
	const NightFacts *facts = verdict->night->facts;

	return facts->ended && verdict->judged && (!verdict->worse->len || facts->accepted);
}

/* What a source had come to in a night. */
static const char *commit_in(const Night *night, const NightCell *cell)
{
	const NightSource *source = nightfacts_source(night->facts, cell->kernel);

	return cell->commit ? cell->commit : source ? source->now : NULL;
}

/*
 * Commits that came after that night, up to this one: those that each update brought. -1 where one of them is unknown,
 * the branch was begun anew, or the updates do not join.
 */
static gint64 commits_since(const Night *since, const Night *night, const GPtrArray *earlier, const char *name)
{
	const NightSource *next = nightfacts_source(night->facts, name);
	gint64 sum = next && !next->gone ? next->added : -1;

	for (guint i = earlier->len; i > 0 && sum >= 0; i--) {
		const Night *one = ((const NightVerdict *)earlier->pdata[i - 1])->night;
		const NightSource *source = nightfacts_source(one->facts, name);

		/* it may have been brought up to date between two nights, too */
		if (source && g_strcmp0(source->now, next->before) != 0)
			return -1;
		if (one == since)
			return source ? sum : -1;
		if (!source)
			continue;
		sum = source->added >= 0 && !source->gone ? sum + source->added : -1;
		next = source;
	}
	return -1;
}

static void set_range(NightChange *change, const Night *night, const GPtrArray *earlier)
{
	NightRange *range = &change->range;

	range->source = g_strdup(change->cell->kernel);
	range->to = g_strdup(commit_in(night, change->cell));
	range->from = change->before ? g_strdup(commit_in(change->night_before, change->before)) : NULL;
	range->commits = range->from && range->to && strcmp(range->from, range->to) == 0 ? 0
			 : change->night_before ? commits_since(change->night_before, night, earlier, range->source)
						: -1;
	range->other_kernel = range->commits == 0 && change->before->image && change->cell->image &&
			      strcmp(change->before->image, change->cell->image) != 0;
}

NightChange *nightjudge_add(const Judge *judge, GPtrArray *to, NightChangeKind kind, const NightCell *cell,
			    const Baseline *base)
{
	NightChange *change = g_new0(NightChange, 1);

	change->kind = kind;
	change->cell = cell;
	change->before = base->cell;
	change->night_before = base->night;
	change->was = change->is = NAN;
	change->change = (Interval){ NAN, NAN, NAN, INTERVAL_NONE };
	change->parts = g_ptr_array_new_with_free_func(g_free);
	set_range(change, judge->verdict->night, judge->earlier);
	g_ptr_array_add(to, change);
	return change;
}

static const char *told(const NightCell *cell)
{
	return cell->title ? cell->title : cell->reason ? cell->reason : "";
}

static void judge_wrong(const Judge *judge, const NightCell *cell, const Baseline *base)
{
	NightChange *change = nightjudge_add(judge, judge->verdict->worse, NIGHT_WRONG, cell, base);
	const char *title = told(cell);

	change->title = cell->title;
	change->why = g_strdup_printf("%s%s%s, expected %s", cell->verdict, *title ? ": " : "", title, cell->expected);
}

/* What should fail, and does, but in a way that no good night has seen. */
static void judge_titles(const Judge *judge, const NightCell *cell, const Baseline *base)
{
	const CellPast *past = nightpast_cell(judge->past, cell->name);

	for (guint i = 0; i < cell->titles->len; i++) {
		const char *title = cell->titles->pdata[i];
		NightChange *change;

		if (!past->met.cell || g_hash_table_contains(past->titles, title))
			continue;
		change = nightjudge_add(judge, judge->verdict->worse, NIGHT_NEW_TITLE, cell, base);
		change->title = title;
		change->why = g_strdup_printf("fails in a new way: %s; before: %s", title,
					      base->cell && base->cell->title ? base->cell->title : "none");
	}
}

static void judge_unjudged(const Judge *judge, const NightCell *cell, const Baseline *base)
{
	NightChange *change = nightjudge_add(judge, judge->verdict->unjudged, NIGHT_UNJUDGED, cell, base);

	change->why = g_strdup(cell->why ? cell->why : "no reason given");
}

static void judge_mended(const Judge *judge, const NightCell *cell, const Baseline *base)
{
	const NightCell *last = nightpast_cell(judge->past, cell->name)->judged;
	NightChange *change;

	if (!last || last->state != CELL_UNMET)
		return;
	change = nightjudge_add(judge, judge->verdict->better, NIGHT_MENDED, cell, base);
	change->why = g_strdup_printf("%s as expected; it was %s: %s", cell->verdict, last->verdict, told(last));
}

static void judge_cell(const Judge *judge, const NightCell *cell)
{
	Baseline base = nightpast_cell(judge->past, cell->name)->met;

	switch (cell->state) {
	case CELL_UNMET:
		judge_wrong(judge, cell, &base);
		break;
	case CELL_MET:
		judge_mended(judge, cell, &base);
		break;
	case CELL_NOT_RUN:
		judge->verdict->left_out++;
		break;
	default:
		judge_unjudged(judge, cell, &base);
		break;
	}
	/* what some of its repeats have shown does not go away with those that could not be run */
	if (!cell->runs)
		return;
	judge->verdict->judged++;
	if (cell->state != CELL_UNMET)
		judge_titles(judge, cell, &base);
	nightjudge_figures(judge, cell, &base);
}

/* Verdicts before figures, and of figures the largest change first. */
static int by_gravity(gconstpointer a, gconstpointer b)
{
	const NightChange *x = *(NightChange *const *)a, *y = *(NightChange *const *)b;
	double by = fabs(y->change.estimate) - fabs(x->change.estimate);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (by > 0 || by < 0)
		return by > 0 ? 1 : -1;
	return strcmp(x->cell->name, y->cell->name);
}

static VerdictKind kind_of(const NightVerdict *verdict)
{
	if (verdict->worse->len)
		return VERDICT_FAIL;
	for (guint i = 0; i < verdict->unjudged->len; i++) {
		const NightCell *cell = ((NightChange *)verdict->unjudged->pdata[i])->cell;

		if (cell->state == CELL_ERROR || cell->unbuilt)
			return VERDICT_ERROR;
	}
	if (!verdict->night->facts->ended)
		return VERDICT_ERROR;
	return !verdict->judged || verdict->stale ? VERDICT_SKIP : VERDICT_PASS;
}

static NightVerdict *verdict_of(const Night *night, const GPtrArray *earlier, NightPast *past)
{
	NightVerdict *verdict = g_new0(NightVerdict, 1);
	Judge judge = { verdict, earlier, past };

	verdict->night = night;
	verdict->worse = g_ptr_array_new_with_free_func(change_free);
	verdict->better = g_ptr_array_new_with_free_func(change_free);
	verdict->notes = g_ptr_array_new_with_free_func(change_free);
	verdict->unjudged = g_ptr_array_new_with_free_func(change_free);
	verdict->held = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	verdict->good = past->good;
	if (earlier->len)
		verdict->previous = ((const NightVerdict *)earlier->pdata[earlier->len - 1])->night;
	for (guint i = 0; i < night->cells->len; i++)
		judge_cell(&judge, night->cells->pdata[i]);
	for (guint i = 0; i < night->facts->choices->len; i++)
		verdict->left_out += !((NightChoice *)night->facts->choices->pdata[i])->chosen;
	for (guint i = 0; i < night->facts->sources->len; i++)
		verdict->stale += ((NightSource *)night->facts->sources->pdata[i])->problem != NULL;
	g_ptr_array_sort(verdict->worse, by_gravity);
	g_ptr_array_sort(verdict->better, by_gravity);
	g_ptr_array_sort(verdict->notes, by_gravity);
	verdict->kind = kind_of(verdict);
	return verdict;
}

GPtrArray *nightverdicts_of(const GPtrArray *nights)
{
	GPtrArray *verdicts = g_ptr_array_new_with_free_func((GDestroyNotify)nightverdict_free);
	g_autoptr(GPtrArray) earlier = g_ptr_array_new();
	g_autoptr(NightPast) past = nightpast_new();

	for (guint i = 0; i < nights->len; i++) {
		const Night *night = nights->pdata[i];
		NightVerdict *verdict = verdict_of(night, earlier, past);

		g_ptr_array_add(verdicts, verdict);
		if (!night->facts->ended)
			continue;
		g_ptr_array_add(earlier, verdict);
		nightpast_add(past, verdict);
	}
	return verdicts;
}

static char *sure_of_verdict(const NightChange *change)
{
	const NightCell *cell = change->cell;

	if (change->kind == NIGHT_WRONG)
		return g_strdup_printf("%u of %u run%s; a verdict is no matter of chance", cell->unmet, cell->runs,
				       cell->runs == 1 ? "" : "s");
	return g_strdup_printf("%u run%s; a verdict is no matter of chance", cell->runs, cell->runs == 1 ? "" : "s");
}

char *nightchange_sure(const NightChange *change)
{
	const NightFigure *now = change->metric ? nightcell_figure(change->cell, change->metric) : NULL;
	const NightFigure *before =
		change->metric && change->before ? nightcell_figure(change->before, change->metric) : NULL;
	guint n = now ? now->values->len : 0, of = before ? before->values->len : 0;
	g_autofree char *runs = g_strdup_printf("%u run%s before, %u now", of, of == 1 ? "" : "s", n);

	if (!change->metric)
		return sure_of_verdict(change);
	if (figure_is_counted(change->metric->figure))
		return g_strdup_printf("exact: instructions are counted, and do not depend on load; %s", runs);
	if (change->change.kind != INTERVAL_95)
		return g_strdup_printf("too few runs for an interval: %s", runs);
	return g_strdup_printf("95%% interval [%+.1f%%, %+.1f%%], its lower end decides; %s", 100 * change->change.low,
			       100 * change->change.high, runs);
}

char *nightchange_amount(const NightChange *change)
{
	return g_strdup_printf("%s %+.1f%%", change->metric->id, 100 * change->change.estimate);
}
