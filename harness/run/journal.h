/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <run/frames.h>
#include <store/rundir.h>
#include <vm/vm.h>

/*
 * Lines of a run's journal (docs/rundir.md) that are made from what is known at one
 * moment. Errors: as rundir_journal_end().
 */

/* Event "record": a frame arrived. */
bool journal_record(RunDir *dir, const Frame *frame, GError **error);

/* Event "host": what the host had given to the emulator, at the places between which a kernel boots. */
bool journal_host(RunDir *dir, gint64 host_ns, int hop, const char *at, VmUsage usage, GError **error);

/* Event "harness-error". Where even that cannot be written, nothing can. */
void journal_failure(RunDir *dir, gint64 host_ns, const GError *why);

#endif
