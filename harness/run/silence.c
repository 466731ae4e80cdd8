// SPDX-License-Identifier: GPL-2.0-or-later
#include "silence.h"

/* Nobody sleeps for less. */
#define SLEEP_LEAST_NS G_GINT64_CONSTANT(100000000)

void silence_begin(Silence *silence, gint64 now_ns, gint64 slept_ns)
{
	*silence = (Silence){ .heard_ns = now_ns, .looked_ns = now_ns, .slept_ns = slept_ns };
}

void silence_heard(Silence *silence, gint64 host_ns)
{
	silence->heard_ns = MAX(silence->heard_ns, host_ns);
	silence->from_ns = 0;
}

gint64 silence_look(Silence *silence, gint64 now_ns, bool stopped)
{
	gint64 passed = now_ns - silence->looked_ns;
	bool gap = passed > SILENCE_GAP_NS;

	silence->looked_ns = now_ns;
	silence->stop_ns = stopped ? silence->stop_ns + passed : 0;
	if (!gap && !stopped)
		return 0;
	silence->heard_ns += passed;
	silence->paused_ns += passed;
	/* the watch has seen nothing of that: it begins anew */
	silence->from_ns = 0;
	return passed;
}

gint64 silence_slept(Silence *silence, gint64 slept_ns)
{
	gint64 slept = slept_ns - silence->slept_ns;

	/* the two clocks are read one after the other */
	if (slept < SLEEP_LEAST_NS)
		return 0;
	silence->slept_ns = slept_ns;
	silence->paused_ns += slept;
	silence->from_ns = 0;
	return slept;
}

gint64 silence_length(const Silence *silence)
{
	return MAX(0, silence->looked_ns - silence->heard_ns);
}

bool silence_watch_begins(Silence *silence)
{
	if (silence->from_ns || silence_length(silence) < SILENCE_WATCHED_NS)
		return false;
	silence->from_ns = silence->looked_ns;
	return true;
}
