// SPDX-License-Identifier: GPL-2.0-or-later
/* How the run ended, and where the guest stood then. */
#include "judge.h"
#include "titleparts.h"

#include <measure/consoletext.h>

#include <measure/kexechint.h>
#include <measure/postmortem.h>

#include <string.h>

/* Lines of the console that a verdict shows: so many in all, so many of them behind a panic's own. */
#define LAST_LINES 10
#define REPORT_LINES 24 /* of a report, from its first line on */
#define LINES_BEHIND_PANIC 2
/* A host that is busy with others for less makes no difference to what is said of times. */
#define WAITED_THAT_TELLS_NS G_GINT64_CONSTANT(1000000000)

/* Where the console of the kernel that was running last begins. */
static guint running_from(const Evidence *evidence)
{
	int line = evidence->console_handover_line;

	return line < 0 ? 0 : MIN((guint)line, evidence->console->len);
}

static void show_last_lines(Judge *judge, guint to)
{
	const Evidence *evidence = judge->evidence;
	guint from = running_from(evidence);

	g_clear_pointer(&judge->verdict->last_lines, g_ptr_array_unref);
	judge->verdict->last_lines = console_excerpt(evidence->console, to > from ? from : 0, to, REPORT_LINES);
	if (judge->verdict->last_lines->len)
		return;
	g_ptr_array_unref(judge->verdict->last_lines);
	judge->verdict->last_lines = console_last_lines(evidence->console, to > from ? from : 0, to, LAST_LINES);
	/* nothing from that kernel: what the one before it said last is the next best */
	if (!judge->verdict->last_lines->len) {
		g_ptr_array_unref(judge->verdict->last_lines);
		judge->verdict->last_lines = console_last_lines(evidence->console, 0, to, LAST_LINES);
	}
}

/* Whether the kernel that the end came over ever spoke, on console or channel. */
static bool spoke(const Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	const Hop *hop = judge_hop(judge, evidence->end_hop);

	if (hop && hop->hello)
		return true;
	if (evidence->end_hop > 0 && evidence->console_handover_line < 0)
		return false;
	return console_find_new_kernel(evidence->console, running_from(evidence)) >= 0;
}

/*
 * whose: "second kernel"; hop: its number, or -1 if that is not known. It is the host's where the kernel panics over a
 * stall that the host has caused.
 */
static void add_panic(Judge *judge, int hop, const char *whose, const char *panic, const char *more)
{
	const char *why = kernellog_is_stall_panic(panic) ? judge_why_stalled(judge->evidence, hop) : NULL;

	if (why)
		judge_add(judge, "emulator-stuck", "%s: %s; it says: %s%s", whose, why, panic, more);
	else
		judge_add(judge, "guest-panic", "%s: %s%s", whose, panic, more);
}

/* What programs wrote of panics into logs that were sent. Borrowed texts; caller unrefs. */
static GHashTable *panics_said(const Evidence *evidence)
{
	GHashTable *said = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < evidence->hops->len; i++) {
		const Hop *hop = evidence->hops->pdata[i];

		for (guint l = 0; hop->log && l < hop->log->lines->len; l++) {
			const KernelLogLine *line = hop->log->lines->pdata[l];

			if (line->of_user && kernellog_panic(line->text))
				g_hash_table_add(said, line->text);
		}
	}
	return said;
}

/* The line of the console with the first panic of a kernel; -1. */
static int find_panic(const Evidence *evidence)
{
	g_autoptr(GHashTable) said = panics_said(evidence);
	guint count = evidence->console->len;
	int line = console_find_panic(evidence->console, 0, count);

	while (line >= 0 && g_hash_table_contains(said, console_text(console_line(evidence->console, (guint)line))))
		line = console_find_panic(evidence->console, (guint)line + 1, count);
	return line;
}

/* The console's file has lines that the run did not write: what they tell, only the runner can have seen. */
static bool may_be_anothers(const Evidence *evidence)
{
	return evidence->console_strange && evidence->end != END_PANIC;
}

/* A panic says so itself; the runner need not have seen it. */
static bool judge_panic(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	int line = may_be_anothers(evidence) ? -1 : find_panic(evidence);
	g_autofree char *text = NULL;

	if (line < 0) {
		if (evidence->end != END_PANIC)
			return false;
		judge_add(judge, "guest-panic", "%s: panicked%s%s", hop_name(evidence->end_hop),
			  evidence->end_detail ? ": " : "", evidence->end_detail ? evidence->end_detail : "");
		show_last_lines(judge, evidence->console->len);
		return true;
	}
	text = g_strdup(console_line(evidence->console, (guint)line));
	add_panic(judge, judge_console_hop(judge, (guint)line), judge_console_kernel(judge, (guint)line),
		  kernellog_panic(text), "");
	show_last_lines(judge, MIN((guint)line + 1 + LINES_BEHIND_PANIC, evidence->console->len));
	return true;
}

static bool judge_cold_boot(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	const Hop *hop = judge_hop(judge, evidence->end_hop);
	g_autofree char *text = NULL;
	int line;

	if (evidence->console_handover_line < 0 || (hop && hop->hello) || may_be_anothers(evidence))
		return false;
	line = console_find_cold_boot(evidence->console, running_from(evidence), evidence->end_hop);
	if (line < 0)
		return false;
	text = g_strdup(console_line(evidence->console, (guint)line));
	judge_add(judge, "cold-boot", "instead of the %s the machine came up through its firmware again: \"%.100s\"",
		  hop_name(evidence->end_hop), text);
	show_last_lines(judge, (guint)line + 1);
	return true;
}

/* What the guest did to the machine, by QEMU's event (harness/vm/vmevent.c); of older runs not known. */
static const char *what_was_done(const Evidence *evidence)
{
	const char *detail = evidence->end_detail ? evidence->end_detail : "";

	if (strstr(detail, "switched itself off"))
		return "it powered the machine off";
	if (strstr(detail, "asked for a reset"))
		return "it reset the machine";
	if (strstr(detail, "came up again"))
		return "an earlier kernel came up again";
	return "it reset the machine or powered it off";
}

static void judge_reset(Judge *judge)
{
	const char *kernel = hop_name(judge->evidence->end_hop), *what = what_was_done(judge->evidence);

	/* a triple fault is a reset, and nothing else */
	if (spoke(judge) || g_str_has_suffix(what, "the machine off") || g_str_has_suffix(what, "again"))
		judge_add(judge, "guest-reset", "%s: %s", kernel, what);
	else
		judge_add(judge, "guest-reset",
			  "%s: the machine was reset before it said a word; a triple fault early in the boot does that",
			  kernel);
	show_last_lines(judge, judge->evidence->console->len);
}

/*
 * What a kernel that failed had in its memory to say: the first report in its log, or its last line; or whose memory it
 * was instead. Nothing where that is not known. Caller frees.
 */
static char *word_in_memory(const Evidence *evidence)
{
	const struct Postmortem *memory = evidence->postmortem;
	const GPtrArray *lines = memory && memory->log ? memory->log->lines : NULL;
	const char *kernel = hop_name(evidence->end_hop);

	if (memory && memory->hop >= 0 && memory->hop != evidence->end_hop)
		return g_strdup_printf("; it was still the %s that was in memory", hop_name(memory->hop));
	if (!memory || memory->hop < 0)
		return memory && memory->why ? g_strdup_printf("; %s", memory->why) : g_strdup("");
	if (memory->log && memory->log->complaints->len)
		return g_strdup_printf("; in memory, the %s's log says: %s", kernel,
				       (const char *)memory->log->complaints->pdata[0]);
	if (!lines || !lines->len)
		return g_strdup("; its log in memory is empty");
	return g_strdup_printf("; in memory, the %s's log ends: %s", kernel,
			       ((const KernelLogLine *)lines->pdata[lines->len - 1])->text);
}

const char *judge_panic_in_memory(const Evidence *evidence)
{
	const struct Postmortem *memory = evidence->postmortem;

	if (!memory || memory->hop != evidence->end_hop || !memory->log)
		return NULL;
	for (guint i = 0; i < memory->log->own->len; i++) {
		const char *text = ((const KernelLogLine *)memory->log->own->pdata[i])->text;

		if (kernellog_panic(text) == text)
			return text;
	}
	return NULL;
}

/* What a kernel said may have been in what was lost on the way, or on the host. */
static bool may_have_spoken(const Evidence *evidence)
{
	return evidence->channel_damaged || evidence->channel_garbage || evidence->console_missing ||
	       evidence->console_strange || evidence->console_unmarked || evidence->console_overmarked ||
	       evidence->changed;
}

/*
 * Deadline, or silence: dead from the start, or hung on the way. It is the guest's only
 * if the host is known to have run it, and if what it said can have come through; or if it has panicked, whoever ran
 * it.
 */
static void judge_hang(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	const char *kernel = hop_name(evidence->end_hop);
	const char *detail = evidence->end_detail ? evidence->end_detail : "";
	const char *end = evidence->end == END_TIMEOUT ? "the deadline passed" : "it fell silent";
	const Hop *hop = judge_hop(judge, evidence->end_hop);
	ExecutionBlame blame = execution_blame(evidence->execution, evidence->end == END_TIMEOUT);
	g_autofree char *text = evidence->execution ? execution_text(evidence->execution) : NULL;
	g_autofree char *word = word_in_memory(evidence);
	const char *panic = judge_panic_in_memory(evidence);

	show_last_lines(judge, evidence->console->len);
	/* judge_channel() says so: the word that is missing may be the one that was damaged. Memory does not lose any.
	 */
	if (may_have_spoken(evidence) && !panic)
		return;
	if (panic && (spoke(judge) || may_have_spoken(evidence)))
		add_panic(judge, evidence->end_hop, kernel, panic, "; its log in memory says so, its console does not");
	else if (blame != EXECUTION_GUEST && !panic)
		judge_add(judge, "emulator-stuck",
			  "the %s %s (%s), and %s%s: whether that is the kernel's fault is not known", kernel,
			  evidence->end == END_TIMEOUT ? "did not come to its end before the deadline"
						       : "said nothing any more",
			  detail,
			  blame == EXECUTION_HOST ? "the host did not run it: "
						  : "nothing is recorded of whether the host ran it",
			  blame == EXECUTION_HOST ? text : "");
	else if (!spoke(judge))
		judge_add(judge, "guest-silent-death", "%s: it never said a word after %s%s%s%s; %s%s", kernel,
			  evidence->end_hop ? "kexec -e" : "the machine was started", *detail ? " (" : "", detail,
			  *detail ? ")" : "", text ? text : "", word);
	else
		judge_add(judge, "guest-hang", "%s: %s %s%s%s%s; %s", kernel, end,
			  hop && hop->hello ? "after user space had started" : "before user space had started",
			  *detail ? " (" : "", detail, *detail ? ")" : "", text);
}

/* It was ended for what its console shows, which has to show it. */
static void judge_loop(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	guint begun = titleconsole_banners(evidence->console, running_from(evidence));

	show_last_lines(judge, evidence->console->len);
	if (begun >= TITLE_LOOP_LEAST)
		judge_add(judge, "guest-loop", "%s: it began %u times, and user space never said a word",
			  hop_name(evidence->end_hop), begun);
	else if (!may_have_spoken(evidence))
		judge_add(judge, "records-contradict",
			  "the journal says that the %s began again and again, and console.log has it begin %u time%s",
			  hop_name(evidence->end_hop), begun, begun == 1 ? "" : "s");
}

static void judge_stopped(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	const Hop *hop = judge_hop(judge, evidence->end_hop);
	const char *why = hop && hop->failed ? hop->failed : evidence->end_detail;

	/* why it gave up may have been in what was lost */
	if ((hop && hop->damaged->len) || evidence->channel_damaged || evidence->channel_garbage)
		return;
	/* that is how the run ended, whoever looks at scratch */
	if (hop && hop->index == 0 && !checks_asked(judge, CHECK_SCRATCH))
		judge_kho(judge, hop);
	/* these say better why it went no further */
	if (judge_has(judge, "kexec-load-failed") || judge_has(judge, "kernel-without-kho") ||
	    (judge_has(judge, "no-scratch") && hop && !hop->kho_present))
		return;
	judge_add(judge, "guest-stopped", "%s: the probe gave up: %s", hop_name(evidence->end_hop),
		  why ? why : "it did not say why");
	show_last_lines(judge, evidence->console->len);
}

static void judge_kexec(Judge *judge)
{
	for (guint i = 0; i < judge->evidence->hops->len; i++) {
		const Hop *hop = g_ptr_array_index(judge->evidence->hops, i);
		g_autofree char *output = NULL;
		const char *hint;

		if (hop->kexec_status <= 0)
			continue;
		output = g_strstrip(g_strdelimit(g_strdup(hop->kexec_output), "\n", ' '));
		hint = kexec_hint(output);
		judge_add(judge, "kexec-load-failed", "%s: kexec -s -l exited with %d%s%s%s%s", hop_name(hop->index),
			  hop->kexec_status, *output ? ": " : " and said nothing", output, hint ? ": " : "",
			  hint ? hint : "");
	}
}

/* "done" came, but who said what before? */
static void judge_done(Judge *judge)
{
	const Evidence *evidence = judge->evidence;

	for (guint i = 0; i < evidence->hops_wanted; i++) {
		const Hop *hop = judge_hop(judge, (int)i);

		if (!hop || !hop->hello)
			judge_add(judge, "incomplete",
				  "the run came to its end, but nothing is recorded of the %s's user space",
				  hop_name((int)i));
		else if (hop->failed)
			judge_add(judge, "records-contradict",
				  "%s: its probe gave up (%s), and the run came to its end all the same",
				  hop_name((int)i), hop->failed);
	}
	if (!evidence->started)
		judge_add(judge, "incomplete",
			  "the run came to its end, and its journal does not say that its machine was started");
	if (evidence->wanted.known && (guint)evidence->end_hop + 1 != evidence->hops_wanted)
		judge_add(judge, "records-contradict",
			  "the journal says that the run was done in the %s, and plan.json has a chain of %u",
			  hop_name(evidence->end_hop), evidence->hops_wanted);
}

static void judge_channel(Judge *judge)
{
	const Evidence *evidence = judge->evidence;

	if (evidence->channel_damaged || evidence->channel_garbage)
		judge_add(judge, "records-damaged",
			  "%u records came damaged over the channel, and %" G_GUINT64_FORMAT
			  " bytes of it belong to no record: what else was in them is not known",
			  evidence->channel_damaged, evidence->channel_garbage);
	if (evidence->journal_damaged)
		judge_add(judge, "incomplete",
			  "%u lines of its journal are not as they were written: what happened is not known",
			  evidence->journal_damaged);
	if (evidence->journal_twice)
		judge_add(judge, "records-contradict",
			  "its journal has %s more than once: which of them is the run's is not known",
			  evidence->journal_twice);
	if (evidence->console_missing)
		judge_add(judge, "records-damaged",
			  "the console had %u more lines than are in console.log: what they said is not known",
			  evidence->console_missing);
	if (evidence->console_strange)
		judge_add(
			judge, "records-damaged",
			"%u lines are in only one of console.log and console.times: what the console said is not known",
			evidence->console_strange);
	if (evidence->console_unmarked)
		judge_add(judge, "records-damaged",
			  "console.times lacks the place where %u kernel%s left: which of them said what is not known",
			  evidence->console_unmarked, evidence->console_unmarked == 1 ? " was" : "s were");
}

/* What stands in the journal of files, and in these files. */
static void judge_files(Judge *judge)
{
	const Evidence *evidence = judge->evidence;

	if (evidence->console_overmarked)
		judge_add(
			judge, "records-contradict",
			"console.times has a place where a kernel was left, and no kernel said that it would go: which "
			"of them said what is not known");
	if (evidence->changed)
		judge_add(judge, "records-damaged", "%s not what the run has left there: what it said is not known",
			  evidence->changed);
}

/* What the host did beside the run that a reader of its times has to know. */
static void note_host(Judge *judge)
{
	const Evidence *evidence = judge->evidence;

	if (evidence->paused_ns > 0)
		judge_note(judge,
			   "the harness or the emulator was stopped for %.1f s during the run: times of the host mean "
			   "nothing",
			   (double)evidence->paused_ns / 1e9);
	if (evidence->waited_ns >= WAITED_THAT_TELLS_NS && execution_starved(evidence->cpu_ns, evidence->waited_ns))
		judge_note(judge,
			   "the guest's CPUs could have run for %.1f s more than the %.1f s that they did, but the "
			   "host ran others: times are longer by that",
			   (double)evidence->waited_ns / 1e9, (double)evidence->cpu_ns / 1e9);
}

/* What user space was at, if it was a payload's hook. */
static void note_hook(Judge *judge)
{
	const Hop *hop = judge_hop(judge, judge->evidence->end_hop);

	for (guint i = 0; hop && i < hop->hooks->len; i++) {
		const HookRun *run = hop->hooks->pdata[i];

		if (!run->ended)
			judge_note(judge, "when the run ended, the %s was in the hook %s of payload %s",
				   hop_name(hop->index), run->hook, run->payload);
	}
}

void judge_end(Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	const char *detail = evidence->end_detail ? evidence->end_detail : "";
	const char *colon = *detail ? ": " : "";
	bool explained;

	judge_kexec(judge);
	judge_channel(judge);
	judge_files(judge);
	note_host(judge);
	if (evidence->end != END_DONE)
		note_hook(judge);
	explained = judge_panic(judge);
	/* "done" comes from the last hop itself: whatever firmware wrote, that hop was reached */
	if (!explained && evidence->end != END_DONE)
		explained = judge_cold_boot(judge);
	switch (evidence->end) {
	case END_DONE:
		judge_done(judge);
		break;
	case END_STOPPED:
		if (!explained)
			judge_stopped(judge);
		break;
	case END_PANIC:
		break;
	case END_RESET:
		if (!explained)
			judge_reset(judge);
		break;
	case END_TIMEOUT:
	case END_SILENT:
		if (!explained)
			judge_hang(judge);
		break;
	case END_FLOODED:
		if (!explained)
			judge_add(judge, "guest-flood",
				  "the %s wrote and wrote %s, more than any run has to say, and was ended",
				  hop_name(evidence->end_hop), *detail ? detail : "to its serial ports");
		break;
	case END_LOOPED:
		if (!explained)
			judge_loop(judge);
		break;
	case END_CRASHED:
		judge_add(judge, "emulator-crashed",
			  "the emulator ended or stopped by itself while the %s was running%s%s",
			  hop_name(evidence->end_hop), colon, detail);
		break;
	case END_INTERRUPTED:
		judge_add(judge, "interrupted", "interrupted while the %s was running%s%s", hop_name(evidence->end_hop),
			  colon, detail);
		break;
	case END_UNKNOWN:
		/* that the host could not go on says why */
		if (!evidence->skip)
			judge_add(judge, "incomplete", "%s%s%s",
				  evidence->journal_missing ? "its journal is missing: how it ended is not known"
							    : "the run was cut off: its journal has no end",
				  colon, detail);
		break;
	}
	/* whatever would say why may be what was lost, or what nobody has asked for */
	if (evidence->end != END_DONE && !judge->verdict->reasons->len)
		judge_add(judge, "incomplete",
			  "the %s did not come to its end (%s), and what is recorded does not say why",
			  hop_name(evidence->end_hop), end_cause_name(evidence->end));
}
