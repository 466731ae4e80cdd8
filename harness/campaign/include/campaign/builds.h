/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_BUILDS_H
#define CAMPAIGN_BUILDS_H

#include <run/request.h>
#include <store/matrixdir.h>

/* One kernel that cells need. */
typedef struct {
	Cell *cell;	    /* like one of them, with this kernel (cell_parts()) */
	char *set;	    /* fragments: kernels of one tree, profile and set share a build folder */
	bool cached;	    /* it is there already */
	gint64 estimate_ns; /* 0 if cached */
} Build;

/*
 * The kernels of all cells, each once, those that share a build folder one after
 * the other. Errors: INPUT, HOST (a tool that building takes is missing).
 */
GPtrArray *builds_list(GPtrArray *cells, const Paths *paths, GCancellable *cancel, GError **error);

/* Whether that is the cell's kernel. */
bool build_is_for(const Build *build, const Cell *cell);

/*
 * Makes the kernels that are not there, one after the other, each by a process of
 * its own, into the journal. One that cannot be built fails its cells and nothing
 * else. until_us: g_get_monotonic_time() from which on none is begun, and the journal
 * says nothing of what is left; 0: never. Errors: FAILED (journal), CANCELLED.
 */
bool builds_make(GPtrArray *builds, const char *executable, MatrixDir *dir, gint64 until_us, GCancellable *cancel,
		 GError **error);

#endif
