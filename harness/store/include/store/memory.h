/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include <measure/postmortem.h>
#include <store/rundir.h>

/* What is known of each kernel of a run beside its memory: PostmortemKernel, one a hop, which borrow from the plan. */
GArray *memory_kernels(const RunDir *run, const Plan *plan);

/*
 * What was kept of the memory of a machine that failed, understood. hop: the kernel that was awaited or running. NULL if
 * nothing was kept; a file that is damaged gives a Postmortem that says so.
 */
Postmortem *memory_read(const RunDir *run, const Plan *plan, int hop);

#endif
