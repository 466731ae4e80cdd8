// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/count.h>

#include <string.h>

const CountPhase count_phases[COUNT_PHASES] = {
	{ "to_init", "to /init", G_STRUCT_OFFSET(HopCount, to_init) },
	{ "memmap", "memmap", G_STRUCT_OFFSET(HopCount, memmap) },
	{ "kho", "KHO", G_STRUCT_OFFSET(HopCount, kho) },
	{ "reserved", "reserved", G_STRUCT_OFFSET(HopCount, reserved) },
	{ "freeing", "freeing", G_STRUCT_OFFSET(HopCount, freeing) },
	{ "late", "deferred", G_STRUCT_OFFSET(HopCount, late) },
};

gint64 count_phase(const HopCount *hop, guint phase)
{
	return hop ? G_STRUCT_MEMBER(gint64, hop, count_phases[phase].offset) : -1;
}

/* Readings that a phase lies between, as the present hop has them; -1: not passed. */
struct Counts {
	GArray *hops; /* HopCount */
	gint64 entry;
	gint64 memmap_enter;
	bool memmap_missed; /* an end of a call: the sum is not known, then */
	gint64 kho_enter;
	gint64 free_enter;
	gint64 first_free;
	gint64 late_enter;
};

Counts *counts_new(void)
{
	Counts *counts = g_new0(Counts, 1);

	counts->hops = g_array_new(FALSE, FALSE, sizeof(HopCount));
	return counts;
}

void counts_free(Counts *counts)
{
	if (!counts)
		return;
	g_array_unref(counts->hops);
	g_free(counts);
}

const GArray *counts_hops(const Counts *counts)
{
	return counts->hops;
}

static void begin_hop(Counts *counts, gint64 instructions)
{
	HopCount hop = { -1, -1, -1, -1, -1, -1 };

	g_array_append_val(counts->hops, hop);
	counts->entry = instructions;
	counts->memmap_missed = false;
	counts->memmap_enter = counts->kho_enter = counts->free_enter = counts->first_free = counts->late_enter = -1;
}

/* What lies between two readings, the earlier of which may be missing. */
static gint64 between(gint64 from, gint64 to)
{
	return from < 0 || to < from ? -1 : to - from;
}

static void take_enter(Counts *counts, const char *mark, gint64 instructions)
{
	if (strcmp(mark, COUNT_MEMMAP) == 0) {
		counts->memmap_missed |= counts->memmap_enter >= 0;
		counts->memmap_enter = instructions;
	} else if (strcmp(mark, COUNT_KHO) == 0) {
		counts->kho_enter = instructions;
	} else if (strcmp(mark, COUNT_FREE) == 0) {
		counts->free_enter = instructions;
	} else if (strcmp(mark, COUNT_LATE) == 0) {
		counts->late_enter = instructions;
	}
}

static void take_leave(Counts *counts, HopCount *hop, const char *mark, gint64 instructions)
{
	if (strcmp(mark, COUNT_MEMMAP) == 0) {
		gint64 call = between(counts->memmap_enter, instructions);

		counts->memmap_missed |= call < 0;
		hop->memmap = counts->memmap_missed ? -1 : MAX(hop->memmap, 0) + call;
		counts->memmap_enter = -1;
	} else if (strcmp(mark, COUNT_KHO) == 0) {
		hop->kho = between(counts->kho_enter, instructions);
	} else if (strcmp(mark, COUNT_FREE) == 0) {
		hop->freeing = between(counts->first_free, instructions);
	} else if (strcmp(mark, COUNT_LATE) == 0) {
		hop->late = between(counts->late_enter, instructions);
	}
}

void counts_add(Counts *counts, const char *mark, const char *edge, gint64 instructions)
{
	HopCount *hop;

	if (!mark || !edge || instructions < 0)
		return;
	if (strcmp(mark, COUNT_ENTRY) == 0) {
		begin_hop(counts, instructions);
		return;
	}
	if (!counts->hops->len)
		return;
	hop = &g_array_index(counts->hops, HopCount, counts->hops->len - 1);
	if (strcmp(edge, "enter") == 0) {
		take_enter(counts, mark, instructions);
	} else if (strcmp(edge, "leave") == 0) {
		take_leave(counts, hop, mark, instructions);
	} else if (strcmp(mark, COUNT_FIRST_FREE) == 0) {
		counts->first_free = instructions;
		hop->reserved = between(counts->free_enter, instructions);
	} else if (strcmp(mark, COUNT_INIT) == 0) {
		hop->to_init = between(counts->entry, instructions);
	}
}
