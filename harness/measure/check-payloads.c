// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the payloads' hooks came to their end, and what they say is well. */
#include "look.h"

#include <proto/frame.h>
#include <string.h>

/* Of a hook's deadline: for how long the host must have run others before it is to blame. */
#define SHARE_OF_DEADLINE 4

/*
 * Why a deadline may have passed without the guest's fault, in words: the host ran others, in the hook's own time if
 * that is recorded. NULL: nothing that is known.
 */
static const char *excuse_of(const Evidence *evidence, const PayloadPlan *plan, const HookRun *run)
{
	bool known = run->host_cpu_ns >= 0 && run->host_waited_ns >= 0;
	gint64 cpu_ns = known ? run->host_cpu_ns : evidence->cpu_ns;
	gint64 waited_ns = known ? run->host_waited_ns : evidence->waited_ns;

	if (evidence->paused_ns >= plan->timeout_ns / SHARE_OF_DEADLINE ||
	    (waited_ns >= plan->timeout_ns / SHARE_OF_DEADLINE && execution_starved(cpu_ns, waited_ns)))
		return "the host did not run the guest all the time";
	if (evidence->journal_damaged)
		return "the journal has lost whether the host ran the guest all the time";
	return evidence->host_unknown ? "nothing is recorded of whether the host ran the guest" : NULL;
}

/*
 * The hook of the same payload, in this kernel or one before it, that the host did not let come to
 * its end: what it had not done yet is missing later, and that is nobody's fault but the host's. NULL: none.
 */
static const HookRun *cut_off_before(const Look *look, const PayloadPlan *plan, const HookRun *run)
{
	const GPtrArray *hops = look->evidence->hops;

	for (guint h = 0; h < hops->len; h++) {
		const Hop *hop = hops->pdata[h];

		for (guint i = 0; hop->index <= look->hop->index && i < hop->hooks->len; i++) {
			const HookRun *other = hop->hooks->pdata[i];

			if (other == run)
				return NULL;
			if (strcmp(other->payload, plan->name) == 0 && hookrun_outcome(other) == HOOK_HUNG &&
			    excuse_of(look->evidence, plan, other))
				return other;
		}
	}
	return NULL;
}

static void judge_failed(const Look *look, const PayloadPlan *plan, const HookRun *run, const char *trouble)
{
	const HookRun *cut = cut_off_before(look, plan, run);

	if (cut)
		look_add(look, "emulator-stuck",
			 "payload %s, hook %s: %s; but the host had not let its hook %s come to the end", run->payload,
			 run->hook, trouble, cut->hook);
	else
		look_add(look, "payload-failed", "payload %s, hook %s: %s", run->payload, run->hook, trouble);
}

static void judge_hung(const Look *look, const PayloadPlan *plan, const HookRun *run)
{
	const char *then = run->stuck ? "it could not be killed: it hangs in the kernel" : "it was killed";
	const char *excuse = excuse_of(look->evidence, plan, run);

	if (excuse)
		look_add(look, "emulator-stuck",
			 "the hook %s of payload %s was not done after %.1f s, but %s: whether that is the kernel's "
			 "fault "
			 "is not known",
			 run->hook, run->payload, (double)plan->timeout_ns / 1e9, excuse);
	else
		look_add(look, "payload-hung", "the hook %s of payload %s was not done after %.1f s, and %s", run->hook,
			 run->payload, (double)plan->timeout_ns / 1e9, then);
}

/* What the hook before of the kernel before it did, which an after that skips everything has not looked for. */
static bool left_something(const Look *look, const PayloadPlan *plan)
{
	const HookRun *before = look->previous ? hop_hook(look->previous, plan->name, "before") : NULL;

	return before && hookrun_outcome(before) == HOOK_OK && ktap_count(before->ktap, KTAP_OK);
}

/* The same kernel could do what it was to do: if not any more, the handover is to blame. Another one may never have. */
static void judge_skipped(const Look *look, const PayloadPlan *plan, const HookRun *run, const char *skipped)
{
	if (strcmp(run->hook, "after") != 0 || hookrun_outcome(run) != HOOK_OK || ktap_count(run->ktap, KTAP_OK) ||
	    !left_something(look, plan))
		look_gap(look, "%s: payload %s, hook %s skipped %s", hop_name(look->hop->index), run->payload,
			 run->hook, skipped);
	else if (g_strcmp0(look->previous->release, look->hop->release) == 0)
		look_add(look, "payload-failed",
			 "payload %s, hook %s: it skipped all (%s), although this kernel could do it before the "
			 "handover",
			 run->payload, run->hook, skipped);
	else
		look_blind(look, "payload %s, hook %s skipped all (%s): nobody looked for what was left for it",
			   run->payload, run->hook, skipped);
}

static void judge_hook(const Look *look, const PayloadPlan *plan, const HookRun *run)
{
	g_autofree char *trouble = hookrun_trouble(run);
	g_autofree char *skipped = hookrun_skipped(run);

	switch (hookrun_outcome(run)) {
	case HOOK_HUNG:
		judge_hung(look, plan, run);
		break;
	case HOOK_KILLED:
		look_add(look, "payload-killed", "the hook %s of payload %s was killed by signal %d (%s)%s%s",
			 run->hook, run->payload, run->signal, strsignal(run->signal), trouble && *trouble ? ": " : "",
			 trouble ? trouble : "");
		break;
	case HOOK_FAILED:
		judge_failed(look, plan, run, trouble);
		break;
	default:
		if (run->cut)
			look_blind(
				look,
				"what the hook %s of payload %s printed is not all here: a test that failed may be in "
				"what is missing",
				run->hook, run->payload);
		break;
	}
	if (skipped)
		judge_skipped(look, plan, run, skipped);
}

static void check_hook(const Look *look, const PayloadPlan *plan, const char *hook)
{
	const HookRun *run = hop_hook(look->hop, plan->name, hook);

	look->judge->hook = run;
	if (run && run->ended)
		judge_hook(look, plan, run);
	else if (run)
		look_blind(look, "the hook %s of payload %s was begun, and nothing says how it ended", hook,
			   plan->name);
	else
		look_blind(look, "nothing came of the hook %s of payload %s", hook, plan->name);
	look->judge->hook = NULL;
}

static void run(const Look *look)
{
	const GPtrArray *payloads = look->evidence->wanted.payloads;

	look_saw(look);
	for (guint i = 0; payloads && i < payloads->len; i++) {
		const PayloadPlan *plan = payloads->pdata[i];

		for (char **hook = plan->hooks; *hook; hook++)
			if (payload_is_due(*hook, (guint)look->hop->index, look->evidence->hops_wanted))
				check_hook(look, plan, *hook);
	}
}

/* How many tests of a payload are ok in a kernel, of those that were not skipped; a hook that failed by itself is one.
 */
static void count_tests(const Hop *hop, const char *payload, guint64 *ret_all, guint64 *ret_ok)
{
	*ret_all = *ret_ok = 0;
	for (guint i = 0; i < hop->hooks->len; i++) {
		const HookRun *run = hop->hooks->pdata[i];
		guint ok, failed;

		if (!run->ended || strcmp(run->payload, payload) != 0)
			continue;
		ok = ktap_count(run->ktap, KTAP_OK);
		failed = ktap_count(run->ktap, KTAP_FAILED);
		*ret_ok += ok;
		*ret_all += ok + (failed || hookrun_outcome(run) == HOOK_OK ? failed : 1);
	}
}

/* A row for each payload that was run in that kernel. */
static GArray *rows(const Evidence *evidence, const Hop *hop)
{
	const GPtrArray *payloads = evidence->wanted.payloads;
	GArray *all = NULL;

	for (guint i = 0; payloads && i < payloads->len; i++) {
		const char *name = ((const PayloadPlan *)payloads->pdata[i])->name;
		guint64 expected, ok;

		count_tests(hop, name, &expected, &ok);
		if (!expected)
			continue;
		if (!all)
			all = checkrows_new();
		checkrows_add(all, g_strdup_printf("payload %s", name), "tests ok", expected, ok, 0);
	}
	return all;
}

const Check check_payloads = {
	.id = CHECK_PAYLOADS,
	.title = "what its payloads say",
	.needs = "--payload, and the record of each of its hooks",
	.proves = "every test of every payload is ok, and every hook came to its end in time",
	.not_proves = "anything that no payload looks at",
	.record = FRAME_PAYLOADS,
	.run = run,
	.rows = rows,
};
