/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTPAST_H
#define STUDY_NIGHTPAST_H

#include <study/nightverdict.h>

/*
 * What earlier nights say of each cell. One pass, forward: a night is added when it is judged, so that judging the next
 * one asks for a cell and goes through no nights.
 */

/* A cell in a good night. Both NULL: there is none. */
typedef struct {
	const Night *night;
	const NightCell *cell;
} Baseline;

/* All borrowed from the nights. */
typedef struct {
	const NightCell *judged; /* in the last night that ran it to a verdict, good or not; NULL */
	Baseline met;		 /* in the last good night in which it was as expected */
	GHashTable *titles;	 /* of good nights in which it was as expected: a set */
	Baseline *had[2];	 /* whether it was alone, then by metric: the last good night with that figure */
	GPtrArray
		*firm; /* by metric GArray of Baseline, oldest first: as expected, and of a count all repeats agreed */
} CellPast;

typedef struct {
	GHashTable *cells; /* name to CellPast */
	const Night *good; /* the last good night; NULL: there was none */
} NightPast;

NightPast *nightpast_new(void);
void nightpast_free(NightPast *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NightPast, nightpast_free)

/* One more night that ended, later than those before. Borrowed. */
void nightpast_add(NightPast *past, const NightVerdict *verdict);

/* That of a cell that no night had is empty. Borrowed. */
CellPast *nightpast_cell(NightPast *past, const char *name);

const Baseline *nightpast_had(const CellPast *cell, bool alone, const Metric *metric); /* its cell may be NULL */
const GArray *nightpast_firm(const CellPast *cell, const Metric *metric); /* Baseline; each has such a figure */

#endif
