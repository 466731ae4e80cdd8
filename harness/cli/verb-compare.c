// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <measure/interleave.h>
#include <report/comparison.h>

#include <stdio.h>
#include <string.h>

#define BUDGET_DEFAULT_NS (600ll * 1000000000)
/* What "auto" never goes beyond, however long the budget: the gain goes with the square root. */
#define ROUNDS_MAX 200

/* The options that only compare has. */
typedef struct {
	char *runs, *budget;
	gboolean anyway;
	guint rounds; /* 0: auto */
	gint64 budget_ns;
} Repeat;

static void repeat_clear(Repeat *repeat)
{
	g_free(repeat->runs);
	g_free(repeat->budget);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Repeat, repeat_clear)

static bool interpret_repeat(Repeat *repeat, GError **error)
{
	guint64 rounds = 1;

	if (repeat->runs && strcmp(repeat->runs, "auto") == 0)
		rounds = 0;
	else if (repeat->runs && !g_ascii_string_to_unsigned(repeat->runs, 10, 1, ROUNDS_MAX, &rounds, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT, "--runs %s: 1 to %d, or auto", repeat->runs, ROUNDS_MAX);
	repeat->rounds = (guint)rounds;
	if (repeat->budget && rounds)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--budget says when --runs auto ends at the latest: it does not go with %s",
				 repeat->runs ? "a number of runs" : "a single run of each");
	if (repeat->anyway && rounds == 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--anyway is about comparing: it goes with --runs auto, or at least --runs 2");
	repeat->budget_ns = BUDGET_DEFAULT_NS;
	if (repeat->budget && !units_parse_duration(repeat->budget, &repeat->budget_ns, error)) {
		g_prefix_error(error, "--budget: ");
		return false;
	}
	return true;
}

/* Everything that can be refused is refused before the first kernel is built. */
static bool check_all(Cli *cli, RunRequest *request, char **series, bool print, GError **error)
{
	for (; *series; series++) {
		g_autoptr(Prepared) prepared = NULL;

		request->series = *series;
		prepared = request_resolve(request, &cli->paths, error);
		if (!prepared)
			return false;
		/* the first decides the size, so that all are the same */
		if (!request->numa)
			request->memory_bytes = prepared->plan->memory_bytes;
		if (print) {
			g_autofree char *json = plan_to_json(prepared->plan);

			fputs(json, stdout);
		}
	}
	return true;
}

/* The gravest of all: an error, then a host that cannot, then an expectation not met. */
static ExitStatus exit_of_results(GPtrArray *results)
{
	ExitStatus status = EXIT_PASS;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		ExitStatus one = result_as_expected(result) ? EXIT_PASS : exit_of_verdict(result->verdict->kind);

		if (one == EXIT_PASS && !result_as_expected(result))
			one = EXIT_FAIL;
		status = MAX(status, one);
	}
	return status;
}

static Result *run_one(Cli *cli, Options *options, VmHost **host, const char *name, const char *which, GError **error)
{
	Result *result;

	options->request.series = name;
	result = perform_run(cli, &options->request, host, error);
	if (result)
		log_info("%s%s: %s%s", name, which, verdict_kind_name(result->verdict->kind),
			 result_as_expected(result) ? ", as expected" : ", NOT as expected");
	return result;
}

/* One run of each: verdicts side by side. */
static int compare_once(Cli *cli, Options *options, char **series, GError **error)
{
	static char *(*const write[])(GPtrArray *) = {
		[FORMAT_TEXT] = results_to_text,
		[FORMAT_JSON] = results_to_json,
		[FORMAT_MARKDOWN] = results_to_markdown,
	};
	g_autoptr(VmHost) host = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *text = NULL;

	for (char **name = series; *name; name++) {
		Result *result = run_one(cli, options, &host, *name, "", error);

		if (!result)
			return EXIT_ERROR;
		g_ptr_array_add(results, result);
	}
	text = write[options->format](results);
	fputs(text, stdout);
	return exit_of_results(results);
}

/* One that is not counted, of each: what the host has to read and to learn it then has, and the keys are known. */
static bool warm_up(Cli *cli, Options *options, const Repeat *repeat, VmHost **host, Comparison *comparison,
		    GPtrArray *all, GError **error)
{
	g_autofree char *difference = NULL;

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];
		Result *result = run_one(cli, options, host, side->name, ", warm-up", error);

		if (!result)
			return false;
		comparison_add(comparison, i, result);
		g_ptr_array_add(all, result);
	}
	difference = comparison_difference(comparison);
	comparison->anyway = difference && repeat->anyway;
	if (!difference || repeat->anyway)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: %s; --anyway does it, and says so",
			 difference);
}

/* When to stop: after so many; or when more would change little, or the time is spent, but not before the least. */
static bool enough(const Comparison *comparison, const Repeat *repeat, gint64 began_us)
{
	guint rounds = comparison_rounds(comparison);
	gint64 spent_us = g_get_monotonic_time() - began_us;

	if (repeat->rounds)
		return rounds >= repeat->rounds;
	if (rounds < STATISTICS_MIN_PAIRS)
		return false;
	if (rounds >= ROUNDS_MAX)
		return true;
	if (comparison_tight(comparison)) {
		log_info("%u rounds: the interval is tight enough", rounds);
		return true;
	}
	/* the next round takes as long as those before it */
	if (spent_us + spent_us / rounds > repeat->budget_ns / 1000) {
		log_info("%u rounds: the budget is spent, and the interval is not as tight as it should be", rounds);
		return true;
	}
	return false;
}

static bool rounds(Cli *cli, Options *options, const Repeat *repeat, VmHost **host, Comparison *comparison,
		   GPtrArray *all, GError **error)
{
	gint64 began_us = g_get_monotonic_time();
	guint k = comparison->sides->len;

	for (guint round = 0; !enough(comparison, repeat, began_us); round++) {
		g_autofree char *which = g_strdup_printf(", round %u", round + 1);

		for (guint position = 0; position < k; position++) {
			guint i = interleave_at(k, round, position);
			const ComparisonSide *side = comparison->sides->pdata[i];
			Result *result = run_one(cli, options, host, side->name, which, error);

			if (!result)
				return false;
			comparison_add(comparison, i, result);
			g_ptr_array_add(all, result);
		}
	}
	return true;
}

/* Runs of each in turn: figures with their uncertainty. What there is by then is shown also where it had to stop. */
static int compare_often(Cli *cli, Options *options, const Repeat *repeat, char **series, GError **error)
{
	static char *(*const write[])(const Comparison *) = {
		[FORMAT_TEXT] = comparison_to_text,
		[FORMAT_JSON] = comparison_to_json,
		[FORMAT_MARKDOWN] = comparison_to_markdown,
	};
	g_autoptr(VmHost) host = NULL;
	g_autoptr(Comparison) comparison = comparison_new((const char *const *)series);
	g_autoptr(GPtrArray) all = g_ptr_array_new(); /* borrowed from the comparison */
	g_autofree char *text = NULL;
	bool ok = warm_up(cli, options, repeat, &host, comparison, all, error) &&
		  rounds(cli, options, repeat, &host, comparison, all, error);

	if (comparison_rounds(comparison)) {
		text = write[options->format](comparison);
		fputs(text, stdout);
	}
	return ok ? exit_of_results(all) : EXIT_ERROR;
}

int verb_compare(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	g_auto(Repeat) repeat = { 0 };
	const GOptionEntry entries[] = {
		{ "runs", 0, 0, G_OPTION_ARG_STRING, &repeat.runs,
		  "Runs of each, in turn, after one that is not counted; auto: until the interval is tight enough (1)",
		  "N|auto" },
		{ "budget", 0, 0, G_OPTION_ARG_STRING, &repeat.budget, "With --runs auto: the longest time (10m)",
		  "TIME" },
		{ "anyway", 0, 0, G_OPTION_ARG_NONE, &repeat.anyway,
		  "Compare figures of different machines or configurations, and say so", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_auto(GStrv) series = NULL;

	options.extra = entries;
	if (!options_parse(&options, cli, "SERIES...",
			   "Runs several series of one kernel on the same machine, and puts them into one table.\n"
			   "Exit status 0: each came out as its series says it should.",
			   argc, argv, &series, error) ||
	    !interpret_repeat(&repeat, error))
		return EXIT_ERROR;
	if (!series[0] || options.series || options.image) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s",
			  !series[0]
				  ? "compare needs the series to compare, as in: khotest compare stock unfixed central"
				  : "compare takes the series as words, without --series or --image");
		return EXIT_ERROR;
	}
	if (repeat.rounds != 1 && !series[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "--runs compares: it needs two series or more (A A is possible)");
		return EXIT_ERROR;
	}
	if (!check_all(cli, &options.request, series, options.dry_run, error))
		return EXIT_ERROR;
	if (options.dry_run)
		return EXIT_PASS;
	return repeat.rounds == 1 ? compare_once(cli, &options, series, error)
				  : compare_often(cli, &options, &repeat, series, error);
}
