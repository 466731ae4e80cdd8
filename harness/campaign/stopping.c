// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/stopping.h>

#include <measure/statistics.h>

const char *stopping_why(const Stopping *stopping, const Progress *progress)
{
	guint now = progress->rounds - progress->before;

	if (stopping->rounds)
		return progress->rounds >= stopping->rounds ? "rounds" : NULL;
	if (progress->rounds < STATISTICS_MIN_PAIRS)
		return NULL;
	if (progress->tight)
		return "tight";
	/* the next round takes as long as those of now before it */
	if (progress->rounds >= ROUNDS_MAX ||
	    (now && progress->spent_ns + progress->spent_ns / now > stopping->budget_ns))
		return "budget";
	return NULL;
}
