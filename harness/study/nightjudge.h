/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTJUDGE_H
#define STUDY_NIGHTJUDGE_H

#include <study/nightverdict.h>

/* How a night's verdict comes about. */
typedef struct {
	NightVerdict *verdict;
	const GPtrArray *earlier; /* NightVerdict, oldest first */
} Judge;

/* What a cell is held against: the last good night that ran it, in which it was as expected. Both NULL: there is none.
 */
typedef struct {
	const Night *night;
	const NightCell *cell;
} Baseline;

/* Whether a cell of an earlier night will do, for one of now and, where it is about a figure, that metric. */
typedef bool (*CellFits)(const NightCell *before, const NightCell *now, const Metric *metric);

/* The last good night whose cell of that name fits; all NULL if there is none. metric: for fits, or NULL. */
Baseline nightjudge_last(const GPtrArray *earlier, const NightCell *cell, CellFits fits, const Metric *metric);

/* One more change, its range filled in; borrowed from the array. */
NightChange *nightjudge_add(const Judge *judge, GPtrArray *to, NightChangeKind kind, const NightCell *cell,
			    const Baseline *base);

/* nightfigures.c: each figure of a cell that was judged. */
void nightjudge_figures(const Judge *judge, const NightCell *cell, const Baseline *base);

#endif
