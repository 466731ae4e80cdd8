/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_NIGHTCHOICE_H
#define CAMPAIGN_NIGHTCHOICE_H

#include <campaign/builds.h>
#include <campaign/schedule.h>
#include <study/nightverdict.h>

/*
 * Which cells of a plan a night runs. The rules, by which docs/nightly.md goes:
 *
 *  1. of what was left out the one that waits longest, whatever it takes
 *  2. what failed last time: not as expected, or the harness failed in it; that became slower, too
 *  3. what else was left out, the longest first, as far as a quarter of the budget goes
 *  4. cells whose kernel has changed since they were run last, and those that were never run; within these as 5. and 6.
 *  5. the cheapest cell of each kernel and series
 *  6. the rest, the longest left out first, then the cheapest
 *
 * A cell is taken with all its repeats, and only as long as kernels and cells together fit into the budget; what
 * does not fit leaves room for what comes behind it.
 */

/* The share of the budget that is kept for what was left out. */
#define NIGHTCHOICE_WAITING 4

/* What is needed to choose. Borrowed. */
typedef struct {
	GPtrArray *cells;	  /* Cell: the plan, the commits of branches in the names of kernels */
	const GPtrArray *builds;  /* Build: the kernels that they need */
	const GPtrArray *earlier; /* NightVerdict: nights that ended, oldest first */
	const Capacity *capacity;
	ScheduleCostFunc cost;
	gpointer data;	  /* for cost */
	gint64 budget_ns; /* what is left of it */
} NightPlan;

/*
 * Notes in facts what was chosen, what was left out, and why. What comes back are the chosen cells, borrowed, the most
 * valuable first. Caller unrefs. Pure.
 */
GPtrArray *nightchoice_make(const NightPlan *plan, NightFacts *facts);

/* What that came to, in a line: cells, runs, and how long they should take, with their kernels. Caller frees. Pure. */
char *nightchoice_sum(const NightPlan *plan, const NightFacts *facts, GPtrArray *chosen);

#endif
