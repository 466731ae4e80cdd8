// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/execution.h>

#include <base/units.h>

/* What the CPUs of a guest must have had before it is blamed: of the time without a word, and of a deadline. */
#define SHARE_OF_SILENCE 4
#define SHARE_OF_DEADLINE 2
/* Of the time: what they must have waited before the host is blamed. */
#define SHARE_WAITED 4

bool execution_starved(gint64 cpu_ns, gint64 waited_ns)
{
	return cpu_ns >= 0 && waited_ns > cpu_ns / 3;
}

/*
 * One that has little to do, and waits whenever it has, would have come no further without
 * that. One with more CPUs than the host has processors waits for itself: a whole processor
 * is enough.
 */
static bool has_starved(const Execution *execution)
{
	return execution->cpu_ns < execution->window_ns && execution->waited_ns > execution->window_ns / SHARE_WAITED &&
	       execution_starved(execution->cpu_ns, execution->waited_ns);
}

ExecutionBlame execution_blame(const Execution *execution, bool deadline)
{
	if (!execution)
		return EXECUTION_UNKNOWN;
	/* a guest that the emulator has stopped, or an emulator that does not answer: nothing was executed by itself */
	if (!execution->answers || !execution->running)
		return EXECUTION_HOST;
	if (has_starved(execution))
		return EXECUTION_HOST;
	if (execution->halted)
		return EXECUTION_GUEST;
	if (execution->cpu_ns < 0 || execution->window_ns <= 0)
		return EXECUTION_UNKNOWN;
	return execution->cpu_ns >= execution->window_ns / (deadline ? SHARE_OF_DEADLINE : SHARE_OF_SILENCE)
		       ? EXECUTION_GUEST
		       : EXECUTION_HOST;
}

char *execution_text(const Execution *execution)
{
	g_autofree char *window = units_format_duration(execution->window_ns);
	g_autofree char *cpu = execution->cpu_ns >= 0 ? units_format_duration(execution->cpu_ns) : NULL;
	g_autofree char *waited = NULL;

	if (!execution->answers)
		return g_strdup_printf("the emulator did not answer%s%s", execution->state ? ": " : "",
				       execution->state ? execution->state : "");
	if (!execution->running)
		return g_strdup_printf("the emulator says that the machine is not running but %s",
				       execution->state ? execution->state : "in a state that it does not tell");
	if (has_starved(execution)) {
		waited = units_format_duration(execution->waited_ns);
		return g_strdup_printf("in %s its CPUs executed for %s, and waited for %s in which the host ran others",
				       window, cpu, waited);
	}
	if (execution->halted)
		return g_strdup("all of its CPUs have halted and wait");
	return g_strdup_printf("in %s its CPUs executed for %s%s%s", window, cpu ? cpu : "a time that is not known",
			       execution->where ? ", at " : "", execution->where ? execution->where : "");
}
