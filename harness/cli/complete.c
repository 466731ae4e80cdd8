// SPDX-License-Identifier: GPL-2.0-or-later
/* What a shell offers for the last word of a command line. */
#include "describe.h"

#include "emit.h"

#include <build/payload.h>
#include <build/series.h>
#include <build/source.h>
#include <campaign/resolve.h>
#include <evaluate/metric.h>
#include <measure/check.h>
#include <store/results.h>
#include <store/rundir.h>

#include <string.h>

#define FILES ":files"
#define DEFAULT_KERNEL "7.1"

/* What is put together, and what it may depend on. */
typedef struct {
	const Cli *cli;
	const VerbTable *table;
	const char *const *words;
	GPtrArray *out; /* char * */
} Offer;

static void add(Offer *offer, const char *word)
{
	g_ptr_array_add(offer->out, g_strdup(word));
}

static void add_all(Offer *offer, char **words)
{
	for (char **word = words; word && *word; word++)
		add(offer, *word);
	g_strfreev(words);
}

static void add_split(Offer *offer, const char *words)
{
	add_all(offer, g_strsplit(words, " ", -1));
}

static void offer_kernels(Offer *offer)
{
	add_all(offer, source_list(offer->cli->paths.patches, NULL));
}

/* Of the kernel that --kernel names. */
static void offer_series(Offer *offer)
{
	const char *kernel = DEFAULT_KERNEL;

	for (const char *const *word = offer->words; *word; word++)
		if (strcmp(*word, "--kernel") == 0 && word[1] && word[2])
			kernel = word[1];
		else if (g_str_has_prefix(*word, "--kernel="))
			kernel = *word + strlen("--kernel=");
	add_all(offer, series_list(offer->cli->paths.patches, kernel, NULL));
	add(offer, FILES);
}

static void offer_fragments(Offer *offer)
{
	g_autoptr(GDir) dir = g_dir_open(offer->cli->paths.kconfigs, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".config"))
			g_ptr_array_add(offer->out, g_strndup(name, strlen(name) - strlen(".config")));
	add(offer, FILES);
}

static void offer_payloads(Offer *offer)
{
	g_autofree char *folder = g_build_filename(offer->cli->paths.initramfs, PAYLOAD_FOLDER, NULL);

	add_all(offer, payload_list(folder, NULL));
	add(offer, FILES);
}

static void offer_checks(Offer *offer)
{
	guint n;
	const Check *const *all = checks_all(&n);

	for (guint i = 0; i < n; i++)
		add(offer, all[i]->id);
}

static void offer_metrics(Offer *offer)
{
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		add(offer, all[i].id);
}

static void offer_plans(Offer *offer)
{
	add_all(offer, resolve_list(offer->cli->paths.plans));
	add(offer, FILES);
}

/* Run directories of the folder of results, newest last. */
static void offer_runs(Offer *offer)
{
	g_autofree char *parent = paths_results(RUNS_FOLDER);
	g_auto(GStrv) names = rundir_list(parent);

	for (char **name = names; *name; name++)
		g_ptr_array_add(offer->out, g_build_filename(parent, *name, NULL));
	add(offer, FILES);
}

static void offer_lists(Offer *offer)
{
	add_split(offer, "kernels series fragments payloads runs matrices comparisons sweeps");
}

static void offer_topics(Offer *offer)
{
	add_all(offer, help_topics(offer->cli));
}

/* By the long name of an option, or by a verb: what its value, or the verb's words, may be. */
static const struct {
	const char *name;
	void (*offer)(Offer *);
	const char *words;
} options[] = {
	{ "kernel", offer_kernels, NULL },	     { "series", offer_series, NULL },
	{ "patches", offer_series, NULL },
	{ "fragment", offer_fragments, NULL },	     { "payload", offer_payloads, NULL },
	{ "check", offer_checks, NULL },	     { "no-check", offer_checks, NULL },
	{ "metric", offer_metrics, NULL },	     { "profile", NULL, "check timing" },
	{ "mode", NULL, "wall counted" },	     { "accel", NULL, "auto kvm tcg" },
	{ "exit-style", NULL, "khotest kselftest bisect" }, { "order", NULL, "date release" },
	{ "break", NULL, "data pressure" },		     { "device", NULL, "intel-iommu" },
}, verb_words[] = {
	{ "compare", offer_series, NULL }, { "matrix", offer_plans, NULL },   { "history", offer_metrics, NULL },
	{ "list", offer_lists, NULL },	   { "report", offer_runs, NULL },    { "audit", offer_runs, NULL },
	{ "help", offer_topics, NULL },	   { "publish", NULL, FILES },	      { "cost", NULL, FILES },
};

/* All that its help speaks of. */
static void offer_formats(Offer *offer, const GOptionEntry *entry)
{
	g_auto(GStrv) words = g_strsplit_set(entry->description, ", ", -1);
	const char *name;

	for (guint i = 0; (name = emitter_name(i)); i++)
		if (g_strv_contains((const char *const *)words, name))
			add(offer, name);
}

static void offer_value(Offer *offer, const GOptionEntry *entry)
{
	if (strcmp(entry->long_name, "format") == 0) {
		offer_formats(offer, entry);
		return;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
		if (strcmp(options[i].name, entry->long_name) == 0) {
			if (options[i].offer)
				options[i].offer(offer);
			else
				add_split(offer, options[i].words);
			return;
		}
	if (entry->arg == G_OPTION_ARG_FILENAME || entry->arg == G_OPTION_ARG_FILENAME_ARRAY ||
	    entry->flags & G_OPTION_FLAG_FILENAME ||
	    (entry->arg_description && g_str_has_prefix(entry->arg_description, "DIR")))
		add(offer, FILES);
}

static bool takes_value(const GOptionEntry *entry)
{
	return entry->arg != G_OPTION_ARG_NONE;
}

/* The option that is waiting for a value when word is written before it; NULL: none. */
static const GOptionEntry *waiting(const VerbTable *table, const char *word)
{
	for (const GOptionEntry *entry = table->entries; entry->long_name; entry++) {
		bool named = (g_str_has_prefix(word, "--") && strcmp(word + 2, entry->long_name) == 0) ||
			     (entry->short_name && word[0] == '-' && word[1] == entry->short_name && !word[2]);

		if (named && takes_value(entry))
			return entry;
	}
	return NULL;
}

static void offer_options(Offer *offer)
{
	for (const GOptionEntry *entry = offer->table->entries; entry->long_name; entry++)
		if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
			g_ptr_array_add(offer->out, g_strconcat("--", entry->long_name, NULL));
	add(offer, "--help");
}

static void offer_words(Offer *offer)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verb_words); i++) {
		if (strcmp(verb_words[i].name, offer->table->verb) != 0)
			continue;
		if (verb_words[i].offer)
			verb_words[i].offer(offer);
		else
			add_split(offer, verb_words[i].words);
	}
}

/* "--format=js" is "--format" and then "js". */
static char **split_last(const char *const *words)
{
	GPtrArray *split = g_ptr_array_new();
	guint n = g_strv_length((char **)words);

	for (guint i = 0; i < n; i++) {
		const char *equals = i + 1 == n && g_str_has_prefix(words[i], "--") ? strchr(words[i], '=') : NULL;

		g_ptr_array_add(split, equals ? g_strndup(words[i], (gsize)(equals - words[i])) : g_strdup(words[i]));
		if (equals)
			g_ptr_array_add(split, g_strdup(equals + 1));
	}
	g_ptr_array_add(split, NULL);
	return (char **)g_ptr_array_free(split, FALSE);
}

char *describe_candidates(const Cli *cli, const VerbTable *table, const char *const *words)
{
	g_auto(GStrv) split = split_last(words);
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
	Offer offer = { .cli = cli, .table = table, .words = (const char *const *)split, .out = out };
	guint n = g_strv_length(split);
	const char *last = n ? split[n - 1] : "";
	const GOptionEntry *entry = n > 1 ? waiting(table, split[n - 2]) : NULL;
	GString *text = g_string_new(NULL);

	if (entry)
		offer_value(&offer, entry);
	else if (*last == '-')
		offer_options(&offer);
	else
		offer_words(&offer);
	for (guint i = 0; i < out->len; i++)
		if (strcmp(out->pdata[i], FILES) == 0 || g_str_has_prefix(out->pdata[i], last))
			g_string_append_printf(text, "%s\n", (const char *)out->pdata[i]);
	return g_string_free(text, FALSE);
}
