/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_RECORDS_H
#define EVALUATE_RECORDS_H

#include <store/journal.h>

/*
 * Whether the run directory keeps that record of the journal, which are asked in order: of a kernel that was left
 * nothing more is kept (watch_frame() of run/watch.c), as of one that comes up again through firmware, but that it
 * could not go. left: how many kernels were left before; 0 at first.
 */
bool records_kept(const JournalEvent *event, int *left);

/*
 * Hop, for each kernel that any record is there of, here or in the journal. A record that
 * is not there as it came is not read, and is its hop's damage. plan: or NULL.
 * Caller unrefs.
 */
GPtrArray *records_read(const RunDir *run, const Journal *journal, const Plan *plan);

#endif
