/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_COUNT_H
#define MEASURE_COUNT_H

#include <glib.h>
#include <stdbool.h>

/*
 * Places in a kernel's way to /init at which its executed instructions are read,
 * as the journal of a run in mode "counted" names them, in the order in which a
 * kernel passes them. Each is the beginning of a function of the same or nearly
 * the same name since 6.16; a call has an "enter" and a "leave", the rest "at".
 */
#define COUNT_ENTRY "entry"	      /* at, the architecture's first function in C */
#define COUNT_MEMMAP "memmap"	      /* calls, mm/mm_init.c: memmap_init_range() */
#define COUNT_KHO "kho"		      /* call, kernel/liveupdate/kexec_handover.c: kho_memory_init() */
#define COUNT_FREE "free"	      /* call, mm/memblock.c: memblock_free_all() */
#define COUNT_FIRST_FREE "first-free" /* at, mm/mm_init.c: memblock_free_pages() */
#define COUNT_LATE "late"	      /* call, mm/mm_init.c: page_alloc_init_late() */
#define COUNT_INIT "init"	      /* at, init/main.c: run_init_process() */

/*
 * Instructions of one kernel, by phase; -1 where a mark was not passed. They are
 * those of the only processor, interrupts included, waiting not.
 */
typedef struct {
	gint64 to_init;	 /* from the kernel's first C function at its own address to the exec of /init */
	gint64 memmap;	 /* struct pages that are initialised early, and their pageblocks */
	gint64 kho;	 /* KHO's own set-up: scratch reserved, or released to the allocator */
	gint64 reserved; /* struct pages of reserved memory */
	gint64 freeing;	 /* free memory given to the buddy allocator, as far as it is initialised */
	gint64 late;	 /* deferred struct pages, all nodes, and the end of the allocator's set-up */
} HopCount;

/* The members of HopCount by name, in order: the whole first, then its phases. */
typedef struct {
	const char *id;	   /* "late": as in result.json */
	const char *title; /* "deferred": for people */
	gsize offset;
} CountPhase;

#define COUNT_PHASES 6
extern const CountPhase count_phases[COUNT_PHASES];

/* -1 too if there is no hop. */
gint64 count_phase(const HopCount *hop, guint phase);

typedef struct Counts Counts;

Counts *counts_new(void);
void counts_free(Counts *counts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Counts, counts_free)

/* The next reading, in the order in which they were taken. What does not fit is passed over, and leaves a phase
 * unknown. */
void counts_add(Counts *counts, const char *mark, const char *edge, gint64 instructions);

/* HopCount for each kernel that was seen to begin, in order. Borrowed. */
const GArray *counts_hops(const Counts *counts);

#endif
