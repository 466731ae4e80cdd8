// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisectjudge.h"

#include <base/error.h>
#include <evaluate/key.h>

#include <math.h>
#include <string.h>

static bool is_exact(const BisectJudge *judge)
{
	return figure_is_counted(judge->spec->rule.metric->figure);
}

/* What keeps a place from being judged, in a line. */
static char *first_line(const char *text)
{
	return g_strndup(text, strcspn(text, "\n"));
}

/* A commit may well change the configuration: that is what it is looked at for. Caller unrefs. */
static GPtrArray *key_of(const Result *result)
{
	GPtrArray *key = result_key(result);

	key_forget(key, KEY_CONFIGURATION);
	return key;
}

/* Whatever came first says how large the machine is where nobody did, and what figures are held together. */
static void learn(BisectJudge *judge, const Result *result)
{
	Machine *guest = &judge->request.guest;
	bool sized = guest->numa && guest->numa[0] && !machine_numa_is_count(guest);

	if (result->plan && !guest->memory_bytes && !sized)
		guest->memory_bytes = result->plan->guest.memory_bytes;
	if (judge->spec->rule.metric && !judge->key && verdict_kind_judged(result->verdict->kind))
		judge->key = key_of(result);
}

void bisectjudge_learn(BisectJudge *judge, const GPtrArray *steps)
{
	for (guint i = 0; i < steps->len; i++) {
		const BisectStep *step = steps->pdata[i];

		if (judge->spec->rule.metric && is_exact(judge) && step->beside->len)
			judge->good_counted = g_array_index(step->beside, double, 0);
		for (guint j = 0; j < step->runs->len; j++) {
			g_autofree char *path = g_build_filename(judge->runs, step->runs->pdata[j], NULL);
			g_autoptr(Result) result = result_load(path, NULL);

			if (result)
				learn(judge, result);
			if (judge->key || (result && !judge->spec->rule.metric))
				return;
		}
	}
}

/* Figures of another machine say nothing of the kernel. */
static bool check_key(const BisectJudge *judge, const char *at, const Result *result, GError **error)
{
	g_autoptr(GPtrArray) key = key_of(result);
	g_autofree char *difference = key_difference(judge->key, key), *label = NULL;

	if (!difference)
		return true;
	label = places_label(judge->places, at);
	return error_set(error, key_differs_by_host(judge->key, key) ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: the first run and that of %s: %s; bisect "
			 "it anew, or go on (--resume) where it is as it was",
			 label, difference);
}

static void take_why(BisectStep *step, char *why)
{
	g_free(step->why);
	step->why = why;
}

/* An error ends the bisection; without one the step says what became of it. */
static bool pass_on(GError *local, GError **error)
{
	if (local)
		g_propagate_error(error, local);
	return !local;
}

/* One run of a place, for a step. NULL if there is no result: the step says why, or it was cancelled. */
static RunOutcome *run_one(BisectJudge *judge, const char *at, BisectStep *step, GError **error)
{
	g_autoptr(RunOutcome) outcome = NULL;
	g_autofree char *named = NULL;
	RunRequest request = judge->request;

	request.output = judge->runs;
	named = places_request(judge->places, at, &request, error);
	if (!named)
		return NULL;
	executor_start(judge->executor, &request, NULL);
	while (!outcome)
		outcome = executor_take(judge->executor, G_USEC_PER_SEC);
	if (outcome->run)
		g_ptr_array_add(step->runs, g_strdup(outcome->run));
	if (outcome->result) {
		learn(judge, outcome->result);
		return g_steal_pointer(&outcome);
	}
	if (outcome->cut_off || !outcome->error) {
		g_propagate_error(error, g_steal_pointer(&outcome->error));
		return NULL;
	}
	take_why(step, first_line(outcome->error->message));
	step->kind = BISECT_SKIP;
	step->unjudged = true;
	step->host = g_error_matches(outcome->error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	return NULL;
}

/* Whether it was the host or the harness that kept a run from a verdict; other ERRORs are the commit's, and final. */
static bool is_of_host(const Verdict *verdict)
{
	for (guint i = 0; i < verdict->reasons->len; i++)
		if (((const Reason *)verdict->reasons->pdata[i])->known->of == OF_HOST)
			return true;
	return verdict->kind == VERDICT_SKIP;
}

/* What the run says of its place, into the step. Whether it was judged. */
static bool classify(const BisectJudge *judge, BisectStep *step, const RunOutcome *outcome)
{
	g_clear_pointer(&step->why, g_free);
	step->kind = bisect_classify(&judge->spec->rule, outcome->result, &step->why);
	step->unjudged = !verdict_kind_judged(outcome->outcome);
	step->host = step->unjudged && is_of_host(outcome->result->verdict);
	return !step->unjudged;
}

/* By verdict: one bad run is enough; good are so many as were asked for. */
static bool by_verdict(BisectJudge *judge, BisectStep *step, GError **error)
{
	step->kind = BISECT_GOOD;
	for (guint i = 0; i < judge->spec->repeat && step->kind == BISECT_GOOD; i++) {
		g_autoptr(GError) local = NULL;
		g_autoptr(RunOutcome) outcome = run_one(judge, step->at, step, &local);

		if (!outcome)
			return pass_on(g_steal_pointer(&local), error);
		classify(judge, step, outcome);
	}
	return true;
}

/* One more figure of a place; false: there is none, and the step says why, or the error is set. */
static bool value_at(BisectJudge *judge, const char *at, BisectStep *step, double *ret_value, GError **error)
{
	g_autoptr(RunOutcome) outcome = run_one(judge, at, step, error);
	const Metric *metric = judge->spec->rule.metric;

	if (!outcome)
		return false;
	/* what the host did to a run, it did to its figures */
	if (!classify(judge, step, outcome) || !check_key(judge, at, outcome->result, error))
		return false;
	*ret_value = (double)metric_value(metric, outcome->result);
	if (*ret_value >= 0)
		return true;
	take_why(step, g_strdup_printf("%s, and no %s in it", verdict_kind_name(outcome->outcome), metric->id));
	step->kind = BISECT_SKIP;
	return false;
}

/* The good end beside a place. What is counted is the same in all of its runs, so one is enough. */
static bool good_figure(BisectJudge *judge, BisectStep *step, double *ret_value, GError **error)
{
	if (is_exact(judge) && !isnan(judge->good_counted)) {
		*ret_value = judge->good_counted;
		return true;
	}
	if (!value_at(judge, judge->good, step, ret_value, error)) {
		if (step->why)
			take_why(step, g_strdup_printf("of the good end: %s", step->why));
		return false;
	}
	judge->good_counted = *ret_value;
	return true;
}

/*
 * One more pair, of the good end and the place. The host may become slower while a bisection goes on, and does so for
 * both; the second of a pair has a little more of that, so they take turns. False: there is no pair, and the step says
 * why, or the error is set.
 */
static bool measure(BisectJudge *judge, BisectStep *step, GError **error)
{
	bool good_first = step->values->len % 2 == 0;
	double good, own;

	if ((good_first && !good_figure(judge, step, &good, error)) || !value_at(judge, step->at, step, &own, error) ||
	    (!good_first && !good_figure(judge, step, &good, error)))
		return false;
	g_array_append_val(step->beside, good);
	g_array_append_val(step->values, own);
	return true;
}

/* "1.41 s; above the good end by 58.2 ms [55.0 ms, 61.3 ms], 7 pairs" */
static void say_figures(const BisectJudge *judge, BisectStep *step)
{
	const double *values = (const double *)step->values->data, *beside = (const double *)step->beside->data;
	const Metric *metric = judge->spec->rule.metric;
	Paired paired = statistics_paired(beside, values, step->values->len);
	g_autofree char *median = metric_format(metric, statistics_median(values, step->values->len));
	bool same = is_exact(judge) && paired.difference.estimate == 0;
	g_autofree char *change = same ? g_strdup("the same as the good end")
				       : metric_format_change(metric, &paired.difference, "above the good end by",
							      "below the good end by");

	take_why(step, g_strdup_printf("%s; %s, %u pair%s", median, change, step->values->len,
				       step->values->len == 1 ? "" : "s"));
}

/* As many pairs as it takes to say on which side of the middle the place lies. */
static bool by_figure(BisectJudge *judge, BisectStep *step, GError **error)
{
	guint most = is_exact(judge) ? 1 : BISECT_RUNS_MOST;
	g_autoptr(GError) local = NULL;

	step->kind = BISECT_SKIP;
	while (step->kind == BISECT_SKIP && step->values->len < most) {
		if (!measure(judge, step, &local))
			return pass_on(g_steal_pointer(&local), error);
		step->kind = bisectscale_side(&judge->scale, step->beside, step->values);
	}
	say_figures(judge, step);
	if (step->kind == BISECT_SKIP)
		take_why(step, g_strdup_printf("%s: too near to the middle to tell", step->why));
	return true;
}

bool bisectjudge_place(BisectJudge *judge, BisectStep *step, GError **error)
{
	return judge->spec->rule.metric ? by_figure(judge, step, error) : by_verdict(judge, step, error);
}

/* Whether pairs of the ends tell them apart; that is the scale then. */
static bool parts(BisectJudge *judge, const BisectStep *bad, GError **error)
{
	return bisectscale_make(&judge->spec->rule, bad->beside, bad->values, &judge->scale, error) &&
	       bisectscale_side(&judge->scale, bad->beside, bad->values) == BISECT_BAD;
}

bool bisectjudge_scale(BisectJudge *judge, const BisectStep *bad, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (parts(judge, bad, &local))
		return true;
	if (!local)
		error_set(&local, KHOTEST_ERROR_HOST,
			  "%s scatters too much to tell the ends apart (the bad one: %s): count instructions with "
			  "--mode counted, or use a quieter host",
			  judge->spec->rule.metric->title, bad->why);
	g_propagate_error(error, g_steal_pointer(&local));
	return false;
}

bool bisectjudge_bad_end(BisectJudge *judge, BisectStep *step, GError **error)
{
	guint least = is_exact(judge) ? 1 : BISECT_RUNS_END, most = is_exact(judge) ? 1 : BISECT_RUNS_MOST;
	g_autoptr(GError) local = NULL;

	while (step->values->len < least || (step->values->len < most && !parts(judge, step, NULL)))
		if (!measure(judge, step, &local))
			return pass_on(g_steal_pointer(&local), error);
	say_figures(judge, step);
	step->kind = BISECT_BAD;
	return bisectjudge_scale(judge, step, error);
}
