/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_CONDITION_H
#define STUDY_CONDITION_H

#include <study/comparison.h>

/*
 * What somebody does not want to see: "init.later>1%": the figure is more than 1% above that of the first series. Also
 * "<", and an amount in place of a share: "blackout>50ms", "insn2.memmap>10000".
 */
typedef struct {
	char *text;	      /* as it was written */
	const Metric *metric; /* borrowed */
	bool above;	      /* ">" */
	bool share;	      /* the limit is one, 0.01 for 1%; else it is in the unit of the metric */
	double limit;
} Condition;

/* Errors: INPUT: no such metric, no comparison in it, no number, a unit that the metric does not have. */
Condition *condition_parse(const char *text, GError **error);
void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

/* All of a NULL-terminated list, which may be NULL: Condition. Caller unrefs. NULL with the error set. */
GPtrArray *conditions_parse(const char *const *texts, GError **error);

typedef enum {
	CONDITION_MET,	   /* the whole interval lies beyond the limit */
	CONDITION_NOT_MET, /* the whole interval lies on this side of it */
	CONDITION_OPEN,	   /* the limit lies within the interval, or too near to it, or there are too few pairs */
	CONDITION_UNKNOWN, /* no pair has the figure */
} ConditionState;

/* Of one series against the first. */
typedef struct {
	const Condition *condition;
	guint side;
	ConditionState state;
	guint pairs;
	Interval change; /* what was held against the limit: the ratio less 1, or the difference */
} ConditionAnswer;

/*
 * The 95% interval decides, both ends of it, where the signed-rank test against the limit agrees at STATISTICS_LEVEL:
 * who asks again after more pairs, until it is decided, would otherwise find a change that lies just at the limit
 * beyond it in 1 of 10 comparisons (tests/bench/bench-detect.c has the simulation). Of counted instructions one pair is
 * enough: they are the same in each run of the same kernel.
 */
ConditionAnswer condition_ask(const Condition *condition, const Comparison *comparison, guint side);

/* ConditionAnswer: each condition of each series. conditions may be NULL. Caller unrefs. */
GArray *conditions_ask(const GPtrArray *conditions, const Comparison *comparison);

/* How many pairs it would take, about, if they scatter as these do; 0 where that cannot be told, or none are missing.
 */
guint condition_pairs_needed(const ConditionAnswer *answer);

/* Whether the interval has the limit within it. */
bool condition_within(const ConditionAnswer *answer);

/* "met", "not-met", "open", "unknown". */
const char *condition_state_name(ConditionState state);

/* How many answers are in that state. */
guint conditions_count(const GArray *answers, ConditionState state);

#endif
