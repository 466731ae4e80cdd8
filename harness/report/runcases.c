// SPDX-License-Identifier: GPL-2.0-or-later
#include "runcases.h"

#include <base/units.h>

#include <string.h>

static void free_case(gpointer data)
{
	RunCase *one = data;

	g_free(one->name);
	g_free(one->message);
	g_free(one->path);
	g_free(one);
}

static const CaseState verdict_states[] = {
	[VERDICT_FAIL] = CASE_FAIL, [VERDICT_SKIP] = CASE_SKIP, [VERDICT_ERROR] = CASE_ERROR
};

/* The reasons that a check gave of a kernel, or (NULL) those of the run: how grave they are, and what they say. */
static CaseState gather(const Verdict *verdict, const Check *check, guint hop, GString *message)
{
	CaseState state = CASE_PASS;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];

		if (reason->check != check || (check && reason->hop != hop))
			continue;
		/* the gravest comes first */
		if (!message->len)
			state = verdict_states[reason->known->kind];
		g_string_append_printf(message, "%s%s: %s", message->len ? " | " : "", reason->id, reason->text);
	}
	return state;
}

/* One without a reason may still not have seen. */
static CaseState look_again(const CheckResult *said, GString *message)
{
	if (said && said->state == CHECK_SAW)
		return CASE_PASS;
	g_string_append(message, said && said->why ? said->why : "nothing came that shows it");
	return CASE_SKIP;
}

/* Takes name and path. */
static void add_case(GPtrArray *cases, char *name, char *path, int hop, CaseState state, GString *message)
{
	RunCase *one = g_new(RunCase, 1);

	*one = (RunCase){ name, state, message->len ? g_strdup(message->str) : NULL, path, hop };
	g_ptr_array_add(cases, one);
}

/* What a hook printed before that result. Caller frees. */
static GString *message_of(const KtapTest *test)
{
	GString *message = g_string_new(test->why);

	for (guint i = 0; test->state == KTAP_FAILED && i < test->lines->len; i++) {
		const char *line = test->lines->pdata[i];

		g_string_append_printf(message, "%s%s", message->len ? " | " : "", line + strspn(line, "# "));
	}
	return message;
}

static const Reason *reason_of_hook(const Verdict *verdict, const HookRun *run)
{
	for (guint i = 0; i < verdict->reasons->len; i++)
		if (((const Reason *)verdict->reasons->pdata[i])->hook == run)
			return verdict->reasons->pdata[i];
	return NULL;
}

/* A test that failed is a case that failed only where the verdict says so of its hook. */
static CaseState judge_test(const Verdict *verdict, const CheckResult *said, const HookRun *run, const KtapTest *test,
			    GString *message)
{
	const Reason *reason = reason_of_hook(verdict, run);

	if (said->state == CHECK_OFF) {
		g_string_assign(message, said->why);
		return CASE_SKIP;
	}
	if (test->state != KTAP_FAILED)
		return test->state == KTAP_OK ? CASE_PASS : CASE_SKIP;
	if (reason && reason->known->kind == VERDICT_FAIL)
		return CASE_FAIL;
	g_string_assign(message, reason ? reason->text : "nobody has judged the hook that it is of");
	return reason ? verdict_states[reason->known->kind] : CASE_SKIP;
}

/* Each test of the payloads of a kernel. */
static void add_tests(GPtrArray *cases, const Verdict *verdict, const Hop *hop)
{
	const CheckResult *said = verdict_check(verdict, (guint)hop->index, check_find(CHECK_PAYLOADS));

	for (guint i = 0; i < hop->hooks->len; i++) {
		const HookRun *run = hop->hooks->pdata[i];

		for (guint t = 0; run->ktap && t < run->ktap->tests->len; t++) {
			const KtapTest *test = run->ktap->tests->pdata[t];
			g_autoptr(GString) message = message_of(test);
			CaseState state = judge_test(verdict, said, run, test, message);

			add_case(cases,
				 g_strdup_printf("%s: payload %s, %s: %s", hop_name(hop->index), run->payload,
						 run->hook, test->name),
				 g_strdup_printf("payload.%s.%s.%s", run->payload, run->hook, test->name), hop->index,
				 state, message);
		}
	}
}

/* Each check of a kernel. */
static void add_checks(GPtrArray *cases, const Result *result, guint hop)
{
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint c = 0; c < n; c++) {
		const CheckResult *said = verdict_check(result->verdict, hop, c);
		g_autoptr(GString) message = g_string_new(NULL);
		CaseState state;

		if (said->state == CHECK_LATER)
			continue;
		state = gather(result->verdict, checks[c], hop, message);
		if (state == CASE_PASS)
			state = look_again(said, message);
		add_case(cases, g_strdup_printf("%s: %s", hop_name((int)hop), checks[c]->id), g_strdup(checks[c]->id),
			 (int)hop, state, message);
	}
}

GPtrArray *runcases_of(const Result *result)
{
	GPtrArray *cases = g_ptr_array_new_with_free_func(free_case);
	g_autoptr(GString) end = g_string_new(NULL);
	CaseState state;

	for (guint hop = 0; hop < result->verdict->hops; hop++) {
		add_checks(cases, result, hop);
		if (result_said(result, hop))
			add_tests(cases, result->verdict, result_said(result, hop));
	}
	state = gather(result->verdict, NULL, 0, end);
	add_case(cases, g_strdup("the run"), g_strdup(""), -1, state, end);
	return cases;
}

guint runcases_count(const GPtrArray *cases, CaseState state)
{
	guint n = 0;

	for (guint i = 0; i < cases->len; i++)
		n += ((const RunCase *)cases->pdata[i])->state == state;
	return n;
}

static char *suite_of(const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *memory = plan ? units_format_size(plan->guest.memory_bytes) : NULL;

	if (!plan)
		return g_strdup(result->id);
	if (plan_is_mixed(plan)) {
		g_autofree char *kernels = plan_kernels(plan, ",");

		return g_strdup_printf("%s-%s", kernels, memory);
	}
	return g_strdup_printf("%s-%s-%s", plan_hop(plan, 0)->name, plan_hop(plan, 0)->series, memory);
}

char **runcases_suites(const GPtrArray *results)
{
	g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal); /* borrows */
	char **suites = g_new0(char *, results->len + 1);

	for (guint i = 0; i < results->len; i++) {
		g_autofree char *suite = suite_of(results->pdata[i]);

		suites[i] = g_strdup(suite);
		for (guint n = 2; g_hash_table_contains(taken, suites[i]); n++) {
			g_free(suites[i]);
			suites[i] = g_strdup_printf("%s-%u", suite, n);
		}
		g_hash_table_add(taken, suites[i]);
	}
	return suites;
}
