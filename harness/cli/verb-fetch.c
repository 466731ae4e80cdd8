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

/* The options. Owns its strings. */
typedef struct {
	char *kernel, *source, *format_name;
	gboolean all, quiet, update;
} Words;

static void words_clear(Words *words)
{
	g_free(words->kernel);
	g_free(words->source);
	g_free(words->format_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

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

/* Of a branch: what there is of it. */
static void add_branch_row(Cli *cli, Table *table, const Source *source, bool was_there, const char *why)
{
	const SourceAlternative *place = source_branch(source);
	char *version = source_version(source, cli->paths.cache, cli->cancel);

	TABLE_ROW(table, source->pin ? g_strdup_printf("%s@%s", source->name, source->pin) : g_strdup(source->name),
		  g_strdup(version), g_strdup(version ? "there" : "MISSING"),
		  g_strdup_printf("%s %s %s", place->kind, place->where, place->branch),
		  g_strdup(why	       ? why
			   : was_there ? "as it was fetched last"
				       : "fetched"));
	g_free(version);
}

/* The commit that is meant: fetched only if it was never there. */
static bool fetch_branch(Cli *cli, const Source *source, Table *table, Tally *tally, GError **error)
{
	g_autofree char *before = source_version(source, cli->paths.cache, cli->cancel);
	g_autoptr(GError) local = NULL;
	g_autoptr(Tree) tree = source_tree(source, cli->paths.cache, cli->cancel, &local);

	if (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	add_branch_row(cli, table, source, before != NULL, local ? local->message : NULL);
	if (tree)
		tally->there++;
	else if (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_HOST))
		tally->unreachable++;
	else
		tally->refused++;
	return true;
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

	if (source_branch(source))
		return fetch_branch(cli, source, table, tally, error);
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
	log_info("%u of %u there, in %s%s", tally->there, all, cli->paths.cache,
		 tally->there < all ? "; a folder with tarballs can be given with KHOTEST_SOURCES" : "");
}

/* Releases and branches, as far as they are not there. */
static int fetch_all(Cli *cli, char **names, GError **error)
{
	static const char *const headers[] = { "kernel", "version", "source", "place", "what came of it", NULL };
	g_autoptr(GPtrArray) sources = load_sources(cli, names, error);
	g_autoptr(Table) table = NULL;
	Tally tally = { 0 };
	bool ok = true;

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

/* --update, and --source, whose branch was never fetched. */
static int update_all(Cli *cli, const Words *words, char **names, GError **error)
{
	const Emitter *emitter = emitter_find(words->format_name, words->quiet, EMIT(updates), error);
	g_autoptr(GPtrArray) updates = emitter ? updates_make(&cli->paths, names, cli->cancel, error) : NULL;
	g_autofree char *text = NULL;

	if (!updates)
		return EXIT_ERROR;
	if (!updates->len)
		log_info("no kernel here moves on; 'khotest fetch --source NAME=URL#BRANCH' adds one");
	text = emitter->updates(updates);
	cli_print(text);
	return updates_count(updates, UPDATE_REFUSED)	  ? EXIT_ERROR
	       : updates_count(updates, UPDATE_UNREACHED) ? EXIT_SKIP
							  : EXIT_PASS;
}

/* --source: the kernel is there once its branch was fetched. A place that was written wrong must not keep the name. */
static int add_and_fetch(Cli *cli, const Words *words, GError **error)
{
	g_autofree char *name = NULL, *where = NULL, *branch = NULL, *folder = source_own_folder();
	bool added;
	int status;

	if (!source_parse(words->source, &name, &where, &branch, error) ||
	    !source_add(cli->paths.patches, name, where, branch, &added, error)) {
		g_prefix_error(error, "--source: ");
		return EXIT_ERROR;
	}
	status = update_all(cli, words, (char *[]){ name, NULL }, error);
	if (status == EXIT_PASS)
		log_info("kernel %s: %s of %s, from %s/%s/source", name, branch, where, folder, name);
	else if (added)
		source_remove(name);
	return status;
}

int verb_fetch(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Words) words = { 0 };
	const GOptionEntry entries[] = {
		{ "all", 0, 0, G_OPTION_ARG_NONE, &words.all, "Every kernel that 'khotest list' names", NULL },
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &words.kernel, "The same as naming it", "NAME" },
		{ "update", 0, 0, G_OPTION_ARG_NONE, &words.update,
		  "Bring branches up to date: those that are named, or all", NULL },
		{ "source", 0, 0, G_OPTION_ARG_STRING, &words.source,
		  "A kernel of your own: a branch of a git repository, which may be a path", "NAME=URL#BRANCH" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words.format_name, "With --update: text or json", "NAME" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words.quiet, "Only warnings and the table", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_auto(GStrv) rest = NULL, names = NULL;

	if (!options_parse_entries(
		    entries, "[KERNEL...]",
		    "Brings the source of kernels (" DEFAULT_KERNEL ") into the cache, verified: what a "
		    "build without network needs.\nThe folder KHOTEST_SOURCES is searched before any "
		    "network. A branch that is there is left as it is, but with --update.\nExit status: 0 "
		    "all are there, 77 some could not be reached; a branch can be used as it was before.",
		    argc, argv, &rest, error))
		return EXIT_ERROR;
	if (words.quiet)
		log_set_level(LOG_QUIET);
	if (words.source && (words.all || words.kernel || words.update || rest[0])) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--source adds one kernel and fetches it: nothing else goes with it");
		return EXIT_ERROR;
	}
	if (words.source)
		return add_and_fetch(cli, &words, error);
	if (words.update && !words.all && !words.kernel)
		return update_all(cli, &words, rest, error);
	if (words.format_name && !words.update) {
		error_set(error, KHOTEST_ERROR_INPUT, "--format goes with --update and --source");
		return EXIT_ERROR;
	}
	names = names_wanted(cli, words.kernel, rest, words.all, error);
	if (!names)
		return EXIT_ERROR;
	return words.update ? update_all(cli, &words, words.all ? (char *[]){ NULL } : names, error)
			    : fetch_all(cli, names, error);
}
