// SPDX-License-Identifier: GPL-2.0-or-later
#include "patience.h"

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
/* From then on whoever waits is told how long a silence may become. */
#define SILENCE_TOLD_NS (5 * NS_PER_S)
/* ... and when a deadline is near. */
#define LEFT_TOLD_NS (45 * NS_PER_S)

/* What is counted up is told by what has gone; the others by what is left. */
static const struct {
	const char *gone, *behind, *left;
} words[PATIENCE_KINDS] = {
	[PATIENCE_PANIC] = { "panicked, waited for", "", NULL },
	[PATIENCE_RUN] = { NULL, "", "the run's" },
	[PATIENCE_STEP] = { NULL, "", "the step's" },
	[PATIENCE_IDLE] = { "silent and idle for", "", NULL },
	[PATIENCE_OOPS] = { "silent for", " after an oops", NULL },
	[PATIENCE_SILENCE] = { "silent for", "", NULL },
	[PATIENCE_STOPPED] = { "emulator stopped for", "", NULL },
};

gint64 patience_left(const Patience *patience, PatienceKind kind)
{
	gint64 limit = patience->of[kind].limit_ns;

	return limit ? limit - patience->of[kind].gone_ns : G_MAXINT64;
}

PatienceKind patience_next(const Patience *patience)
{
	PatienceKind next = PATIENCE_KINDS;

	for (PatienceKind kind = 0; kind < PATIENCE_KINDS; kind++) {
		gint64 left = patience_left(patience, kind);

		if (left < 0)
			return kind;
		if (patience->of[kind].limit_ns && (next == PATIENCE_KINDS || left < patience_left(patience, next)))
			next = kind;
	}
	return next;
}

char *patience_text(const Patience *patience)
{
	PatienceKind next = patience_next(patience);
	gint64 gone, left;
	int limit_s;

	if (next == PATIENCE_KINDS)
		return g_strdup("");
	gone = patience->of[next].gone_ns;
	left = MAX(0, patience_left(patience, next));
	limit_s = (int)(patience->of[next].limit_ns / NS_PER_S);
	if (words[next].gone)
		return gone > SILENCE_TOLD_NS || next == PATIENCE_PANIC
			       ? g_strdup_printf(", %s %d of %d s%s", words[next].gone, (int)(gone / NS_PER_S), limit_s,
						 words[next].behind)
			       : g_strdup("");
	return left < LEFT_TOLD_NS
		       ? g_strdup_printf(", %d s left of %s %d s", (int)(left / NS_PER_S), words[next].left, limit_s)
		       : g_strdup("");
}
