/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_OPENINDEX_H
#define HISTORY_OPENINDEX_H

#include <evaluate/result.h>
#include <history/runindex.h>

/*
 * The index over run directories, brought up to date. results: the folder of all results.
 * folders: those that hold run directories or are a matrix's; NULL: all runs, matrices,
 * sweeps and comparisons in results, whose index is there too. The index of any others is
 * in the cache. ret_update may be NULL. Errors: INPUT, FAILED, CANCELLED.
 */
RunIndex *openindex(const char *cache, const char *results, char **folders, RunIndexUpdate *ret_update,
		    GCancellable *cancel, GError **error);

/*
 * Path of the last run before this one with its key and series, among those beside it; an
 * error if there is none. Caller frees.
 */
char *openindex_previous(const char *cache, const char *results, const Result *result, GCancellable *cancel,
			 GError **error);

#endif
