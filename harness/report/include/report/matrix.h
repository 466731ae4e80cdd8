/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

#include <study/matrix.h>

/* What was not as expected, and the sum: what --quiet leaves. Caller frees. */
char *matrix_to_brief(const MatrixResult *result);

/* One table of all cells, what was not as expected below it, and the sum. Caller frees. */
char *matrix_to_text(const MatrixResult *result);
char *matrix_to_markdown(const MatrixResult *result);
char *matrix_to_json(const MatrixResult *result);  /* matrix.json: docs/matrix.md has the members */
char *matrix_to_junit(const MatrixResult *result); /* JUnit's XML, as CI systems read it */

#endif
