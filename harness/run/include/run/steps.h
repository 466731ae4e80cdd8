/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_STEPS_H
#define RUN_STEPS_H

#include <stdbool.h>

/* Where a run stands: one hop after the other goes through the same steps. */
typedef enum {
	STEP_BOOT,    /* from power-on or kexec -e to /init */
	STEP_COLLECT, /* records come in */
	STEP_LOAD,    /* kexec -s -l */
	STEP_LEAVE,   /* until kexec -e */
	STEP_FINISH,  /* last hop: until it says that it is done */
	STEP_OVER,
} StepKind;

typedef struct {
	StepKind kind;
	int hop;
	int last_hop;
} Step;

/* "booting", "collecting", ... for people and the journal */
const char *step_name(StepKind kind);

/*
 * The position after a record of that hop and name arrived; unchanged if it is behind that.
 * A later one than the one waited for says that this step was passed too, whose record got
 * lost.
 */
Step step_after(Step at, int hop, const char *record);

#endif
