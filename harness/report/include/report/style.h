/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include <report/table.h>

/* How a report is written for people. One function makes it, whatever the format: it asks the style where they differ.
 */
typedef struct {
	char *(*table)(const Table *table);
	char *(*words)(const char *line); /* a line as it has to be written, to be read as it is */
	const char *heading;		  /* before a heading */
	const char *bullet;		  /* before a line of a list */
} Style;

/* For a terminal, the same with lists moved in, and Markdown. */
extern const Style style_text, style_indented, style_markdown;

/* Adds each line of some text that is none of ours alone, with a mark before those that are not empty: "" or one of the
 * style. */
void style_put(GString *out, const Style *style, const char *mark, const char *lines);

void style_put_table(GString *out, const Style *style, const Table *table);

#endif
