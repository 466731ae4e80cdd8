// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/rounds.h>
#include <campaign/side.h>

#include <base/error.h>
#include <base/log.h>
#include <evaluate/key.h>
#include <measure/interleave.h>
#include <study/condition.h>

#include <string.h>

Result *rounds_run_one(Executor *executor, const RunRequest *request, const char *label, GError **error)
{
	g_autoptr(RunOutcome) outcome = NULL;
	const Reason *reason;
	const char *expectation;
	bool judged;
	Result *result;

	executor_start(executor, request, NULL);
	while (!outcome)
		outcome = executor_take(executor, G_USEC_PER_SEC);
	result = outcome_result(outcome, request->output, error);
	if (!result)
		return NULL;
	judged = verdict_kind_judged(result->verdict->kind);
	reason = !judged && result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;
	expectation = result_expectation(result);
	log_info("%s: %s%s%s%s%s", label, verdict_kind_name(result->verdict->kind), expectation ? ", " : "",
		 expectation ? expectation : "", reason ? ": " : "", reason ? reason->text : "");
	return result;
}

/* A series is one kernel: whoever changes a patch meanwhile has another one. */
static bool check_kernel(const ComparisonSide *side, const Result *result, GError **error)
{
	const Plan *then = side->warm_up ? side->warm_up->plan : NULL;
	g_autofree char *difference = key_kernels_difference(then, result->plan);

	return !difference ||
	       error_set(error, KHOTEST_ERROR_INPUT, "%s is another kernel by now, then and now: %s; compare it anew",
			 side->name, difference);
}

/* Whether it was done where the runs of that side before it were: an accelerator or a host may be another by now. */
static bool check_key(const Rounds *work, const ComparisonSide *side, const Result *result, GError **error)
{
	bool of_host = false;
	g_autofree char *difference = work->dir->anyway ? NULL : comparisonside_difference(side, result, &of_host);

	return !difference || error_set(error, of_host ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_INPUT,
					"figures of different things cannot be compared: %s, then and now: %s; compare "
					"them anew, or go on (--resume) where it is as it was",
					side->name, difference);
}

/* One run, and what the directory says of it. NULL with the error set. */
static Result *run_one(Rounds *work, const CompareRun *run, GError **error)
{
	const ComparisonSide *side = work->comparison->sides->pdata[run->side];
	g_autofree char *label = run->round ? g_strdup_printf("%s, round %u", side->name, run->round)
					    : g_strdup_printf("%s, warm-up", side->name);
	RunRequest request = work->request;
	g_autoptr(ChainLink) link = side_apply(side->word, work->patches ? work->patches : "", &request, error);
	g_autoptr(Result) result = NULL;
	CompareRun named = *run;

	result = link ? rounds_run_one(work->executor, &request, label, error) : NULL;
	if (!result || !check_kernel(side, result, error) || !check_key(work, side, result, error))
		return NULL;
	named.run = result->id;
	return comparedir_note_run(work->dir, &named, error) ? g_steal_pointer(&result) : NULL;
}

/* One that is not counted, of each: what the host has to read and to learn it then has, and the keys are known. */
static bool warm_up(Rounds *work, GError **error)
{
	g_autofree char *difference = NULL;

	for (guint i = 0; i < work->comparison->sides->len; i++) {
		ComparisonSide *side = work->comparison->sides->pdata[i];
		g_autoptr(Result) result = run_one(work, &(CompareRun){ 0, i, i, NULL }, error);

		if (!result)
			return false;
		if (!side->warm_up)
			side->warm_up = g_steal_pointer(&result);
	}
	difference = comparison_difference(work->comparison);
	return !difference || work->dir->anyway ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: %s; --anyway does it, and says so",
			 difference);
}

/* A word on the end that was not asked for by its number. */
static void say_why(const char *why, guint rounds, bool conditions)
{
	if (strcmp(why, "tight") == 0)
		log_info("%u rounds: %s", rounds,
			 conditions ? "every condition is decided" : "the interval is tight enough");
	else if (strcmp(why, "budget") == 0)
		log_info("%u rounds: the budget is spent, and %s", rounds,
			 conditions ? "not every condition is decided"
				    : "the interval is not as tight as it should be");
}

/* One run of each, in the order of that round. */
static bool run_round(Rounds *work, GError **error)
{
	guint k = work->comparison->sides->len, round = work->round++;

	for (guint position = 0; position < k; position++) {
		CompareRun run = { round + 1, interleave_at(k, round, position), position, NULL };
		Result *result = run_one(work, &run, error);

		if (!result)
			return false;
		comparison_add(work->comparison, run.side, result);
	}
	return true;
}

/*
 * Whether conditions are looked at after so many rounds: after the fewest, and whenever these have doubled. Who looks
 * after each round sees a change of nothing far more often than one interval of 95% does.
 */
static bool is_look(guint rounds)
{
	guint look = STATISTICS_MIN_PAIRS;

	while (look < rounds)
		look *= 2;
	return look == rounds;
}

static bool has_conditions(const Comparison *comparison)
{
	return comparison->conditions && comparison->conditions->len;
}

/* What more runs would not change: the interval, or where there are conditions what is to be said of each. */
static bool is_decided(const Comparison *comparison)
{
	g_autoptr(GArray) answers = NULL;

	if (!has_conditions(comparison))
		return comparison_tight(comparison);
	answers = conditions_ask(comparison->conditions, comparison);
	return !conditions_count(answers, CONDITION_OPEN);
}

/* Whether to look now, and what is seen. */
static bool is_settled(const Comparison *comparison)
{
	return (!has_conditions(comparison) || is_look(comparison_rounds(comparison))) && is_decided(comparison);
}

/* Why there are enough. NULL: it failed. */
static const char *run_rounds(Rounds *work, GError **error)
{
	gint64 began_us = g_get_monotonic_time();
	Progress progress = { .before = comparison_rounds(work->comparison) };
	const char *why;

	for (;;) {
		progress.rounds = comparison_rounds(work->comparison);
		progress.spent_ns = (g_get_monotonic_time() - began_us) * 1000;
		progress.tight = is_settled(work->comparison);
		why = stopping_why(&work->stopping, &progress);
		if (why)
			break;
		if (!run_round(work, error))
			return NULL;
	}
	/* the end of the budget is the last look: what is seen then stands in the report */
	if (strcmp(why, "budget") == 0 && is_decided(work->comparison))
		why = "tight";
	say_why(why, progress.rounds, has_conditions(work->comparison));
	return why;
}

bool rounds_run(Rounds *work, GError **error)
{
	g_autofree char *runs = comparedir_file(work->dir, COMPARE_RUNS);
	const char *why = NULL;

	work->request.output = runs;
	if (warm_up(work, error))
		why = run_rounds(work, error);
	work->request.output = NULL;
	/* what failed is told already */
	return comparedir_note_end(work->dir, why ? why : "cut-off", why ? error : NULL) && why;
}
