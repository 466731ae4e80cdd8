// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/selftests.h>

static void outcome_free_one(gpointer data)
{
	SelftestOutcome *outcome = data;

	g_free(outcome->name);
	g_free(outcome->source);
	g_clear_pointer(&outcome->result, result_free);
	g_free(outcome->why);
	g_free(outcome);
}

Selftests *selftests_new(const char *describe, const char *folder)
{
	Selftests *selftests = g_new0(Selftests, 1);

	selftests->describe = g_strdup(describe);
	selftests->folder = g_strdup(folder);
	selftests->outcomes = g_ptr_array_new_with_free_func(outcome_free_one);
	return selftests;
}

void selftests_free(Selftests *selftests)
{
	if (!selftests)
		return;
	g_free(selftests->describe);
	g_free(selftests->folder);
	g_ptr_array_unref(selftests->outcomes);
	g_free(selftests);
}

/* Takes result over. */
static SelftestOutcome *add(Selftests *selftests, const char *name, const char *source, Result *result)
{
	SelftestOutcome *outcome = g_new0(SelftestOutcome, 1);

	outcome->name = g_strdup(name);
	outcome->source = g_strdup(source);
	outcome->result = result;
	g_ptr_array_add(selftests->outcomes, outcome);
	return outcome;
}

/* The verdict of its run, with the gravest reason. */
static void take_verdict(SelftestOutcome *outcome)
{
	const Verdict *verdict = outcome->result->verdict;

	outcome->kind = verdict->kind;
	if (verdict->reasons->len) {
		const Reason *reason = verdict->reasons->pdata[0];

		outcome->why = g_strdup_printf("%s: %s", reason->id, reason->text);
	}
}

static void skip(SelftestOutcome *outcome, const char *why)
{
	outcome->kind = VERDICT_SKIP;
	g_free(outcome->why);
	outcome->why = g_strdup(why);
}

/* Tests in that state, of all hooks of all kernels. */
static guint count(const Result *result, KtapState state, const char **ret_why)
{
	guint n = 0;

	for (guint h = 0; h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);

		for (guint i = 0; hop && i < hop->hooks->len; i++) {
			const HookRun *run = hop->hooks->pdata[i];

			for (guint t = 0; run->ktap && t < run->ktap->tests->len; t++) {
				const KtapTest *test = run->ktap->tests->pdata[t];

				n += test->state == state;
				if (test->state == state && ret_why && !*ret_why)
					*ret_why = test->why;
			}
		}
	}
	return n;
}

void selftests_add_run(Selftests *selftests, const char *name, const char *source, Result *result)
{
	SelftestOutcome *outcome = add(selftests, name, source, result);
	const char *why = NULL;

	take_verdict(outcome);
	if (outcome->kind != VERDICT_PASS || count(result, KTAP_OK, NULL))
		return;
	skip(outcome, count(result, KTAP_SKIPPED, &why) ? why ? why : "it skipped itself, and did not say why"
							: "none of its hooks was due in this chain");
}

void selftests_add_testdata(Selftests *selftests, const char *name, const char *source, Result *result)
{
	SelftestOutcome *outcome = add(selftests, name, source, result);
	bool said = false;

	take_verdict(outcome);
	for (guint h = 0; h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);

		said |= hop && hop->log && hop->log->kho_test >= 0;
	}
	if (outcome->kind == VERDICT_PASS && !said)
		skip(outcome, "lib/test_kho.c said nothing: these kernels lack CONFIG_TEST_KEXEC_HANDOVER=y");
}

void selftests_add_skipped(Selftests *selftests, const char *name, const char *source, const char *why)
{
	skip(add(selftests, name, source, NULL), why);
}

guint selftests_count(const Selftests *selftests, VerdictKind kind)
{
	guint n = 0;

	for (guint i = 0; i < selftests->outcomes->len; i++)
		n += ((const SelftestOutcome *)selftests->outcomes->pdata[i])->kind == kind;
	return n;
}

VerdictKind selftests_verdict(const Selftests *selftests)
{
	static const VerdictKind order[] = { VERDICT_FAIL, VERDICT_ERROR, VERDICT_PASS };

	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		if (selftests_count(selftests, order[i]))
			return order[i];
	return VERDICT_SKIP;
}

char *selftestoutcome_said(const SelftestOutcome *outcome)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint h = 0; outcome->result && h < outcome->result->hops->len; h++) {
		const Hop *hop = result_said(outcome->result, h);

		for (guint i = 0; hop && i < hop->hooks->len; i++) {
			const HookRun *run = hop->hooks->pdata[i];
			guint ok = run->ktap ? ktap_count(run->ktap, KTAP_OK) : 0;
			guint failed = run->ktap ? ktap_count(run->ktap, KTAP_FAILED) : 0;

			g_string_append_printf(text, "%s%s %u of %u", text->len ? ", " : "", run->hook, ok,
					       ok + failed);
		}
		if (hop && hop->log && hop->log->kho_test >= 0 && !hop->hooks->len)
			g_string_append_printf(text, "%stest_kho %s", text->len ? ", " : "",
					       hop->log->kho_test ? "restored" : "failed");
	}
	return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}
