/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTMLPAGE_H
#define PAGE_HTMLPAGE_H

#include "htmlwriter.h"

#include <stdbool.h>

/* The page while it is being written: what every part of it needs. */
typedef struct {
	HtmlWriter *lead;    /* heading and verdict: before the table of contents */
	HtmlWriter *w;	     /* all sections */
	GPtrArray *contents; /* char *: id and title of each section, by turns */
	guint charts;	     /* drawn so far: ids within them are numbered by this */
	char *no_charts;     /* why there are none; NULL as long as there is a gnuplot */
} HtmlPage;

HtmlPage *htmlpage_new(void);
void htmlpage_free(HtmlPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlPage, htmlpage_free)

/* The whole page. Caller frees it, and the HtmlPage. */
char *htmlpage_finish(HtmlPage *page, const char *title);

/* Begins a section that the table of contents names; html_close() ends it. */
void htmlpage_section(HtmlPage *page, const char *id, const char *title);

/* "PASS" in its colour, with result_expectation() behind it; expected may be NULL. */
void html_verdict(HtmlWriter *w, const char *verdict, const char *expected);

/*
 * A number of result.json: shown to people as text, which is taken over and freed;
 * NULL: the number itself. The format and what follows name the member. value < 0 is
 * unknown: "-".
 */
void html_figure(HtmlWriter *w, gint64 value, char *text, const char *member, ...) G_GNUC_PRINTF(4, 5);

/* The same for a number that is no integer and may be negative; NAN is unknown. text must be given. */
void html_double(HtmlWriter *w, double value, char *text, const char *member, ...) G_GNUC_PRINTF(4, 5);

/*
 * Begins a table, in a box that scrolls if it is too wide; caption may be NULL.
 * A header that begins with '>' (not shown) belongs to a column of numbers.
 */
void html_table_open(HtmlWriter *w, const char *caption, const char *const *headers);
void html_table_close(HtmlWriter *w);

/* Text to copy, as it is, with a button that does so. label: what it is. */
void html_copy(HtmlWriter *w, const char *label, const char *text);

#endif
