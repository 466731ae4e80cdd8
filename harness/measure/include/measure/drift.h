/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_DRIFT_H
#define MEASURE_DRIFT_H

#include <measure/kendall.h>

/*
 * How a figure goes over the kernels of a chain. What adds up from handover to handover has
 * a slope, whatever little it is; what came once has none. Pure.
 */

/*
 * A slope is said to be there where chance would make one up in 1 of 1000 chains. Far below
 * what comparisons take: a chain has several figures, and a slope of some is a FAIL.
 */
#define DRIFT_LEVEL 0.001

/* Without noise: so many steps, from each kernel to the next of its sort, show that it goes on. */
#define DRIFT_STEPS 4

typedef enum {
	DRIFT_TOO_FEW, /* so few kernels could not have shown a slope */
	DRIFT_SAME,    /* all kernels of a sort have the same */
	DRIFT_NOISE,   /* it goes up and down, and no slope can be told from that */
	DRIFT_STEP,    /* its level changed, and then stayed */
	DRIFT_SLOPE,   /* it goes on from kernel to kernel */
} DriftKind;

/* "too-few", "same", "noise", "step", "slope". */
const char *drift_kind_name(DriftKind kind);

typedef struct {
	guint n; /* kernels that it is known of */
	DriftKind kind;
	Interval slope;	  /* a handover; kendall_slope() */
	double p;	  /* of no slope; kendall_p() */
	double low, high; /* the smallest and the largest value; NAN without any */
} Drift;

/*
 * points: as kendall.h has them, at being the place in the chain.
 *
 * A slope is there in either of two cases. All steps are the same, and not 0: four of those
 * in a figure that takes turns at random among a few values, whatever their number, come in
 * less than 2 of 1000 chains. Or Kendall's test says so at DRIFT_LEVEL, and the figure
 * goes the same way in each third of the chain: a single step, which is as good as a slope to
 * that test, lies in one of them.
 */
Drift drift_of(const TrendPoint *points, guint n);

/* Whether it goes on in that direction: leak 1, it grows; -1, it falls; 0: neither would be a leak. */
bool drift_is_leak(const Drift *drift, int leak);

#endif
