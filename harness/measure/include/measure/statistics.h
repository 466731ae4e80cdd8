/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_STATISTICS_H
#define MEASURE_STATISTICS_H

#include <glib.h>
#include <stdbool.h>

/*
 * What repeated measurements say. Pure: the same numbers give the same answer, to
 * the last digit, since the generator behind the intervals has a fixed seed.
 */

/* Fewer pairs decide nothing: no sign test of five pairs gets below 5%, two-sided (2 of 2^5 = 6.25%). */
#define STATISTICS_MIN_PAIRS 6

/* Half width of the ratio's interval, relative to the ratio, at which more pairs are not worth their time. */
#define STATISTICS_TIGHT 0.0085

typedef struct {
	guint n;
	double median, low, high; /* low and high: the smallest and the largest */
	double spread;		  /* interquartile range; quartiles by linear interpolation (R's type 7) */
} Summary;

/* n >= 1; values are left as they are. */
Summary statistics_summary(const double *values, guint n);

/* Of the two in the middle their mean. n >= 1; values are left as they are. */
double statistics_median(const double *values, guint n);

typedef struct {
	double estimate;
	double low, high; /* 95% interval */
} Interval;

typedef enum {
	DECISION_TOO_FEW,  /* fewer than STATISTICS_MIN_PAIRS */
	DECISION_NOT_SEEN, /* it may as well be 0 */
	DECISION_SEEN,
} Decision;

/*
 * b against a, pair by pair. Estimates are Hodges and Lehmann's: the median of the
 * means of all two pairs' differences (Ann. Math. Statist. 34, 1963). It stands
 * nearly a third of wild values, and costs 5% of the pairs where there are none; a
 * plain median would cost a third.
 */
typedef struct {
	guint pairs;
	Interval difference; /* b - a, in the unit of the values */
	Interval ratio;	     /* b / a; estimated on logarithms. NAN if a value is not positive */
	double visible;	     /* smallest difference that 19 of 20 such comparisons would have seen; NAN with one pair */
	Decision decision;
	bool tight; /* the ratio's interval is within STATISTICS_TIGHT of it: more pairs would change little */
} Paired;

/*
 * Pairs are by position, n >= 1. The interval is the bootstrap's percentiles over
 * resampled pairs, taken further out by Student's factor for so few: without that
 * it is too narrow (Hesterberg, The American Statistician 69(4), 2015: "expanded
 * percentile"). BCa would correct for skew too, but with some ten pairs its
 * acceleration is itself mostly noise. Where all differences are the same, as with
 * counted instructions, two pairs decide: there is no noise to tell it from.
 *
 * A difference is seen if the same interval at 98% leaves 0 out. Whoever looks after
 * every pair and stops when the interval has become narrow stops more often where it
 * is too narrow by chance: one at 95% then claims a difference between A and A in 7 of
 * 100 comparisons (tests/bench/bench-detect.c has the simulation), not in 5.
 */
Paired statistics_paired(const double *a, const double *b, guint n);

#endif
