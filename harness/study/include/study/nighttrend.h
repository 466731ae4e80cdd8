/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTTREND_H
#define STUDY_NIGHTTREND_H

#include <study/nightverdict.h>

/* A figure of a cell in one night. */
typedef struct {
	const NightVerdict *night; /* borrowed */
	const NightCell *cell;	   /* borrowed */
	double median, low, high;  /* low and high: of its runs the smallest and the largest */
	guint runs;
	guint stretch; /* grows by one where what figures depend on has changed: points of two are not compared */
} NightPoint;

/* Where it changed: between two points that follow each other. */
typedef struct {
	guint at;	      /* index of the first point after it */
	guint first, last;    /* where it may be nearly as well; the same as at for counts */
	double before, after; /* levels */
} NightStep;

/* A figure of a cell over all nights that have it. */
typedef struct {
	const Metric *metric;
	const char *name, *label; /* of the cell; borrowed */
	GArray *points;		  /* NightPoint, in the order of the nights; at least one */
	GArray *steps;		  /* NightStep, in order */
} NightTrend;

/*
 * All trends of a metric, in the order in which nights have cells. A change of a count is every one of 0.1% or more; of
 * a time it is what measure/changepoint.h finds in the medians of the nights. Empty if no night has the metric. Pure.
 * Caller unrefs.
 */
GPtrArray *nighttrends_of(const GPtrArray *verdicts, const Metric *metric);

/* What it changed by last, as a share; NAN: it never did. ret_point: the first after that; may be NULL. */
double nighttrend_last_change(const NightTrend *trend, const NightPoint **ret_point);

const NightPoint *nighttrend_point(const NightTrend *trend, guint i);

#endif
