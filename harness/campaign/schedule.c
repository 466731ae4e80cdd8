// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/schedule.h>

#include <run/budget.h>

static gint64 memory_of(const Cell *cell)
{
	const Machine *guest = &cell->guest;

	return guest->prefault ? (gint64)(guest->memory_bytes + BUDGET_FIXED)
			       : (gint64)budget_predict(guest->memory_bytes);
}

/*
 * Those that are left want the machine for themselves, since their times are to be
 * compared. They go in passes, forth and back: a host that gets slower by and by
 * does so for all of them alike. -1 for none.
 */
static int next_alone(GPtrArray *pending)
{
	int next = -1;
	guint pass = G_MAXUINT;

	for (guint i = 0; i < pending->len; i++) {
		const Cell *cell = pending->pdata[i];

		if (cell->repeat < pass || (cell->repeat == pass && pass % 2 == 0)) {
			pass = cell->repeat;
			next = (int)i;
		}
	}
	return next;
}

int schedule_next(GPtrArray *pending, GPtrArray *running, const Capacity *capacity)
{
	gint64 taken = 0;

	if (running->len >= capacity->jobs)
		return -1;
	for (guint i = 0; i < running->len; i++) {
		const Cell *cell = running->pdata[i];

		if (cell->alone)
			return -1;
		taken += memory_of(cell);
	}
	for (guint i = 0; i < pending->len; i++) {
		const Cell *cell = pending->pdata[i];

		if (cell->alone)
			continue;
		if (!running->len || capacity->memory < 0 || taken + memory_of(cell) <= capacity->memory)
			return (int)i;
	}
	/* only such as want to be alone are left, or nothing fits now */
	return running->len ? -1 : next_alone(pending);
}

gint64 schedule_length(GPtrArray *pending, const Capacity *capacity, ScheduleCostFunc cost, gpointer data)
{
	g_autoptr(GPtrArray) left = g_ptr_array_new();
	g_autoptr(GPtrArray) running = g_ptr_array_new();
	g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(gint64)); /* as many as running */
	gint64 now = 0;

	for (guint i = 0; i < pending->len; i++)
		g_ptr_array_add(left, pending->pdata[i]);
	while (left->len || running->len) {
		int next = schedule_next(left, running, capacity);
		guint first = 0;

		if (next >= 0) {
			Cell *cell = g_ptr_array_steal_index(left, (guint)next);
			gint64 end = now + cost(cell, data);

			g_ptr_array_add(running, cell);
			g_array_append_val(ends, end);
			continue;
		}
		for (guint i = 1; i < ends->len; i++)
			if (g_array_index(ends, gint64, i) < g_array_index(ends, gint64, first))
				first = i;
		now = g_array_index(ends, gint64, first);
		g_ptr_array_remove_index(running, first);
		g_array_remove_index(ends, first);
	}
	return now;
}
