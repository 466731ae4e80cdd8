// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From evidence to one verdict.
 *
 * Precedence: SKIP if the host could not run it at all. Else FAIL if there is any
 * reason that fails: such a reason is only given where the evidence for it is
 * complete (a record whose checksum held, a line on the console), so nothing that
 * is missing could take it back, also when the run was cut off later. Else ERROR
 * if something kept the harness from knowing. Else PASS. All reasons are listed,
 * those that fail first. One exception: a kernel without KHO gives nothing to
 * judge, and what follows from that is not held against it.
 */
#include "judge.h"

#include <string.h>

/* In the order in which reasons are listed: what ended the chain before what was wrong on its way. */
static const struct {
	const char *id;
	VerdictKind kind;
} ranks[] = {
	{ "host-cannot", VERDICT_SKIP },       { "kernel-without-kho", VERDICT_ERROR },
	{ "guest-panic", VERDICT_FAIL },       { "guest-silent-death", VERDICT_FAIL },
	{ "guest-hang", VERDICT_FAIL },	       { "cold-boot", VERDICT_FAIL },
	{ "guest-reset", VERDICT_FAIL },       { "kexec-load-failed", VERDICT_FAIL },
	{ "not-kho-boot", VERDICT_FAIL },      { "wrong-nonce", VERDICT_FAIL },
	{ "scratch-not-cma", VERDICT_FAIL },   { "no-scratch", VERDICT_FAIL },
	{ "scratch-changed", VERDICT_FAIL },   { "unexpected-cma", VERDICT_FAIL },
	{ "kho-test-failed", VERDICT_FAIL },   { "kernel-complaint", VERDICT_FAIL },
	{ "deferred-not-run", VERDICT_FAIL },  { "kho-test-missing", VERDICT_FAIL },
	{ "guest-stopped", VERDICT_FAIL },     { "harness-failed", VERDICT_ERROR },
	{ "emulator-crashed", VERDICT_ERROR }, { "interrupted", VERDICT_ERROR },
	{ "incomplete", VERDICT_ERROR },       { "records-damaged", VERDICT_ERROR },
};

static const char *const kind_names[] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_ERROR] = "ERROR",
};

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

const char *judge_kernel(int hop)
{
	static const char *const ordinals[] = { "first", "second",  "third",  "fourth", "fifth",
						"sixth", "seventh", "eighth", "ninth",	"tenth" };
	g_autofree char *name = NULL;

	if (hop >= 0 && (gsize)hop < G_N_ELEMENTS(ordinals))
		name = g_strdup_printf("%s kernel", ordinals[hop]);
	else
		name = g_strdup_printf("kernel %d of the chain", hop + 1);
	return g_intern_string(name);
}

static VerdictKind decide(const Verdict *verdict)
{
	bool fail = false, error = false;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(verdict->reasons, i);
		VerdictKind kind = ranks[rank_of(reason->id)].kind;

		if (kind == VERDICT_SKIP || strcmp(reason->id, "kernel-without-kho") == 0)
			return kind;
		fail |= kind == VERDICT_FAIL;
		error |= kind == VERDICT_ERROR;
	}
	return fail ? VERDICT_FAIL : error ? VERDICT_ERROR : VERDICT_PASS;
}

Verdict *verdict_judge(const Evidence *evidence)
{
	g_autoptr(Verdict) verdict = g_new0(Verdict, 1);
	Judge judge = { evidence, verdict };

	verdict->reasons = g_ptr_array_new_with_free_func(reason_free);
	verdict->last_lines = g_ptr_array_new_with_free_func(g_free);
	if (evidence->skip) {
		judge_add(&judge, "host-cannot", "%s", evidence->skip);
	} else {
		if (evidence->error)
			judge_add(&judge, "harness-failed", "%s", evidence->error);
		judge_hops(&judge);
		judge_end(&judge);
		judge_console(&judge);
	}
	verdict->kind = decide(verdict);
	return g_steal_pointer(&verdict);
}

void verdict_free(Verdict *verdict)
{
	if (!verdict)
		return;
	g_clear_pointer(&verdict->reasons, g_ptr_array_unref);
	g_clear_pointer(&verdict->last_lines, g_ptr_array_unref);
	g_free(verdict);
}
