// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <base/names.h>
#include <base/units.h>
#include <build/source.h>
#include <report/table.h>

#include <stdio.h>
#include <string.h>

#define DEFAULT_KERNEL "7.1"

/* How many of the kernels asked for have a source now. */
typedef struct {
	guint there;
	guint unreachable;
	guint refused; /* some place had another file: that is not the host's doing */
} Tally;

/* Which kernels: --kernel, the words, or all. Names that there are not are refused before anything is fetched. */
static char **names_wanted(Cli *cli, const char *kernel, char **words, bool all, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	if (all && (kernel || words[0])) {
		error_set(error, KHOTEST_ERROR_INPUT, "--all is every kernel: no name goes with it");
		return NULL;
	}
	if (all)
		return source_list(cli->paths.patches, error);
	if (kernel)
		g_ptr_array_add(names, g_strdup(kernel));
	for (char **word = words; *word; word++)
		if (!g_ptr_array_find_with_equal_func(names, *word, g_str_equal, NULL))
			g_ptr_array_add(names, g_strdup(*word));
	if (names->len == 0)
		g_ptr_array_add(names, g_strdup(DEFAULT_KERNEL));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static GPtrArray *load_sources(Cli *cli, char **names, GError **error)
{
	g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);

	for (char **name = names; *name; name++) {
		Source *source = source_load(cli->paths.patches, *name, error);

		if (!source)
			return NULL;
		g_ptr_array_add(sources, source);
	}
	return g_steal_pointer(&sources);
}

static char *outcome(const SourceFetched *fetched)
{
	g_autofree char *size = fetched->bytes < 0 ? g_strdup("-") : units_format_size_about((guint64)fetched->bytes);

	return g_strdup_printf("%s, %s", fetched->was_cached ? "in the cache" : "fetched", size);
}

/* One kernel: a row for each place that was tried; the last one is where it came from. */
static void add_rows(Table *table, const Source *source, const SourceFetched *fetched, const char *why)
{
	const char *word = fetched->path ? "verified" : fetched->refused ? "REFUSED" : "MISSING";

	for (guint i = 0; i < fetched->attempts->len; i++) {
		const SourceAttempt *attempt = fetched->attempts->pdata[i];

		TABLE_ROW(table, g_strdup(i ? "" : source->name), g_strdup(i ? "" : source->version),
			  g_strdup(i ? "" : word), g_strdup(attempt->place),
			  attempt->why ? g_strdup(attempt->why) : outcome(fetched));
	}
	if (fetched->attempts->len == 0)
		TABLE_ROW(table, g_strdup(source->name), g_strdup(source->version), g_strdup(word), NULL,
			  g_strdup(why ? why : "no place is known"));
}

/* Fetches one, and notes what came of it. Errors: those after which there is no going on to the next. */
static bool fetch_one(Cli *cli, const Source *source, Table *table, Tally *tally, GError **error)
{
	g_auto(SourceFetched) fetched = { 0 };
	g_autoptr(GError) local = NULL;

	if (!source_fetch(source, cli->paths.cache, cli->cancel, &fetched, &local) &&
	    (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED) ||
	     g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_INPUT) || fetched.attempts->len == 0)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	add_rows(table, source, &fetched, local ? local->message : NULL);
	if (fetched.path)
		tally->there++;
	else if (fetched.refused)
		tally->refused++;
	else
		tally->unreachable++;
	return true;
}

static void print(Cli *cli, const Table *table, const Tally *tally)
{
	g_autofree char *text = table_to_text(table);
	guint all = tally->there + tally->unreachable + tally->refused;

	cli_print(text);
	fflush(stdout);
	log_info("%u of %u verified, in %s/sources%s", tally->there, all, cli->paths.cache,
		 tally->there < all ? "; a folder with tarballs can be given with KHOTEST_SOURCES" : "");
}

int verb_fetch(Cli *cli, int argc, char **argv, GError **error)
{
	static const char *const headers[] = { "kernel", "version", "source", "place", "what came of it", NULL };
	g_autofree char *kernel = NULL;
	gboolean all = FALSE, quiet = FALSE;
	const GOptionEntry entries[] = {
		{ "all", 0, 0, G_OPTION_ARG_NONE, &all, "Every kernel that 'khotest list' names", NULL },
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &kernel, "The same as naming it", "NAME" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Only warnings and the table", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_auto(GStrv) rest = NULL, names = NULL;
	g_autoptr(GPtrArray) sources = NULL;
	g_autoptr(Table) table = NULL;
	Tally tally = { 0 };
	bool ok = true;

	if (!options_parse_entries(entries, "[KERNEL...]",
				   "Brings the source of kernels (" DEFAULT_KERNEL ") into the cache, verified: what a "
				   "build without network needs.\nThe folder KHOTEST_SOURCES is searched before any "
				   "network. Exit status: 0 all are there, 77 some could not be reached.",
				   argc, argv, &rest, error))
		return EXIT_ERROR;
	if (quiet)
		log_set_level(LOG_QUIET);
	names = names_wanted(cli, kernel, rest, all, error);
	sources = names ? load_sources(cli, names, error) : NULL;
	if (!sources)
		return EXIT_ERROR;
	table = table_new(headers);
	for (guint i = 0; ok && i < sources->len; i++)
		ok = fetch_one(cli, sources->pdata[i], table, &tally, error);
	/* what was fetched before an error is told as well */
	if (ok || tally.there + tally.unreachable + tally.refused > 0)
		print(cli, table, &tally);
	return tally.refused ? EXIT_ERROR : tally.unreachable ? EXIT_SKIP : EXIT_PASS;
}
