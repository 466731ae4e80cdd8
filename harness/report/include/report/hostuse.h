/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_HOSTUSE_H
#define REPORT_HOSTUSE_H

#include <glib.h>
#include <store/plan.h>

/*
 * What the host gave to the emulator while a kernel booted: from the leaving of the
 * kernel before it, or the start of the machine, to its hello. It comes from the
 * journal's events "host"; -1 unknown, as in run directories from before there were
 * such events.
 */
typedef struct {
	gint64 faults; /* pages that were first touched: guest memory, and the emulator's own */
	gint64 bytes;  /* by which the emulator's resident set grew */
} HostUse;

/* HostUse, one for each of so many kernels. journal: JsonObject, rundir_journal_read(). Caller unrefs. */
GArray *hostuse_read(const GPtrArray *journal, guint kernels);

/* Of a kernel, -1 where there is none; uses may be NULL. */
HostUse hostuse_at(const GArray *uses, guint hop);

/* Median faults of the third kernel and all after it; -1 unknown. */
gint64 hostuse_later_faults(const GArray *uses);

/*
 * Whether times of such a kernel are in good part the host's: it gave out three
 * quarters of what the guest's memory map takes, or more. That map (64 bytes a page)
 * is what a booting kernel writes most of, and what the phases under test write.
 * false where it is not known, where all memory was given out before (--prefault), and in mode "counted", which has no
 * times.
 */
bool hostuse_matters(const HostUse *use, const Plan *plan);

/* "while the second kernel booted the host gave out ...", if it matters; NULL. Caller frees. */
char *hostuse_note(const GArray *uses, const Plan *plan);

#endif
