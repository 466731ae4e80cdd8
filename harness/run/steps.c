// SPDX-License-Identifier: GPL-2.0-or-later
#include <proto/frame.h>
#include <run/steps.h>

#include <string.h>

static const struct {
	const char *name;
	const char *awaits; /* the record that ends this step */
	StepKind next;
	StepKind next_on_last; /* the same, on the last hop of the chain */
} steps[] = {
	[STEP_BOOT] = { "booting", FRAME_HELLO, STEP_COLLECT, STEP_COLLECT },
	[STEP_COLLECT] = { "collecting", FRAME_MANIFEST, STEP_LOAD, STEP_FINISH },
	[STEP_LOAD] = { "loading", FRAME_KEXEC_LOADED, STEP_LEAVE, STEP_LEAVE },
	[STEP_LEAVE] = { "leaving", FRAME_LEAVING, STEP_BOOT, STEP_OVER },
	[STEP_FINISH] = { "finishing", FRAME_DONE, STEP_OVER, STEP_OVER },
	[STEP_OVER] = { "over", NULL, STEP_OVER, STEP_OVER },
};

const char *step_name(StepKind kind)
{
	return steps[kind].name;
}

Step step_after(Step at, int hop, const char *record)
{
	StepKind kind = STEP_BOOT;

	while (kind < STEP_OVER && strcmp(record, steps[kind].awaits) != 0)
		kind++;
	if (kind == STEP_OVER || hop < at.hop || hop > at.last_hop || (hop == at.hop && kind < at.kind))
		return at;
	at.hop = kind == STEP_LEAVE ? hop + 1 : hop;
	at.kind = hop == at.last_hop ? steps[kind].next_on_last : steps[kind].next;
	return at;
}
