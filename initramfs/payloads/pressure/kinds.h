/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PRESSURE_KINDS_H
#define PRESSURE_KINDS_H

#include <meminfo.h>

/* The folder below the current one where a tmpfs is mounted. */
#define KINDS_FOLDER "mnt"
#define BALLAST_FOLDER "ballast" /* of a tmpfs of its own */

/*
 * The kinds of memory that are made. Each has a function that makes about so many bytes
 * more (0, or an errno), and one that gives every second piece back.
 */
typedef struct {
	const char *name;
	bool fixed;	/* its pages do not move: CMA cannot hold them */
	size_t counter; /* where Memory counts it */
	int (*make)(Bytes);
	void (*halve)(void);
	/* what became of it */
	Bytes wanted, made; /* made: as the kernel counts it */
	int failed;	    /* errno of the last make(); 0 */
	long long us;	    /* the time it took */
} Kind;

/* In the order in which a round makes them. */
#define KINDS 6
extern Kind kinds[KINDS];

/* More slab, of objects that the first kind has not made yet. */
extern Kind slab_again;

/* What a large machine has too much of: taken before all others, and never written to. */
extern Kind ballast;

/* What the kernel counts of it. */
static inline Bytes kind_counted(const Kind *kind, const Memory *memory)
{
	return *(const Bytes *)(const void *)((const char *)memory + kind->counter);
}

#endif
