// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What all documents say of khotest's command line is there: each verb, and each option of it. Each link within the
 * project leads somewhere, to a heading if it names one, and no line is too long to be read beside another window.
 *
 * usage: test-words KHOTEST PROJECT DOCUMENT...
 */
#include "markdown.h"

#include <base/files.h>
#include <base/spawn.h>

#include <string.h>

#define WIDTH_MOST 120

static char *khotest, *project;
static GHashTable *helps; /* verb: what its --help prints */
static guint options;

static char *read_text(const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(path, &error);

	g_assert_no_error(error);
	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* NULL if there is no such verb. */
static const char *help_of(const char *verb)
{
	const char *const argv[] = { khotest, verb, "--help", NULL };
	SpawnSpec spec = { .argv = argv, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };

	if (!g_hash_table_contains(helps, verb)) {
		g_assert_true(spawn_run(&spec, &result, NULL));
		g_hash_table_insert(helps, g_strdup(verb), result.status ? NULL : g_strdup(result.out));
	}
	return g_hash_table_lookup(helps, verb);
}

/* Whether help has the option, as "  -m, --memory=SIZE" or "  --numa=N". */
static bool has_option(const char *help, const char *word)
{
	g_autofree char *name = g_strndup(word, strcspn(word, "="));
	g_autofree char *pattern = g_strdup_printf("(^|[ ,])%s([=, \n]|$)", name);

	return g_regex_match_simple(pattern, help, G_REGEX_MULTILINE, 0);
}

static bool is_option(const char *word)
{
	return g_regex_match_simple("^(--[a-z]|-[a-z]$)", word, 0, 0);
}

/* All that is wrong is said, and not the first of it alone. */
static void complain(const char *document, guint line, const char *command, const char *what)
{
	g_test_message("%s:%u: %s: %s", document, line, command, what);
	g_test_fail();
}

static void check_command(const char *document, guint line, const char *command)
{
	g_autoptr(GRegex) regex =
		g_regex_new("(?:^|[;|&] |run )(?:[^ ]*/)?khotest ([a-z]+)((?: [^#|>&;]*)?)", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *verb = NULL, *rest = NULL;
	g_auto(GStrv) words = NULL;
	const char *help;

	if (!g_regex_match(regex, command, 0, &match))
		return;
	verb = g_match_info_fetch(match, 1);
	rest = g_match_info_fetch(match, 2);
	help = help_of(verb);
	if (!help)
		return complain(document, line, command, "there is no such verb");
	words = g_strsplit_set(rest, " []`'", -1);
	for (char **word = words; *word; word++) {
		if (!is_option(*word))
			continue;
		if (!has_option(help, *word))
			complain(document, line, command, *word);
		options++;
	}
}

/* link: "FILE#ANCHOR", "FILE" or "#ANCHOR" */
static bool leads_somewhere(const char *document, const char *link)
{
	g_autofree char *folder = g_path_get_dirname(document), *file = g_strndup(link, strcspn(link, "#"));
	g_autofree char *path = *file ? g_build_filename(folder, file, NULL) : g_strdup(document), *text = NULL;
	const char *anchor = strchr(link, '#');
	g_auto(GStrv) anchors = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS) || !anchor)
		return g_file_test(path, G_FILE_TEST_EXISTS);
	text = read_text(path);
	anchors = markdown_anchors(text);
	return g_strv_contains((const char *const *)anchors, anchor + 1);
}

static void check_links(const char *document, const char *text)
{
	g_auto(GStrv) links = markdown_links(text);

	for (char **link = links; *link; link++)
		if (!leads_somewhere(document, *link))
			complain(document, 0, *link, "a link that leads nowhere");
}

/* What can be wrapped: no table, no picture, no command that is a line of its own, and nothing that a program made. */
static bool is_prose(const char *line)
{
	return *line && !strchr("|<!`", *line);
}

static void check_width(const char *document, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool fenced = false;

	if (strstr(document, "/results/") && !g_str_has_suffix(document, "/README.md"))
		return;
	for (guint i = 0; lines[i]; i++) {
		glong width = g_utf8_strlen(lines[i], -1);

		fenced ^= g_str_has_prefix(g_strchug(lines[i]), "```");
		if (!fenced && is_prose(lines[i]) && width > WIDTH_MOST)
			complain(document, i + 1, lines[i], "a line that is too long");
	}
}

static void test_document(gconstpointer data)
{
	const char *document = data;
	g_autofree char *text = read_text(document);
	g_autoptr(GPtrArray) blocks = markdown_blocks(text);
	g_auto(GStrv) inline_code = markdown_code(text);

	for (char **code = inline_code; *code; code++)
		check_command(document, 0, *code);
	for (guint i = 0; i < blocks->len; i++) {
		const MarkdownBlock *block = blocks->pdata[i];
		g_auto(GStrv) commands = NULL;

		/* what khotest printed is no command of the reader's */
		if (!g_str_has_prefix(block->info, "sh"))
			continue;
		commands = markdown_commands(block->text);
		for (char **command = commands; *command; command++)
			check_command(document, block->line, *command);
	}
	check_links(document, text);
	check_width(document, text);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, >, 3);
	khotest = argv[1];
	project = argv[2];
	helps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (int i = 3; i < argc; i++) {
		g_autofree char *path = g_strdup_printf("/docs/words%s", argv[i] + strlen(project));

		g_test_add_data_func(path, argv[i], test_document);
	}
	status = g_test_run();
	g_test_message("%u options", options);
	g_hash_table_unref(helps);
	return status;
}
