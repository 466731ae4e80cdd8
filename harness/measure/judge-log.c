// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel's log tells: complaints, words that it ignored, deferral, data of its own that came back. */
#include "judge.h"

#include "complaint.h"
#include "pagesize.h"

#include <arch/arch.h>
#include <measure/cmdlineoption.h>
#include <measure/zoneinfo.h>
#include <string.h>

/* How many reports of one kernel are quoted. */
#define COMPLAINTS_SHOWN 3

/*
 * How much memory makes deferral certain, in sections of the sparse memory model.
 *
 * defer_init() of mm/mm_init.c defers only in the highest zone of a node, and
 * there from the first section-aligned pfn behind PAGES_PER_SECTION initialised
 * pages: after less than two sections if the zone has no holes. Four leave room
 * for holes at just that place. How large sections are, the architecture says.
 */
#define DEFERRABLE_SECTIONS 4

/* Whether the configuration is known; says for the check if not. */
static bool know_config(Judge *judge, const Hop *hop, Check check)
{
	if (hop->config)
		return true;
	if (judge->evidence->wanted.image)
		judge_gap(judge, hop->index, check,
			  "%s: %s was not checked, since the kernel does not show its configuration "
			  "(CONFIG_IKCONFIG_PROC)",
			  hop_name(hop->index), check_title(check));
	else
		judge_blind(judge, hop->index, check,
			    "its configuration is neither in proc/config.gz nor in kernel.config");
	return false;
}

static bool know_log(Judge *judge, const Hop *hop, Check check)
{
	if (hop->log && !hop->log->lost_records)
		return true;
	judge_blind(judge, hop->index, check, hop->log ? "its log has lost lines" : "its log did not come");
	return false;
}

void judge_deferred(Judge *judge, const Hop *hop)
{
	const char *deferred = hop_config(hop, "DEFERRED_STRUCT_PAGE_INIT");
	guint64 enough = DEFERRABLE_SECTIONS * arch_section_bytes(arch_default(), pagesize_shift(hop));

	if (!know_config(judge, hop, CHECK_DEFERRAL) || !know_log(judge, hop, CHECK_DEFERRAL))
		return;
	if (!hop->zones) {
		judge_blind(judge, hop->index, CHECK_DEFERRAL, "/proc/zoneinfo did not come");
		return;
	}
	judge_saw(judge, hop->index, CHECK_DEFERRAL);
	if (strcmp(deferred, "y") != 0)
		return;
	for (guint i = 0; i < hop->zones->len; i++) {
		const ZoneSpan *span = g_ptr_array_index(hop->zones, i);
		guint64 bytes = span->present << pagesize_shift(hop);
		bool highest = true, said = false;

		for (guint j = 0; j < hop->zones->len; j++) {
			const ZoneSpan *other = g_ptr_array_index(hop->zones, j);

			if (other->node == span->node && other->start_pfn > span->start_pfn)
				highest = false;
		}
		for (guint j = 0; j < hop->log->deferred->len; j++)
			said |= g_array_index(hop->log->deferred, DeferredNode, j).node == span->node;
		if (highest && bytes >= enough && !said)
			judge_add(
				judge, "deferred-not-run",
				"%s: CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, and zone %s of node %d has %" G_GUINT64_FORMAT
				" MiB, but its log has no \"node %d deferred pages initialised\" (early_page_ext and "
				"memory "
				"allocation profiling turn deferral off)",
				hop_name(hop->index), span->zone, span->node, bytes >> 20, span->node);
	}
}

/*
 * lib/test_kho.c saves in a kernel that got nothing of its kind, and restores
 * (and saves nothing) in the next: so every second kernel has something to say.
 */
void judge_kho_test(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over)
{
	const char *here = hop_config(hop, "TEST_KEXEC_HANDOVER");
	const char *there = previous ? hop_config(previous, "TEST_KEXEC_HANDOVER") : NULL;

	if (hop->log && hop->log->kho_test == 0)
		judge_add(judge, "kho-test-failed",
			  "%s: lib/test_kho.c could not restore the data that was handed over to it",
			  hop_name(hop->index));
	if (!handed_over || (hop->log && hop->log->kho_test >= 0)) {
		judge_saw(judge, hop->index, CHECK_TEST_DATA);
		return;
	}
	if (!know_config(judge, hop, CHECK_TEST_DATA) || !know_log(judge, hop, CHECK_TEST_DATA))
		return;
	if (!there || !previous->log) {
		judge_blind(judge, hop->index, CHECK_TEST_DATA,
			    "log and configuration of the kernel before it are not known");
		return;
	}
	judge_saw(judge, hop->index, CHECK_TEST_DATA);
	if (previous->log->kho_test < 0 && strcmp(here, "y") == 0 && strcmp(there, "y") == 0)
		judge_add(judge, "kho-test-missing",
			  "%s: CONFIG_TEST_KEXEC_HANDOVER=y in both kernels, but test_kho restored nothing: no data "
			  "reached it",
			  hop_name(hop->index));
}

/* Taint flags that stand for a report (Documentation/admin-guide/tainted-kernels.rst): bit, letter. */
static const struct {
	guint bit;
	const char *meaning;
} taints[] = {
	{ 5, "a bad page (B)" },
	{ 7, "an oops or BUG (D)" },
	{ 9, "a warning (W)" },
	{ 14, "a soft lockup (L)" },
};

/* The kernel keeps book of its reports itself: one that its log does not have must have been somewhere else. */
static void judge_taint(Judge *judge, const Hop *hop)
{
	for (gsize i = 0; hop->tainted > 0 && i < G_N_ELEMENTS(taints); i++)
		if (hop->tainted >> taints[i].bit & 1 && !(hop->log && hop->log->complaints->len))
			judge_add(judge, "kernel-complaint",
				  "%s: its taint flags (%" G_GINT64_FORMAT
				  ") tell of %s, and its log has no such report",
				  hop_name(hop->index), hop->tainted, taints[i].meaning);
}

/* A kernel that was not run for seconds finds its own CPUs stalled when it goes on. */
#define PAUSE_THAT_STALLS_NS G_GINT64_CONSTANT(5000000000)

void judge_complaint(Judge *judge, const char *whose, const char *text)
{
	if (kernellog_is_stall(text) && judge->evidence->paused_ns >= PAUSE_THAT_STALLS_NS)
		judge_add(judge, "emulator-stuck", "%s: the machine was stopped for a while, and so it says: %s", whose,
			  text);
	else
		judge_add(judge, kernellog_is_oops(text) ? "guest-oops" : "kernel-complaint", "%s: %s", whose, text);
}

/* One reason for all of a kind. */
static void judge_kind(Judge *judge, const Hop *hop, bool (*wanted)(const char *text))
{
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
		judge_complaint(judge, hop_name(hop->index), text->str);
}

static bool is_other(const char *text)
{
	return !kernellog_is_oops(text) && !kernellog_is_stall(text);
}

static void judge_complaints(Judge *judge, const Hop *hop)
{
	judge_kind(judge, hop, kernellog_is_oops);
	judge_kind(judge, hop, kernellog_is_stall);
	judge_kind(judge, hop, is_other);
	judge_taint(judge, hop);
	if (!know_log(judge, hop, CHECK_LOG))
		return;
	if (hop->log_to_the_end)
		judge_saw(judge, hop->index, CHECK_LOG);
	else if (!judge->evidence->wanted.log_to_end)
		judge_gap(
			judge, hop->index, CHECK_LOG,
			"the logs end where the records were collected: complaints that came later are known from the "
			"console only");
	else
		judge_blind(judge, hop->index, CHECK_LOG, "the end of its log did not come");
}

/* Whether the user gave that word, or one with that name. */
static bool gave_word(const char *append, const char *ignored)
{
	g_autofree char *plain = g_strdup(append);
	g_auto(GStrv) words = NULL;
	gsize length = strlen(ignored);

	/* the kernel shows words without their quotes */
	for (char *from = plain, *to = plain; (*to = *from); from++)
		to += *from != '"';
	words = g_strsplit_set(plain, " \t\n", -1);
	for (char **word = words; *word; word++)
		if (strncmp(*word, ignored, length) == 0 && ((*word)[length] == '\0' || (*word)[length] == '='))
			return true;
	return false;
}

/* What would have the kernel take the word; NULL where its configuration has all that is known to be needed. */
static char *advice(const Hop *hop, const char *word)
{
	const char *options;
	g_auto(GStrv) names = NULL;

	if (!cmdline_option_for(word, &options))
		return NULL;
	names = g_strsplit(options, " ", -1);
	for (char **name = names; *name; name++)
		if (g_strcmp0(hop_config(hop, *name), "y") != 0)
			return cmdline_option_advice(word);
	return NULL;
}

static void judge_words(Judge *judge, const Hop *hop)
{
	const char *append = judge->evidence->wanted.append;

	if (append && !know_log(judge, hop, CHECK_COMMAND_LINE))
		return;
	judge_saw(judge, hop->index, CHECK_COMMAND_LINE);
	for (guint i = 0; append && i < hop->log->ignored->len; i++) {
		const char *word = g_ptr_array_index(hop->log->ignored, i);
		g_autofree char *needs = advice(hop, word);

		if (gave_word(append, word))
			judge_add(judge, "word-ignored", "%s: it did nothing with the word %s: %s",
				  hop_name(hop->index), word,
				  needs ? needs
					: "what it stands for is not in the kernel's configuration, or its value makes "
					  "no "
					  "sense");
	}
}

void judge_log(Judge *judge, const Hop *hop)
{
	judge_complaints(judge, hop);
	judge_words(judge, hop);
}
