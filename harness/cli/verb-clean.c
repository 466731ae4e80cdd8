// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <campaign/clean.h>
#include <report/table.h>
#include <store/results.h>

#include <string.h>

#define KEEP "30d"

/* The options of this verb, as parsed. Owns its strings. */
typedef struct {
	char *keep, *only;
	gboolean dry, quiet, verbose;
} Words;

static void words_clear(Words *words)
{
	g_free(words->keep);
	g_free(words->only);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static char *date_of(gint64 seconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

	return time ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("-");
}

static int print(const GPtrArray *all, bool dry)
{
	const char *const headers[] = {
		"what", ">there", ">size", "oldest", dry ? ">would go" : ">gone", ">size", NULL
	};
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *text = NULL;
	guint stuck = 0;

	for (guint i = 0; i < all->len; i++) {
		const Cleaned *one = all->pdata[i];

		TABLE_ROW(table, g_strdup(one->what), g_strdup_printf("%u", one->there),
			  units_format_size_about(one->bytes), date_of(one->oldest),
			  one->gone ? g_strdup_printf("%u", one->gone) : g_strdup("-"),
			  one->gone ? units_format_size_about(one->freed) : g_strdup("-"));
		stuck += one->stuck;
	}
	if (all->len) {
		text = table_to_text(table);
		cli_print(text);
	}
	if (dry)
		log_info("nothing was removed, since this is --dry-run");
	return stuck ? EXIT_ERROR : EXIT_PASS;
}

/* Which of both: --only cache, --only results; neither is both. */
static bool choose(const Words *words, CleanSpec *spec, GError **error)
{
	if (!words->only)
		return true;
	if (strcmp(words->only, "cache") == 0)
		spec->results = spec->nights = NULL;
	else if (strcmp(words->only, "results") == 0)
		spec->cache = NULL;
	else
		return error_set(error, KHOTEST_ERROR_INPUT, "--only %s: cache and results are possible", words->only);
	return true;
}

static bool parse_keep(const Words *words, gint64 *ret_ns, GError **error)
{
	if (!words->keep && !words->dry)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "clean removes what is older than --keep, as in --keep " KEEP
				 "; --dry-run says what that would be");
	if (!units_parse_duration(words->keep ? words->keep : KEEP, ret_ns, error)) {
		g_prefix_error(error, "--keep: ");
		return false;
	}
	return *ret_ns >= NS_PER_DAY ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "--keep %s: a day (1d) is the least, since another khotest may be at work", words->keep);
}

int verb_clean(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) words = { 0 };
	g_autofree char *results = NULL, *nights = NULL;
	g_autoptr(GPtrArray) all = NULL;
	CleanSpec spec = { .cache = cli->paths.cache, .cancel = cli->cancel };
	const GOptionEntry entries[] = {
		{ "keep", 0, 0, G_OPTION_ARG_STRING, &words.keep,
		  "What is older goes: results by when they were begun, the cache by when it was used last", "TIME" },
		{ "only", 0, 0, G_OPTION_ARG_STRING, &words.only, "Leave the other alone: cache or results", "WHAT" },
		OPTION_RESULTS,
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &words.dry,
		  "Say what would go, and remove nothing; --keep may be left out then (" KEEP ")", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words.quiet, "Only warnings and the table", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &words.verbose, "Name each directory that goes", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	if (!options_parse_entries(entries, NULL,
				   "Removes old results, and what the cache holds and nothing has used for long.\nOf "
				   "results only directories with the names that khotest gave them go; of nights their "
				   "runs do, not\nwhat was found. Tarballs of sources stay: they may not be had again.",
				   argc, argv, NULL, error))
		return EXIT_ERROR;
	log_set_level(words.quiet ? LOG_QUIET : words.verbose ? LOG_VERBOSE : LOG_NORMAL);
	results = paths_results("");
	nights = paths_results(NIGHTS_FOLDER);
	spec.results = results;
	spec.nights = nights;
	spec.dry = words.dry;
	if (!parse_keep(&words, &spec.keep_ns, error) || !choose(&words, &spec, error))
		return EXIT_ERROR;
	all = clean_make(&spec, error);
	return all ? print(all, words.dry) : EXIT_ERROR;
}
