/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_SIGNEDRANK_H
#define MEASURE_SIGNEDRANK_H

#include <glib.h>
#include <stdbool.h>

/*
 * Wilcoxon's signed-rank test of paired differences (Biometrics Bulletin 1(6),
 * 1945), two-sided and exact: it asks how often, were each difference as likely to
 * have the other sign, the ranks of one sign would sum up to something as far from
 * the middle. It is the test that belongs to Hodges and Lehmann's estimate, and
 * supposes nothing of the noise but that it is symmetric. Pure.
 */

/*
 * Differences of 0 are left out, those of the same size have the mean of their
 * ranks. The sums are counted, not approximated. 1 where nothing is left.
 */
double signedrank_p(const double *differences, guint n);

/* The smallest p that n pairs can have: all of one sign, 2 of 2^n; 1 for n = 0. */
double signedrank_least(guint n);

/* The least number of pairs that can have a p of level or below, 0 < level < 1. */
guint signedrank_pairs(double level);

/*
 * Which of n tests are significant so that with a probability of at most level
 * any one of those is by chance, by Holm's procedure (Scand. J. Statist. 6(2), 1979):
 * the smallest p against level / n, the next against level / (n - 1), and so on to
 * the first that fails. Returns the level that the last was held against: what any
 * test that is not significant would have needed.
 */
double signedrank_holm(const double *p, guint n, double level, bool *ret_significant);

#endif
