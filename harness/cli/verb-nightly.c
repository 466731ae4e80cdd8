// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <campaign/clean.h>
#include <campaign/nightly.h>
#include <campaign/nightsite.h>
#include <store/results.h>

#include <string.h>

/* The options of this verb, as parsed. Owns its strings. */
typedef struct {
	char *plan, *budget, *keep, *threshold, *site, *mail, *output, *format_name, *memory_dir, *accept, *report;
	char **sources, **rest;
	int jobs;
	gboolean resume, dry, quiet, verbose, trust;
} Words;

static void words_clear(Words *words)
{
	char **strings[] = { &words->plan,	 &words->budget, &words->keep,	 &words->threshold,
			     &words->site,	 &words->mail,	 &words->output, &words->format_name,
			     &words->memory_dir, &words->accept, &words->report };

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(*strings[i]);
	g_strfreev(words->sources);
	g_strfreev(words->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_time(const char *option, const char *text, gint64 *ret_ns, GError **error)
{
	if (!text)
		return true;
	if (!units_parse_duration(text, ret_ns, error)) {
		g_prefix_error(error, "%s: ", option);
		return false;
	}
	return *ret_ns > 0 || error_set(error, KHOTEST_ERROR_INPUT, "%s %s: more than nothing is needed", option, text);
}

static bool parse_threshold(const char *text, double *ret_share, GError **error)
{
	if (!text)
		return true;
	if (!options_parse_share("--threshold", text, ret_share, error))
		return false;
	if (*ret_share >= 0.001 && *ret_share <= 1)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "--threshold %s: from 0.1%% to 100%% are possible, such as 1%%",
			 text);
}

static bool parse(Words *words, NightlySpec *spec, int argc, char **argv, GError **error)
{
	static const char *const report[] = { "report", "output", "format", "quiet", "verbose", NULL };
	static const char *const accept[] = { "accept", "output", "quiet", "verbose", NULL };
	const GOptionEntry entries[] = {
		{ "plan", 0, 0, G_OPTION_ARG_FILENAME, &words->plan, "The plan, by its name or path (nightly)",
		  "PLAN" },
		{ "budget", 0, 0, G_OPTION_ARG_STRING, &words->budget,
		  "How long it may take in all; what is most valuable comes first (3h)", "TIME" },
		{ "keep", 0, 0, G_OPTION_ARG_STRING, &words->keep,
		  "How long run directories of nights are kept, and what the cache holds unused (30d)", "TIME" },
		{ "threshold", 0, 0, G_OPTION_ARG_STRING, &words->threshold,
		  "A figure that is worse by more, with all of its interval, is a regression (1%)", "PERCENT" },
		{ "source", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->sources,
		  "A branch that the plan may name as a kernel; again for more", "NAME=URL#BRANCH" },
		{ "site", 0, 0, G_OPTION_ARG_FILENAME, &words->site, "Write the site of all nights too", "DIR" },
		{ "mail", 0, 0, G_OPTION_ARG_STRING, &words->mail, "Send the message, by the program sendmail",
		  "ADDRESS" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "Where nights are (" NIGHTS_FOLDER " in the folder of results)", "DIR" },
		{ "resume", 0, 0, G_OPTION_ARG_NONE, &words->resume, "Go on with the latest night that was cut off",
		  NULL },
		{ "report", 0, 0, G_OPTION_ARG_STRING, &words->report, "The message of a night again; nothing is run",
		  "NIGHT|LAST" },
		{ "accept", 0, 0, G_OPTION_ARG_STRING, &words->accept,
		  "Its figures and titles are as they should be: later nights are held against it", "NIGHT" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format_name, emitter_help(EMIT(night)), "NAME" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &words->jobs, "Cells at a time (one for each core)", "N" },
		OPTION_MEMORY_DIR(&words->memory_dir),
		OPTION_TRUST(&words->trust),
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &words->dry, "Say which cells would be run, and why", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "No progress; the message all the same", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &words->verbose, "Every detail", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	if (!options_parse_entries(
		    entries, "",
		    "One night: sources, kernels, the cells of a plan within a budget, and one message of what "
		    "changed.\nExit status 0: nothing became worse; 1: a regression; 77: a source was not to "
		    "be had, or nothing\ncould be judged on this host; 99: the harness failed somewhere.",
		    argc, argv, &words->rest, error))
		return false;
	log_set_level(words->quiet ? LOG_QUIET : words->verbose ? LOG_VERBOSE : LOG_NORMAL);
	if (words->rest[0])
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "nightly takes options only, and '%s' is none: --plan names a plan", words->rest[0]);
	if (words->resume + words->dry + (words->report != NULL) + (words->accept != NULL) > 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "only one of --resume, --dry-run, --report and --accept is possible");
	if (!options_trust(words->trust, words->resume, error) ||
	    !options_beside(
		    entries, report,
		    "--report, which runs nothing and tells nobody else; 'khotest site DIR' writes the site again",
		    error) ||
	    !options_beside(entries, accept, "--accept, which only notes it; 'khotest site DIR' writes the site again",
			    error))
		return false;
	if (!parse_time("--budget", words->budget, &spec->budget_ns, error) ||
	    !parse_time("--keep", words->keep, &spec->keep_ns, error))
		return false;
	if (spec->keep_ns < NS_PER_DAY)
		return error_set(error, KHOTEST_ERROR_INPUT, "--keep %s: a day (1d) is the least", words->keep);
	return parse_threshold(words->threshold, &spec->threshold, error);
}

/* NULL: the error is set. */
static int print(const NightVerdict *verdict, const Emitter *emitter)
{
	g_autofree char *text = emitter->night(verdict);

	cli_print(text);
	return (int)exit_of_verdict(verdict->kind);
}

static int report(const NightlySpec *spec, const char *id, const Emitter *emitter, GError **error)
{
	g_autoptr(Nights) nights = nights_load(spec->parent, spec->cancel, error);
	const NightVerdict *verdict = !nights			? NULL
				      : strcmp(id, "LAST") == 0 ? nights_last(nights)
								: nights_find(nights, id);

	if (nights && !verdict)
		error_set(error, KHOTEST_ERROR_INPUT, "there is no night %s in %s",
			  strcmp(id, "LAST") == 0 ? "yet" : id, spec->parent);
	return verdict ? print(verdict, emitter) : EXIT_ERROR;
}

static int accept_night(const NightlySpec *spec, const char *id, GError **error)
{
	g_autofree char *lines = nightly_accept(spec->parent, id, spec->cancel, error);

	if (!lines)
		return EXIT_ERROR;
	cli_print(lines);
	return EXIT_PASS;
}

static int dry_run(const NightlySpec *spec, GError **error)
{
	g_autofree char *outline = NULL;

	if (spec->sources && *spec->sources) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--dry-run changes nothing, so it takes no --source: 'khotest fetch --source %s' adds it, "
			  "and then "
			  "the plan can name it",
			  *spec->sources);
		return EXIT_ERROR;
	}
	outline = nightly_outline(spec, error);
	if (!outline)
		return EXIT_ERROR;
	cli_print(outline);
	return EXIT_PASS;
}

int verb_nightly(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) words = { 0 };
	const Emitter *emitter = NULL;
	g_autofree char *parent = NULL;
	g_autoptr(Nights) nights = NULL;
	int status;
	NightlySpec spec = { .paths = &cli->paths,
			     .asked = (const char *const *)cli->asked,
			     .version = KHOTEST_VERSION,
			     .keep_ns = NIGHTLY_KEEP_NS,
			     .threshold = NIGHT_THRESHOLD,
			     .cancel = cli->cancel };

	if (!parse(&words, &spec, argc, argv, error) ||
	    !(emitter = emitter_find(words.format_name, words.quiet, EMIT(night), error)) ||
	    (words.dry && !emitter_check_dry(emitter, false, error)))
		return EXIT_ERROR;
	/* a night that goes on does so as it was begun, unless something else is asked for */
	spec.plan = words.plan || words.resume ? words.plan : "nightly";
	if (!spec.budget_ns && !words.resume)
		spec.budget_ns = NIGHTLY_BUDGET_NS;
	spec.trust = words.trust;
	parent = words.output ? g_strdup(words.output) : paths_results(NIGHTS_FOLDER);
	spec.parent = parent;
	spec.sources = (const char *const *)words.sources;
	spec.memory_dir = words.memory_dir;
	spec.site = words.site;
	spec.mail = words.mail;
	spec.jobs = (guint)words.jobs;
	if (words.accept)
		return accept_night(&spec, words.accept, error);
	if (words.report)
		return report(&spec, words.report, emitter, error);
	if (words.dry)
		return dry_run(&spec, error);
	nights = words.resume ? nightly_resume(&spec, error) : nightly_run(&spec, error);
	if (!nights)
		return EXIT_ERROR;
	status = print(nights->tonight, emitter);
	return nights->incomplete && status != EXIT_FAIL ? EXIT_ERROR : status;
}

int verb_site(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *output = NULL, *parent = NULL, *site = NULL;
	g_auto(GStrv) rest = NULL;
	g_autoptr(Nights) nights = NULL;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
		  "Where nights are (" NIGHTS_FOLDER " in the folder of results)", "DIR" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	if (!options_parse_entries(entries, "[DIR]",
				   "Writes the site of all nights into DIR (site in the folder of results): plain "
				   "files for any web server, or "
				   "none.",
				   argc, argv, &rest, error))
		return EXIT_ERROR;
	if (rest[0] && rest[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "site takes one folder, and '%s' is a second", rest[1]);
		return EXIT_ERROR;
	}
	parent = output ? g_strdup(output) : paths_results(NIGHTS_FOLDER);
	site = rest[0] ? g_strdup(rest[0]) : paths_results("site");
	nights = nights_load(parent, cli->cancel, error);
	if (!nights)
		return EXIT_ERROR;
	if (!nights->nights->len) {
		error_set(error, KHOTEST_ERROR_INPUT, "there are no nights in %s: 'khotest nightly' runs one", parent);
		return EXIT_ERROR;
	}
	return nightsite_write(nights, parent, site, cli->cancel, error) ? EXIT_PASS : EXIT_ERROR;
}
