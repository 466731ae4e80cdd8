// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "selfpath.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/resolve.h>
#include <campaign/runner.h>
#include <report/matrix.h>

#include <stdio.h>
#include <string.h>

#define PARENT "results/matrix"

/* The options of this verb, as parsed. Owns its strings. */
typedef struct {
	char *output, *resume, *report, *format_name, *memory_dir;
	char **only;
	int jobs;
	gboolean dry, quiet, verbose;
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

typedef char *(*WriteFunc)(const MatrixResult *);

static bool choose_format(const char *name, WriteFunc *ret, GError **error)
{
	static const struct {
		const char *name;
		WriteFunc write;
	} formats[] = { { "text", matrix_to_text },
			{ "md", matrix_to_markdown },
			{ "json", matrix_to_json },
			{ "junit", matrix_to_junit } };

	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
		if (strcmp(name ? name : "text", formats[i].name) == 0) {
			*ret = formats[i].write;
			return true;
		}
	return error_set(error, KHOTEST_ERROR_INPUT, "--format %s: text, md, json and junit are possible", name);
}

static bool parse(Words *words, Cli *cli, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "The matrix directory to make (" PARENT "/DATE-TIME-PLAN)", "DIR" },
		{ "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->only,
		  "Only cells such as memory=1G;8G or series=central; each one more filter", "KEY=LIST" },
		{ "resume", 0, 0, G_OPTION_ARG_FILENAME, &words->resume,
		  "Go on with a matrix that was cut off: what has no verdict yet", "DIR" },
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, &words->report, "Judge a matrix again from its files", "DIR" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format_name,
		  "text, md, json or junit, on standard output", "NAME" },
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
	if (words->jobs < 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "-j must be at least 1");
	if ((words->rest[0] != NULL) + (words->resume != NULL) + (words->report != NULL) != 1 ||
	    (words->rest[0] && words->rest[1])) {
		g_auto(GStrv) plans = resolve_list(cli->plans);
		g_autofree char *all = g_strjoinv(", ", plans);

		return error_set(error, KHOTEST_ERROR_INPUT,
				 "matrix takes one plan (%s, or the path of a file), or --resume DIR, or --report DIR",
				 all);
	}
	if (!words->rest[0] && (words->output || words->only || words->dry))
		return error_set(error, KHOTEST_ERROR_INPUT, "-o, --only and --dry-run go with a plan");
	return true;
}

/* What is derived from the run directories, into the matrix directory. */
static bool keep(const MatrixResult *result, GError **error)
{
	g_autofree char *json = matrix_to_json(result);
	g_autofree char *markdown = matrix_to_markdown(result);

	return matrixdir_write(result->dir, MATRIX_JSON, json, error) &&
	       matrixdir_write(result->dir, MATRIX_MARKDOWN, markdown, error);
}

static int report(const char *path, WriteFunc write, bool and_keep, GError **error)
{
	g_autoptr(MatrixResult) result = matrixresult_load(path, error);
	g_autofree char *text = NULL;

	if (!result || (and_keep && !keep(result, error)))
		return EXIT_ERROR;
	text = write(result);
	fputs(text, stdout);
	return (int)exit_of_verdict(matrix_outcome(result));
}

/* What is about to be done, in how many cells and kernels, and how long. */
static void announce(FILE *out, const char *plan, const char *summary, GPtrArray *cells, GPtrArray *builds,
		     Estimate *estimate, guint jobs)
{
	Capacity capacity = runner_capacity(jobs);
	g_autofree char *cells_time = estimate_format(schedule_length(cells, &capacity, estimate_cell, estimate));
	g_autofree char *builds_time = NULL;
	gint64 build_ns = 0;
	guint missing = 0;

	for (guint i = 0; i < builds->len; i++) {
		build_ns += ((Build *)builds->pdata[i])->estimate_ns;
		missing += !((Build *)builds->pdata[i])->cached;
	}
	builds_time = estimate_format(build_ns);
	fprintf(out, "%s: %s\n%u cell%s, %u at a time, about %s", plan, summary, cells->len, cells->len == 1 ? "" : "s",
		capacity.jobs, cells_time);
	if (missing)
		fprintf(out, "; before that %u of %u kernels to build, about %s", missing, builds->len, builds_time);
	fprintf(out, "\n");
}

static void print_cells(GPtrArray *cells, Estimate *estimate)
{
	for (guint i = 0; i < cells->len; i++) {
		const Cell *cell = cells->pdata[i];
		g_autofree char *expectation = cell_expectation(cell);
		g_autofree char *time = estimate_format(estimate_cell(cell, estimate));

		printf("%s  %s  %s\n", cell->id, expectation, time);
	}
}

/* A matrix of the same plan that did not come to its end, and on which nobody is at work. */
static void mention_unfinished(const char *parent, const char *plan)
{
	g_auto(GStrv) paths = matrixdir_list(parent);

	for (char **path = paths; *path; path++) {
		g_autoptr(MatrixDir) dir = matrixdir_open(*path, true, NULL);
		g_autoptr(MatrixJournal) journal = dir ? matrixdir_journal(dir) : NULL;

		if (journal && !journal->ended && g_strcmp0(dir->plan, plan) == 0)
			log_info("an earlier matrix of this plan was cut off: 'khotest matrix --resume %s' goes on "
				 "with it",
				 *path);
	}
}

static int work(Cli *cli, MatrixDir *dir, const Words *words, Estimate *estimate, WriteFunc write, GError **error)
{
	g_autofree char *executable = selfpath();
	RunnerSpec spec = {
		.executable = executable,
		.paths = &cli->paths,
		.memory_dir = words->memory_dir,
		.jobs = (guint)words->jobs,
		.estimate = estimate,
		.cancel = cli->cancel,
	};

	if (!runner_run(dir, &spec, error)) {
		g_prefix_error(error,
			       "the matrix is not done ('khotest matrix --resume %s' goes on with it): ", dir->path);
		return EXIT_ERROR;
	}
	return report(dir->path, write, true, error);
}

static int start(Cli *cli, const Words *words, WriteFunc write, GError **error)
{
	g_autoptr(PlanFile) plan = resolve_plan(cli->plans, words->rest[0], &cli->paths, error);
	g_autofree char *parent = words->output ? g_path_get_dirname(words->output) : g_strdup(PARENT);
	g_autoptr(Estimate) estimate = NULL;
	g_autoptr(GPtrArray) builds = NULL;
	g_autoptr(MatrixDir) dir = NULL;
	g_autofree char *path = NULL;

	if (!plan || !planfile_filter(plan, (const char *const *)words->only, error))
		return EXIT_ERROR;
	builds = builds_list(plan->cells, &cli->paths, cli->cancel, error);
	if (!builds)
		return EXIT_ERROR;
	estimate = estimate_new(parent);
	if (!words->quiet || words->dry)
		announce(words->dry ? stdout : stderr, plan->name, plan->summary, plan->cells, builds, estimate,
			 (guint)words->jobs);
	if (words->dry) {
		print_cells(plan->cells, estimate);
		return EXIT_PASS;
	}
	mention_unfinished(parent, plan->name);
	path = words->output ? g_strdup(words->output) : matrixdir_name(parent, plan->name);
	dir = matrixdir_create(path,
			       &(MatrixPlan){ plan->name, plan->summary, plan->sweep, plan->text,
					      (const char *const *)cli->asked, plan->cells },
			       error);
	return dir ? work(cli, dir, words, estimate, write, error) : EXIT_ERROR;
}

static int go_on(Cli *cli, const Words *words, WriteFunc write, GError **error)
{
	g_autoptr(MatrixDir) dir = matrixdir_open(words->resume, true, error);
	g_autofree char *parent = g_path_get_dirname(words->resume);
	g_autoptr(Estimate) estimate = NULL;
	g_autoptr(MatrixJournal) journal = NULL;
	g_autoptr(GPtrArray) pending = NULL;

	if (!dir)
		return EXIT_ERROR;
	estimate = estimate_new(parent);
	journal = matrixdir_journal(dir);
	pending = matrixjournal_pending(journal, dir->cells);
	log_info("%s: %u of %u cells have no verdict yet", dir->plan, pending->len, dir->cells->len);
	return work(cli, dir, words, estimate, write, error);
}

int verb_matrix(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) words = { 0 };
	WriteFunc write = NULL;

	if (!parse(&words, cli, argc, argv, error) || !choose_format(words.format_name, &write, error))
		return EXIT_ERROR;
	if (words.quiet && write == matrix_to_text)
		write = matrix_to_brief;
	if (words.report)
		return report(words.report, write, false, error);
	return words.resume ? go_on(cli, &words, write, error) : start(cli, &words, write, error);
}
