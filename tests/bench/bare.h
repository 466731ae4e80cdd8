/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_BARE_H
#define TESTS_BENCH_BARE_H

#include <glib.h>

/* A machine of khotest's without khotest: what its reproduce.sh does, with nothing but QEMU. */
typedef struct {
	double seconds; /* host's clock, from the script's start to the machine's end */
	gint64 init_ns; /* guest's clock, time to /init of the first kernel; -1: that clock started late */
} Bare;

/*
 * Runs a run directory's reproduce.sh until kernel `last_hop` (0: the one that the
 * firmware started) is done, and ends it. Console and records go to files, and
 * nobody reads along. A machine that ends by itself, or is not done in ten
 * minutes, fails the test.
 */
Bare bare_run(const char *rundir, guint last_hop);

#endif
