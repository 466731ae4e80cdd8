/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_ROUNDS_H
#define CAMPAIGN_ROUNDS_H

#include <campaign/executor.h>
#include <campaign/stopping.h>
#include <report/comparison.h>
#include <store/comparedir.h>

/* What all rounds of a comparison need. Borrowed. */
typedef struct {
	RunRequest request; /* all of it but output, and what a side says (campaign/side.h) */
	const char *patches; /* the folder patches/ */
	Executor *executor;
	CompareDir *dir;
	Comparison *comparison; /* what there is already, of rounds up to `round`; it grows */
	guint round;		/* the last that was begun */
	Stopping stopping; /* auto goes on until the comparison's conditions are decided too */
} Rounds;

/*
 * A warm-up of each series, then rounds until there are enough, all into the directory,
 * which knows of each run as soon as it is over. false with the error set if it could not
 * go on, or figures cannot be compared, and that was not asked for: INPUT where sides differ,
 * or a run from those of its side before it; HOST where that is by the host alone.
 */
bool rounds_run(Rounds *rounds, GError **error);

/* One run of a side, with a line about its verdict. label: "central, round 3". NULL with the error set. */
Result *rounds_run_one(Executor *executor, const RunRequest *request, const char *label, GError **error);

#endif
