// SPDX-License-Identifier: GPL-2.0-or-later
/* What there is to read: verbs, the documents as they are, and tables of the program's own. */
#include "reference.h"

#include <base/error.h>
#include <base/names.h>
#include <base/text.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".md"

/* What is made by the program, and other names of documents. */
static const struct {
	const char *name, *title;
	Table *(*table)(void);
	const char *document;
} topics[] = {
	{ "reasons", "What each reason of a verdict means", reference_reasons, NULL },
	{ "titles", "What kinds of failure there are", reference_titles, NULL },
	{ "figures", "What is measured, and what metrics are called", reference_figures, NULL },
	{ "exit-status", "What an exit status means", reference_exit_status, NULL },
	{ "plan", "Plans", NULL, "matrix" },
	{ "settings", "Settings and environment variables", NULL, "environment" },
};

/* Names of documents in a folder, without their ending. before: what goes before each. */
static void add_documents(GPtrArray *names, const char *folder, const char *before)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, SUFFIX) && strcmp(name, "README" SUFFIX) != 0)
			g_ptr_array_add(names,
					g_strdup_printf("%s%.*s", before, (int)(strlen(name) - strlen(SUFFIX)), name));
}

char **help_topics(const Cli *cli)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *howto = g_build_filename(cli->paths.docs, "howto", NULL);

	add_documents(names, cli->paths.docs, "");
	add_documents(names, howto, "howto/");
	for (gsize i = 0; i < G_N_ELEMENTS(topics); i++)
		g_ptr_array_add(names, g_strdup(topics[i].name));
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_steal(names, NULL);
}

/* The text of a document; NULL: there is none of that name. */
static char *document(const Cli *cli, const char *name)
{
	g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
	g_autofree char *path = g_build_filename(cli->paths.docs, file, NULL);
	char *text = NULL;

	return !strstr(name, "..") && g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* "# The matrix": what stands behind it. Caller frees. */
static char *title_of(const Cli *cli, const char *name)
{
	g_autofree char *text = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(topics); i++)
		if (strcmp(topics[i].name, name) == 0)
			return g_strdup(topics[i].title);
	text = document(cli, name);
	return text && g_str_has_prefix(text, "# ") ? g_strndup(text + 2, strcspn(text + 2, "\n")) : g_strdup("");
}

static char *text_of(const Cli *cli, const char *name)
{
	g_autoptr(Table) table = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(topics); i++) {
		if (strcmp(topics[i].name, name) != 0)
			continue;
		if (topics[i].document)
			return document(cli, topics[i].document);
		table = topics[i].table();
		return table_to_text(table);
	}
	return document(cli, name);
}

/* On a terminal through $PAGER, as man does. */
static void show(const char *text)
{
	const char *pager = g_getenv("PAGER");
	g_autofree char *clean = text_clean(text);
	FILE *pipe = NULL;

	if (isatty(STDOUT_FILENO)) {
		cli_flush();
		pipe = popen(pager && *pager ? pager : "less -FRX 2>/dev/null || cat", "w");
	}
	if (!pipe) {
		cli_print(text);
		return;
	}
	fputs(clean, pipe);
	pclose(pipe);
}

static void list(const Cli *cli)
{
	g_autoptr(Table) table = table_new((const char *const[]){ "topic", "what it is about", NULL });
	g_auto(GStrv) names = help_topics(cli);
	g_autofree char *text = NULL, *all = NULL;

	for (char **name = names; *name; name++)
		TABLE_ROW(table, g_strdup(*name), title_of(cli, *name));
	text = table_to_text(table);
	all = g_strdup_printf("usage: khotest help [TOPIC|VERB]\n\n%s\nThe verbs: khotest --help\n", text);
	cli_print(all);
}

static int unknown(const Cli *cli, const char *word, GError **error)
{
	g_auto(GStrv) names = help_topics(cli), verbs = cli_verbs();
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autofree char *nearest = NULL;

	for (char **name = names; *name; name++)
		g_ptr_array_add(all, *name);
	for (char **name = verbs; *name; name++)
		g_ptr_array_add(all, *name);
	g_ptr_array_add(all, NULL);
	nearest = names_nearest(word, (char **)all->pdata);
	error_set(error, KHOTEST_ERROR_INPUT,
		  "there is no help on '%s'%s%s; 'khotest help' lists all topics, 'khotest --help' all verbs", word,
		  *nearest ? ", did you mean " : "", nearest);
	return EXIT_ERROR;
}

int verb_help(Cli *cli, int argc, char **argv, GError **error)
{
	static const GOptionEntry none[] = { { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_auto(GStrv) words = NULL;
	g_autofree char *text = NULL;

	if (!options_parse_entries(none, "[TOPIC|VERB]",
				   "Shows a document, or the options of a verb. Without: what "
				   "there is.",
				   argc, argv, &words, error))
		return EXIT_ERROR;
	if (!words[0]) {
		list(cli);
		return EXIT_PASS;
	}
	if (words[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "help takes one topic, and '%s' is a second", words[1]);
		return EXIT_ERROR;
	}
	text = text_of(cli, words[0]);
	if (text) {
		show(text);
		return EXIT_PASS;
	}
	return cli_help_verb(cli, words[0]) ? EXIT_PASS : unknown(cli, words[0], error);
}
