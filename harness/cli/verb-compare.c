// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "failif.h"

#include <base/error.h>
#include <base/units.h>
#include <campaign/compare.h>
#include <page/plot.h>
#include <report/run.h>
#include <report/storedcomparison.h>
#include <store/begun.h>
#include <store/results.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUDGET_DEFAULT_NS (600ll * 1000000000)

/* The options that only compare has. Owns its strings. */
typedef struct {
	char *runs, *budget, *report, *resume;
	gboolean anyway, trust, cover;
	FailIf fail_if;
	Stopping stopping;
} Words;

static void words_clear(Words *words)
{
	g_free(words->runs);
	g_free(words->budget);
	g_free(words->report);
	g_free(words->resume);
	failif_clear(&words->fail_if);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool interpret_words(Words *words, GError **error)
{
	guint64 rounds = 1;

	if (words->runs && strcmp(words->runs, "auto") == 0)
		rounds = 0;
	else if (words->runs && !g_ascii_string_to_unsigned(words->runs, 10, 1, ROUNDS_MAX, &rounds, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT, "--runs %s: 1 to %d, or auto", words->runs, ROUNDS_MAX);
	if (words->budget && rounds)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--budget says when --runs auto ends at the latest: it does not go with %s",
				 words->runs ? "a number of runs" : "a single run of each");
	if (words->anyway && rounds == 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--anyway is about comparing: it goes with --runs auto, or at least --runs 2");
	words->stopping = (Stopping){ .rounds = (guint)rounds, .budget_ns = BUDGET_DEFAULT_NS };
	if (words->budget && !units_parse_duration(words->budget, &words->stopping.budget_ns, error)) {
		g_prefix_error(error, "--budget: ");
		return false;
	}
	return true;
}

/* One run of each: verdicts side by side. */
static int compare_one_each(const CompareSpec *spec, const Options *options, const FailIf *fail_if, GError **error)
{
	g_autoptr(GPtrArray) results = NULL;
	g_autofree char *text = NULL;
	ExitStatus status;

	if (!options->emitter->runs) {
		error_set(error, KHOTEST_ERROR_INPUT, "--format %s has figures of several runs: it goes with --runs",
			  options->emitter->name);
		return EXIT_ERROR;
	}
	results = compare_once(spec, error);
	if (!results)
		return EXIT_ERROR;
	text = options->emitter->runs(results);
	cli_print(text);
	status = exit_of_verdict(compare_outcome_of(results));
	return (int)failif_exit_of_one_each(fail_if, (const char *const *)spec->series, results, status);
}

/* The figures and, on a terminal, a picture of them. unless_empty: nothing where no round is whole. */
static int show(const char *path, const Options *options, const FailIf *fail_if, bool unless_empty, GError **error)
{
	g_autoptr(StoredComparison) stored = storedcomparison_load(path, error);
	g_autoptr(Plot) plot = NULL;
	g_autofree char *text = NULL, *picture = NULL;

	if (!stored || (unless_empty && !comparison_rounds(stored->comparison)))
		return EXIT_ERROR;
	stored->comparison->conditions = fail_if->conditions;
	text = options->emitter->comparison(stored);
	cli_print(text);
	if (emitter_is_text(options->emitter) && isatty(STDOUT_FILENO))
		plot = comparison_plot_differences(stored->comparison);
	picture = plot_letters(plot);
	if (picture)
		printf("\n%s", picture);
	return (int)failif_exit(fail_if, stored->comparison, exit_of_verdict(compare_outcome(stored->comparison)));
}

/* Runs of each in turn: figures with their uncertainty. What there is by then is shown also where it had to stop. */
static int compare_many(const CompareSpec *spec, const Options *options, const FailIf *fail_if, GError **error)
{
	g_autofree char *path = NULL;
	bool done = compare_often(spec, &path, error);

	if (done)
		return show(path, options, fail_if, false, error);
	if (path)
		show(path, options, fail_if, true, NULL);
	return EXIT_ERROR;
}

static int print_outline(const CompareSpec *spec, const Options *options, GError **error)
{
	g_autofree char *text = compare_outline(spec, emitter_is_json(options->emitter), error);

	cli_print(text);
	return text ? EXIT_PASS : EXIT_ERROR;
}

/* Several trees are a side each, in front of the words. */
static void add_trees(char **trees, char ***series)
{
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();

	for (; *trees; trees++) {
		g_autofree char *word = g_strconcat("tree:", *trees, NULL);

		g_strv_builder_add(all, word);
	}
	g_strv_builder_addv(all, (const char **)*series);
	g_strfreev(*series);
	*series = g_strv_builder_end(all);
}

static bool parse(Cli *cli, Options *options, Words *words, int argc, char **argv, char ***ret_series, GError **error)
{
	const GOptionEntry entries[] = {
		{ "runs", 0, 0, G_OPTION_ARG_STRING, &words->runs,
		  "Runs of each, in turn, after one that is not counted; auto: until the interval is tight enough (1)",
		  "N|auto" },
		{ "budget", 0, 0, G_OPTION_ARG_STRING, &words->budget, "With --runs auto: the longest time (10m)",
		  "TIME" },
		{ "anyway", 0, 0, G_OPTION_ARG_NONE, &words->anyway,
		  "Compare figures of different machines or configurations, and say so", NULL },
		{ "resume", 0, 0, G_OPTION_ARG_FILENAME, &words->resume,
		  "Go on with a comparison, as it was asked for; with --runs or --budget for longer", "DIR" },
		OPTION_TRUST(&words->trust),
		{ "cover", 0, 0, G_OPTION_ARG_NONE, &words->cover,
		  "The paragraph and the figures for the cover letter of a series; the same as --format cover", NULL },
		OPTIONS_FAIL_IF(&words->fail_if),
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, &words->report,
		  "Show a comparison again from its files, without a run", "DIR" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	static const char *const refused[] = { "series", "image", NULL };

	options->extra = entries;
	options->refuses = refused;
	options->writes = EMIT(comparison);
	options->many_trees = true;
	if (!options_parse(
		    options, cli, "SIDE... | --resume DIR | --report DIR",
		    "Runs several kernels on the same machine, and puts them into one table. A side is a series, "
		    "KERNEL/SERIES,\n"
		    "tree:DIR[@REF] or image:FILE; --tree given several times is a side each, and the first ones.\n"
		    "With --runs, a directory holds all of it: -o, or compare/DATE-TIME-A-B-MEMORY-XXXX in the folder "
		    "of results.\n"
		    "Exit status 0: each came out as its series says it should, and no --fail-if is met.",
		    argc, argv, ret_series, error))
		return false;
	if (options->trees && options->trees[1])
		add_trees(options->trees, ret_series);
	if (words->cover && options->format_name)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--cover is a format of its own: it does not go with --format");
	if (words->cover)
		options->emitter = emitter_find("cover", false, EMIT(comparison), error);
	return options->emitter;
}

static int begin(Cli *cli, Options *options, Words *words, char **series, GError **error)
{
	g_autofree char *parent = paths_results(COMPARISONS_FOLDER);
	g_auto(CompareSpec) spec = { 0 };
	bool many;

	if (!interpret_words(words, error) || !failif_parse(&words->fail_if, error))
		return EXIT_ERROR;
	many = words->stopping.rounds != 1 || words->resume;
	if (!series[0] || options->series || options->image) {
		error_set(
			error, KHOTEST_ERROR_INPUT, "%s",
			!series[0]
				? "compare needs the series to compare, as in: khotest compare stock unfixed central"
				: "compare takes its sides as words, without --series or --image (image:FILE is one)");
		return EXIT_ERROR;
	}
	if (many && !series[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "--runs compares: it needs two series or more (A A is possible)");
		return EXIT_ERROR;
	}
	spec = (CompareSpec){ .paths = &cli->paths,
			      .request = options->request,
			      .series = series,
			      .stopping = words->stopping,
			      .anyway = words->anyway,
			      .conditions = words->fail_if.conditions,
			      .resume = words->resume,
			      .path = words->resume		      ? words->resume
				      : many && options->output_given ? options->output
								      : NULL,
			      .parent = many ? parent : NULL };
	if (!failif_check(&words->fail_if, options->request.mode, options->chain ? 0 : options->request.hops,
			  words->stopping.rounds, error) ||
	    !compare_check(&spec, error))
		return EXIT_ERROR;
	if (options->dry_run)
		return print_outline(&spec, options, error);
	return many ? compare_many(&spec, options, &words->fail_if, error)
		    : compare_one_each(&spec, options, &words->fail_if, error);
}

/*
 * With the words that began it, and those of now behind them: of an option that is given twice the last one counts, or
 * both do, as of -a; and a budget is part of the --runs that it came with.
 */
static int resume(Cli *cli, const Words *now, int argc, char **argv, GError **error)
{
	g_autoptr(CompareDir) dir = comparedir_open(now->resume, false, error);
	g_autoptr(GPtrArray) all = NULL;
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) series = NULL;
	g_autofree char *json = NULL;

	if (!dir)
		return EXIT_ERROR;
	json = comparedir_file(dir, COMPARE_JSON);
	if (!begun_check(cli->paths.cache, json, now->trust, error))
		return EXIT_ERROR;
	if (g_strv_length(dir->asked) < 2) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s does not say how it was asked for: it is damaged",
			  now->resume);
		return EXIT_ERROR;
	}
	all = options_again(dir->asked, argc, argv);
	if (!parse(cli, &options, &words, (int)all->len - 1, (char **)all->pdata, &series, error))
		return EXIT_ERROR;
	if (now->runs && !now->budget)
		g_clear_pointer(&words.budget, g_free);
	return begin(cli, &options, &words, series, error);
}

static bool check_report(const Options *options, char **series, GError **error)
{
	static const char *const fitting[] = { "report", "format",     "cover",	  "fail-if", "fail-if-unsure",
					       "quiet",	 "exit-style", "verbose", NULL };

	if (series[0])
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--report shows what was run: it takes neither series nor the options of a run");
	return options_only(options, fitting, "--report, which shows what was run", error);
}

int verb_compare(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) series = NULL;

	if (!parse(cli, &options, &words, argc, argv, &series, error) ||
	    !options_trust(words.trust, words.resume, error))
		return EXIT_ERROR;
	if (words.report && !check_report(&options, series, error))
		return EXIT_ERROR;
	if (words.resume && series[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--resume goes on with the series that the comparison has: it takes no others");
		return EXIT_ERROR;
	}
	if (words.report)
		return failif_parse(&words.fail_if, error) ? show(words.report, &options, &words.fail_if, false, error)
							   : EXIT_ERROR;
	return words.resume ? resume(cli, &words, argc, argv, error) : begin(cli, &options, &words, series, error);
}
