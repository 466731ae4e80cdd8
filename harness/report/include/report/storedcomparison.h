/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_STOREDCOMPARISON_H
#define REPORT_STOREDCOMPARISON_H

#include <report/comparison.h>
#include <store/comparedir.h>

/*
 * A comparison directory, evaluated: everything is judged again from its run
 * directories. Only whole rounds count, those in which each series has a run that can
 * be read; what was left out is in the notes.
 */
typedef struct {
	CompareDir *dir;
	CompareRounds *rounds;
	Comparison *comparison;
	GPtrArray *kept;  /* CompareRun, borrowed: by round that counts, and in it by side */
	GPtrArray *notes; /* char *: for people, one line each */
} StoredComparison;

/* Errors: INPUT (no comparison, newer schema, not one run that can be read), FAILED (damaged). */
StoredComparison *storedcomparison_load(const char *path, GError **error);
void storedcomparison_free(StoredComparison *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoredComparison, storedcomparison_free)

/* Number of the round that is at that place among those that count, from 1 on. */
guint storedcomparison_round(const StoredComparison *stored, guint place);

/* All runs that count, by round and in the order in which they ran; they stay the comparison's. Caller unrefs. */
GPtrArray *storedcomparison_results(const StoredComparison *stored);

/* "stock", or "stock (2)" where the same series was asked for twice. Caller frees. */
char *storedcomparison_name(const StoredComparison *stored, guint side);

/*
 * CSV, a line for each run and figure that it has: round (0: the warm-up), place in
 * the round, side (from 1 on), series, run, metric, clock, unit, value. Caller frees.
 */
char *storedcomparison_to_csv(const StoredComparison *stored);

/* comparison_to_brief(). Caller frees. */
char *storedcomparison_to_brief(const StoredComparison *stored);

/* Caller frees. Notes are part of both. */
char *storedcomparison_to_text(const StoredComparison *stored);
char *storedcomparison_to_markdown(const StoredComparison *stored);
char *storedcomparison_to_json(const StoredComparison *stored);

#endif
