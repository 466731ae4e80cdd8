/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_STOREDCOMPARISON_H
#define STUDY_STOREDCOMPARISON_H

#include <store/comparedir.h>
#include <study/comparison.h>

/*
 * A comparison directory, evaluated: everything is judged again from its run
 * directories. Only whole rounds count, those in which each series has a run that can
 * be read, with the key of the first of its series unless other keys were asked for; what was left out is in the notes.
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

/* How many rounds were begun; those that count are comparison_rounds(). */
guint storedcomparison_begun(const StoredComparison *stored);

/* How it came to its end, in a sentence, where that is worth one; NULL. Caller frees. */
char *storedcomparison_end(const StoredComparison *stored);

/* All runs that count, by round and in the order in which they ran; they stay the comparison's. Caller unrefs. */
GPtrArray *storedcomparison_results(const StoredComparison *stored);

/* "stock", or "stock (2)" where the same series was asked for twice. Caller frees. */
char *storedcomparison_name(const StoredComparison *stored, guint side);

#endif
