/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_CHECKLINE_H
#define EVALUATE_CHECKLINE_H

#include <evaluate/result.h>

/*
 * A line of a table of what checks found: one place, and a row of each kernel that has
 * it. Every output format walks these, so that the figures of a check are in all of them.
 */
typedef struct {
	guint check;	   /* its place in checks_all() */
	const char *where; /* borrowed, as is the other */
	const char *what;
	guint64 expected; /* in the first kernel that has it */
} CheckLine;

/* CheckLine, by check, in the order of the first kernel that has each place. Caller unrefs. */
GArray *checklines_of(const Result *result);

/* The row of a kernel; NULL if it has none. */
const CheckRow *checkline_row(const CheckLine *line, const Result *result, guint hop);

/* "36 of 1700", "36 of 36 and 2 more"; "-" if that kernel has none. Caller frees. */
char *checkline_text(const CheckLine *line, const Result *result, guint hop);

/* The place of that kernel's row in result.json, without "expected" or "found". Only where there is a row. */
char *checkline_member(const CheckLine *line, const Result *result, guint hop, const char *name);

/* Whether the rows of a check are among a hop's checks[] in result.json: it has some, and they are not its zones[]. */
bool check_is_in_json(const Result *result, guint hop, guint check);

#endif
