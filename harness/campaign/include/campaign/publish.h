/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PUBLISH_H
#define CAMPAIGN_PUBLISH_H

#include <glib.h>
#include <stdbool.h>

/*
 * Makes the files of results/ in that folder out of a directory of runs. Of a matrix they
 * have fixed names: verdicts.md, matrix.json, made.md, the plan, and with audits or counted
 * instructions their tables and maps. Of a comparison or a sweep: NAME.md, NAME.csv,
 * NAME.json, NAME-made.md and pictures: NAME.svg, the differences of a comparison, or
 * NAME-METRIC.svg of a sweep, which also has NAME.plan. NAME is the directory's own, so
 * that what is published into the same folder from elsewhere stays. Pictures need gnuplot.
 * metrics: NULL-terminated ids, of a sweep alone: what is in its files; NULL: as sweep_new() has it.
 * Errors: INPUT (no such directory, the files of another matrix, no such metric), HOST, FAILED.
 */
bool publish(const char *path, const char *folder, const char *const *metrics, GError **error);

#endif
