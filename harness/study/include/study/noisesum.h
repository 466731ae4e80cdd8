/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NOISESUM_H
#define STUDY_NOISESUM_H

#include <study/comparison.h>

/* Several runs: the most of each kind, and how many of them were too noisy. Zero it first. */
typedef struct {
	double most[NOISE_KINDS];
	double copy_fastest_ns, copy_slowest_ns; /* 0: unknown */
	guint runs, noisy;
} NoiseSum;

/* Runs that count instructions are left out. */
void noise_add(NoiseSum *sum, const Result *result);

/* "the host was too noisy in 3 of 24 runs: ...", "the host was uneven: ..."; NULL if it was quiet, or nothing is known.
 * Caller frees. */
char *noise_sum_sentence(const NoiseSum *sum);

/* The same of all runs of a comparison that are not warm-ups. */
char *noise_sentence(const Comparison *comparison);

#endif
