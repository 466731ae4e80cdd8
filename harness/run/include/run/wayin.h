/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_WAYIN_H
#define RUN_WAYIN_H

#include <glib.h>
#include <stdbool.h>
#include <store/rundir.h>

/* The last kernel of the chain, however many it has. */
#define WAYIN_LAST G_MAXUINT

/*
 * How a person gets at a machine of a run. All zero: not at all. What a person does there takes as long as it takes,
 * and counts neither as silence nor for the deadline; what a script does at the shell counts for the deadline.
 */
typedef struct {
	guint gdb;   /* the machine is held where this kernel of the chain begins, counted from 1; 0: nowhere */
	guint shell; /* a shell in this kernel, once it has been looked at; counted from 1; 0: none */
	bool aside;  /* what the shell shows goes to standard error, since standard output is for a program */
	bool keep;   /* a machine that failed stays until the run is interrupted */
	bool dump;   /* the memory of one that failed is written to a file */
	/* Whether what is recorded of the run so far is a failure; asked when it is over, and before the machine is. */
	bool (*failed)(const RunDir *dir);
} WayIn;

#endif
