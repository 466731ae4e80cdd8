/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTJUDGE_H
#define STUDY_NIGHTJUDGE_H

#include "nightpast.h"

/* How a night's verdict comes about. */
typedef struct {
	NightVerdict *verdict;
	const GPtrArray *earlier; /* NightVerdict, oldest first */
	NightPast *past;	  /* what they say of each cell */
} Judge;

/* One more change, its range filled in; borrowed from the array. */
NightChange *nightjudge_add(const Judge *judge, GPtrArray *to, NightChangeKind kind, const NightCell *cell,
			    const Baseline *base);

/* nightfigures.c: each figure of a cell that was judged. */
void nightjudge_figures(const Judge *judge, const NightCell *cell, const Baseline *base);

#endif
