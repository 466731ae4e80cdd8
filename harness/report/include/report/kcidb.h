/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_KCIDB_H
#define REPORT_KCIDB_H

#include <evaluate/result.h>
#include <study/matrix.h>
#include <study/selftests.h>
#include <study/storedcomparison.h>

/*
 * Runs as KernelCI's database takes them: kcidb-io's schema, version 5.3 (docs/formats.md). origin: the name of who
 * submits, KCIDB_ORIGIN without another; it stands before every id. The same run has the same ids each time it is
 * written. Caller frees.
 */
#define KCIDB_ORIGIN "khotest"

/* Whether that may be an origin: small letters, digits and '_'. */
bool kcidb_is_origin(const char *origin);

char *result_to_kcidb(const Result *result, const char *origin);
char *results_to_kcidb(GPtrArray *results, const char *origin);
char *storedcomparison_to_kcidb(const StoredComparison *stored, const char *origin);
char *selftests_to_kcidb(const Selftests *selftests, const char *origin);
/* The runs that count, one for each cell that has one. */
char *matrix_to_kcidb(const MatrixResult *result, const char *origin);

#endif
