/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_KENDALL_H
#define MEASURE_KENDALL_H

#include <measure/statistics.h>

/*
 * Kendall's test of a trend (Mann, Econometrica 13(3), 1945), and the slope that belongs to
 * it, Theil's and Sen's (J. Amer. Statist. Assoc. 63, 1968): the median of the slopes of all
 * pairs of points. They suppose nothing of the noise but that its order is chance, and stand
 * nearly a third of wild values. Points of different sorts are never compared: with two
 * sorts of kernels that take turns it is the seasonal test (Hirsch and others, Water
 * Resources Research 18(1), 1982). Pure.
 */
typedef struct {
	double at;    /* ascending: of a kernel its place in the chain */
	double value; /* known, and finite */
	guint sort;   /* any number; only what has the same is compared */
} TrendPoint;

/* Pairs of the same sort that rise, less those that fall. */
gint64 kendall_s(const TrendPoint *points, guint n);

/*
 * How often, were each order of the values as likely within its sort, that number would be
 * as far from 0: two-sided, and exact, also where values are the same. 1 without a pair.
 */
double kendall_p(const TrendPoint *points, guint n);

/*
 * The slope a unit of at, with its 95% interval from the same distribution (Sen's). Kinds:
 * INTERVAL_EXACT where all pairs have the same slope, INTERVAL_RANGE where there are too
 * few points for an interval, INTERVAL_NONE and NAN without a pair.
 */
Interval kendall_slope(const TrendPoint *points, guint n);

#endif
