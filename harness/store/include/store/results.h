/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_RESULTS_H
#define STORE_RESULTS_H

#include <glib.h>

/* What is where in the folder of results (run/paths.h has the folder). */
#define RUNS_FOLDER "runs"
#define MATRICES_FOLDER "matrix"
#define SWEEPS_FOLDER "sweep"
#define COMPARISONS_FOLDER "compare"
#define NIGHTS_FOLDER "nights"
#define BISECTIONS_FOLDER "bisect"
#define INDEX_FILE "index.sqlite"

/* What names of directories in it begin with: the time of now, UTC, "20261128-111213". Caller frees. */
char *results_stamp(void);

/*
 * PARENT/DATE-TIME-WORDS-XXXX, unique even where two begin at once; of the words only what a file may be called. Caller
 * frees.
 */
char *results_name(const char *parent, const char *words);

/* The time that such a name begins with, in seconds since 1970; -1: somebody else has named it. */
gint64 results_begun(const char *name);

#endif
