/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_COST_H
#define STUDY_COST_H

#include <evaluate/result.h>

/*
 * What a series costs, in executed instructions: runs in mode "counted" put side
 * by side. Runs of the same kernel image on the same machine are one row, and
 * must agree to the last instruction; rows of the same kernel version with the same
 * key (report/key.h) are compared with the row of the base series, and a difference is
 * also given for each pageblock that the kernel has.
 */
typedef struct {
	const char *base;   /* name of the base series, borrowed */
	GPtrArray *results; /* Result; a reference, since rows point into it */
	GPtrArray *groups;  /* CostGroup */
} Cost;

/* One machine, one kernel version: what can be compared. */
typedef struct {
	const Result *like; /* the first of its runs, borrowed */
	GPtrArray *key;	    /* of all of them: result_key() */
	GPtrArray *rows;    /* CostRow, in the order in which they came */
	guint base;	    /* index of the row that the others are compared with; rows->len: there is none, or several
			       kernels are called so */
	guint hops;	    /* the most that any row has */
} CostGroup;

typedef struct {
	const Result *first; /* borrowed */
	guint runs;
	bool identical; /* all counts of all runs are the same; also true of a single one */
} CostRow;

/* Refers to results from then on; those in another mode are left out. base: "unfixed". */
Cost *cost_new(GPtrArray *results, const char *base);
void cost_free(Cost *cost);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cost, cost_free)

/* Number of rows whose runs do not agree: the counts of such a row mean nothing. */
guint cost_disagreements(const Cost *cost);

/* The counts of one kernel of a run; NULL if it did not get so far. Borrowed. */
const HopCount *cost_of(const Result *result, guint hop);

/* What its series is called, with the image where several rows are called so; "-" of none. Caller frees. */
char *costrow_name(const CostGroup *group, const CostRow *row);

/* That several kernels are called like the base. Caller frees; NULL: they are not. */
char *costgroup_note(const Cost *cost, const CostGroup *group);

/* All pageblocks of all zones of one kernel; -1 unknown. */
gint64 cost_pageblocks(const Result *result, guint hop);

#endif
