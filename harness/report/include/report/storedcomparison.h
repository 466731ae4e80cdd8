/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_STOREDCOMPARISON_H
#define REPORT_STOREDCOMPARISON_H

#include <study/storedcomparison.h>

/*
 * CSV, a line for each run and figure that it has: round (0: the warm-up), place in
 * the round, side (from 1 on), series, run, metric, clock, unit, value. Caller frees.
 */
char *storedcomparison_to_csv(const StoredComparison *stored);

/* comparison_to_brief(). Caller frees. */
char *storedcomparison_to_brief(const StoredComparison *stored);

/* For the cover letter of a series: plain text of 75 columns at most. Caller frees. */
char *storedcomparison_to_cover(const StoredComparison *stored);

/* Caller frees. Notes are part of both. */
char *storedcomparison_to_text(const StoredComparison *stored);
char *storedcomparison_to_markdown(const StoredComparison *stored);

/* comparison_to_lines(), and the notes. Caller frees. */
char *storedcomparison_to_lines(const StoredComparison *stored);

char *storedcomparison_to_json(const StoredComparison *stored);

#endif
