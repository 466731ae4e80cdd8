/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_READRUN_H
#define HISTORY_READRUN_H

#include <evaluate/result.h>
#include <history/runindex.h>

/* What the index keeps of a run: a RunIndexReadFunc. data is not used. Never NULL. */
IndexedRun *readrun(const char *path, gpointer data);

/* The same from a result that is loaded already. Caller frees. */
IndexedRun *readrun_from_result(const Result *result);

#endif
