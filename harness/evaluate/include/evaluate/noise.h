/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_NOISE_H
#define EVALUATE_NOISE_H

#include <store/journal.h>

/*
 * What the host did beside a run, from the two "noise" events of its journal
 * (run/noise.h). Shares are 0 to 1; NAN where it is not known, as in run
 * directories from before there were such events.
 */
typedef enum {
	NOISE_CPU,	/* of the time, some task waited for a CPU; the emulator's own threads are among them */
	NOISE_MEMORY,	/* of the time, some task waited for memory */
	NOISE_IO,	/* of the time, some task waited for a disk */
	NOISE_STEAL,	/* of all CPUs' time, taken by the hypervisor above this host */
	NOISE_SLOWDOWN, /* frequency at the end against that at the start: 0.1 is 10% either way */
	NOISE_KINDS,
} NoiseKind;

typedef struct {
	double share[NOISE_KINDS];
	double copy_ns; /* what the host took to copy memory, mean of before and after (run/noise.h); NAN unknown */
} RunNoise;

RunNoise noise_of(const Journal *journal);

#endif
