// SPDX-License-Identifier: GPL-2.0-or-later
/* What a verdict's reason is called, where no kernel says why. */
#include "judge.h"
#include "titleparts.h"

#include <string.h>

/* What the title is made of beside the words of its row. */
typedef enum {
	FORM_WORDS,    /* nothing */
	FORM_PLACE,    /* " in FUNCTION", where the guest's CPUs were */
	FORM_SAID,     /* what the kernel said, and of the words nothing */
	FORM_BRACKETS, /* what stands in the text's first brackets: a signal's name */
	FORM_BEHIND,   /* what stands behind the needle */
	FORM_HOOK,     /* which payload, which of its hooks, and which of its tests */
} Form;

/* clang-format off */

/*
 * The first row whose reason it is, and whose needle is in its text, if it has one. Texts are those of judge-end.c and
 * of what it quotes: harness/vm/vmend.c, vmevent.c, and the emulator's own, "KVM internal error. Suberror: 1" of
 * accel/kvm/kvm-all.c and "Cannot allocate memory" of libc.
 */
static const struct {
	const char *reason, *needle;
	TitleClass class;
	Form form;
	const char *words;
} rows[] = {
	{ "host-cannot", "memory", TITLE_HOST_OOM, FORM_WORDS, "host has not enough memory" },
	{ "host-cannot", NULL, TITLE_HOST, FORM_WORDS, "host cannot run it" },
	{ "guest-panic", NULL, TITLE_PANIC, FORM_SAID, NULL },
	{ "guest-oops", NULL, TITLE_OOPS, FORM_SAID, NULL },
	{ "guest-silent-death", NULL, TITLE_SILENT_DEATH, FORM_PLACE, "died before its first console line" },
	{ "guest-hang", NULL, TITLE_HANG, FORM_PLACE, "hang" },
	{ "guest-flood", NULL, TITLE_FLOOD, FORM_WORDS, "does not stop writing" },
	{ "guest-loop", NULL, TITLE_REBOOT_LOOP, FORM_WORDS, "reboot loop" },
	{ "cold-boot", NULL, TITLE_COLD_BOOT, FORM_WORDS, "cold boot instead of kexec" },
	{ "guest-reset", "before it said a word", TITLE_RESET, FORM_WORDS, "reset before its first console line" },
	{ "guest-reset", "powered the machine off", TITLE_POWER_OFF, FORM_WORDS, "powered off" },
	{ "guest-reset", "came up again", TITLE_COLD_BOOT, FORM_WORDS, "cold boot instead of kexec" },
	{ "guest-reset", "or powered it off", TITLE_RESET, FORM_WORDS, "reset or powered off" },
	{ "guest-reset", NULL, TITLE_RESET, FORM_WORDS, "reset" },
	{ "kexec-load-failed", NULL, TITLE_LOAD_REFUSED, FORM_WORDS, "kexec load refused" },
	{ "handover-refused", NULL, TITLE_HANDOVER, FORM_WORDS, "handover refused" },
	{ "not-kho-boot", NULL, TITLE_HANDOVER, FORM_WORDS, "booted as if nothing had been handed over" },
	{ "wrong-nonce", NULL, TITLE_WRONG_KERNEL, FORM_WORDS, "another kernel came up" },
	{ "scratch-not-cma", NULL, TITLE_CHECK, FORM_WORDS, "scratch pageblocks are not CMA" },
	{ "unmovable-in-scratch", NULL, TITLE_CHECK, FORM_WORDS, "unmovable pages in scratch" },
	{ "no-scratch", NULL, TITLE_CHECK, FORM_WORDS, "no scratch memory" },
	{ "scratch-changed", NULL, TITLE_CHECK, FORM_WORDS, "scratch is not where it was" },
	{ "unexpected-cma", NULL, TITLE_CHECK, FORM_WORDS, "CMA pageblocks outside of scratch" },
	{ "zone-overcounted", NULL, TITLE_CHECK, FORM_WORDS, "zone has more managed pages than it spans" },
	{ "kho-test-failed", NULL, TITLE_CHECK, FORM_WORDS, "test_kho could not restore its data" },
	{ "payload-failed", NULL, TITLE_PAYLOAD, FORM_HOOK, "failed" },
	{ "payload-killed", NULL, TITLE_PAYLOAD, FORM_HOOK, "killed" },
	{ "payload-hung", NULL, TITLE_PAYLOAD, FORM_HOOK, "hung" },
	{ "kernel-complaint", NULL, TITLE_WARNING, FORM_SAID, NULL },
	{ "deferred-not-run", NULL, TITLE_CHECK, FORM_WORDS, "deferred struct page init did not run" },
	{ "kho-test-missing", NULL, TITLE_CHECK, FORM_WORDS, "test_kho said nothing" },
	{ "leak-over-hops", NULL, TITLE_CHECK, FORM_WORDS, "memory leaks with each handover" },
	{ "guest-stopped", "gave up: ", TITLE_CHECK, FORM_BEHIND, "the probe gave up: " },
	{ "guest-stopped", NULL, TITLE_CHECK, FORM_WORDS, "the probe gave up" },
	{ "kernel-without-kho", NULL, TITLE_HOST, FORM_WORDS, "kernel without KHO" },
	{ "word-ignored", NULL, TITLE_HOST, FORM_WORDS, "kernel ignored a word of its command line" },
	{ "harness-failed", "annot allocate memory", TITLE_HOST_OOM, FORM_WORDS, "host out of memory" },
	{ "harness-failed", NULL, TITLE_HOST, FORM_WORDS, "harness failed" },
	{ "emulator-crashed", "KVM internal error", TITLE_KVM_ERROR, FORM_WORDS, "KVM internal error" },
	{ "emulator-crashed", "by itself: an internal error", TITLE_KVM_ERROR, FORM_WORDS, "KVM internal error" },
	{ "emulator-crashed", "annot allocate memory", TITLE_HOST_OOM, FORM_WORDS, "host out of memory" },
	{ "emulator-crashed", "stopped by a signal", TITLE_EMULATOR_STUCK, FORM_WORDS, "emulator stopped by a signal" },
	{ "emulator-crashed", "paused from outside", TITLE_EMULATOR_STUCK, FORM_WORDS, "guest paused from outside" },
	{ "emulator-crashed", "killed by signal 9 ", TITLE_EMULATOR_KILLED, FORM_WORDS, "emulator killed (SIGKILL)" },
	{ "emulator-crashed", "killed by signal ", TITLE_EMULATOR_CRASHED, FORM_BRACKETS, "emulator crashed: " },
	{ "emulator-crashed", "from outside", TITLE_EMULATOR_KILLED, FORM_WORDS, "emulator ended from outside" },
	{ "emulator-crashed", "somebody on the host", TITLE_EMULATOR_KILLED, FORM_WORDS, "emulator ended from outside" },
	{ "emulator-crashed", "I/O error", TITLE_HOST, FORM_WORDS, "I/O error of the host" },
	{ "emulator-crashed", NULL, TITLE_EMULATOR_CRASHED, FORM_WORDS, "emulator ended by itself" },
	{ "emulator-stuck", "did not answer", TITLE_EMULATOR_STUCK, FORM_WORDS, "emulator does not answer" },
	{ "emulator-stuck", "is not running but", TITLE_EMULATOR_STUCK, FORM_WORDS, "emulator does not run the guest" },
	{ "emulator-stuck", "nothing is recorded", TITLE_EMULATOR_STUCK, FORM_WORDS, "silent, and nobody knows whether the host ran it" },
	{ "emulator-stuck", "the journal has lost", TITLE_HOST, FORM_WORDS, "journal damaged" },
	{ "emulator-stuck", NULL, TITLE_EMULATOR_STUCK, FORM_WORDS, "host did not run the guest" },
	{ "interrupted", NULL, TITLE_HOST, FORM_WORDS, "interrupted" },
	{ "incomplete", NULL, TITLE_HOST, FORM_WORDS, "recording is not complete" },
	{ "records-contradict", NULL, TITLE_HOST, FORM_WORDS, "records contradict each other" },
	{ "records-damaged", NULL, TITLE_HOST, FORM_WORDS, "records damaged" },
	{ "not-seen", NULL, TITLE_HOST, FORM_WORDS, "a check could not see" },
};

/* clang-format on */

static gsize find_row(const Reason *reason)
{
	for (gsize row = 0; row < G_N_ELEMENTS(rows); row++)
		if (strcmp(rows[row].reason, reason->id) == 0 &&
		    (!rows[row].needle || strstr(reason->text, rows[row].needle)))
			return row;
	g_assert_not_reached(); /* each reason has a row without a needle */
}

bool titlereason_is_explained(const Reason *reason)
{
	Form form = rows[find_row(reason)].form;

	return form == FORM_SAID || form == FORM_HOOK;
}

/* "panic: Attempted to kill init! exitcode=N" */
static char *said(const Reason *reason)
{
	const char *panic = strstr(reason->text, "not syncing: "), *colon = strstr(reason->text, ": ");
	g_autofree char *plain = titletext_plain(panic	 ? panic + strlen("not syncing: ")
						 : colon ? colon + 2
							 : reason->text);

	return g_strconcat(panic ? "panic: " : "", plain, NULL);
}

static char *brackets(const Reason *reason)
{
	const char *begin = strchr(reason->text, '('), *end = begin ? strchr(begin, ')') : NULL;

	return end ? g_strndup(begin + 1, (gsize)(end - begin) - 1) : NULL;
}

static const KtapTest *failed_test(const HookRun *run)
{
	for (guint i = 0; run->ktap && i < run->ktap->tests->len; i++) {
		const KtapTest *test = run->ktap->tests->pdata[i];

		if (test->state == KTAP_FAILED)
			return test;
	}
	return NULL;
}

/* The hook that the reason is about: the first of that kernel with that outcome, which its text names. */
static const HookRun *hook_of(const Reason *reason, const Evidence *evidence)
{
	static const struct {
		const char *reason;
		HookOutcome outcome;
	} outcomes[] = {
		{ "payload-failed", HOOK_FAILED },
		{ "payload-killed", HOOK_KILLED },
		{ "payload-hung", HOOK_HUNG },
	};

	for (guint h = 0; h < evidence->hops->len; h++) {
		const Hop *hop = evidence->hops->pdata[h];

		for (guint i = 0; (guint)hop->index == reason->hop && i < hop->hooks->len; i++)
			for (gsize o = 0; o < G_N_ELEMENTS(outcomes); o++)
				if (strcmp(outcomes[o].reason, reason->id) == 0 &&
				    hookrun_outcome(hop->hooks->pdata[i]) == outcomes[o].outcome)
					return hop->hooks->pdata[i];
	}
	return NULL;
}

/* "payload memfd failed in after: sparse" */
static char *hook(const Reason *reason, const Evidence *evidence, const char *what)
{
	const HookRun *run = hook_of(reason, evidence);
	const KtapTest *test = run ? failed_test(run) : NULL;
	g_autofree char *name = test ? titletext_plain(test->name) : NULL;

	if (!run)
		return g_strdup_printf("payload %s", what);
	return g_strdup_printf("payload %s %s in %s%s%s", run->payload, what, run->hook, name ? ": " : "",
			       name ? name : "");
}

static char *text_of(const Reason *reason, const Evidence *evidence, gsize row)
{
	const Execution *execution = evidence->execution;
	const char *words = rows[row].words;
	g_autofree char *more = NULL;

	switch (rows[row].form) {
	case FORM_PLACE:
		/*
		 * as it was seen, and not by the reason's text: that goes by how busy the host was; where a kernel
		 * that has panicked waits says nothing of why
		 */
		if (execution && execution->where && !execution->halted && !judge_panic_in_memory(evidence))
			more = titletext_function(execution->where);
		return g_strconcat(words, more ? " in " : NULL, more, NULL);
	case FORM_SAID:
		return said(reason);
	case FORM_BRACKETS:
		more = brackets(reason);
		return g_strconcat(words, more, NULL);
	case FORM_BEHIND:
		more = titletext_plain(strstr(reason->text, rows[row].needle) + strlen(rows[row].needle));
		return g_strconcat(words, more, NULL);
	case FORM_HOOK:
		return hook(reason, evidence, words);
	default:
		return g_strdup(words);
	}
}

Title titlereason_of(const Reason *reason, const Evidence *evidence)
{
	gsize row = find_row(reason);

	return (Title){ rows[row].class, text_of(reason, evidence, row), g_strdup(reason->text) };
}
