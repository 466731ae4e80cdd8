// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare-rounds.h"

#include <base/error.h>
#include <base/log.h>
#include <measure/interleave.h>
#include <report/comparison.h>

Result *compare_run(Cli *cli, Options *options, VmHost **host, const char *name, const char *which, GError **error)
{
	Result *result;

	options->request.series = name;
	result = perform_run(cli, &options->request, host, error);
	if (result)
		log_info("%s%s: %s%s", name, which, verdict_kind_name(result->verdict->kind),
			 result_as_expected(result) ? ", as expected" : ", NOT as expected");
	return result;
}

/* One run, and what the directory says of it. Its result becomes the comparison's. */
static bool take_run(Cli *cli, Options *options, VmHost **host, CompareDir *dir, Comparison *comparison,
		     const CompareRun *run, GError **error)
{
	const ComparisonSide *side = comparison->sides->pdata[run->side];
	g_autofree char *which = run->round ? g_strdup_printf(", round %u", run->round) : g_strdup(", warm-up");
	Result *result = compare_run(cli, options, host, side->name, which, error);
	CompareRun named = *run;

	if (!result)
		return false;
	comparison_add(comparison, run->side, result);
	named.run = result->id;
	return comparedir_note_run(dir, &named, error);
}

/* One that is not counted, of each: what the host has to read and to learn it then has, and the keys are known. */
static bool warm_up(Cli *cli, Options *options, VmHost **host, CompareDir *dir, Comparison *comparison, GError **error)
{
	g_autofree char *difference = NULL;

	for (guint i = 0; i < comparison->sides->len; i++)
		if (!take_run(cli, options, host, dir, comparison, &(CompareRun){ 0, i, i, NULL }, error))
			return false;
	difference = comparison_difference(comparison);
	if (!difference || dir->anyway)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: %s; --anyway does it, and says so",
			 difference);
}

/*
 * When to stop: after so many; or when more would change little, or the time is spent,
 * but not before the least. Why, as comparedir_note_end() takes it; NULL: go on.
 */
static const char *enough(const Comparison *comparison, const Repeat *repeat, gint64 began_us)
{
	guint rounds = comparison_rounds(comparison);
	gint64 spent_us = g_get_monotonic_time() - began_us;

	if (repeat->rounds)
		return rounds >= repeat->rounds ? "rounds" : NULL;
	if (rounds < STATISTICS_MIN_PAIRS)
		return NULL;
	if (comparison_tight(comparison)) {
		log_info("%u rounds: the interval is tight enough", rounds);
		return "tight";
	}
	/* the next round takes as long as those before it */
	if (rounds >= ROUNDS_MAX || spent_us + spent_us / rounds > repeat->budget_ns / 1000) {
		log_info("%u rounds: the budget is spent, and the interval is not as tight as it should be", rounds);
		return "budget";
	}
	return NULL;
}

/* NULL: it failed. */
static const char *rounds(Cli *cli, Options *options, const Repeat *repeat, VmHost **host, CompareDir *dir,
			  Comparison *comparison, GError **error)
{
	gint64 began_us = g_get_monotonic_time();
	guint k = comparison->sides->len;
	const char *why;

	for (guint round = 0; !(why = enough(comparison, repeat, began_us)); round++)
		for (guint position = 0; position < k; position++) {
			CompareRun run = { round + 1, interleave_at(k, round, position), position, NULL };

			if (!take_run(cli, options, host, dir, comparison, &run, error))
				return NULL;
		}
	return why;
}

bool compare_rounds(Cli *cli, Options *options, const Repeat *repeat, CompareDir *dir, GError **error)
{
	g_autoptr(VmHost) host = NULL;
	g_autoptr(Comparison) comparison = comparison_new((const char *const *)dir->series);
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);
	const char *why = NULL;

	options->request.output = runs;
	if (warm_up(cli, options, &host, dir, comparison, error))
		why = rounds(cli, options, repeat, &host, dir, comparison, error);
	options->request.output = options->output;
	/* what failed is told already */
	return comparedir_note_end(dir, why ? why : "cut-off", why ? error : NULL) && why;
}
