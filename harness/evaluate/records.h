/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_RECORDS_H
#define EVALUATE_RECORDS_H

#include <store/journal.h>

/*
 * Hop, for each kernel that any record is there of, here or in the journal. A record that
 * is not there as it came is not read, and is its hop's damage. plan: or NULL.
 * Caller unrefs.
 */
GPtrArray *records_read(const RunDir *run, const Journal *journal, const Plan *plan);

#endif
