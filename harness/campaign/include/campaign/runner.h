/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_RUNNER_H
#define CAMPAIGN_RUNNER_H

#include <campaign/builds.h>
#include <campaign/estimate.h>
#include <campaign/executor.h>
#include <campaign/schedule.h>

/* How a matrix is run. Borrowed. */
typedef struct {
	Executor *executor;	/* of the cells */
	const char *executable; /* the program that builds kernels: this one */
	const Paths *paths;
	const char *memory_dir; /* guest memory of all cells lives in files there; NULL: in memory */
	guint jobs;		/* cells at a time; 0: runner_capacity() decides */
	Estimate *estimate;
	gint64 until_us; /* g_get_monotonic_time() from which on no kernel and no cell is begun; 0: never */
	GCancellable *cancel;
} RunnerSpec;

/*
 * What this host has for cells now. jobs 0: one cell for each core, also of cells
 * with two CPUs: most of a boot is the work of one. On 2 cores, 8 handovers at 1G
 * under TCG took about half as long two at a time as one after the other.
 */
Capacity runner_capacity(guint jobs);

/*
 * Does whatever has no verdict yet: builds the kernels, then runs the cells, with
 * progress. May be called again for a directory in which it was cut off. Errors:
 * INPUT, HOST, FAILED (not a cell's: those are in the journal), CANCELLED.
 */
bool runner_run(MatrixDir *dir, const RunnerSpec *spec, GError **error);

#endif
