/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_TAP_H
#define REPORT_TAP_H

#include <evaluate/result.h>
#include <study/matrix.h>
#include <study/selftests.h>
#include <study/storedcomparison.h>

/* TAP version 13: one flat list of what JUnit and KTAP have as suites, since that version has none. Caller frees. */
char *result_to_tap(const Result *result);
char *results_to_tap(GPtrArray *results);
char *storedcomparison_to_tap(const StoredComparison *stored);
char *selftests_to_tap(const Selftests *selftests);
/* A test for each cell: whether it has the verdict that it should have. */
char *matrix_to_tap(const MatrixResult *result);

#endif
