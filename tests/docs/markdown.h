/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_DOCS_MARKDOWN_H
#define TESTS_DOCS_MARKDOWN_H

#include <glib.h>

/* A fenced block of a document in Markdown: what stands between two lines of ```. */
typedef struct {
	guint line; /* of its first fence, from 1 on */
	char *info; /* what stands behind that fence: "sh", "ini my.plan"; or "" */
	char *text; /* its lines */
} MarkdownBlock;

/* All fenced blocks of a text, in order: MarkdownBlock. Blocks in lists are indented, and lose that. Caller unrefs. */
GPtrArray *markdown_blocks(const char *text);

/*
 * The commands of a block of shell, one for each that a person would enter: lines that end in a backslash are joined,
 * comments that have a line of their own are left out. Caller g_strfreev()s.
 */
char **markdown_commands(const char *text);

/* What stands between single backticks. Caller g_strfreev()s. */
char **markdown_code(const char *text);

/*
 * Where the links of a text lead that stay in the project: "report.md#the-page", "../README.md", "#here". Caller
 * g_strfreev()s.
 */
char **markdown_links(const char *text);

/* What stands behind the '#' of links to its headings, in their order. Caller g_strfreev()s. */
char **markdown_anchors(const char *text);

#endif
