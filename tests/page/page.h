/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_PAGE_PAGE_H
#define TESTS_PAGE_PAGE_H

#include <base/json.h>

/* A page, read back with a parser of its own: not well-formed fails the test. */

/* What is of interest in a page. */
typedef struct {
	GPtrArray *runs;     /* char *: data-run of each open element, "" where it has none */
	GHashTable *figures; /* char * "RUN MEMBER" -> char * value */
	GString *text;	     /* all but style and script */
	GHashTable *ids, *links;
	guint scripts;
	guint twice; /* ids that occur again */
	bool quiet;
} Page;

Page *page_parse(const char *html);
void page_free(Page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* All numbers and nulls below a node, as "RUN MEMBER" -> value; "" for null. */
void page_flatten(GHashTable *numbers, const char *run, const char *path, JsonNode *node);

/* Links within a page lead somewhere, and others are none. */
void page_check_links(const Page *page);

#endif
