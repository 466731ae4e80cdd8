// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <campaign/matrixwork.h>
#include <campaign/resolve.h>
#include <campaign/runner.h>
#include <campaign/sweepplan.h>
#include <page/plot.h>
#include <report/sweep.h>
#include <run/cmdline.h>
#include <run/topology.h>
#include <store/results.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_MEMORY ((guint64)8 << 30)

/* The options of this verb, as parsed. Owns its strings. */
typedef struct {
	char *kernel, *series, *mode, *profile, *append, *memory, *memory_dir, *metrics, *output, *resume, *report,
		*format_name, *tree, *accel;
	char **fragments, **config, **numa, **appends;
	int cpus, hops, runs, points;
	gboolean linear, dry, quiet, verbose, prefault, trust;
	char **rest;
} Words;

static void words_clear(Words *w)
{
	char *strings[] = { w->kernel, w->series, w->mode,   w->profile,     w->append,	    w->memory, w->metrics,
			    w->output, w->resume, w->report, w->format_name, w->memory_dir, w->tree,   w->accel };
	char **lists[] = { w->fragments, w->config, w->numa, w->appends, w->rest };

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(strings[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		g_strfreev(lists[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(Words *w, int argc, char **argv, GError **error)
{
	static const char *const resume[] = { "resume",	    "trust", "format",	"metric",
					      "memory-dir", "quiet", "verbose", NULL };
	static const char *const report[] = { "report", "format", "metric", "quiet", "verbose", NULL };
	const GOptionEntry entries[] = {
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &w->kernel, "Kernel (7.1)", "NAME" },
		{ "series", 0, 0, G_OPTION_ARG_STRING, &w->series, "Series to put side by side (stock;central)",
		  "NAME;..." },
		{ "points", 0, 0, G_OPTION_ARG_INT, &w->points, "Number of values (sizes double, numbers count)", "N" },
		{ "linear", 0, 0, G_OPTION_ARG_NONE, &w->linear, "Evenly spaced, not by factors", NULL },
		{ "runs", 0, 0, G_OPTION_ARG_INT, &w->runs, "Runs at each point (3; 1 when counted)", "N" },
		{ "mode", 0, 0, G_OPTION_ARG_STRING, &w->mode, "wall or counted", "NAME" },
		{ "profile", 0, 0, G_OPTION_ARG_STRING, &w->profile, "timing (the default here) or check", "NAME" },
		{ "memory", 'm', 0, G_OPTION_ARG_STRING, &w->memory, "Guest memory, unless it is swept (8G)", "SIZE" },
		OPTION_MEMORY_DIR(&w->memory_dir),
		{ "cpus", 'p', 0, G_OPTION_ARG_INT, &w->cpus, "Guest CPUs, unless they are swept", "N" },
		{ "numa", 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->numa, "NUMA nodes, unless they are swept",
		  "N|SIZE[,cpus=LIST]" },
		{ "tree", 0, 0, G_OPTION_ARG_STRING, &w->tree, "Your own kernel tree (series: none)", "DIR[@REF]" },
		{ "fragment", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &w->fragments, "One more kconfig fragment", "FILE" },
		{ "config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->config, "One kconfig symbol", "SYMBOL=VALUE" },
		{ "prefault", 0, 0, G_OPTION_ARG_NONE, &w->prefault,
		  "Give the guest all of its memory before it starts", NULL },
		{ "accel", 0, 0, G_OPTION_ARG_STRING, &w->accel, "auto, kvm or tcg", "NAME" },
		{ "hops", 0, 0, G_OPTION_ARG_INT, &w->hops,
		  "Kernels one after the other (4: the third and later find memory that the host has given out; 2 when "
		  "counted)",
		  "N" },
		{ "append", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &w->appends, "More kernel arguments; again for more",
		  "ARGS" },
		{ "metric", 0, 0, G_OPTION_ARG_STRING, &w->metrics,
		  "What to show (times or instructions to /init, struct pages of later kernels)", "ID,..." },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &w->output,
		  "Directory to make (" SWEEPS_FOLDER "/DATE-TIME-KEY in the folder of results)", "DIR" },
		OPTION_RESULTS,
		{ "resume", 0, 0, G_OPTION_ARG_FILENAME, &w->resume, "Go on with a sweep that was cut off", "DIR" },
		OPTION_TRUST(&w->trust),
		{ "report", 0, 0, G_OPTION_ARG_FILENAME, &w->report, "Show a sweep again from its files", "DIR" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &w->format_name, emitter_help(EMIT(sweep)), "NAME" },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &w->dry, "Print the plan, no more", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &w->quiet,
		  "The result in a line or two, and what went wrong; nothing else", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &w->verbose, "Every detail", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	if (!options_parse_entries(entries, "KEY=FROM..TO | --resume DIR | --report DIR",
				   "How figures change with one property of the machine: memory=1G..64G, cpus=1..4, "
				   "nodes=1..4,\nscratch=32M..1G, scratch-scale=50..800 (kho_scratch=N%), or "
				   "reserve=0..90 (per cent of memory that is\npreserved). A line is fitted to each.",
				   argc, argv, &w->rest, error))
		return false;
	log_set_level(w->quiet ? LOG_QUIET : w->verbose ? LOG_VERBOSE : LOG_NORMAL);
	if ((w->rest[0] != NULL) + (w->resume != NULL) + (w->report != NULL) != 1 || (w->rest[0] && w->rest[1]))
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"sweep takes one range, as in: khotest sweep memory=1G..16G; or --resume DIR, or --report "
			"DIR");
	if (!options_trust(w->trust, w->resume, error) ||
	    !options_beside(entries, resume, "--resume, which goes on with the range as it was begun", error) ||
	    !options_beside(entries, report, "--report, which shows what was run", error))
		return false;
	w->append = w->appends ? g_strjoinv(" ", w->appends) : NULL;
	/* it becomes a line of the sweep's plan */
	return cmdline_check_words(w->append, "-a", error);
}

/* The curves in letters. */
static void put_pictures(const Sweep *sweep)
{
	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];
		g_autoptr(Plot) plot = sweep_plot(sweep, figure);
		g_autofree char *picture = plot_letters(plot);

		if (picture)
			printf("\n%s\n%s", figure->metric->title, picture);
	}
}

/* Returns the exit status of its runs. NULL: the error is set. */
static int show(const MatrixResult *matrix, const Words *w, const Emitter *emitter, GError **error)
{
	g_auto(GStrv) metrics = w->metrics ? g_strsplit(w->metrics, ",", -1) : NULL;
	g_autoptr(Sweep) sweep = matrix ? sweep_new(matrix, (const char *const *)metrics, error) : NULL;
	g_autofree char *text = sweep ? emitter->sweep(sweep) : NULL;

	if (!text)
		return EXIT_ERROR;
	cli_print(text);
	if (emitter_is_text(emitter) && isatty(STDOUT_FILENO))
		put_pictures(sweep);
	if (matrix->counts[CELL_MET] < matrix->cells->len)
		log_warn("%u of %u runs did not come out as expected: 'khotest matrix --report %s' says which",
			 matrix->cells->len - matrix->counts[CELL_MET], matrix->cells->len, matrix->dir->path);
	return (int)exit_of_verdict(matrix_outcome(matrix));
}

/* NULL for none. */
static char *join(char **words, const char *separator)
{
	return words ? g_strjoinv(separator, words) : NULL;
}

/* As given, or as the nodes have it. */
static bool base_memory(const Words *w, guint64 *ret_bytes, GError **error)
{
	const Machine nodes = { .numa = w->numa };

	if (w->memory)
		return units_parse_size(w->memory, ret_bytes, error);
	if (!topology_numa_bytes(&nodes, ret_bytes, error))
		return false;
	if (!*ret_bytes)
		*ret_bytes = DEFAULT_MEMORY;
	return true;
}

/* Whether there are such metrics, and such runs have them. base NULL: whichever runs have. */
static bool check_metrics(const char *words, const SweepBase *base, GError **error)
{
	g_auto(GStrv) ids = g_strsplit(words ? words : "", ",", -1);

	if (words && !*ids)
		return error_set(error, KHOTEST_ERROR_INPUT, "--metric names none; 'khotest history' lists them");
	for (char **id = ids; *id; id++) {
		const Metric *metric = metric_named(*id, error);
		g_autofree char *refusal = NULL;

		if (!metric)
			return false;
		refusal = base ? metric_refusal(metric, strcmp(base->mode, "counted") == 0, base->hops) : NULL;
		if (refusal)
			return error_set(error, KHOTEST_ERROR_INPUT, "--metric %s %s", metric->id, refusal);
	}
	return true;
}

/* Here, since the plan's own words would name a line of it, and nobody wrote that plan. */
static bool check_counted(const Words *w, const SweepRange *range, GError **error)
{
	if (g_strcmp0(w->mode, "counted") != 0)
		return true;
	if (strcmp(range->key, "cpus") == 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "counted runs have one CPU: sweep cpus with --mode wall");
	return w->cpus <= 1 || error_set(error, KHOTEST_ERROR_INPUT, "counted runs have one CPU: leave -p out");
}

/* The plan of the sweep as if it had been read from a file. */
static PlanFile *make_plan(Cli *cli, const Words *w, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(SweepRange) range = sweeprange_parse(w->rest[0], (guint)w->points, w->linear, error);
	bool counted = g_strcmp0(w->mode, "counted") == 0;
	g_autofree char *fragments = join(w->fragments, " "), *config = join(w->config, " ");
	g_autofree char *numa = join(w->numa, "+");
	SweepBase base = {
		.kernel = w->kernel ? w->kernel : "7.1",
		.series = w->series ? w->series
			  : w->tree ? CELL_NO_SERIES
				    : "stock;central",
		.mode = w->mode ? w->mode : "wall",
		.profile = w->profile ? w->profile : "timing",
		.append = w->append,
		.tree = w->tree,
		.fragments = fragments,
		.config = config,
		.numa = numa,
		.accel = w->accel,
		.prefault = w->prefault,
		.cpus = (guint)w->cpus,
		.hops = w->hops	  ? (guint)w->hops
			: counted ? 2
				  : 4,
		.repeats = w->runs   ? (guint)w->runs
			   : counted ? 1
				     : 3,
	};

	if (!check_metrics(w->metrics, &base, error))
		return NULL;
	if (!range || !check_counted(w, range, error) || !base_memory(w, &base.memory_bytes, error))
		return NULL;
	text = sweepplan_text(range, &base);
	return resolve_text(range->key, text, &cli->paths, error);
}

static int start(Cli *cli, const Words *w, const MatrixWork *work, const Emitter *emitter, GError **error)
{
	g_autoptr(PlanFile) plan = make_plan(cli, w, error);
	g_autoptr(MatrixResult) matrix = NULL;

	if (!plan)
		return EXIT_ERROR;
	if (w->dry) {
		cli_print(plan->text);
		return EXIT_PASS;
	}
	matrix = matrixwork_begin(work, plan, error);
	return show(matrix, w, emitter, error);
}

int verb_sweep(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) w = { 0 };
	g_autoptr(MatrixResult) there = NULL;
	g_autofree char *parent = NULL;
	const Emitter *emitter = NULL;
	MatrixWork work;

	if (!parse(&w, argc, argv, error) || !(emitter = emitter_find(w.format_name, w.quiet, EMIT(sweep), error)) ||
	    (w.dry && !emitter_check_dry(emitter, false, error)))
		return EXIT_ERROR;
	if (!check_metrics(w.metrics, NULL, error))
		return EXIT_ERROR;
	parent = paths_results(SWEEPS_FOLDER);
	work = (MatrixWork){ .verb = "sweep",
			     .paths = &cli->paths,
			     .asked = (const char *const *)cli->asked,
			     .path = w.output,
			     .parent = parent,
			     .memory_dir = w.memory_dir,
			     .trust = w.trust,
			     .cancel = cli->cancel };
	if (!w.report && !w.resume)
		return start(cli, &w, &work, emitter, error);
	there = w.report ? matrixresult_load(w.report, error) : matrixwork_resume(&work, w.resume, error);
	return show(there, &w, emitter, error);
}
