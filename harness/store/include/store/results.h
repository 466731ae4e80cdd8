/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_RESULTS_H
#define STORE_RESULTS_H

/* What is where in the folder of results (run/paths.h has the folder). */
#define RUNS_FOLDER "runs"
#define MATRICES_FOLDER "matrix"
#define SWEEPS_FOLDER "sweep"
#define COMPARISONS_FOLDER "compare"
#define NIGHTS_FOLDER "nights"
#define BISECTIONS_FOLDER "bisect"
#define INDEX_FILE "index.sqlite"

#endif
