// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare-rounds.h"
#include "dryrun.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <report/plot.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUDGET_DEFAULT_NS (600ll * 1000000000)

/* The options that only compare has. Owns its strings. */
typedef struct {
	char *runs, *budget, *report, *resume;
	gboolean anyway;
	Repeat repeat;
} Words;

static void words_clear(Words *words)
{
	g_free(words->runs);
	g_free(words->budget);
	g_free(words->report);
	g_free(words->resume);
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
	words->repeat = (Repeat){ .rounds = (guint)rounds, .budget_ns = BUDGET_DEFAULT_NS };
	if (words->budget && !units_parse_duration(words->budget, &words->repeat.budget_ns, error)) {
		g_prefix_error(error, "--budget: ");
		return false;
	}
	return true;
}

/* Everything that can be refused is refused before the first kernel is built. */
static bool check_all(Cli *cli, Options *options, char **series, char **ret_memory, GError **error)
{
	RunRequest *request = &options->request;

	for (char **first = series; *series; series++) {
		g_autoptr(Prepared) prepared = NULL;

		request->series = *series;
		prepared = request_resolve(request, &cli->paths, error);
		if (!prepared || !request_check(request, &cli->paths, prepared, error))
			return false;
		/* the first decides the size, so that all are the same */
		if (!request->guest.numa)
			request->guest.memory_bytes = prepared->plan->guest.memory_bytes;
		g_free(*ret_memory);
		*ret_memory = units_format_size(prepared->plan->guest.memory_bytes);
		if (!options->dry_run)
			continue;
		fputs(series == first || options->format == FORMAT_JSON ? "" : "\n", stdout);
		if (!dry_run(cli, options, error))
			return false;
	}
	return true;
}

/* As of a matrix: an error, then an expectation not met, then what could not be judged here. */
static guint gravity(ExitStatus status)
{
	return status == EXIT_ERROR ? 3 : status == EXIT_FAIL ? 2 : status == EXIT_SKIP ? 1 : 0;
}

/* The graver of the two. */
static ExitStatus graver(ExitStatus status, const Result *result)
{
	ExitStatus one = result_as_expected(result) ? EXIT_PASS : exit_of_verdict(result->verdict->kind);

	if (one == EXIT_PASS && !result_as_expected(result))
		one = EXIT_FAIL;
	return gravity(one) > gravity(status) ? one : status;
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
	ExitStatus status = EXIT_PASS;

	if (options->format == FORMAT_CSV) {
		error_set(error, KHOTEST_ERROR_INPUT, "--format csv has figures of several runs: it goes with --runs");
		return EXIT_ERROR;
	}
	for (char **name = series; *name; name++) {
		Result *result = compare_run(cli, options, &host, *name, "", error);

		if (!result)
			return EXIT_ERROR;
		g_ptr_array_add(results, result);
		status = graver(status, result);
	}
	text = options->quiet && options->format == FORMAT_TEXT ? results_to_brief(results)
								: write[options->format](results);
	fputs(text, stdout);
	return (int)status;
}

/* All of its runs, warm-ups included. */
static ExitStatus exit_of_comparison(const Comparison *comparison)
{
	ExitStatus status = EXIT_PASS;

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];

		if (side->warm_up)
			status = graver(status, side->warm_up);
		for (guint r = 0; r < side->runs->len; r++)
			status = graver(status, side->runs->pdata[r]);
	}
	return status;
}

/* The figures and, on a terminal, a picture of them. unless_empty: nothing where no round is whole. */
static int show(const char *path, const Options *options, bool unless_empty, GError **error)
{
	bool brief = options->quiet && options->format == FORMAT_TEXT;
	static char *(*const write[])(const StoredComparison *) = {
		[FORMAT_TEXT] = storedcomparison_to_text,
		[FORMAT_JSON] = storedcomparison_to_json,
		[FORMAT_MARKDOWN] = storedcomparison_to_markdown,
		[FORMAT_CSV] = storedcomparison_to_csv,
	};
	g_autoptr(StoredComparison) stored = storedcomparison_load(path, error);
	g_autoptr(Plot) plot = NULL;
	g_autofree char *text = NULL, *picture = NULL;

	if (!stored || (unless_empty && !comparison_rounds(stored->comparison)))
		return EXIT_ERROR;
	text = brief ? storedcomparison_to_brief(stored) : write[options->format](stored);
	fputs(text, stdout);
	if (options->format == FORMAT_TEXT && !brief && isatty(STDOUT_FILENO))
		plot = comparison_plot_differences(stored->comparison);
	picture = plot_letters(plot);
	if (picture)
		printf("\n%s", picture);
	return (int)exit_of_comparison(stored->comparison);
}

/* What is there already: nothing, or with --resume all that came to its end. */
typedef struct {
	CompareDir *dir;
	StoredComparison *stored; /* or NULL */
	Comparison *comparison;	  /* its own, if it is not stored's */
	guint round;		  /* the last that was begun */
} Beginning;

static void beginning_clear(Beginning *beginning)
{
	if (beginning->stored)
		storedcomparison_free(beginning->stored);
	else
		comparison_free(beginning->comparison);
	comparedir_free(beginning->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Beginning, beginning_clear)

static bool begin_anew(Cli *cli, const Options *options, const Words *words, char **series, const char *memory,
		       Beginning *beginning, GError **error)
{
	const char *const *names = (const char *const *)series;
	g_autofree char *parent = g_build_filename(options->results, "compare", NULL);
	g_autofree char *path =
		options->output_given ? g_strdup(options->output) : comparedir_name(parent, names, memory);

	beginning->dir = comparedir_create(path, names, (const char *const *)cli->asked, words->anyway, error);
	beginning->comparison = comparison_new(names);
	return beginning->dir != NULL;
}

static bool begin_again(const char *path, Beginning *beginning, GError **error)
{
	beginning->dir = comparedir_open(path, true, error);
	beginning->stored = beginning->dir ? storedcomparison_load(path, error) : NULL;
	if (!beginning->stored)
		return false;
	beginning->comparison = beginning->stored->comparison;
	for (guint i = 0; i < beginning->stored->rounds->runs->len; i++) {
		const CompareRun *run = beginning->stored->rounds->runs->pdata[i];

		beginning->round = MAX(beginning->round, run->round);
	}
	log_info("%u whole rounds are there", comparison_rounds(beginning->comparison));
	return true;
}

/* Runs of each in turn: figures with their uncertainty. What there is by then is shown also where it had to stop. */
static int compare_often(Cli *cli, Options *options, const Words *words, char **series, const char *memory,
			 GError **error)
{
	g_auto(Beginning) beginning = { 0 };
	const char *path;

	if (words->resume ? !begin_again(words->resume, &beginning, error)
			  : !begin_anew(cli, options, words, series, memory, &beginning, error))
		return EXIT_ERROR;
	path = beginning.dir->path;
	log_info("comparison: %s", path);
	if (compare_rounds(cli, options, &words->repeat, beginning.dir, beginning.comparison, beginning.round, error))
		return show(path, options, false, error);
	show(path, options, true, NULL);
	/* what was refused for being another kernel, or another machine, stays refused */
	if (error && *error && !g_error_matches(*error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT))
		g_prefix_error(error,
			       "the comparison is not done ('khotest compare --resume %s' goes on with it): ", path);
	return EXIT_ERROR;
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
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, &words->report,
		  "Show a comparison again from its files, without a run", "DIR" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	options->extra = entries;
	options->csv = true;
	return options_parse(options, cli, "SERIES... | --resume DIR | --report DIR",
			     "Runs several series of one kernel on the same machine, and puts them into one table.\n"
			     "With --runs, a directory holds all of it: -o, or results/compare/DATE-TIME-A-B-MEMORY.\n"
			     "Exit status 0: each came out as its series says it should.",
			     argc, argv, ret_series, error);
}

static int begin(Cli *cli, Options *options, Words *words, char **series, GError **error)
{
	g_autofree char *memory = NULL, *parent = NULL;

	if (!interpret_words(words, error))
		return EXIT_ERROR;
	if (!series[0] || options->series || options->image) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s",
			  !series[0]
				  ? "compare needs the series to compare, as in: khotest compare stock unfixed central"
				  : "compare takes the series as words, without --series or --image");
		return EXIT_ERROR;
	}
	if (words->repeat.rounds != 1 && !series[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "--runs compares: it needs two series or more (A A is possible)");
		return EXIT_ERROR;
	}
	if (words->resume) {
		options->request.output = words->resume;
	} else if (words->repeat.rounds != 1 && !options->output_given) {
		/* below it, with a name that has the time of the start */
		parent = g_build_filename(options->results, "compare", NULL);
		options->request.output = parent;
	}
	if (!check_all(cli, options, series, &memory, error))
		return EXIT_ERROR;
	if (options->dry_run)
		return EXIT_PASS;
	return words->repeat.rounds == 1 ? compare_once(cli, options, series, error)
					 : compare_often(cli, options, words, series, memory, error);
}

/*
 * With the words that began it, and those of now behind them: of an option that is given twice the last one counts, and
 * a budget is part of the --runs that it came with.
 */
static int resume(Cli *cli, const Words *now, int argc, char **argv, GError **error)
{
	g_autoptr(CompareDir) dir = comparedir_open(now->resume, false, error);
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) series = NULL;

	if (!dir)
		return EXIT_ERROR;
	if (g_strv_length(dir->asked) < 2) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s does not say how it was asked for: it is damaged",
			  now->resume);
		return EXIT_ERROR;
	}
	for (char **word = dir->asked + 1; *word; word++)
		g_ptr_array_add(all, *word);
	for (int i = 1; i < argc; i++)
		g_ptr_array_add(all, argv[i]);
	g_ptr_array_add(all, NULL);
	if (!parse(cli, &options, &words, (int)all->len - 1, (char **)all->pdata, &series, error))
		return EXIT_ERROR;
	if (now->runs && !now->budget)
		g_clear_pointer(&words.budget, g_free);
	return begin(cli, &options, &words, series, error);
}

int verb_compare(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) series = NULL;

	if (!parse(cli, &options, &words, argc, argv, &series, error))
		return EXIT_ERROR;
	if (words.report && (series[0] || words.runs || words.budget || words.resume)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--report shows what was run: it takes neither series nor --runs, --budget or --resume");
		return EXIT_ERROR;
	}
	if (words.resume && series[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--resume goes on with the series that the comparison has: it takes no others");
		return EXIT_ERROR;
	}
	if (words.report)
		return show(words.report, &options, false, error);
	return words.resume ? resume(cli, &words, argc, argv, error) : begin(cli, &options, &words, series, error);
}
