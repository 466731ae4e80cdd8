/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_RANKSUM_H
#define MEASURE_RANKSUM_H

#include <measure/statistics.h>

/*
 * How much larger the values of one sample are than those of another, which has nothing to do with it: b over a. The
 * estimate is Hodges and Lehmann's for two samples, the median of all ratios of one to the other; the interval is that
 * of the rank-sum test (Mann and Whitney, Ann. Math. Statist. 18, 1947), exact at any size, at 95%. Where so few values
 * never reach that (three against four, say), low and high are the smallest and the largest ratio. All values the
 * same in each sample: the ratio itself, and the interval is exact. NAN if a value is not positive. na, nb >= 1. Pure.
 */
Interval ranksum_ratio(const double *a, guint na, const double *b, guint nb);

#endif
