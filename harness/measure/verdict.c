// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From evidence to one verdict.
 *
 * Precedence: FAIL if there is any reason that fails: such a reason is only given
 * where the evidence for it is complete (a record whose checksum held, a line on the
 * console, and for a silence that the host ran the guest), so nothing that is missing
 * could take it back, also when the run was cut off later. Else SKIP if the host could
 * not run it. Else ERROR if something kept the harness from knowing. Else PASS, if
 * every check has seen. All reasons are listed, those that fail first.
 */
#include "judge.h"

#include <measure/title.h>

#include <string.h>

static const char *const cause_names[] = {
	[END_DONE] = "done",	 [END_STOPPED] = "stopped", [END_PANIC] = "panic",
	[END_RESET] = "reset",	 [END_CRASHED] = "crashed", [END_TIMEOUT] = "timeout",
	[END_SILENT] = "silent", [END_FLOODED] = "flooded", [END_INTERRUPTED] = "interrupted",
	[END_LOOPED] = "looped", [END_UNKNOWN] = "unknown",
};

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

static void reason_free(gpointer data)
{
	Reason *reason = data;

	g_free(reason->text);
	g_free(reason);
}

void judge_add(Judge *judge, const char *id, const char *format, ...)
{
	GPtrArray *reasons = judge->verdict->reasons;
	Reason *reason = g_new0(Reason, 1);
	guint at = reasons->len;
	va_list args;

	reason->known = reason_find(id);
	g_assert(reason->known);
	reason->id = reason->known->id;
	reason->check = judge->check;
	reason->hop = judge->hop;
	reason->on_console = judge->on_console;
	reason->hook = judge->hook;
	va_start(args, format);
	reason->text = g_strdup_vprintf(format, args);
	va_end(args);
	/* kept in order of the table; of one kind in the order in which they came */
	while (at > 0 && ((Reason *)reasons->pdata[at - 1])->known > reason->known)
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

void judge_add_text(GPtrArray *to, const char *text)
{
	for (guint i = 0; i < to->len; i++)
		if (strcmp(to->pdata[i], text) == 0)
			return;
	g_ptr_array_add(to, g_strdup(text));
}

void judge_note(Judge *judge, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	judge_add_text(judge->verdict->notes, text);
}

static CheckResult *result_at(const Verdict *verdict, guint hop, guint check)
{
	guint n;

	checks_all(&n);
	return hop < verdict->hops && check < n ? &verdict->checks[hop * n + check] : NULL;
}

CheckResult *judge_result(Judge *judge, int hop, guint check)
{
	return result_at(judge->verdict, (guint)hop, check);
}

const CheckResult *verdict_check(const Verdict *verdict, guint hop, guint check)
{
	return result_at(verdict, hop, check);
}

const GArray *verdict_rows(const Verdict *verdict, guint hop, guint check)
{
	const CheckResult *result = verdict_check(verdict, hop, check);

	return result ? result->rows : NULL;
}

static VerdictKind gravest(const Verdict *verdict)
{
	bool has[VERDICT_ERROR + 1] = { false };

	for (guint i = 0; i < verdict->reasons->len; i++)
		has[((const Reason *)verdict->reasons->pdata[i])->known->kind] = true;
	return has[VERDICT_FAIL]       ? VERDICT_FAIL
	       : has[VERDICT_SKIP]     ? VERDICT_SKIP
	       : verdict->reasons->len ? VERDICT_ERROR
				       : VERDICT_PASS;
}

/*
 * The rule: no PASS unless every check of every kernel has seen what it looks at. Every
 * other verdict has its reason already, and what was not seen mostly follows from that.
 */
static void require_all(Judge *judge)
{
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint hop = 0; hop < judge->evidence->hops_wanted; hop++)
		for (guint c = 0; c < n; c++) {
			const CheckResult *result = verdict_check(judge->verdict, hop, c);

			/* what was not asked is said, or is none of this run */
			if (result->state != CHECK_UNSEEN && result->state != CHECK_BLIND)
				continue;
			judge->check = checks[c];
			judge->hop = hop;
			judge_add(judge, "not-seen", "%s: %s could not be checked: %s", hop_name((int)hop),
				  checks[c]->title, result->why ? result->why : "nothing came that shows it");
		}
	judge->check = NULL;
}

/* A reader has to know whether the handover had any part in it. */
static void note_first_only(Judge *judge)
{
	const char *first = hop_name(0);

	if (judge->evidence->hops_wanted < 2 || gravest(judge->verdict) != VERDICT_FAIL)
		return;
	for (guint i = 0; i < judge->verdict->reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(judge->verdict->reasons, i);

		if (reason->known->kind == VERDICT_FAIL &&
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

	if (evidence->skip)
		judge_add(judge, "host-cannot", "%s", evidence->skip);
	if (evidence->error)
		judge_add(judge, "harness-failed", "%s", evidence->error);
	if (!evidence->wanted.known)
		judge_add(judge, "incomplete",
			  "plan.json is %s: what was to be run, and how many kernels, is not known",
			  evidence->wanted.changed ? "not the one that the run was begun with" : "missing");
	for (guint hop = 0; hop < judge->verdict->hops; hop++)
		if (judge_hop(judge, (int)hop))
			checks_run(judge, judge_hop(judge, (int)hop));
	judge_end(judge);
	/* the rest of what check-log.c looks at */
	if (checks_asked(judge, CHECK_LOG))
		judge_console(judge);
	if (gravest(judge->verdict) == VERDICT_PASS)
		require_all(judge);
	note_first_only(judge);
}

/* Hops may have come in any order; one further than wanted cannot be ours, but is looked at. */
static guint count_hops(const Evidence *evidence)
{
	guint n = evidence->hops_wanted;

	for (guint i = 0; i < evidence->hops->len; i++)
		n = MAX(n, (guint)((const Hop *)evidence->hops->pdata[i])->index + 1);
	return n;
}

Verdict *verdict_judge(const Evidence *evidence)
{
	g_autoptr(Verdict) verdict = g_new0(Verdict, 1);
	Judge judge = { .evidence = evidence, .verdict = verdict };
	Title title;
	guint n;

	checks_all(&n);
	verdict->hops = count_hops(evidence);
	verdict->checks = g_new0(CheckResult, (gsize)verdict->hops * n);
	verdict->reasons = g_ptr_array_new_with_free_func(reason_free);
	verdict->last_lines = new_texts();
	verdict->gaps = new_texts();
	verdict->notes = new_texts();
	checks_settle(&judge);
	checks_count(&judge);
	/* of a machine that was never started nothing else can be said */
	if (evidence->skip && !evidence->started)
		judge_add(&judge, "host-cannot", "%s", evidence->skip);
	else
		judge_all(&judge);
	verdict->kind = gravest(verdict);
	title = title_of(verdict, evidence);
	verdict->title_class = title_class_id(title.class);
	verdict->title = title.text;
	verdict->title_evidence = title.evidence;
	return g_steal_pointer(&verdict);
}

void verdict_free(Verdict *verdict)
{
	guint n;

	if (!verdict)
		return;
	checks_all(&n);
	for (guint i = 0; i < verdict->hops * n; i++) {
		g_free(verdict->checks[i].why);
		g_clear_pointer(&verdict->checks[i].rows, g_array_unref);
	}
	g_free(verdict->checks);
	g_free(verdict->title);
	g_free(verdict->title_evidence);
	g_clear_pointer(&verdict->reasons, g_ptr_array_unref);
	g_clear_pointer(&verdict->last_lines, g_ptr_array_unref);
	g_clear_pointer(&verdict->gaps, g_ptr_array_unref);
	g_clear_pointer(&verdict->notes, g_ptr_array_unref);
	g_free(verdict);
}
