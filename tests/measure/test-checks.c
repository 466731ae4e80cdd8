// SPDX-License-Identifier: GPL-2.0-or-later
/* Which checks are asked, and what a verdict says of those that are not. */
#include "fixture.h"

#include <base/error.h>
#include <string.h>

/* Each says it in words that fit a row of a table. */
static void test_words(void)
{
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint i = 0; i < n; i++) {
		const Check *check = checks[i];
		const char *const words[] = { check->title, check->needs, check->proves, check->not_proves };

		for (gsize w = 0; w < G_N_ELEMENTS(words); w++) {
			g_assert_nonnull(words[w]);
			g_assert_null(strpbrk(words[w], "|\n"));
		}
	}
}

static char *choose(const char *const *base, const char *only, const char *without, GError **error)
{
	const char *const on[] = { only, NULL }, *const off[] = { without, NULL };
	g_auto(GStrv) chosen = NULL;

	if (!checks_choose(base, on, off, &chosen, error))
		return NULL;
	return chosen ? g_strjoinv(",", chosen) : g_strdup("as before");
}

static void is_chosen(const char *const *base, const char *only, const char *without, const char *ids)
{
	g_autofree char *chosen = choose(base, only, without, NULL);

	g_assert_cmpstr(chosen, ==, ids);
}

static void is_refused(const char *only, const char *without, const char *text)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(choose(NULL, only, without, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	if (!strstr(error->message, text))
		g_error("'%s' lacks '%s'", error->message, text);
}

static void test_choose(void)
{
	static const char *const base[] = { "log", "zones", NULL };

	is_chosen(NULL, NULL, NULL, "as before");
	/* in their order, each once */
	is_chosen(NULL, "zones,log, zones", NULL, "log,zones");
	is_chosen(NULL, "zones,log", "log", "zones");
	is_chosen(base, NULL, "log", "zones");
	/* what is asked for by name is asked, whatever was asked before */
	is_chosen(base, "scratch", NULL, "scratch");
	is_refused("zones,logs", NULL, "--check: there is no check 'logs'; there are: records, identity, log,");
	is_refused(NULL, "log,,zones", "--no-check: there is no check ''");
	is_refused("log", "log", "leaves no check");
}

/* Counts of a second kernel with the bug: all of the scratch movable. */
static void spoil_pageblocks(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/pagetypeinfo",
			"         6         1148            2            0          124",
			"         6         1272            2            0            0");
}

/* No reason of a check that is off, and the verdict says so; the figures are there all the same. */
static void test_off(void)
{
	static const char *const without[] = { "records", "identity", "log",	  "commandline", "handover", "scratch",
					       "zones",	  "deferral", "testdata", "next",	 NULL };
	static const char *const alone[] = { "pageblocks", NULL };
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	const Verdict *verdict;
	guint check = check_find(CHECK_PAGEBLOCKS);

	spoil_pageblocks(fixture);
	fixture->evidence.wanted.checks = without;
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(verdict, "checks that were switched off: pageblocks"));
	g_assert_cmpint(verdict_check(verdict, 1, check)->state, ==, CHECK_OFF);
	g_assert_cmpuint(checkrows_find(verdict_rows(verdict, 1, check), "node 1 Normal")->found, ==, 0);

	fixture->evidence.wanted.checks = alone;
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(fixture_reason(verdict, "scratch-not-cma"));
	g_assert_nonnull(fixture_gap(verdict, "switched off: records, identity, log,"));
	/* and without what it looks at, it is no better off for being alone */
	fixture_drop(fixture, 1, "proc/pagetypeinfo");
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
}

/* How a run ends counts, whoever is asked; what is on the console is the log's. */
static void test_ends(void)
{
	static const char *const alone[] = { "zones", NULL };
	g_autoptr(Fixture) panic = fixture_new("central-2n"), warned = fixture_new("central-2n");
	g_autoptr(Fixture) no_kho = fixture_new("stock-1n");
	const Verdict *verdict;

	panic->evidence.wanted.checks = warned->evidence.wanted.checks = no_kho->evidence.wanted.checks = alone;
	fixture_console_add(warned, "[    9.000000] WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
	g_assert_cmpint(fixture_judge(warned)->kind, ==, VERDICT_PASS);

	fixture_console_add(panic, "[    9.000000] Kernel panic - not syncing: no working init found");
	panic->evidence.end = END_PANIC;
	verdict = fixture_judge(panic);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(fixture_reason(verdict, "guest-panic"));

	/* that there is no KHO is how it ended: still no fault of the kernel's */
	no_kho->keep_manifest = true;
	fixture_without_kho(no_kho, 0);
	fixture_set(no_kho, 0, "failed", "there is no kho in debugfs");
	fixture_drop_hop(no_kho, 1);
	fixture_mute_second_kernel(no_kho);
	no_kho->evidence.end = END_STOPPED;
	no_kho->evidence.end_hop = 0;
	verdict = fixture_judge(no_kho);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(fixture_reason(verdict, "kernel-without-kho"));
}

static void is_alone(Fixture *fixture, const char *check, const char *kind, const char *id, const char *text)
{
	const char *const alone[] = { check, NULL };
	const Verdict *verdict;

	fixture->evidence.wanted.checks = alone;
	verdict = fixture_judge(fixture);
	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, kind);
	g_assert_nonnull(fixture_reason(verdict, id));
	g_assert_nonnull(strstr(fixture_reason(verdict, id), text));
}

/* What another check finds leaves these with nothing to see. */
static void test_not_handed_over(void)
{
	g_autoptr(Fixture) refused = fixture_new("central-2n"), alone = fixture_new("central-2n");

	fixture_log_add(refused, 1, "KHO: disabling KHO revival");
	is_alone(refused, "scratch", "ERROR", "not-seen", "second kernel: its scratch regions could not be checked");
	fixture_replace(refused, 1, "kmsg", "KHO restore succeeded", "nothing");
	is_alone(refused, "testdata", "ERROR", "not-seen", "nothing was handed over to it");
	is_alone(refused, "handover", "FAIL", "handover-refused", "cannot use");
	/* nor is the first kernel known, of which nothing came */
	fixture_drop_hop(alone, 0);
	fixture_replace(alone, 1, "kmsg", "KHO restore succeeded", "nothing");
	fixture_judge(alone);
	g_assert_cmpint(verdict_check(alone->verdict, 1, check_find("testdata"))->state, ==, CHECK_BLIND);
}

/* A kernel that did not boot anew is not the one that was due, whoever is asked. */
static void test_same_boot(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	g_autofree char *first = fixture_text(fixture, 0, "hello");
	g_autofree char *hello =
		g_strdup_printf("nonce=beefcafe02\nhop=1\nrelease=7.1.13-central\n%s", strstr(first, "boot_id="));

	fixture_set(fixture, 1, "hello", hello);
	is_alone(fixture, "identity", "FAIL", "not-kho-boot",
		 "second kernel: user space says the boot id of the first");
	is_alone(fixture, "handover", "FAIL", "not-kho-boot", "second kernel: has the boot id of the first kernel");
}

/* What is on the console is the check log's, of the kernel that it is from. */
static void test_console(void)
{
	g_autoptr(Fixture) last = fixture_new("central-2n"), first = fixture_new("central-2n");
	g_autoptr(Fixture) earlier = fixture_new("central-2n");
	Fixture *const all[] = { first, last, earlier };

	fixture_chain(earlier, 3);
	fixture_mute_second_kernel(earlier);
	fixture_mute_second_kernel(first);
	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		const Reason *reason;

		fixture_console_add(all[i], "[    9.000000] WARNING: mm/memblock.c:1 at foo+0x1/0x2");
		reason = fixture_judge(all[i])->reasons->pdata[0];
		g_test_message("%s: %s", reason->id, reason->text);
		g_assert_cmpstr(reason->id, ==, "kernel-complaint");
		g_assert_true(reason->on_console);
		/* of one of several that were left nobody knows which */
		g_assert_cmpstr(reason->check ? reason->check->id : NULL, ==, i < 2 ? CHECK_LOG : NULL);
		g_assert_true(!reason->check || reason->hop == i);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/checks/words", test_words);
	g_test_add_func("/checks/choose", test_choose);
	g_test_add_func("/checks/off", test_off);
	g_test_add_func("/checks/ends", test_ends);
	g_test_add_func("/checks/not-handed-over", test_not_handed_over);
	g_test_add_func("/checks/same-boot", test_same_boot);
	g_test_add_func("/checks/console", test_console);
	return g_test_run();
}
