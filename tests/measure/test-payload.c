// SPDX-License-Identifier: GPL-2.0-or-later
/* KTAP as programs print it, and what comes of hooks. */
#include "fixture.h"

#include <base/error.h>
#include <proto/frame.h>

#include <string.h>

#define KEYS(status, killed, timed_out)                                                                                \
	"status=" status "\nsignal=" killed "\ntimed_out=" timed_out "\nstuck=0\ncut=0\nbegin_ns=100\nend_ns=300\n\n"
#define FINE KEYS("0", "0", "0")

static const struct {
	const char *text;
	const char *tests; /* "name state why | ..." */
	guint planned, lost;
} outputs[] = {
	{ "KTAP version 1\n1..2\nok 1 one\nnot ok 2 two\n", "one ok;two failed;", 2, 0 },
	{ "TAP version 13\n1..2\nok 1 - one # SKIP no such device\nok 2 # SKIP\n",
	  "one skipped no such device;2 skipped ;", 2, 0 },
	{ "ok 1 a # TODO later\nnot ok 2 b # XFAIL known\nok 3 c # TIMEOUT\n", "a ok;b ok;c failed;", 0, 0 },
	{ "KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: memfd\n  1..2\n  ok 1 empty\n  not ok 2 sparse\n"
	  "not ok 1 memfd\n",
	  "memfd: empty ok;memfd: sparse failed;", 1, 0 },
	/* one above fails by itself, with all below it well */
	{ "1..2\n  1..1\n    ok 1 deep\n  ok 1 mid\nnot ok 1 top\nok 2 next\n", "top: mid: deep ok;top failed;next ok;",
	  2, 0 },
	{ "1..0 # SKIP not here\n", "all skipped not here;", 0, 0 },
	{ "okay\nnot okay\nok\n", "0 ok;", 0, 0 },
	/* two programs, one behind the other: what the first did not report is not made up for by the second */
	{ "1..3\nok 1 a\nTAP version 13\n1..2\nok 1 b\nok 2 c\n", "a ok;b ok;c ok;", 5, 2 },
	{ "1..3\nok 1 a\n1..2\nok 1 b\nok 2 c\n", "a ok;b ok;c ok;", 5, 2 },
	{ "1..1\nok 1 a\nok 1 b\nok 2 c\n1..3\n", "a ok;b ok;c ok;", 4, 3 },
	{ "ok 1 a\n1..2\nok 1 b\nok 2 c\n", "a ok;b ok;c ok;", 2, 0 },
	{ "ok 1 a\nok 2 b\n1..2\n", "a ok;b ok;", 2, 0 },
	{ "ok 1 a\nok 2 b\n1..2\nok 1 c\n1..1\n", "a ok;b ok;c ok;", 3, 0 },
	{ "1..0 # SKIP here\n1..1\nok 1 a\n", "all skipped here;a ok;", 1, 0 },
	{ "ok 1 a\n1..0 # SKIP there\n", "a ok;all skipped there;", 0, 0 },
	/* a plan below another counts as well, if it is one */
	{ "1..1\n    1..5\n    ok 1 a\n    ok 2 b\nok 1 top\n", "top: a ok;top: b ok;", 4, 3 },
	{ "1..2\n  ok 1 a\n  1..1\nok 1 top\n  1..0 # SKIP none\nok 2 next # SKIP none\n",
	  "top: a ok;next skipped none;", 2, 0 },
	{ "1..1\n  KTAP version 1\n  1..2\n  ok 1 a\n  KTAP version 1\n  1..1\n  ok 1 b\nok 1 top\n",
	  "top: a ok;top: b ok;", 2, 1 },
	{ "1..1\n  1..5 pages\nok 1 top\n", "top ok;", 1, 0 },
	/* a '#' may be in a name, and in what is said of a failure */
	{ "ok 1 restore #1 # SKIP no device\nok 2 #2 # TIMEOUT\nnot ok 3 #3 # SKIP\n",
	  "restore #1 skipped no device;#2 failed;#3 # SKIP failed;", 0, 0 },
	{ "", "", 0, 0 },
};

static void test_ktap(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++) {
		g_autoptr(Ktap) ktap = ktap_parse(outputs[i].text);
		g_autoptr(GString) tests = g_string_new(NULL);

		for (guint t = 0; t < ktap->tests->len; t++) {
			const KtapTest *test = ktap->tests->pdata[t];

			g_string_append_printf(tests, "%s %s%s%s;", test->name, ktap_state_name(test->state),
					       test->why ? " " : "", test->why ? test->why : "");
		}
		g_assert_cmpstr(tests->str, ==, outputs[i].tests);
		g_assert_cmpuint(ktap->planned, ==, outputs[i].planned);
		g_assert_cmpuint(ktap->lost, ==, outputs[i].lost);
	}
}

static void test_lines(void)
{
	g_autoptr(Ktap) ktap =
		ktap_parse("# before\nok 1 a\n# offset 4096\nplain\nnot ok 2 b\nbehind\nBail out! no memory\n");
	const KtapTest *first = ktap->tests->pdata[0], *second = ktap->tests->pdata[1];

	g_assert_cmpuint(first->lines->len, ==, 1);
	g_assert_cmpstr(second->lines->pdata[0], ==, "# offset 4096");
	g_assert_cmpstr(second->lines->pdata[1], ==, "plain");
	g_assert_cmpstr(ktap->rest->pdata[0], ==, "behind");
	g_assert_cmpstr(ktap->bailed, ==, "no memory");
}

/* A program that prints and prints: the last lines are kept, and those before the first results. */
static void test_many_lines(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(Ktap) ktap = NULL;
	const KtapTest *first, *last;
	guint kept = 0;

	for (guint i = 0; i < 10; i++) {
		for (guint line = 0; line < 30000; line++)
			g_string_append_printf(text, "%u\n", line);
		g_string_append_printf(text, "ok %u - a\n", i);
	}
	ktap = ktap_parse(text->str);
	g_assert_cmpuint(ktap->tests->len, ==, 10);
	first = ktap->tests->pdata[0];
	last = ktap->tests->pdata[9];
	g_assert_cmpuint(first->lines->len, >, 2000);
	g_assert_cmpuint(first->lines->len, <=, 4096);
	g_assert_cmpstr(first->lines->pdata[first->lines->len - 1], ==, "29999");
	g_assert_cmpuint(last->lines->len, ==, 0);
	for (guint i = 0; i < ktap->tests->len; i++)
		kept += ((const KtapTest *)ktap->tests->pdata[i])->lines->len;
	g_assert_cmpuint(kept, <=, 16384);
	g_assert_cmpuint(ktap_bytes(ktap), <, 1 << 20);
}

static void test_many_results(void)
{
	g_autoptr(GString) text = g_string_new(FINE);
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i <= KTAP_TESTS_MOST; i++)
		g_string_append(text, "ok\n");
	g_assert_null(hookrun_parse("memfd", "before", NULL, text->str, &error));
	g_assert_cmpstr(error->message, ==, "cannot be read: more than 16384 results of tests");
}

static const struct {
	const char *record;
	HookOutcome outcome;
	const char *trouble, *skipped;
} hooks[] = {
	{ FINE "1..1\nok 1 a\n", HOOK_OK, NULL, NULL },
	{ FINE "no test at all\n", HOOK_OK, NULL, NULL },
	{ FINE "1..2\nok 1 a # SKIP b\nok 2 c\n", HOOK_OK, NULL, "a: b" },
	{ KEYS("4", "0", "0") "no /dev/liveupdate\n", HOOK_OK, NULL, "before: no /dev/liveupdate" },
	{ KEYS("3", "0", "0") "why\n", HOOK_FAILED, "before (why)", NULL },
	{ FINE "1..1\n# offset 4096: 0x12\nnot ok 1 sparse\n", HOOK_FAILED, "sparse (offset 4096: 0x12)", NULL },
	{ KEYS("3", "0", "0") "ok 1 a\n", HOOK_FAILED, "no test failed, but its exit status is 3", NULL },
	{ FINE "1..3\nok 1 a\n", HOOK_FAILED, "2 of 3 tests were not reported", NULL },
	{ FINE "ok 1 a\nBail out! no memory\n", HOOK_FAILED, "it gave up: no memory", NULL },
	{ KEYS("-1", "9", "0") "ok 1 a\nthe last words\n", HOOK_KILLED, "the last words", NULL },
	{ KEYS("-1", "0", "1") "1..2\nok 1 a\n", HOOK_HUNG, "1 of 2 tests were not reported", NULL },
};

static void test_hooks(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++) {
		g_autoptr(GError) error = NULL;
		HookRun *run = hookrun_parse("memfd", "before", NULL, hooks[i].record, &error);
		g_autofree char *trouble = NULL, *skipped = NULL;

		g_assert_no_error(error);
		g_assert_cmpint(hookrun_outcome(run), ==, hooks[i].outcome);
		trouble = hookrun_trouble(run);
		skipped = hookrun_skipped(run);
		g_assert_cmpstr(trouble, ==, hooks[i].trouble);
		g_assert_cmpstr(skipped, ==, hooks[i].skipped);
		g_assert_cmpint(run->end_ns - run->begin_ns, ==, 200);
		hookrun_free(run);
	}
}

static void test_bad_records(void)
{
	static const char *const records[] = { "", "status=0\n", "status=x\n\n", FINE + 9, "status=\n\nok 1 a\n" };

	for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(hookrun_parse("memfd", "before", NULL, records[i], &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	}
}

static void test_due(void)
{
	static const struct {
		const char *hook;
		const char *of_three, *of_one; /* a letter for each kernel: y, n */
	} rows[] = {
		{ "setup", "ynn", "y" }, { "after", "nyy", "n" }, { "before", "yyn", "n" }, { "last", "nny", "y" }
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (guint hop = 0; hop < 3; hop++)
			g_assert_cmpint(payload_is_due(rows[i].hook, hop, 3), ==, rows[i].of_three[hop] == 'y');
		g_assert_cmpint(payload_is_due(rows[i].hook, 0, 1), ==, rows[i].of_one[0] == 'y');
	}
}

/* ---- judged ---- */

#define BEFORE FRAME_PAYLOAD "memfd/before"
#define AFTER FRAME_PAYLOAD "memfd/after"

/* A recorded run, as if it had a payload whose hooks are all well. */
static Fixture *with_payload(GPtrArray *payloads)
{
	static const char *const names[] = { "after", "before", NULL };
	static const char *const promised[] = { FRAME_PAYLOADS, NULL };
	Fixture *fixture = fixture_new("central-2n");
	PayloadPlan *plan = g_new0(PayloadPlan, 1);

	plan->name = g_strdup("memfd");
	plan->hooks = g_strdupv((char **)names);
	plan->timeout_ns = G_GINT64_CONSTANT(60000000000);
	g_ptr_array_add(payloads, plan);
	fixture->evidence.wanted.payloads = payloads;
	fixture->evidence.wanted.collects = promised;
	fixture_set(fixture, 0, BEFORE, FINE "ok 1 preserved\n");
	fixture_set(fixture, 1, AFTER, FINE "ok 1 sparse\n");
	return fixture;
}

static void failed(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER, FINE "# offset 4096\nnot ok 1 sparse\n");
}

static void not_started(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER, KEYS("-1", "0", "0"));
}

static void killed(Fixture *fixture)
{
	fixture_set(fixture, 0, BEFORE, KEYS("-1", "9", "0"));
}

static void hung(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER, KEYS("-1", "0", "1"));
}

static void hung_while_starved(Fixture *fixture)
{
	hung(fixture);
	fixture->evidence.cpu_ns = G_GINT64_CONSTANT(20000000000);
	fixture->evidence.waited_ns = G_GINT64_CONSTANT(40000000000);
}

/* The run as a whole was starved, the hook was not: what the host gave it meanwhile decides. */
static HookRun *hook_of(Fixture *fixture)
{
	return ((Hop *)fixture_hop(fixture, 1))->hooks->pdata[0];
}

static void test_host_times(void)
{
	static const struct {
		gint64 cpu_s, waited_s;
		const char *id;
	} rows[] = { { 0, 1, "payload-hung" }, { 30, 29, "emulator-stuck" }, { 59, 16, "payload-hung" } };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payloadplan_free);
		g_autoptr(Fixture) fixture = with_payload(payloads);
		g_autoptr(Verdict) verdict = NULL;
		HookRun *run;

		hung_while_starved(fixture);
		fixture_hop(fixture, 0);
		run = hook_of(fixture);
		run->host_cpu_ns = rows[i].cpu_s * G_GINT64_CONSTANT(1000000000);
		run->host_waited_ns = rows[i].waited_s * G_GINT64_CONSTANT(1000000000);
		verdict = verdict_judge(&fixture->evidence);
		g_assert_nonnull(fixture_reason(verdict, rows[i].id));
	}
}

/* What a hook could not make because of the host is missing in the next kernel, and that is no FAIL either. */
static void made_by_a_starved_hook(Fixture *fixture)
{
	fixture_set(fixture, 0, BEFORE, KEYS("-1", "0", "1"));
	failed(fixture);
	fixture->evidence.cpu_ns = G_GINT64_CONSTANT(20000000000);
	fixture->evidence.waited_ns = G_GINT64_CONSTANT(40000000000);
}

static void lost(Fixture *fixture)
{
	fixture_drop(fixture, 1, AFTER);
}

static void never_ended(Fixture *fixture)
{
	fixture_drop(fixture, 1, AFTER);
	fixture_set(fixture, 1, AFTER FRAME_PAYLOAD_BEGIN, "boottime_ns=100\ntimeout_ms=60000\n");
}

/* It printed more than a record takes: what failed may be behind that. */
static void cut(Fixture *fixture)
{
	fixture_set(
		fixture, 1, AFTER,
		"status=0\nsignal=0\ntimed_out=0\nstuck=0\ncut=1\nbegin_ns=100\nend_ns=300\n\nok 1 sparse\nok 2 pi");
}

/* Of the last line there is a part only; a plan in front does not make what is missing a failure. */
static void cut_with_plan(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER,
		    "status=0\nsignal=0\ntimed_out=0\nstuck=0\ncut=1\nbegin_ns=100\nend_ns=300\n\n1..3\nok 1 sparse\n"
		    "not ok");
}

static void hung_and_journal_damaged(Fixture *fixture)
{
	hung(fixture);
	fixture->evidence.journal_damaged = 1;
}

static void hung_and_host_unknown(Fixture *fixture)
{
	hung(fixture);
	fixture->evidence.host_unknown = true;
}

static void spoiled(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER, "ok 1 sparse\n");
}

/* The device is there in the first kernel, and not in the same one behind the handover. */
static void skipped(Fixture *fixture)
{
	fixture_set(fixture, 1, AFTER, FINE "ok 1 memfd # SKIP no /dev/liveupdate\n");
}

/* In another kernel it may never have been there. */
static void skipped_by_another(Fixture *fixture)
{
	static const char *const checks[] = { "payloads", NULL };

	fixture->evidence.wanted.checks = checks;
	fixture_replace(fixture, 0, FRAME_HELLO, "release=7.1.13", "release=7.1.12");
	skipped(fixture);
}

static const struct {
	void (*spoil)(Fixture *fixture);
	VerdictKind kind;
	const char *id, *text;
} cases[] = {
	{ failed, VERDICT_FAIL, "payload-failed", "second kernel: payload memfd, hook after: sparse (offset 4096)" },
	{ not_started, VERDICT_FAIL, "payload-failed", "hook after: it could not be started" },
	{ killed, VERDICT_FAIL, "payload-killed",
	  "first kernel: the hook before of payload memfd was killed by signal 9" },
	{ hung, VERDICT_FAIL, "payload-hung", "was not done after 60.0 s, and it was killed" },
	{ hung_while_starved, VERDICT_ERROR, "emulator-stuck", "the host did not run the guest all the time" },
	{ made_by_a_starved_hook, VERDICT_ERROR, "emulator-stuck",
	  "the hook before of payload memfd was not done after 60.0 s, but the host did not run the guest" },
	{ hung_and_journal_damaged, VERDICT_ERROR, "emulator-stuck", "but the journal has lost whether the host ran" },
	{ hung_and_host_unknown, VERDICT_ERROR, "emulator-stuck", "but nothing is recorded of whether the host ran" },
	{ cut, VERDICT_ERROR, "not-seen", "what the hook after of payload memfd printed is not all here" },
	{ cut_with_plan, VERDICT_ERROR, "not-seen", "what the hook after of payload memfd printed is not all here" },
	{ skipped, VERDICT_FAIL, "payload-failed",
	  "it skipped all (memfd: no /dev/liveupdate), although this kernel could do it before the handover" },
	{ skipped_by_another, VERDICT_ERROR, "not-seen", "nobody looked for what was left for it" },
	{ lost, VERDICT_ERROR, "not-seen", "nothing came of the hook after of payload memfd" },
	{ never_ended, VERDICT_ERROR, "not-seen", "was begun, and nothing says how it ended" },
	{ spoiled, VERDICT_ERROR, "records-damaged", "does not say how the hook ended" },
};

static void test_verdicts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payloadplan_free);
		g_autoptr(Fixture) fixture = with_payload(payloads);
		const Verdict *verdict = fixture_judge(fixture);
		const char *text;

		g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, "PASS");
		cases[i].spoil(fixture);
		verdict = fixture_judge(fixture);
		g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, verdict_kind_name(cases[i].kind));
		text = fixture_reason(verdict, cases[i].id);
		g_assert_nonnull(text);
		g_test_message("%s", text);
		g_assert_nonnull(strstr(text, cases[i].text));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/payload/ktap", test_ktap);
	g_test_add_func("/payload/lines", test_lines);
	g_test_add_func("/payload/many-lines", test_many_lines);
	g_test_add_func("/payload/many-results", test_many_results);
	g_test_add_func("/payload/hooks", test_hooks);
	g_test_add_func("/payload/bad-records", test_bad_records);
	g_test_add_func("/payload/due", test_due);
	g_test_add_func("/payload/verdicts", test_verdicts);
	g_test_add_func("/payload/host-times", test_host_times);
	return g_test_run();
}
