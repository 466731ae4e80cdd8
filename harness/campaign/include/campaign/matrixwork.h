/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_MATRIXWORK_H
#define CAMPAIGN_MATRIXWORK_H

#include <campaign/estimate.h>
#include <campaign/planfile.h>
#include <report/matrix.h>
#include <run/request.h>

/* How a matrix is carried out, or a sweep, which is one. Borrowed. */
typedef struct {
	const char *verb; /* "matrix", "sweep": who goes on with it, for messages; NULL: the caller says so itself */
	const Paths *paths;
	const char *const *asked; /* the command line */
	/* the directory to make; or where to make one, named by itself */
	const char *path, *parent;
	const char *memory_dir; /* guest memory of all cells lives in files there; NULL: in memory */
	bool trust;		/* go on with a directory that somebody else has begun */
	guint jobs;		/* cells at a time; 0: as many as the host has cores */
	Estimate *estimate;	/* how long cells take; NULL: as those in the matrices beside it have taken */
	gint64 until_us;	/* g_get_monotonic_time() from which on no kernel and no cell is begun; 0: never */
	GCancellable *cancel;
} MatrixWork;

/*
 * What is about to be done, in how many cells and kernels, and how long that should take;
 * with the cells themselves, a line each, if asked for. Caller frees. NULL with the error
 * set: INPUT, HOST.
 */
char *matrixwork_outline(const MatrixWork *work, const PlanFile *plan, bool cells, GError **error);

/*
 * Makes the directory, runs all cells, judges them, and leaves matrix.json and matrix.md
 * there. Caller frees. NULL with the error set, which says how to go on.
 */
MatrixResult *matrixwork_begin(const MatrixWork *work, const PlanFile *plan, GError **error);

/* The same with a directory that is there: whatever has no verdict yet. */
MatrixResult *matrixwork_resume(const MatrixWork *work, const char *path, GError **error);

#endif
