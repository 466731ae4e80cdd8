// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare-rounds.h"

#include <base/error.h>
#include <base/log.h>
#include <measure/interleave.h>
#include <report/key.h>

Result *compare_run(Cli *cli, Options *options, VmHost **host, const char *name, const char *which, GError **error)
{
	const Reason *reason;
	const char *expectation;
	bool judged;
	Result *result;

	options->request.series = name;
	result = perform_run(cli, &options->request, host, error);
	if (!result)
		return NULL;
	judged = result->verdict->kind == VERDICT_PASS || result->verdict->kind == VERDICT_FAIL;
	reason = !judged && result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;
	expectation = result_expectation(result);
	log_info("%s%s: %s%s%s%s%s", name, which, verdict_kind_name(result->verdict->kind), expectation ? ", " : "",
		 expectation ? expectation : "", reason ? ": " : "", reason ? reason->text : "");
	return result;
}

/* What all of a comparison's steps need. */
typedef struct {
	Cli *cli;
	Options *options;
	const Repeat *repeat;
	CompareDir *dir;
	Comparison *comparison;
	VmHost *host;
	guint before; /* rounds that were there at the start */
	gint64 began_us;
} Work;

/* A series is one kernel: whoever changes a patch meanwhile has another one. */
static bool check_kernel(const ComparisonSide *side, const Result *result, GError **error)
{
	const Plan *then = side->warm_up ? side->warm_up->plan : NULL, *now = result->plan;

	return !then || !now || g_strcmp0(plan_hop(then, 0)->sha256, plan_hop(now, 0)->sha256) == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is another kernel by now (SHA-256 %.12s, and %.12s before): compare it anew", side->name,
			 plan_hop(now, 0)->sha256, plan_hop(then, 0)->sha256);
}

/* One run, and what the directory says of it. NULL with the error set. */
static Result *run_one(Work *work, const CompareRun *run, GError **error)
{
	const ComparisonSide *side = work->comparison->sides->pdata[run->side];
	g_autofree char *which = run->round ? g_strdup_printf(", round %u", run->round) : g_strdup(", warm-up");
	g_autoptr(Result) result = compare_run(work->cli, work->options, &work->host, side->name, which, error);
	CompareRun named = *run;

	if (!result || !check_kernel(side, result, error))
		return NULL;
	named.run = result->id;
	return comparedir_note_run(work->dir, &named, error) ? g_steal_pointer(&result) : NULL;
}

static bool refuse(const char *difference, GError **error)
{
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: %s; --anyway does it, and says so",
			 difference);
}

/* Whether it is still what it was when the comparison was begun. */
static bool check_key(const Work *work, const ComparisonSide *side, const Result *result, GError **error)
{
	g_autoptr(GPtrArray) then = result_key(side->warm_up), now = result_key(result);
	g_autofree char *difference = key_difference(then, now);
	g_autofree char *named = difference ? g_strdup_printf("%s, then and now: %s", side->name, difference) : NULL;

	return !difference || work->dir->anyway || refuse(named, error);
}

/* One that is not counted, of each: what the host has to read and to learn it then has, and the keys are known. */
static bool warm_up(Work *work, GError **error)
{
	g_autofree char *difference = NULL;

	for (guint i = 0; i < work->comparison->sides->len; i++) {
		ComparisonSide *side = work->comparison->sides->pdata[i];
		g_autoptr(Result) result = run_one(work, &(CompareRun){ 0, i, i, NULL }, error);

		if (!result || (side->warm_up && !check_key(work, side, result, error)))
			return false;
		if (!side->warm_up)
			side->warm_up = g_steal_pointer(&result);
	}
	difference = comparison_difference(work->comparison);
	return !difference || work->dir->anyway || refuse(difference, error);
}

/*
 * When to stop: after so many; or when more would change little, or the time is spent,
 * but not before the least. Why, as comparedir_note_end() takes it; NULL: go on.
 */
static const char *enough(const Work *work)
{
	const Repeat *repeat = work->repeat;
	guint rounds = comparison_rounds(work->comparison), now = rounds - work->before;
	gint64 spent_us = g_get_monotonic_time() - work->began_us;

	if (repeat->rounds)
		return rounds >= repeat->rounds ? "rounds" : NULL;
	if (rounds < STATISTICS_MIN_PAIRS)
		return NULL;
	if (comparison_tight(work->comparison)) {
		log_info("%u rounds: the interval is tight enough", rounds);
		return "tight";
	}
	/* the next round takes as long as those of now before it */
	if (rounds >= ROUNDS_MAX || (now && spent_us + spent_us / now > repeat->budget_ns / 1000)) {
		log_info("%u rounds: the budget is spent, and the interval is not as tight as it should be", rounds);
		return "budget";
	}
	return NULL;
}

/* From that round on. NULL: it failed. */
static const char *rounds(Work *work, guint round, GError **error)
{
	guint k = work->comparison->sides->len;
	const char *why;

	work->began_us = g_get_monotonic_time();
	for (; !(why = enough(work)); round++)
		for (guint position = 0; position < k; position++) {
			CompareRun run = { round + 1, interleave_at(k, round, position), position, NULL };
			Result *result = run_one(work, &run, error);

			if (!result)
				return NULL;
			comparison_add(work->comparison, run.side, result);
		}
	return why;
}

bool compare_rounds(Cli *cli, Options *options, const Repeat *repeat, CompareDir *dir, Comparison *comparison,
		    guint round, GError **error)
{
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);
	Work work = { .cli = cli,
		      .options = options,
		      .repeat = repeat,
		      .dir = dir,
		      .comparison = comparison,
		      .before = comparison_rounds(comparison) };
	const char *why = NULL;

	options->request.output = runs;
	if (warm_up(&work, error))
		why = rounds(&work, round, error);
	options->request.output = options->output;
	g_clear_pointer(&work.host, vmhost_close);
	/* what failed is told already */
	return comparedir_note_end(dir, why ? why : "cut-off", why ? error : NULL) && why;
}
