/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_EXECUTION_H
#define MEASURE_EXECUTION_H

#include <glib.h>
#include <stdbool.h>

/*
 * What the host did for a guest that said nothing any more, looked at before the
 * machine was ended. Without it nobody can say whose the silence is.
 */
typedef struct {
	gint64 window_ns;  /* host clock: how long it was watched while it said nothing */
	gint64 cpu_ns;	   /* CPU time that the threads of its virtual CPUs had in that time; -1 unknown */
	gint64 waited_ns;  /* how long those threads could have run then, and the host ran others; -1 unknown */
	bool answers;	   /* the emulator's monitor answered */
	bool running;	   /* and said that the machine is running */
	const char *state; /* in the emulator's words, "running", "internal-error"; NULL unknown */
	bool halted;	   /* every virtual CPU waits in a halt instruction, which the guest has executed */
	const char *where; /* where the first CPU that is not halted is, "kho_memory_init+0x5a"; NULL unknown */
} Execution;

typedef enum {
	EXECUTION_GUEST,   /* the host ran it, or the guest waits by itself: the silence is the guest's */
	EXECUTION_HOST,	   /* the host did not run it */
	EXECUTION_UNKNOWN, /* there is no evidence */
} ExecutionBlame;

/*
 * Whose it is that a guest came no further. The host's, if it gave the guest less than a
 * processor and starved it for a quarter of the time. Else the guest's, if all of its CPUs
 * have halted, or if they had a quarter of the time in which it said nothing: a host that
 * gives less may only be slow. Of a deadline (deadline) they must have had half, since a
 * guest that still spoke may have needed more. NULL: UNKNOWN.
 */
ExecutionBlame execution_blame(const Execution *execution, bool deadline);

/*
 * Whether the host let a guest's CPUs wait so much that its times mean nothing: they had less
 * than three quarters of what they asked for. Arguments as in Execution; unknown: false.
 */
bool execution_starved(gint64 cpu_ns, gint64 waited_ns);

/*
 * In words, such as "in 45.0 s its CPUs executed for 44.2 s, at kho_memory_init+0x5a"; what they
 * waited only if they starved. Caller frees.
 */
char *execution_text(const Execution *execution);

#endif
