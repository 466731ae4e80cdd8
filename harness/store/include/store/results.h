/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_RESULTS_H
#define STORE_RESULTS_H

/* Where results go that have no -o, from the current folder. */
#define RESULTS "results"
#define RESULTS_RUNS RESULTS "/runs"
#define RESULTS_MATRICES RESULTS "/matrix"
#define RESULTS_SWEEPS RESULTS "/sweep"
#define RESULTS_COMPARISONS RESULTS "/compare"
#define RESULTS_INDEX RESULTS "/index.sqlite"

#endif
