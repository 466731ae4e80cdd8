/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_NOISE_H
#define REPORT_NOISE_H

#include <report/comparison.h>

/*
 * What the host did beside a run, from the two "noise" events of its journal
 * (run/noise.h). Shares are 0 to 1; NAN where it is not known, as in run
 * directories from before there were such events.
 */
typedef struct {
	double pressure; /* of the time, some task waited for a CPU; the emulator's own threads are among them */
	double steal;	 /* of all CPUs' time, taken by the hypervisor above this host */
	double slowdown; /* frequency at the end against that at the start: 0.1 is 10% either way */
} RunNoise;

RunNoise noise_of(const Result *result);

/*
 * Above these a run says more about the host than about the kernel: a tenth of what
 * a guest needs is gone, or the CPU is another one.
 */
#define NOISE_PRESSURE_LIMIT 0.25
#define NOISE_STEAL_LIMIT 0.02
#define NOISE_SLOWDOWN_LIMIT 0.05

/* "the host was too noisy in 3 of 24 runs: ..."; NULL if it was quiet, or nothing is known. Caller frees. */
char *noise_sentence(const Comparison *comparison);

#endif
