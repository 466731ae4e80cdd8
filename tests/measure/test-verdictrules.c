// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for all reasons: which goes before which, whose they are, and what is held against nobody. */
#include "fixture.h"
#include "spoil.h"

#include <string.h>

/* What a kernel does not show is not held against it, but told. */
static void test_not_applicable(void)
{
	const Verdict *verdict;
	g_autoptr(Fixture) no_config = fixture_new("central-2n"), no_deferral = fixture_new("central-2n");
	g_autoptr(Fixture) no_test = fixture_new("central-2n"), old = fixture_new("central-2n");
	g_autoptr(Fixture) area = fixture_new("central-2n");

	for (int hop = 0; hop < 2; hop++)
		fixture_drop(no_config, hop, "proc/config.gz");
	spoil_test_silent(no_config);
	spoil_one_node_not_deferred(no_config);
	/* of a kernel that was built here it is known, so that somebody has lost it */
	verdict = fixture_judge(no_config);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "deferred initialisation could not be checked"));
	no_config->kernels[0].image = no_config->kernels[1].image = true;
	verdict = fixture_judge(no_config);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(verdict, "deferred initialisation was not checked"));
	g_assert_nonnull(fixture_gap(verdict, "the verdict rests on their numbers"));

	fixture_config(no_deferral, "CONFIG_DEFERRED_STRUCT_PAGE_INIT", NULL);
	spoil_one_node_not_deferred(no_deferral);
	g_assert_cmpint(fixture_judge(no_deferral)->kind, ==, VERDICT_PASS);

	fixture_config(no_test, "CONFIG_TEST_KEXEC_HANDOVER", "m");
	spoil_test_silent(no_test);
	g_assert_cmpint(fixture_judge(no_test)->kind, ==, VERDICT_PASS);

	/* before 7.1: no "exec from", and more words behind "found" */
	fixture_replace(old, 1, "kmsg", "KHO: exec from: ", "KHO: something else ");
	fixture_drop(old, 1, FIXTURE_KHO_IN "sub_fdts/kexec-metadata");
	fixture_replace(old, 1, "kmsg", "KHO: found kexec handover data.",
			"KHO: found kexec handover data. Will skip init for some devices");
	g_assert_cmpint(fixture_judge(old)->kind, ==, VERDICT_PASS);

	/* as many blocks too many as CMA areas of unknown place have: nothing to say against that, nor for it */
	spoil_too_much_cma(area);
	fixture_replace(area, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:           2048 kB");
	verdict = fixture_judge(area);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(
		strstr(fixture_reason(verdict, "not-seen"), "where 1 pageblocks of CMA areas are is not known"));
}

/* A kernel that was told to initialise all of them early does so. */
static void test_deferred_off(void)
{
	g_autoptr(Fixture) word = fixture_new("central-2n"), option = fixture_new("central-2n");
	const Verdict *verdict;

	spoil_one_node_not_deferred(word);
	fixture_append(word, "early_page_ext");
	verdict = fixture_judge(word);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(
		fixture_gap(verdict, "no struct page is initialised late: early_page_ext is on its command line"));

	spoil_one_node_not_deferred(option);
	fixture_config(option, "CONFIG_MEM_ALLOC_PROFILING_DEBUG", "y");
	verdict = fixture_judge(option);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(verdict, "it has CONFIG_MEM_ALLOC_PROFILING_DEBUG"));
}

/* A small node need not be deferred. */
static void test_deferred_threshold(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n"), low = fixture_new("central-2n");

	spoil_one_node_not_deferred(fixture);
	fixture_replace(fixture, 1, "proc/zoneinfo", "present  655360", "present  131071");
	g_assert_null(fixture_reason(fixture_judge(fixture), "deferred-not-run"));
	fixture_replace(fixture, 1, "proc/zoneinfo", "present  131071", "present  131072");
	fixture_replace(fixture, 1, "proc/zoneinfo", "present  131072", "present  131073");
	g_assert_nonnull(fixture_reason(fixture_judge(fixture), "deferred-not-run"));

	/* only a node's highest zone is deferred: here its lower one alone is large enough */
	fixture_replace(low, 1, "kmsg", "node 0 deferred pages initialised", "node 0 pages were all there");
	g_assert_nonnull(fixture_reason(fixture_judge(low), "deferred-not-run"));
	fixture_replace(low, 1, "proc/zoneinfo", "present  131072", "present  131071");
	g_assert_null(fixture_reason(fixture_judge(low), "deferred-not-run"));
}

/* A kernel that restored the test's data saves none, so the next one has nothing to say. */
static void test_kho_test_turns(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");

	spoil_test_silent(fixture);
	fixture_log_add(fixture, 0, "test_kho: KHO restore succeeded");
	g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_PASS);
}

/* What fails stays, whatever happened later; what cannot be known does not pass. */
static void test_precedence(void)
{
	g_autoptr(Fixture) cut = fixture_new("unfixed-1n"), both = fixture_new("central-2n");
	g_autoptr(Fixture) plain_kexec = fixture_new("stock-1n");
	g_autoptr(Fixture) no_kho = fixture_new("stock-1n"), skip = fixture_new("unfixed-1n");
	const Verdict *verdict;

	cut->evidence.end = END_UNKNOWN;
	verdict = fixture_judge(cut);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpuint(verdict->reasons->len, ==, 2);
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 0))->id, ==, "scratch-not-cma");
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 1))->id, ==, "incomplete");

	spoil_warn(both);
	spoil_not_cma(both);
	verdict = fixture_judge(both);
	g_assert_cmpuint(verdict->reasons->len, ==, 2);
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 0))->id, ==, "scratch-not-cma");
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 1))->id, ==, "kernel-complaint");

	/* a kexec without a handover is all that such a kernel can do */
	spoil_no_handover_data(plain_kexec);
	plain_kexec->keep_manifest = true;
	for (int hop = 0; hop < 2; hop++)
		fixture_without_kho(plain_kexec, hop);
	verdict = fixture_judge(plain_kexec);
	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	g_assert_nonnull(fixture_reason(verdict, "kernel-without-kho"));

	spoil_without_kho(no_kho);
	fixture_log_add(no_kho, 0, "WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
	verdict = fixture_judge(no_kho);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(fixture_reason(verdict, "kernel-without-kho"));
	g_assert_nonnull(fixture_reason(verdict, "kernel-complaint"));

	skip->evidence.started = false;
	skip->evidence.skip = "no memory";
	g_assert_cmpint(fixture_judge(skip)->kind, ==, VERDICT_SKIP);
}

/* Nothing fails on evidence that is not whole. */
static void test_doubtful(void)
{
	g_autoptr(Fixture) changed = fixture_new("central-2n"), early = fixture_new("central-2n");
	const Verdict *verdict;

	/* not what the manifest says was sent */
	changed->keep_manifest = true;
	spoil_not_cma(changed);
	verdict = fixture_judge(changed);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "records-damaged"), "proc/pagetypeinfo"));

	/* cut off before the records that would tell of CMA areas */
	spoil_too_much_cma(early);
	fixture_drop(early, 1, "proc/meminfo");
	fixture_drop(early, 1, "kmsg");
	fixture_drop(early, 1, "manifest");
	early->evidence.end = END_UNKNOWN;
	g_assert_cmpint(fixture_judge(early)->kind, ==, VERDICT_ERROR);
}

/* The zones that have too many pages are the rows of the check; what is not as it was sent is nobody's fault. */
static void test_zones(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	const Verdict *verdict;
	const GArray *rows;

	g_assert_null(verdict_rows(fixture_judge(fixture), 1, check_find("zones")));
	spoil_overcounted(fixture);
	rows = verdict_rows(fixture_judge(fixture), 1, check_find("zones"));
	g_assert_cmpuint(rows->len, ==, 1);
	g_assert_cmpuint(checkrows_find(rows, "node 1 Normal")->excess, ==, 1);
	fixture->keep_manifest = true;
	fixture_replace(fixture, 1, "proc/zoneinfo", "managed  655361", "managed  655362");
	verdict = fixture_judge(fixture);
	g_assert_null(fixture_reason(verdict, "zone-overcounted"));
	g_assert_cmpint(verdict_check(verdict, 1, check_find("zones"))->state, ==, CHECK_BLIND);
}

/* A report that is both in the log and on the console is one. */
static void test_complaint_once(void)
{
	g_autoptr(Fixture) fixture = fixture_new("numa-warning");
	const Verdict *verdict = fixture_judge(fixture);

	g_assert_cmpuint(verdict->reasons->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		const Reason *reason = g_ptr_array_index(verdict->reasons, i);

		g_assert_cmpstr(reason->id, ==, "kernel-complaint");
		g_assert_null(strstr(reason->text, "console"));
	}
	/* and a hop that never sent its log is heard there alone */
	fixture_drop(fixture, 1, "kmsg");
	verdict = fixture_judge(fixture);
	g_assert_nonnull(strstr(((Reason *)g_ptr_array_index(verdict->reasons, 1))->text,
				"second kernel, on its console: WARNING: at topology_sane"));
}

/*
 * A kernel that does nothing but complain: the first are told, and how many more; what weighs more is among them. Those
 * that differ by a number are one; of pfn:%x it is one for those that begin with a digit, and 1638 begin with a letter.
 */
static void test_complaint_flood(void)
{
	g_autoptr(Fixture) fixture = fixture_new("numa-warning");
	const Verdict *verdict = fixture_judge(fixture);
	guint before = verdict->reasons->len;

	for (guint i = 0; i < 5000; i++) {
		g_autofree char *line = g_strdup_printf("[    9.000000] BUG: Bad page state in process a  pfn:%x", i);

		fixture_console_add(fixture, line);
	}
	fixture_console_add(fixture, "[    9.000001] ---[ end trace 0000000000000000 ]---");
	fixture_console_add(fixture, "[    9.000001] Oops: 0000 [#1] SMP");
	verdict = fixture_judge(fixture);
	g_assert_cmpuint(verdict->reasons->len, ==, before + 102);
	g_assert_nonnull(fixture_reason(verdict, "guest-oops"));
	g_assert_nonnull(strstr(((Reason *)g_ptr_array_index(verdict->reasons, verdict->reasons->len - 1))->text,
				"on its console: and 1539 more"));
	g_assert_nonnull(strstr(((Reason *)g_ptr_array_index(verdict->reasons, before + 1))->text,
				"pfn:0 (and 3361 more like it)"));
}

static void is_said_by(const Verdict *verdict, guint at, const char *id, const char *check, guint hop)
{
	const Reason *reason;

	g_assert_cmpuint(at, <, verdict->reasons->len);
	reason = g_ptr_array_index(verdict->reasons, at);
	g_assert_cmpstr(reason->id, ==, id);
	g_assert_cmpstr(reason->check ? reason->check->id : NULL, ==, check);
	if (check)
		g_assert_cmpuint(reason->hop, ==, hop);
}

/* A reason is of the check that gave it and of the kernel it looked at, of the console too. */
static void test_whose(void)
{
	g_autoptr(Fixture) logged = fixture_new("numa-warning"), no_kho = fixture_new("central-2n");
	const Verdict *verdict = fixture_judge(logged);

	is_said_by(verdict, 0, "kernel-complaint", "log", 0);
	is_said_by(verdict, 1, "kernel-complaint", "log", 1);
	fixture_drop(logged, 1, "kmsg");
	is_said_by(fixture_judge(logged), 1, "kernel-complaint", "log", 1);

	spoil_without_kho(no_kho);
	is_said_by(fixture_judge(no_kho), 0, "kernel-without-kho", "scratch", 0);
}

static void test_names(void)
{
	EndCause cause;

	for (int i = END_DONE; i <= END_UNKNOWN; i++) {
		g_assert_true(end_cause_parse(end_cause_name((EndCause)i), &cause));
		g_assert_cmpint(cause, ==, i);
	}
	g_assert_false(end_cause_parse("finished", &cause));
	g_assert_cmpstr(verdict_kind_name(VERDICT_SKIP), ==, "SKIP");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/verdictrules/not-applicable", test_not_applicable);
	g_test_add_func("/verdictrules/deferred-off", test_deferred_off);
	g_test_add_func("/verdictrules/deferred-threshold", test_deferred_threshold);
	g_test_add_func("/verdictrules/kho-test-turns", test_kho_test_turns);
	g_test_add_func("/verdictrules/precedence", test_precedence);
	g_test_add_func("/verdictrules/doubtful", test_doubtful);
	g_test_add_func("/verdictrules/zones", test_zones);
	g_test_add_func("/verdictrules/complaint-once", test_complaint_once);
	g_test_add_func("/verdictrules/complaint-flood", test_complaint_flood);
	g_test_add_func("/verdictrules/whose", test_whose);
	g_test_add_func("/verdictrules/names", test_names);
	return g_test_run();
}
