// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel complained of anything, from its first line to its last. */
#include "look.h"

#include <measure/cmdlineoption.h>
#include <string.h>

/* How many reports of one kernel are quoted. */
#define COMPLAINTS_SHOWN 3

/* A kernel that was not run for seconds finds its own CPUs stalled when it goes on. */
#define PAUSE_THAT_STALLS_NS G_GINT64_CONSTANT(5000000000)

/* No watchdog speaks earlier: of soft lockups after twice watchdog_thresh (kernel/watchdog.c), of RCU after 21 s. */
#define STALL_LEAST_NS G_GINT64_CONSTANT(20000000000)

/* Whether the host starved that kernel at any time; hop below 0: any of them. */
static bool has_starved(const Evidence *evidence, int hop)
{
	for (guint i = 0; evidence->starved_ns && i < evidence->hops_wanted; i++)
		if ((hop < 0 || (guint)hop == i) && evidence->starved_ns[i] >= PAUSE_THAT_STALLS_NS)
			return true;
	return false;
}

const char *judge_why_stalled(const Evidence *evidence, int hop)
{
	if (evidence->paused_ns >= PAUSE_THAT_STALLS_NS)
		return "the machine was stopped for a while";
	if (evidence->journal_damaged)
		return "the journal has lost whether the host ran it";
	if (evidence->host_unknown)
		return "nothing is recorded of whether the host ran it";
	if (has_starved(evidence, hop) ||
	    (evidence->waited_ns >= PAUSE_THAT_STALLS_NS && execution_starved(evidence->cpu_ns, evidence->waited_ns)))
		return "the host let its CPUs wait for seconds while it ran others";
	if (evidence->host_lost_ns >= STALL_LEAST_NS)
		return "the host itself waited for processors, memory or disks for seconds";
	return NULL;
}

/* Taint flags that stand for a report (Documentation/admin-guide/tainted-kernels.rst). */
static const struct {
	guint bit;
	bool stall; /* what a kernel also says that the host did not run */
	const char *meaning;
} taints[] = {
	{ 5, false, "a bad page (B)" },
	{ 7, false, "an oops or BUG (D)" },
	{ 9, false, "a warning (W)" },
	{ 14, true, "a soft lockup (L)" },
};

/* The kernel keeps book of its reports itself: one that its log does not have must have been somewhere else. */
static void check_taint(const Look *look)
{
	const Hop *hop = look->hop;
	const char *why = judge_why_stalled(look->evidence, hop->index);

	for (gsize i = 0; hop->tainted > 0 && i < G_N_ELEMENTS(taints); i++) {
		if (!(hop->tainted >> taints[i].bit & 1) || (hop->log && hop->log->complaints->len))
			continue;
		if (why && taints[i].stall)
			look_add(look, "emulator-stuck",
				 "%s, and its taint flags (%" G_GINT64_FORMAT ") tell of %s that its log does not have",
				 why, hop->tainted, taints[i].meaning);
		else
			look_add(look, "kernel-complaint",
				 "its taint flags (%" G_GINT64_FORMAT ") tell of %s, and its log has no such report",
				 hop->tainted, taints[i].meaning);
	}
}

void judge_complaint(Judge *judge, int hop, const char *whose, const char *text)
{
	const char *why = kernellog_is_stall(text) ? judge_why_stalled(judge->evidence, hop) : NULL;

	if (why)
		judge_add(judge, "emulator-stuck", "%s: %s; it says: %s", whose, why, text);
	else
		judge_add(judge, kernellog_is_oops(text) ? "guest-oops" : "kernel-complaint", "%s: %s", whose, text);
}

/* One reason for all of a kind. */
static void check_kind(const Look *look, bool (*wanted)(const char *text))
{
	const Hop *hop = look->hop;
	g_autoptr(GString) text = g_string_new(NULL);
	guint shown = 0, all = 0;

	for (guint i = 0; hop->log && i < hop->log->complaints->len; i++) {
		const char *complaint = g_ptr_array_index(hop->log->complaints, i);

		if (!wanted(complaint) || all++ >= COMPLAINTS_SHOWN)
			continue;
		g_string_append_printf(text, "%s%s", shown++ ? " | " : "", complaint);
	}
	if (all > shown)
		g_string_append_printf(text, " | and %u more", all - shown);
	if (all)
		judge_complaint(look->judge, hop->index, hop_name(hop->index), text->str);
}

static bool is_other(const char *text)
{
	return !kernellog_is_oops(text) && !kernellog_is_stall(text);
}

/* Words of a command line that decide what comes over the console. */
static bool is_made_quiet(const char *append)
{
	g_auto(GStrv) words = append ? cmdline_words(append) : NULL;

	for (char **word = words; word && *word; word++)
		if (strcmp(*word, "quiet") == 0 || g_str_has_prefix(*word, "loglevel=") ||
		    g_str_has_prefix(*word, "console="))
			return true;
	return false;
}

/* A kernel that came up without a word on the console: what it says behind its log's end would not be heard. */
static void check_console(const Look *look)
{
	const Hop *hop = look->hop;
	const guint *lines = look->evidence->console_lines;

	if (!lines || !hop->hello || (guint)hop->index >= look->evidence->hops_wanted || lines[hop->index])
		return;
	if (is_made_quiet(look->wanted.append))
		look_gap(look, "%s: nothing of it came over the console, as its command line has it",
			 hop_name(hop->index));
	else
		look_blind(look, "nothing of it is on the console");
}

static void run(const Look *look)
{
	check_kind(look, kernellog_is_oops);
	check_kind(look, kernellog_is_stall);
	check_kind(look, is_other);
	check_taint(look);
	check_console(look);
	if (look->hop->taint_unread)
		look_blind(look, "its taint flags could not be read");
	if (!look_has_log(look))
		return;
	if (look->hop->log_to_the_end)
		look_saw(look);
	else if (!look->evidence->wanted.log_to_end)
		look_gap(look, "the logs end where the records were collected: complaints that came later are known "
			       "from the console only");
	else
		look_blind(look, "the end of its log did not come");
}

const Check check_log = {
	.id = CHECK_LOG,
	.title = "whether it complained",
	.needs = "the kernel's log from its first line to its last, and the console",
	.proves = "there is no warning, oops, stall or lockdep report, nor a taint flag that stands for one",
	.not_proves = "that nothing went wrong in silence",
	.run = run,
};
