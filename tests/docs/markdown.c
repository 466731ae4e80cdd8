// SPDX-License-Identifier: GPL-2.0-or-later
#include "markdown.h"

#include <stdbool.h>
#include <string.h>

#define FENCE "```"

static void block_free(gpointer data)
{
	MarkdownBlock *block = data;

	g_free(block->info);
	g_free(block->text);
	g_free(block);
}

static const char *skip_blanks(const char *line)
{
	return line + strspn(line, " \t");
}

GPtrArray *markdown_blocks(const char *text)
{
	g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func(block_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) inside = NULL;
	MarkdownBlock *block = NULL;
	gsize indent = 0;

	for (guint i = 0; lines[i]; i++) {
		const char *line = skip_blanks(lines[i]);

		if (!block && g_str_has_prefix(line, FENCE)) {
			block = g_new0(MarkdownBlock, 1);
			*block = (MarkdownBlock){ .line = i + 1, .info = g_strdup(line + strlen(FENCE)) };
			g_ptr_array_add(blocks, block);
			inside = g_string_new(NULL);
			indent = (gsize)(line - lines[i]);
		} else if (block && g_str_has_prefix(line, FENCE)) {
			block->text = g_string_free(g_steal_pointer(&inside), FALSE);
			block = NULL;
		} else if (block) {
			gsize blanks = strspn(lines[i], " ");

			g_string_append_printf(inside, "%s\n", lines[i] + MIN(blanks, indent));
		}
	}
	g_assert_null(block);
	return g_steal_pointer(&blocks);
}

char **markdown_commands(const char *text)
{
	g_autoptr(GPtrArray) commands = g_ptr_array_new();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) command = g_string_new(NULL);

	for (char **line = lines; *line; line++) {
		const char *words = skip_blanks(*line);
		gsize length = strlen(words);

		if (!command->len && (!*words || *words == '#'))
			continue;
		g_string_append(command, words);
		if (length && words[length - 1] == '\\') {
			g_string_truncate(command, command->len - 1);
			continue;
		}
		g_ptr_array_add(commands, g_strdup(command->str));
		g_string_truncate(command, 0);
	}
	g_assert_cmpuint(command->len, ==, 0);
	g_ptr_array_add(commands, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&commands), FALSE);
}

/* The last group of each match. */
static char **all_matches(const char *text, const char *pattern)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
		g_ptr_array_add(found, g_match_info_fetch(match, g_match_info_get_match_count(match) - 1));
	g_ptr_array_add(found, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

char **markdown_code(const char *text)
{
	return all_matches(text, "(?<!`)`([^`\n]+)`(?!`)");
}

char **markdown_links(const char *text)
{
	/* of the project: without "scheme://" */
	return all_matches(text, "(?:\\]\\(|\\bsrc=\"|\\bsrcset=\")(?![a-z]+:)([^)\\s\"]+)");
}

/* As GitHub does: small letters, blanks become '-', and what is neither letter, digit, '-' nor '_' goes. */
static char *anchor_of(const char *heading)
{
	g_autofree char *small = g_utf8_strdown(heading, -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *at = small; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c == ' ')
			g_string_append_c(out, '-');
		else if (g_unichar_isalnum(c) || c == '-' || c == '_')
			g_string_append_unichar(out, c);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char **markdown_anchors(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) anchors = g_ptr_array_new();
	bool fenced = false;

	for (char **line = lines; *line; line++) {
		fenced ^= g_str_has_prefix(skip_blanks(*line), FENCE);
		if (!fenced && **line == '#')
			g_ptr_array_add(anchors, anchor_of(skip_blanks(*line + strspn(*line, "#"))));
	}
	g_ptr_array_add(anchors, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&anchors), FALSE);
}
