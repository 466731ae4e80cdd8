// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/bisect.h>
#include <store/begun.h>
#include <store/results.h>

#include <string.h>

/* The options that only bisect has. Owns its strings. */
typedef struct {
	char *patches, *metric, *threshold, *bad_if, *resume;
	gboolean first_parent, trust;
	int repeat;
} Words;

static void words_clear(Words *words)
{
	g_free(words->patches);
	g_free(words->metric);
	g_free(words->threshold);
	g_free(words->bad_if);
	g_free(words->resume);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(Cli *cli, Options *options, Words *words, int argc, char **argv, char ***ret_rest, GError **error)
{
	const GOptionEntry entries[] = {
		{ "patches", 0, 0, G_OPTION_ARG_STRING, &words->patches,
		  "Over the patches of this series: GOOD and BAD are how many of them are applied (none and all)",
		  "SERIES" },
		{ "first-parent", 0, 0, G_OPTION_ARG_NONE, &words->first_parent,
		  "Only along the first parents of merges", NULL },
		{ "bad-if", 0, 0, G_OPTION_ARG_STRING, &words->bad_if,
		  "Bad is this failure alone, any other is skipped ('khotest help reasons', 'khotest history')",
		  "REASON|title:TITLE" },
		{ "repeat", 0, 0, G_OPTION_ARG_INT, &words->repeat, "Good is what passes so many times in a row (1)",
		  "N" },
		{ "metric", 0, 0, G_OPTION_ARG_STRING, &words->metric,
		  "The figure that went wrong, not the verdict, as in 'khotest history METRIC'", "METRIC" },
		{ "threshold", 0, 0, G_OPTION_ARG_STRING, &words->threshold,
		  "With --metric: by how much both ends have to differ (1%)", "SHARE" },
		{ "resume", 0, 0, G_OPTION_ARG_FILENAME, &words->resume, "Go on with a bisection, as it was asked for",
		  "DIR" },
		OPTION_TRUST(&words->trust),
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	static const char *const refused[] = { "image", NULL };

	words->repeat = 1;
	options->extra = entries;
	options->refuses = refused;
	options->writes = EMIT(bisection);
	return options_parse(
		options, cli, "GOOD BAD --tree DIR | --patches SERIES [GOOD BAD] | --resume DIR",
		"Finds the first bad commit of a tree, or the first bad patch of a series.\n"
		"PASS is good, FAIL is bad; what does not build, or what the host kept from being judged, is skipped.\n"
		"Exit status 0: found; 1: it is one of several, as some could not be judged.",
		argc, argv, ret_rest, error);
}

static bool interpret(const Words *words, const Options *options, BisectRule *rule, GError **error)
{
	bool counted = strcmp(options->request.mode, "counted") == 0;
	bool by_reason = words->bad_if && !g_str_has_prefix(words->bad_if, BISECT_TITLE);
	g_autofree char *refusal = by_reason ? reason_refusal(words->bad_if) : NULL, *unfit = NULL;

	*rule = (BisectRule){ .bad_if = words->bad_if, .threshold = 0.01 };
	if (refusal)
		return error_set(error, KHOTEST_ERROR_INPUT, "--bad-if %s: %s", words->bad_if, refusal);
	if (words->repeat < 1 || words->repeat > 100)
		return error_set(error, KHOTEST_ERROR_INPUT, "--repeat %d: 1 to 100", words->repeat);
	if (words->threshold && !words->metric)
		return error_set(error, KHOTEST_ERROR_INPUT, "--threshold is about --metric, and there is none");
	if (!words->metric)
		return true;
	if (words->bad_if || words->repeat > 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--metric tells places apart by a figure: --bad-if and --repeat are about verdicts");
	rule->metric = metric_named(words->metric, error);
	if (!rule->metric ||
	    (words->threshold && !options_parse_share("--threshold", words->threshold, &rule->threshold, error)))
		return false;
	unfit = metric_refusal(rule->metric, counted, options->request.hops);
	return !unfit || error_set(error, KHOTEST_ERROR_INPUT, "--metric %s %s", rule->metric->id, unfit);
}

static bool check_places(const Words *words, const Options *options, char **rest, GError **error)
{
	guint n = g_strv_length(rest);

	if (!options->tree == !words->patches)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s",
				 options->tree
					 ? "--tree and --patches are two things to go over: give one of them"
					 : "bisect goes over the commits of --tree DIR, or over --patches SERIES");
	if (options->chain || options->image || (words->patches && options->series))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--chain, --image, and --series beside --patches do not go with bisect");
	if (options->tree && strchr(options->tree, '@'))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--tree %s: a folder alone; GOOD and BAD say which commits", options->tree);
	if (n == 2 || (n == 0 && words->patches))
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "bisect needs a good and a bad end, as in: khotest bisect v7.1 v7.2 --tree .");
}

/* The options of each run: all words but those that say what is gone over and how. Caller g_strfreev()s. */
static char **run_words(char **argv, char **rest)
{
	static const char *const with_value[] = { "--tree",   "--patches", "--metric", "--threshold", "--bad-if",
						  "--repeat", "--output",  "-o",       "--format",    NULL };
	static const char *const alone[] = { "--first-parent", "-q", "--quiet", "-v", "--verbose", NULL };
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	guint positional = 0, all = g_strv_length(rest);

	for (char **word = argv + 1; *word; word++) {
		g_autofree char *name = g_strndup(*word, strcspn(*word, "="));

		if (g_strv_contains(with_value, name)) {
			if (strcmp(name, *word) == 0 && word[1])
				word++;
		} else if (positional < all && strcmp(*word, rest[positional]) == 0) {
			positional++;
		} else if (!g_strv_contains(alone, *word)) {
			g_strv_builder_add(words, *word);
		}
	}
	return g_strv_builder_end(words);
}

static int print_outline(const BisectSpec *spec, const Options *options, GError **error)
{
	g_autofree char *text = bisect_outline(spec, emitter_is_json(options->emitter), error);

	cli_print(text);
	return text ? EXIT_PASS : EXIT_ERROR;
}

static int bisect(Cli *cli, Options *options, const Words *words, char **argv, char **rest, GError **error)
{
	g_autofree char *parent = paths_results(BISECTIONS_FOLDER), *path = NULL, *text = NULL;
	g_autofree char *dir = options->tree ? g_canonicalize_filename(options->tree, NULL) : NULL;
	g_autoptr(Bisection) bisection = NULL;
	BisectSpec spec = { .paths = &cli->paths,
			    .request = options->request,
			    .dir = dir,
			    .patches = words->patches,
			    .first_parent = words->first_parent,
			    .repeat = (guint)words->repeat,
			    .good = rest[0],
			    .bad = rest[0] ? rest[1] : NULL,
			    .path = words->resume	    ? words->resume
				    : options->output_given ? options->output
							    : NULL,
			    .parent = parent,
			    .resume = words->resume };

	if (!check_places(words, options, rest, error) || !interpret(words, options, &spec.rule, error))
		return EXIT_ERROR;
	if (options->dry_run)
		return print_outline(&spec, options, error);
	bisection = bisect_run(&spec, &path, error);
	if (!bisection)
		return EXIT_ERROR;
	bisection->words = run_words(argv, rest);
	text = options->emitter->bisection(bisection);
	cli_print(text);
	return bisection->sure ? EXIT_PASS : EXIT_FAIL;
}

/* With the words that began it, and those of now behind them. */
static int resume(Cli *cli, const Words *now, int argc, char **argv, GError **error)
{
	g_autoptr(BisectDir) dir = bisectdir_open(now->resume, false, error);
	g_autofree char *json = dir ? bisectdir_file(dir, BISECT_JSON) : NULL;
	g_autoptr(GPtrArray) all = NULL;
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) rest = NULL;

	if (!dir || !begun_check(cli->paths.cache, json, now->trust, error))
		return EXIT_ERROR;
	all = options_again(dir->asked, argc, argv);
	if (!parse(cli, &options, &words, (int)all->len - 1, (char **)all->pdata, &rest, error))
		return EXIT_ERROR;
	return bisect(cli, &options, &words, dir->asked + 1, rest, error);
}

int verb_bisect(Cli *cli, int argc, char **argv, GError **error)
{
	/* places were tried as it was asked for then; how it is told, built and waited for makes no difference */
	static const char *const of_now[] = { "resume",	 "format", "exit-style", "jobs",  "timeout", "results",
					      "connect", "quiet",  "verbose",	 "trust", NULL };
	g_auto(Options) options = { 0 };
	g_auto(Words) words = { 0 };
	g_auto(GStrv) rest = NULL;

	if (!parse(cli, &options, &words, argc, argv, &rest, error) || !options_trust(words.trust, words.resume, error))
		return EXIT_ERROR;
	if (words.resume && rest[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--resume goes on with the ends that the bisection has: it takes no others");
		return EXIT_ERROR;
	}
	if (words.resume && !options_only(&options, of_now, "--resume, which goes on as it was asked for", error))
		return EXIT_ERROR;
	return words.resume ? resume(cli, &words, argc, argv, error)
			    : bisect(cli, &options, &words, cli->asked + 1, rest, error);
}
