/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_NIGHT_H
#define PAGE_NIGHT_H

#include <study/nighttrend.h>

/*
 * The pages of a site of nights: plain files that lead to each other, with style and pictures in each, as page/html.h
 * has them. All are made from what is kept of nights; none needs a run directory, and none needs gnuplot. Never fail.
 * Caller frees.
 */

/* File names in the site, by which the pages find each other. Caller frees. */
char *nightpage_of_night(const char *id);	 /* "night-2026-11-28.html" */
char *nightpage_of_metric(const Metric *metric); /* "trend-insn2.to_init.html" */
#define NIGHTPAGE_INDEX "index.html"

/* All nights, and in brief how figures went. trends: GPtrArray of NightTrend for each metric, in a GPtrArray. */
char *html_of_nights(const GPtrArray *verdicts, const GPtrArray *trends);

/*
 * One night. reports: run directory (NightCell.run) to the address of its report; NULL: there are none. before, after:
 * ids of the nights beside it; NULL at an end.
 */
char *html_of_night(const NightVerdict *verdict, GHashTable *reports, const char *before, const char *after);

/* One figure over all nights: NightTrend, at least one. */
char *html_of_nighttrends(const GPtrArray *trends);

#endif
