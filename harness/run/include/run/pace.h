/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PACE_H
#define RUN_PACE_H

#include <glib.h>
#include <machine/machine.h>
#include <run/steps.h>

/*
 * How fast this host runs guests, by the processor time that kernels took to boot in runs here, so that what else the
 * host does has no part in it. Kept in the cache, for each accelerator; deadlines go by it.
 */
typedef struct {
	double factor; /* 2.0: a boot takes twice the processor time that deadlines are made for; 1.0 if not known */
	guint runs;    /* that it was measured in, the latest PACE_KEPT of them; 0: not known */
} Pace;

#define PACE_KEPT 9

/* Never fails: what is not there, or is not understood, is not known. */
Pace pace_read(const char *cache, const char *accelerator);

/* A first kernel booted, and its virtual CPUs had so much processor time for it. Nothing if it cannot be kept. */
void pace_learn(const char *cache, const char *accelerator, const Machine *guest, gint64 boot_cpu_ns);

/* What deadlines are made for: processor time of a first kernel from the start of such a guest to its /init. */
gint64 pace_boot_ns(const Machine *guest);

/* For so long a step of such a guest may take on such a host; 0: for as long as the run may. */
gint64 pace_step_ns(const Machine *guest, StepKind step, double factor);

/* A time that is made for factor 1, on such a host. A host that is faster is given no less than half of it. */
gint64 pace_scale(gint64 ns, double factor);

#endif
