/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_FIGURES_H
#define TESTS_BENCH_FIGURES_H

#include <glib.h>

/* A figure over several rounds, printed as min, median, max, and held against a limit. */

/* Adds one sample to an array of double. */
void figure_add(GArray *samples, double value);

/* "name: median 1.02 (1.00 to 1.05, 5 rounds), at most 1.05": prints it as a TAP comment, and fails the test if the
 * median is above the limit. At least one sample; they are sorted. */
void figure_check(const char *name, const char *unit, GArray *samples, double limit);

/* The same for a limit that the median must not be below. */
void figure_check_least(const char *name, const char *unit, GArray *samples, double limit);

#endif
