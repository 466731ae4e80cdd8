/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_STATISTICS_H
#define MEASURE_STATISTICS_H

#include <glib.h>
#include <stdbool.h>

/*
 * What repeated measurements say. Pure: the same numbers give the same answer, to
 * the last digit, since the generator behind the intervals has a fixed seed.
 */

/* Share of comparisons in which a difference may be made up where there is none: of one figure, or of a family. */
#define STATISTICS_LEVEL 0.02

/* Fewer pairs decide nothing at that level: six that all point the same way come by chance too often (2 of 2^6 = 3%).
 */
#define STATISTICS_MIN_PAIRS 7

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

/* Of those of n values that are known (0 or more), towards 0 where the median is no whole number; -1 if none is. */
gint64 statistics_median_known(const gint64 *values, guint n);

/*
 * Fewer pairs than this have no 95% interval: that of the bootstrap ends at the smallest and
 * the largest of them at the latest, and all n lie on the same side of what is true in
 * 2 of 2^n cases, for whatever distribution: of five pairs in 6%, of two in half of all.
 */
#define STATISTICS_MIN_INTERVAL 6

/* What low and high are. */
typedef enum {
	INTERVAL_NONE,	/* NAN: of a single value nothing is known but itself */
	INTERVAL_RANGE, /* the smallest and the largest: too few for an interval */
	INTERVAL_95,
	INTERVAL_EXACT, /* the estimate: all values are the same, as of counted instructions */
} IntervalKind;

typedef struct {
	double estimate;
	double low, high;
	IntervalKind kind;
} Interval;

/* "none", "too-few", "95%", "exact". */
const char *interval_kind_name(IntervalKind kind);

/* The same of what is the other way round, such as what is saved of what is added: the ends change places too. */
Interval interval_negate(const Interval *interval);

typedef enum {
	DECISION_TOO_FEW,  /* so few pairs could not have reached the level, whatever they say */
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
	double error;	     /* standard error of the difference; NAN with one pair */
	double p;	     /* of no difference: signedrank_p() */
	bool same;	     /* all differences are the same, of two pairs or more */
	double visible;	     /* as statistics_visible() at STATISTICS_LEVEL */
	Decision decision;   /* of this figure alone, at STATISTICS_LEVEL; several together: statistics_decide() */
	bool tight;	     /* the ratio's interval is within STATISTICS_TIGHT of it: more pairs would change little */
} Paired;

/*
 * Pairs are by position, n >= 1. The interval is the bootstrap's percentiles over
 * resampled pairs, taken further out by Student's factor for so few: without that
 * it is too narrow (Hesterberg, The American Statistician 69(4), 2015: "expanded
 * percentile"). BCa would correct for skew too, but with some ten pairs its
 * acceleration is itself mostly noise. Where all differences are the same, as with
 * counted instructions, two pairs decide: there is no noise to tell it from.
 *
 * Whether a difference is seen is decided by the signed-rank test, and not by the
 * interval: that is exact at any number of pairs, while the interval's ends are
 * least sure where few pairs are, far out. The level is 2% and not 5%: whoever looks
 * after every pair and stops when the interval has become narrow stops more often
 * where chance made it narrow (tests/bench/bench-detect.c has the simulation).
 */
Paired statistics_paired(const double *a, const double *b, guint n);

/*
 * The smallest difference that 19 of 20 such comparisons would have seen, were they
 * decided at that level: of Student's test, to which the signed-rank test comes
 * close. NAN where so few pairs never reach the level.
 */
double statistics_visible(const Paired *paired, double level);

/*
 * The decision on one of several figures: significant, and the level that it was or
 * would have been held against, are signedrank_holm()'s. Figures whose differences
 * are all the same need neither, and are no part of the family.
 */
Decision statistics_decide(const Paired *paired, bool significant, double level);

#endif
