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

/*
 * Event "execution": what the machine's CPUs did while it said nothing, before it is ended.
 * window_ns, cpu_ns: how long it was watched, and what CPU time they had in that; -1
 * unknown. where: symbol and offset, or NULL.
 */
bool journal_execution(RunDir *dir, gint64 host_ns, gint64 window_ns, gint64 cpu_ns, const VmLook *look,
		       const char *where, GError **error);

/* Event "paused": the harness or the emulator was stopped until now, for so long. */
bool journal_paused(RunDir *dir, gint64 host_ns, gint64 paused_ns, GError **error);

#endif
