/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_SWEEPPLAN_H
#define CAMPAIGN_SWEEPPLAN_H

#include <glib.h>
#include <stdbool.h>

/*
 * A sweep: one property of the machine takes several values, everything else
 * stays. It becomes a plan like any other, with a block for each value, named
 * by it (report/sweepkey.h), so that a matrix carries it out.
 *
 *   memory=1G..64G      size of the guest
 *   cpus=1..4           number of its CPUs
 *   nodes=1..4          number of its NUMA nodes
 *   scratch=32M..1G     each of the three sizes of kho_scratch=
 *   scratch-scale=50..800  kho_scratch=N%: per cent of what the kernel has reserved at boot
 *   reserve=0..90       percent of memory that is preserved over the handover
 */
typedef struct {
	const char *key;
	GArray *values; /* guint64: bytes, or a plain number; ascending, each once */
} SweepRange;

/* points: how many; 0: doubling for sizes, all for numbers, ten for reserve. linear: evenly spaced. Errors: INPUT. */
SweepRange *sweeprange_parse(const char *text, guint points, bool linear, GError **error);
void sweeprange_free(SweepRange *range);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SweepRange, sweeprange_free)

/* What stays the same. Borrowed. */
typedef struct {
	const char *kernel;
	const char *series; /* as in a plan: "stock;central" */
	const char *mode;
	const char *profile;
	/* NULL: not said */
	const char *append, *tree, *fragments, *config, *numa, *accel; /* as in a plan */
	bool prefault;
	guint64 memory_bytes;
	guint cpus; /* 0: the mode's default */
	guint hops; /* kernels one after the other, at least 1 */
	guint repeats;
} SweepBase;

/* The text of the plan. Caller frees. */
char *sweepplan_text(const SweepRange *range, const SweepBase *base);

#endif
