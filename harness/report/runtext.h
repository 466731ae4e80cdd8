/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RUNTEXT_H
#define REPORT_RUNTEXT_H

#include <evaluate/figure.h>
#include <evaluate/result.h>

/* What a table of one run and a table of several have in common. */

/* A figure in its unit; "-" for what is not known, in every table. Caller frees. */
char *runtext_figure(const Figure *figure, gint64 value);

/* Reasons and what a PASS does not speak of, a line each, with the bullet before it; and what else is worth knowing. */
void runtext_put_reasons(GString *out, const Result *result, const char *bullet);
/* A line of the log of that kernel, with the place in its code that it names (result_place()). */
void runtext_put_line(GString *out, const Result *result, int hop, const char *prefix, const char *line);

void runtext_put_notes(GString *out, const Result *result);

#endif
