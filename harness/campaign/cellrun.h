/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_CELLRUN_H
#define CAMPAIGN_CELLRUN_H

#include <run/request.h>
#include <store/cell.h>

/* One attempt at one cell, as what is asked of an executor. */
typedef struct {
	const Cell *cell;   /* borrowed */
	RunRequest request; /* points into the cell, and into the rest; output and memory_dir are borrowed */
	gint64 began_us;    /* g_get_monotonic_time() */
	/* storage */
	char *append;
} CellRun;

/*
 * runs: the parent of run directories. memory_dir: or NULL. timeout_ns: 0 leaves it to the
 * run. Caller frees, when the executor is done with it.
 */
CellRun *cellrun_new(const Cell *cell, const char *runs, const char *memory_dir, gint64 timeout_ns);
void cellrun_free(CellRun *run);

#endif
