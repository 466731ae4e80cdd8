/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PATIENCE_H
#define RUN_PATIENCE_H

#include <glib.h>
#include <stdbool.h>

/*
 * How long a machine is waited for: which of the deadlines of a run is the next to run out. Pure: the caller has the
 * clock. All times are in nanoseconds.
 */
typedef enum {
	PATIENCE_PANIC,	  /* a kernel that has panicked goes on printing for a moment */
	PATIENCE_RUN,	  /* of the whole run */
	PATIENCE_STEP,	  /* of the step that the run is at */
	PATIENCE_IDLE,	  /* the guest says nothing, and does nothing either */
	PATIENCE_OOPS,	  /* it says nothing after an oops */
	PATIENCE_SILENCE, /* it says nothing */
	PATIENCE_STOPPED, /* somebody has stopped the emulator */
	PATIENCE_KINDS,
} PatienceKind;

/* Since how long each goes on, and how long it may; a limit of 0: that is not waited for now. */
typedef struct {
	struct {
		gint64 gone_ns, limit_ns;
	} of[PATIENCE_KINDS];
} Patience;

/* The one that runs out first, of several that have run out the first of the kinds; PATIENCE_KINDS: there is none. */
PatienceKind patience_next(const Patience *patience);

/* What is left of it; below 0: it has run out. */
gint64 patience_left(const Patience *patience, PatienceKind kind);

/*
 * For the progress line, if the next one is near: ", silent for 8 of 39 s", ", 31 s left of the run's 600 s". "" if
 * nobody need worry yet. Caller frees.
 */
char *patience_text(const Patience *patience);

#endif
