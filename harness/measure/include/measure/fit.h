/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_FIT_H
#define MEASURE_FIT_H

#include <glib.h>
#include <stdbool.h>

/*
 * A straight line through points by least squares, y = offset + slope * x, with
 * 95% intervals from Student's t distribution with n - 2 degrees of freedom: the
 * textbook's, for errors that are independent and alike at all x. worst: the
 * largest distance of a point from the line, as a share of the largest y, by which
 * one sees a relation that is no line at all.
 */
typedef struct {
	guint n;
	double offset, offset_low, offset_high;
	double slope, slope_low, slope_high;
	double worst;
} Fit;

/* false: fewer than three points, or all at the same x. */
bool fit_line(const double *x, const double *y, guint n, Fit *ret_fit);

#endif
