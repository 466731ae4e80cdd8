/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PUBLISHPARTS_H
#define CAMPAIGN_PUBLISHPARTS_H

#include <study/matrix.h>

/* Writes a file of a folder and says so; takes the text, which may be NULL: then the error is set already. */
bool publish_text(const char *folder, const char *name, char *text, GError **error);

/* The same with a line that says what made it, and a heading. */
bool publish_markdown(const char *folder, const char *name, const char *heading, const char *text, GError **error);

/* Every run that was judged, in the order of the plan; they stay the matrix's. Caller unrefs. */
GPtrArray *publish_runs(const MatrixResult *matrix);

/* The files of a matrix that is no sweep. */
bool publish_matrix(const MatrixResult *matrix, const char *folder, GError **error);

#endif
