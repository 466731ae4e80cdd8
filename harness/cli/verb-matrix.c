// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/matrixwork.h>
#include <campaign/resolve.h>
#include <store/results.h>

#include <stdio.h>
#include <string.h>

/* The options of this verb, as parsed. Owns its strings. */
typedef struct {
	char *output, *resume, *report, *format_name, *memory_dir;
	char **only;
	int jobs;
	gboolean dry, quiet, verbose, trust;
	char **rest;
} Words;

static void words_clear(Words *words)
{
	g_free(words->output);
	g_free(words->resume);
	g_free(words->report);
	g_free(words->format_name);
	g_free(words->memory_dir);
	g_strfreev(words->only);
	g_strfreev(words->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(Words *words, Cli *cli, int argc, char **argv, GError **error)
{
	static const char *const resume[] = { "resume",	    "trust", "format",	"jobs",
					      "memory-dir", "quiet", "verbose", NULL };
	static const char *const report[] = { "report", "format", "quiet", "verbose", NULL };
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "The matrix directory to make (" MATRICES_FOLDER "/DATE-TIME-PLAN in the folder of results)", "DIR" },
		OPTION_RESULTS,
		{ "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->only,
		  "Only cells such as memory=1G;8G or series=central; each one more filter", "KEY=LIST" },
		{ "resume", 0, 0, G_OPTION_ARG_FILENAME, &words->resume,
		  "Go on with a matrix that was cut off: what has no verdict yet", "DIR" },
		OPTION_TRUST(&words->trust),
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, &words->report, "Judge a matrix again from its files", "DIR" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format_name, emitter_help(EMIT(matrix)), "NAME" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &words->jobs,
		  "Cells at a time (one for each core; cells with timing=yes always run alone)", "N" },
		OPTION_MEMORY_DIR(&words->memory_dir),
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &words->dry, "Say what would be run, and how long it would take",
		  NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet,
		  "The result in a line or two, and what went wrong; nothing else", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &words->verbose, "Every detail", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	if (!options_parse_entries(
		    entries, "PLAN | --resume DIR | --report DIR",
		    "Runs the cells of a plan: kernels, series and machines, each with the verdict it "
		    "should have.\nExit status 0: each has it; 77: some could not be judged on this host.",
		    argc, argv, &words->rest, error))
		return false;
	log_set_level(words->quiet ? LOG_QUIET : words->verbose ? LOG_VERBOSE : LOG_NORMAL);
	if ((words->rest[0] != NULL) + (words->resume != NULL) + (words->report != NULL) != 1 ||
	    (words->rest[0] && words->rest[1])) {
		g_auto(GStrv) plans = resolve_list(cli->paths.plans);
		g_autofree char *all = g_strjoinv(", ", plans);

		return error_set(error, KHOTEST_ERROR_INPUT,
				 "matrix takes one plan (%s, or the path of a file), or --resume DIR, or --report DIR",
				 all);
	}
	return options_trust(words->trust, words->resume, error) &&
	       options_beside(entries, resume, "--resume, which goes on with the plan as it was begun", error) &&
	       options_beside(entries, report, "--report, which shows what was run", error);
}

/* NULL: the error is set. */
static int print_result(const MatrixResult *result, const Emitter *emitter)
{
	g_autofree char *text = result ? emitter->matrix(result) : NULL;

	if (!text)
		return EXIT_ERROR;
	cli_print(text);
	return (int)exit_of_verdict(matrix_outcome(result));
}

static int report(const char *path, const Emitter *emitter, GError **error)
{
	g_autoptr(MatrixResult) result = matrixresult_load(path, error);

	return print_result(result, emitter);
}

static int start(Cli *cli, const Words *words, const MatrixWork *work, const Emitter *emitter, GError **error)
{
	g_autoptr(PlanFile) plan = resolve_plan(cli->paths.plans, words->rest[0], &cli->paths, error);
	g_autoptr(MatrixResult) result = NULL;
	g_autofree char *outline = NULL;

	if (!plan || !planfile_filter(plan, (const char *const *)words->only, error))
		return EXIT_ERROR;
	outline = matrixwork_outline(work, plan, words->dry, error);
	if (!outline)
		return EXIT_ERROR;
	if (words->dry) {
		cli_print(outline);
		return EXIT_PASS;
	}
	if (!words->quiet)
		fputs(outline, stderr);
	result = matrixwork_begin(work, plan, error);
	return print_result(result, emitter);
}

static int go_on(const Words *words, const MatrixWork *work, const Emitter *emitter, GError **error)
{
	g_autoptr(MatrixResult) result = matrixwork_resume(work, words->resume, error);

	return print_result(result, emitter);
}

int verb_matrix(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) words = { 0 };
	g_autofree char *parent = NULL;
	const Emitter *emitter = NULL;
	MatrixWork work;

	if (!parse(&words, cli, argc, argv, error) ||
	    !(emitter = emitter_find(words.format_name, words.quiet, EMIT(matrix), error)) ||
	    (words.dry && !emitter_check_dry(emitter, false, error)))
		return EXIT_ERROR;
	parent = paths_results(MATRICES_FOLDER);
	if (words.report)
		return report(words.report, emitter, error);
	work = (MatrixWork){ .verb = "matrix",
			     .paths = &cli->paths,
			     .asked = (const char *const *)cli->asked,
			     .path = words.output,
			     .parent = parent,
			     .memory_dir = words.memory_dir,
			     .trust = words.trust,
			     .jobs = (guint)words.jobs,
			     .cancel = cli->cancel };
	return words.resume ? go_on(&words, &work, emitter, error) : start(cli, &words, &work, emitter, error);
}
