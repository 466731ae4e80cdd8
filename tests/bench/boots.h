/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_BOOTS_H
#define TESTS_BENCH_BOOTS_H

#include <base/json.h>

/* Runs of khotest whose figures are what a bench is about. */

/* What all runs of a bench have in common, as words of a command line. */
typedef struct {
	const char *memory, *cpus;
	const char *folder; /* of run directories */
} Boots;

/*
 * A run of stock with the timing profile and so many kernels, which must pass: its
 * result.json (caller unrefs), and the host's time for the whole process
 * (ret_seconds may be NULL).
 */
JsonObject *boots_run(const Boots *boots, const char *hops, double *ret_seconds);

/* Path of a run's directory. Caller frees. */
char *boots_rundir(const Boots *boots, JsonObject *result);

/* Removes the directory of a run that only its figures were wanted of. */
void boots_remove(const Boots *boots, JsonObject *result);

guint boots_kernels(JsonObject *result);

/* Time to /init of a kernel by its own clock, 0 being the first; -1: not known. */
gint64 boots_init_ns(JsonObject *result, guint kernel);

#endif
