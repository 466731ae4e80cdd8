/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTMLWRITER_H
#define PAGE_HTMLWRITER_H

#include <glib.h>

/*
 * Writes HTML that is well-formed XML too, so that any parser can check it. Text
 * and values of attributes come from anywhere and are always escaped; names of
 * elements and attributes are the program's own.
 */
typedef struct HtmlWriter HtmlWriter;

HtmlWriter *htmlwriter_new(void);
void htmlwriter_free(HtmlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlWriter, htmlwriter_free)

/*
 * Begins an element; then pairs of attribute and value, closed by NULL. An attribute
 * whose value is NULL is left out. html_open(w, "a", "href", link, NULL)
 */
void html_open(HtmlWriter *writer, const char *element, ...) G_GNUC_NULL_TERMINATED;

/* Ends the innermost element. */
void html_close(HtmlWriter *writer);

/* An element without content, such as "meta"; attributes as for html_open(). */
void html_void(HtmlWriter *writer, const char *element, ...) G_GNUC_NULL_TERMINATED;

/* A whole element with text in it; attributes as for html_open(). text may be NULL: empty. */
void html_element(HtmlWriter *writer, const char *element, const char *text, ...) G_GNUC_NULL_TERMINATED;

void html_text(HtmlWriter *writer, const char *text);
void html_textf(HtmlWriter *writer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* As it is: what was made by a writer, or comes from a file of this program. */
void html_raw(HtmlWriter *writer, const char *markup);

/* Ends all elements and gives what was written. Caller frees it, and the writer. */
char *htmlwriter_finish(HtmlWriter *writer);

#endif
