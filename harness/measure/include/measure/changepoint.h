/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CHANGEPOINT_H
#define MEASURE_CHANGEPOINT_H

#include <glib.h>

/*
 * Where a sequence of figures changes its level. Deterministic: the same figures
 * give the same answer. Up to two in a hundred sequences without any change are
 * said to have one (changepoint.c has the method and its sources).
 */
typedef struct {
	guint at;    /* index of the first value after the change */
	guint first; /* where it may be nearly as well: first <= at <= last */
	guint last;
	double before; /* median of the values since the change before, or the beginning */
	double after;  /* median of those up to the next change, or the end */
} ChangePoint;

/* Fewer values than this on one side are never told from noise. */
#define CHANGEPOINT_STRETCH 3

/* ChangePoint, in order; empty if there is none, or too little to tell. Caller unrefs. */
GArray *changepoints_find(const double *values, guint n);

#endif
