/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_POSTMORTEM_H
#define MEASURE_POSTMORTEM_H

#include <arch/arch.h>
#include <measure/kernellog.h>
#include <measure/scratch.h>

/*
 * What the memory of a machine that failed tells: which kernel was in it, its log, who called whom on each CPU, and
 * what it knew of the handover. A pure function of what was read of the machine: it is made twice, once of the machine
 * itself, so that everything that it asks for gets into the run directory, and again of that, whenever the run is
 * judged.
 */

/* One kernel of the chain, as far as its memory is to be understood. */
typedef struct {
	const char *release;
	const char *nonce;
	const char *map;    /* text of its System.map; NULL: not known, as of an image */
	const char *layout; /* build/layout.h; NULL: not known */
} PostmortemKernel;

typedef struct {
	const Arch *arch;
	const char *registers; /* of all CPUs, as the monitor printed them */
	ArchRead read, read_physical;
	gpointer user;
	const PostmortemKernel *kernels;
	guint n_kernels;
	guint hop; /* that was awaited, or running */
} PostmortemSource;

typedef struct {
	ArchCpu cpu;
	GArray *frames; /* ArchFrame */
	char **names;	/* "kho_memory_init+0x5a", as many; a frame that has none is its address */
} PostmortemCpu;

/* first_deferred_pfn of a node */
typedef struct {
	guint node;
	guint64 pfn; /* G_MAXUINT64: nothing was left for later; 0: it did not get to where that is decided */
} PostmortemNode;

typedef struct Postmortem {
	int hop;	    /* whose kernel's memory it is, by its command line; -1: not known */
	char *why;	    /* hop is -1: why; else NULL */
	bool moved;	    /* it does not lie where its System.map has it */
	gint64 offset;	    /* by how much it was moved, bytes */
	GPtrArray *cpus;    /* PostmortemCpu */
	KernelLog *log;	    /* NULL: it could not be read */
	char *no_log;	    /* why; else NULL */
	GArray *scratch;    /* ScratchRegion: kho_scratch; empty: the kernel has none by then; NULL: not known */
	GArray *nodes;	    /* PostmortemNode; NULL: not known */
	guint64 fdt_phys;   /* where the tree that was handed over lies; 0: none was seen */
	char *fdt;	    /* the same as text; NULL */
	char *command_line; /* NULL */
} Postmortem;

/* Never fails: what cannot be told is NULL, with why where that says anything. */
Postmortem *postmortem_make(const PostmortemSource *source);
void postmortem_free(Postmortem *postmortem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Postmortem, postmortem_free)

#endif
