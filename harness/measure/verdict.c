// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From evidence to one verdict.
 *
 * Precedence: SKIP if the host could not run it at all. Else FAIL if there is any
 * reason that fails: such a reason is only given where the evidence for it is
 * complete (a record whose checksum held, a line on the console, and for a silence
 * that the host ran the guest), so nothing that is missing could take it back, also
 * when the run was cut off later. Else ERROR if something kept the harness from
 * knowing. Else PASS, if every check has seen. All reasons are listed, those that
 * fail first.
 */
#include "judge.h"

#include <string.h>

/* In the order in which reasons are listed: what ended the chain before what was wrong on its way. */
static const struct {
	const char *id;
	VerdictKind kind;
} ranks[] = {
	{ "host-cannot", VERDICT_SKIP },	 { "guest-panic", VERDICT_FAIL },
	{ "guest-oops", VERDICT_FAIL },		 { "guest-silent-death", VERDICT_FAIL },
	{ "guest-hang", VERDICT_FAIL },		 { "cold-boot", VERDICT_FAIL },
	{ "guest-reset", VERDICT_FAIL },	 { "kexec-load-failed", VERDICT_FAIL },
	{ "not-kho-boot", VERDICT_FAIL },	 { "wrong-nonce", VERDICT_FAIL },
	{ "scratch-not-cma", VERDICT_FAIL },	 { "no-scratch", VERDICT_FAIL },
	{ "scratch-changed", VERDICT_FAIL },	 { "unexpected-cma", VERDICT_FAIL },
	{ "kho-test-failed", VERDICT_FAIL },	 { "kernel-complaint", VERDICT_FAIL },
	{ "deferred-not-run", VERDICT_FAIL },	 { "kho-test-missing", VERDICT_FAIL },
	{ "guest-stopped", VERDICT_FAIL },	 { "kernel-without-kho", VERDICT_ERROR },
	{ "word-ignored", VERDICT_ERROR },	 { "harness-failed", VERDICT_ERROR },
	{ "emulator-crashed", VERDICT_ERROR },	 { "emulator-stuck", VERDICT_ERROR },
	{ "interrupted", VERDICT_ERROR },	 { "incomplete", VERDICT_ERROR },
	{ "records-contradict", VERDICT_ERROR }, { "records-damaged", VERDICT_ERROR },
	{ "not-seen", VERDICT_ERROR },
};

static const char *const kind_names[] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_ERROR] = "ERROR",
};

static const char *const check_titles[CHECK_COUNT] = {
	[CHECK_RECORDS] = "whether its records are whole",
	[CHECK_IDENTITY] = "which kernel it is",
	[CHECK_LOG] = "whether it complained",
	[CHECK_COMMAND_LINE] = "whether it took its command line",
	[CHECK_HANDOVER] = "the handover to it",
	[CHECK_SCRATCH] = "its scratch regions",
	[CHECK_PAGEBLOCKS] = "the types of its pageblocks",
	[CHECK_DEFERRAL] = "deferred initialisation",
	[CHECK_TEST_DATA] = "the data of lib/test_kho.c",
	[CHECK_NEXT] = "how it was left",
};

const char *check_title(Check check)
{
	return check_titles[check];
}

static const char *const cause_names[] = {
	[END_DONE] = "done",	 [END_STOPPED] = "stopped",	    [END_PANIC] = "panic",
	[END_RESET] = "reset",	 [END_CRASHED] = "crashed",	    [END_TIMEOUT] = "timeout",
	[END_SILENT] = "silent", [END_INTERRUPTED] = "interrupted", [END_UNKNOWN] = "unknown",
};

const char *verdict_kind_name(VerdictKind kind)
{
	return kind_names[kind];
}

const char *end_cause_name(EndCause cause)
{
	return cause_names[cause];
}

bool end_cause_parse(const char *name, EndCause *ret_cause)
{
	for (guint i = 0; i < G_N_ELEMENTS(cause_names); i++)
		if (strcmp(name, cause_names[i]) == 0) {
			*ret_cause = (EndCause)i;
			return true;
		}
	return false;
}

static guint rank_of(const char *id)
{
	for (guint i = 0; i < G_N_ELEMENTS(ranks); i++)
		if (strcmp(ranks[i].id, id) == 0)
			return i;
	g_assert_not_reached();
}

bool verdict_knows_reason(const char *id)
{
	for (guint i = 0; i < G_N_ELEMENTS(ranks); i++)
		if (strcmp(ranks[i].id, id) == 0)
			return true;
	return false;
}

static void reason_free(gpointer data)
{
	Reason *reason = data;

	g_free(reason->id);
	g_free(reason->text);
	g_free(reason);
}

void judge_add(Judge *judge, const char *id, const char *format, ...)
{
	GPtrArray *reasons = judge->verdict->reasons;
	Reason *reason = g_new0(Reason, 1);
	guint at = reasons->len;
	va_list args;

	va_start(args, format);
	reason->id = g_strdup(id);
	reason->text = g_strdup_vprintf(format, args);
	va_end(args);
	/* kept in order of rank; within one rank in the order in which they came */
	while (at > 0 && rank_of(((Reason *)g_ptr_array_index(reasons, at - 1))->id) > rank_of(id))
		at--;
	g_ptr_array_insert(reasons, (int)at, reason);
}

bool judge_has(const Judge *judge, const char *id)
{
	for (guint i = 0; i < judge->verdict->reasons->len; i++)
		if (strcmp(((Reason *)g_ptr_array_index(judge->verdict->reasons, i))->id, id) == 0)
			return true;
	return false;
}

const Hop *judge_hop(const Judge *judge, int index)
{
	for (guint i = 0; i < judge->evidence->hops->len; i++) {
		const Hop *hop = g_ptr_array_index(judge->evidence->hops, i);

		if (hop->index == index)
			return hop;
	}
	return NULL;
}

static void add_text(GPtrArray *to, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	for (guint i = 0; i < to->len; i++)
		if (strcmp(to->pdata[i], text) == 0)
			return;
	g_ptr_array_add(to, g_steal_pointer(&text));
}

void judge_note(Judge *judge, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_text(judge->verdict->notes, format, args);
	va_end(args);
}

static JudgeSight *sight_of(Judge *judge, int hop, Check check)
{
	/* a kernel beyond those that were wanted is looked at, but nothing is asked of it */
	if (hop < 0 || (guint)hop >= judge->evidence->hops_wanted)
		return NULL;
	return &judge->sights[(guint)hop * CHECK_COUNT + check];
}

void judge_saw(Judge *judge, int hop, Check check)
{
	JudgeSight *sight = sight_of(judge, hop, check);

	if (sight)
		sight->seen = true;
}

void judge_blind(Judge *judge, int hop, Check check, const char *format, ...)
{
	JudgeSight *sight = sight_of(judge, hop, check);
	va_list args;

	if (!sight || sight->why)
		return;
	va_start(args, format);
	sight->why = g_strdup_vprintf(format, args);
	va_end(args);
}

void judge_gap(Judge *judge, int hop, Check check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_text(judge->verdict->gaps, format, args);
	va_end(args);
	judge_saw(judge, hop, check);
}

static VerdictKind gravest(const Verdict *verdict)
{
	bool fail = false;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(verdict->reasons, i);
		VerdictKind kind = ranks[rank_of(reason->id)].kind;

		if (kind == VERDICT_SKIP)
			return kind;
		fail |= kind == VERDICT_FAIL;
	}
	return fail ? VERDICT_FAIL : verdict->reasons->len ? VERDICT_ERROR : VERDICT_PASS;
}

/*
 * The rule: no PASS unless every check of every kernel has seen what it looks at. Every
 * other verdict has its reason already, and what was not seen mostly follows from that.
 */
static void require_all(Judge *judge)
{
	for (guint hop = 0; hop < judge->evidence->hops_wanted; hop++)
		for (guint check = 0; check < CHECK_COUNT; check++) {
			const JudgeSight *sight = &judge->sights[hop * CHECK_COUNT + check];

			if (!sight->seen || sight->why)
				judge_add(judge, "not-seen", "%s: %s could not be checked: %s", hop_name((int)hop),
					  check_title((Check)check),
					  sight->why ? sight->why : "nothing came that shows it");
		}
}

/* A reader has to know whether the handover had any part in it. */
static void note_first_only(Judge *judge)
{
	const char *first = hop_name(0);

	if (judge->evidence->hops_wanted < 2 || gravest(judge->verdict) != VERDICT_FAIL)
		return;
	for (guint i = 0; i < judge->verdict->reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(judge->verdict->reasons, i);

		if (ranks[rank_of(reason->id)].kind == VERDICT_FAIL &&
		    (!g_str_has_prefix(reason->text, first) || strcmp(reason->id, "kexec-load-failed") == 0))
			return;
	}
	judge_note(judge, "every reason is about the first kernel, which came through firmware: no handover had a part "
			  "in it");
}

static GPtrArray *new_texts(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static void judge_all(Judge *judge)
{
	const Evidence *evidence = judge->evidence;

	if (evidence->error)
		judge_add(judge, "harness-failed", "%s", evidence->error);
	if (!evidence->wanted.known)
		judge_add(judge, "incomplete",
			  "plan.json is missing: what was to be run, and how many kernels, is not known");
	judge_hops(judge);
	judge_end(judge);
	judge_console(judge);
	if (gravest(judge->verdict) == VERDICT_PASS)
		require_all(judge);
	note_first_only(judge);
}

Verdict *verdict_judge(const Evidence *evidence)
{
	g_autoptr(Verdict) verdict = g_new0(Verdict, 1);
	g_autofree JudgeSight *sights = g_new0(JudgeSight, evidence->hops_wanted * CHECK_COUNT);
	Judge judge = { evidence, verdict, sights };

	verdict->reasons = g_ptr_array_new_with_free_func(reason_free);
	verdict->last_lines = new_texts();
	verdict->gaps = new_texts();
	verdict->notes = new_texts();
	if (evidence->skip)
		judge_add(&judge, "host-cannot", "%s", evidence->skip);
	else
		judge_all(&judge);
	verdict->kind = gravest(verdict);
	for (guint i = 0; i < evidence->hops_wanted * CHECK_COUNT; i++)
		g_free(sights[i].why);
	return g_steal_pointer(&verdict);
}

void verdict_free(Verdict *verdict)
{
	if (!verdict)
		return;
	g_clear_pointer(&verdict->reasons, g_ptr_array_unref);
	g_clear_pointer(&verdict->last_lines, g_ptr_array_unref);
	g_clear_pointer(&verdict->gaps, g_ptr_array_unref);
	g_clear_pointer(&verdict->notes, g_ptr_array_unref);
	g_free(verdict);
}
