/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PAIRS_H
#define REPORT_PAIRS_H

#include <study/matrix.h>

/* Whether cells of the matrix are handovers from one kernel to another. */
bool matrix_has_pairs(const MatrixResult *result);

/*
 * Which kernel can be updated to which: a row for each first kernel, a column for each second, what became of it in
 * between; below, for each pair that was not handed over why not, and the ABI strings of all kernels. Caller frees.
 */
char *pairs_to_markdown(const MatrixResult *result);

#endif
