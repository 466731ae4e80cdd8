/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_STOPPING_H
#define CAMPAIGN_STOPPING_H

#include <glib.h>
#include <stdbool.h>

/* What "auto" never goes beyond, however long the budget: the gain goes with the square root. */
#define ROUNDS_MAX 200

/* How many rounds a comparison has, and when it stops. */
typedef struct {
	guint rounds;	  /* 0: auto */
	gint64 budget_ns; /* of auto */
} Stopping;

/* How far it is. */
typedef struct {
	guint rounds;	 /* whole ones */
	guint before;	 /* of these, how many were there at the start */
	gint64 spent_ns; /* since the start, for the others */
	bool tight;	 /* the interval is tight enough */
} Progress;

/*
 * Why it is enough, as comparedir_note_end() takes it: "rounds": so many were asked for.
 * Of auto, but not before there are as many as can decide: "tight", or "budget", where the
 * time would not do for one more. NULL: go on. Pure.
 */
const char *stopping_why(const Stopping *stopping, const Progress *progress);

#endif
