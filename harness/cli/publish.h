/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PUBLISH_H
#define CLI_PUBLISH_H

#include "cli.h"

#include <study/matrix.h>

/* Writes a file of a folder and says so; takes the text, which may be NULL: then the error is set already. */
bool publish_text(const char *folder, const char *name, char *text, GError **error);

/* The same with a line that says what made it, and a heading. */
bool publish_markdown(const char *folder, const char *name, const char *heading, const char *text, GError **error);

/*
 * NAME.md, NAME.csv, NAME.json, NAME-made.md and pictures: NAME.svg, the differences of
 * a comparison, or NAME-METRIC.svg of a sweep, which also has NAME.plan. NAME is the
 * directory's own, so that what is published into the same folder from elsewhere
 * stays. Pictures need gnuplot.
 */
bool publish_comparison(const char *path, const char *folder, GError **error);
bool publish_sweep(const MatrixResult *matrix, const char *folder, GError **error);

#endif
