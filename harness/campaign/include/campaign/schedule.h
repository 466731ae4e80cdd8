/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_SCHEDULE_H
#define CAMPAIGN_SCHEDULE_H

#include <glib.h>
#include <store/cell.h>

/* What there is to run cells with. */
typedef struct {
	guint jobs;    /* cells at a time, at most */
	gint64 memory; /* bytes that are free for guests beside the host itself; -1: unknown, no limit */
} Capacity;

/*
 * Index of the pending cell to start now, beside those that run; -1: none.
 *
 * The first in order that fits, so that a large one does not keep small ones from
 * running. A cell that wants to be alone waits until nothing runs and all others
 * are done, and all such go in passes over the plan, one repeat of each, forth and
 * back; where nothing runs, one is always started, whatever it takes: the
 * run itself says if the host cannot. Running cells count with all the memory that
 * they will ever have. Pure.
 */
int schedule_next(GPtrArray *pending, GPtrArray *running, const Capacity *capacity);

/* How long a cell should take. */
typedef gint64 (*ScheduleCostFunc)(const Cell *cell, gpointer data);

/* Wall time of all pending cells, as schedule_next() would start them; ns. Pure. */
gint64 schedule_length(GPtrArray *pending, const Capacity *capacity, ScheduleCostFunc cost, gpointer data);

#endif
