/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_CELLRUN_H
#define CAMPAIGN_CELLRUN_H

#include <gio/gio.h>
#include <stdbool.h>
#include <store/matrixdir.h>

/*
 * One attempt at one cell: a process of this same program in a thread that waits
 * for it, so that cells cannot disturb each other's state.
 */
typedef struct {
	const Cell *cell; /* borrowed */
	char *executable;
	char *runs;	      /* parent of run directories */
	char *memory_dir;     /* --memory-dir, or NULL */
	gint64 timeout_ns;    /* --timeout, or 0: the run's own */
	GCancellable *cancel; /* own reference */
	GAsyncQueue *done;    /* own reference: where it puts itself when it has ended */
	GThread *thread;
	gint64 began_us; /* g_get_monotonic_time() */
	/* when it has ended */
	bool cut_off; /* by cancellation: this was no attempt */
	VerdictKind outcome;
	char *run;	/* name of the run directory, or NULL */
	char *verdict;	/* "PASS", ..., or NULL */
	char **reasons; /* ids */
	char *said;	/* last line of standard error, or NULL */
	gint64 wall_ns;
} CellRun;

CellRun *cellrun_start(const Cell *cell, const char *executable, const char *runs, const char *memory_dir,
		       gint64 timeout_ns, GCancellable *cancel, GAsyncQueue *done);

/* Waits for the thread. */
void cellrun_free(CellRun *run);

/* The command line of a cell. Caller frees. */
char **cellrun_argv(const CellRun *run);

/* A line of ours on standard error, without the name of the program before it. */
const char *cellrun_message(const char *line);

/* result.json (docs/rundir.md) to run directory, verdict and reasons; what it does not have stays NULL. */
void cellrun_read_result(const char *json, gssize length, char **ret_run, char **ret_verdict, char ***ret_reasons);

#endif
