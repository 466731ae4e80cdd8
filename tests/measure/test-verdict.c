// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every reason id, once where it has to appear and once where it must not: for
 * each there is a base run without it, and one spoiled in just that way. Ends of
 * runs are in test-end.c.
 */
#include "fixture.h"

#include <string.h>

#define SCRATCH "sys/kernel/debug/kho/out/scratch_"

typedef void (*Spoil)(Fixture *fixture);

typedef struct {
	const char *name;
	const char *run; /* judged as it is, it must not have the reason */
	Spoil spoil;	 /* and with this done to it, it must */
	VerdictKind kind;
	const char *id;
	const char *text; /* has to be in the reason's text */
	bool alone;	  /* no other reason may appear */
} Case;

static void not_cma(Fixture *fixture)
{
	/* the counts of a second kernel with the bug: all of the scratch movable */
	fixture_replace(fixture, 1, "proc/pagetypeinfo",
			"         6         1148            2            0          124",
			"         6         1272            2            0            0");
}

static void too_much_cma(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/pagetypeinfo",
			"         6         1148            2            0          124",
			"         6         1147            2            0          125");
}

static void overcounted(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/zoneinfo", "managed  644621", "managed  655361");
}

static void no_scratch(Fixture *fixture)
{
	for (int hop = 0; hop < 2; hop++)
		fixture_set(fixture, hop, SCRATCH "len", "0x0\n0x0\n0x0\n0x0\n");
}

static void scratch_given_up(Fixture *fixture)
{
	fixture->keep_manifest = true;
	fixture_without_kho(fixture, 0);
	fixture_log_add(fixture, 0, "KHO: Failed to reserve scratch area, disabling kexec handover");
}

static void scratch_moved(Fixture *fixture)
{
	fixture_replace(fixture, 1, SCRATCH "phys", "0x114e00000", "0x114c00000");
}

static void no_handover_data(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "KHO: found kexec handover data.", "KHO: nothing of the kind");
}

static void handover_refused(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "KHO: disabling KHO revival");
}

static void from_another(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "KHO: exec from: 7.1.13-central", "KHO: exec from: 7.1.12-other");
}

static void wrong_count(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "(count 1)", "(count 2)");
}

static void same_boot(Fixture *fixture)
{
	g_autofree char *first = fixture_text(fixture, 0, "hello");
	g_autofree char *again = g_strdup(strstr(first, "boot_id="));
	g_autofree char *hello = g_strdup_printf("nonce=beefcafe02\nhop=1\nrelease=7.1.13-central\n%s", again);

	fixture_set(fixture, 1, "hello", hello);
}

static void wrong_nonce(Fixture *fixture)
{
	fixture_replace(fixture, 1, "hello", "nonce=beefcafe02", "nonce=f00dfeed01");
}

static void one_node_not_deferred(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "node 1 deferred pages initialised", "node 1 pages were all there");
}

static void warn(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
}

/* the kernel keeps book of its warnings, and the log has none */
static void tainted(Fixture *fixture)
{
	fixture_set(fixture, 1, "done", "tainted=512\n");
}

static void oops(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "Oops: general protection fault, kernel NULL pointer dereference 0x0 [#1] SMP");
}

static void word_unknown(Fixture *fixture)
{
	fixture->kernels[0].append = fixture->kernels[1].append = "hugetlb_cma=1G";
	fixture_log_add(fixture, 1,
			"Unknown kernel command line parameters \"hugetlb_cma=1G\", will be passed to user space.");
}

static void word_malformed(Fixture *fixture)
{
	fixture->kernels[0].append = fixture->kernels[1].append = "kho_scratch=banana";
	fixture_log_add(fixture, 1, "Malformed early option 'kho_scratch'");
}

static void warn_on_console(Fixture *fixture)
{
	fixture_console_add(fixture, "[    9.000000] WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
}

static void test_failed(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "test_kho: KHO restore succeeded", "test_kho: KHO restore failed");
}

static void test_silent(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "test_kho: KHO restore succeeded", "test_kho: hello");
}

static void kexec_failed(Fixture *fixture)
{
	fixture_drop_hop(fixture, 1);
	fixture_mute_second_kernel(fixture);
	fixture_set(fixture, 0, "kexec-loaded",
		    "status=255\nboottime_ns=1\n\nkexec_file_load failed: Exec format error\n");
	fixture_drop(fixture, 0, "leaving");
	fixture->evidence.console_handover_line = -1;
	fixture->evidence.end = END_STOPPED;
	fixture->evidence.end_hop = 0;
}

static void probe_stopped(Fixture *fixture)
{
	fixture_drop(fixture, 1, "done");
	fixture_set(fixture, 1, "failed", "cannot open /dev/kmsg");
	fixture->evidence.end = END_STOPPED;
}

static void without_kho(Fixture *fixture)
{
	fixture->keep_manifest = true;
	fixture_without_kho(fixture, 0);
	fixture_mute_second_kernel(fixture);
	fixture_set(fixture, 0, "failed", "there is no kho in debugfs");
	fixture_drop_hop(fixture, 1);
	fixture->evidence.end = END_STOPPED;
	fixture->evidence.end_hop = 0;
}

static void one_too_many(Fixture *fixture)
{
	fixture->evidence.hops_wanted = 1;
}

static void damaged(Fixture *fixture)
{
	fixture->keep_manifest = true;
	fixture_replace(fixture, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:              0 KB");
}

static void manifest_lost(Fixture *fixture)
{
	fixture_drop(fixture, 1, "manifest");
}

static void log_overran(Fixture *fixture)
{
	g_autofree char *log = fixture_text(fixture, 1, "kmsg");

	/* its first half was overwritten, with the line that says that handover data were found */
	fixture_set(fixture, 1, "kmsg", strstr(log, "6,150,"));
}

static void no_log(Fixture *fixture)
{
	fixture_drop(fixture, 1, "kmsg");
}

static void built_without_kho(Fixture *fixture)
{
	fixture_config(fixture, "CONFIG_KEXEC_HANDOVER", NULL);
	without_kho(fixture);
}

static void interrupted(Fixture *fixture)
{
	fixture->evidence.end = END_INTERRUPTED;
}

static void cut_off(Fixture *fixture)
{
	fixture->evidence.end = END_UNKNOWN;
}

static void second_missing(Fixture *fixture)
{
	fixture_drop_hop(fixture, 1);
}

static void crashed(Fixture *fixture)
{
	fixture->evidence.end = END_CRASHED;
	fixture->evidence.end_detail = "KVM internal error";
}

static void harness(Fixture *fixture)
{
	fixture->evidence.error = "the disk is full";
}

static void host(Fixture *fixture)
{
	fixture->evidence.skip = "100G of guest memory take 3.1G here, and 2.0G are free";
	fixture_drop_hop(fixture, 0);
	fixture_drop_hop(fixture, 1);
}

static const Case cases[] = {
	{ "scratch-not-cma", "central-2n", not_cma, VERDICT_FAIL, "scratch-not-cma",
	  "second kernel: 158 of 282 scratch pageblocks are CMA (node 0 DMA32: 91 of 91; node 0 Normal: 67 of 67; "
	  "node 1 Normal: 0 of 124)",
	  true },
	{ "unexpected-cma", "central-2n", too_much_cma, VERDICT_FAIL, "unexpected-cma",
	  "second kernel: 1 more pageblocks are CMA than the 282", true },
	{ "zone-overcounted", "central-2n", overcounted, VERDICT_FAIL, "zone-overcounted",
	  "second kernel: node 1 Normal has 655360 pages, and manages 1 more", true },
	{ "no-scratch", "central-2n", no_scratch, VERDICT_FAIL, "no-scratch", "first kernel: KHO is on", false },
	{ "scratch-given-up", "central-2n", scratch_given_up, VERDICT_FAIL, "no-scratch", "could not reserve", true },
	{ "scratch-changed", "central-2n", scratch_moved, VERDICT_FAIL, "scratch-changed",
	  "not those of the first kernel", false },
	{ "no-handover-data", "central-2n", no_handover_data, VERDICT_FAIL, "not-kho-boot", "found kexec handover data",
	  true },
	{ "handover-refused", "central-2n", handover_refused, VERDICT_FAIL, "handover-refused", "cannot use", true },
	{ "from-another", "central-2n", from_another, VERDICT_FAIL, "not-kho-boot",
	  "from 7.1.12-other, but the first kernel was 7.1.13-central", true },
	{ "wrong-count", "central-2n", wrong_count, VERDICT_FAIL, "not-kho-boot", "count 2, and count 1 was due",
	  true },
	{ "same-boot", "central-2n", same_boot, VERDICT_FAIL, "not-kho-boot", "boot id of the first kernel", true },
	{ "wrong-nonce", "central-2n", wrong_nonce, VERDICT_FAIL, "wrong-nonce",
	  "said nonce f00dfeed01, and beefcafe02", true },
	{ "one-too-many", "central-2n", one_too_many, VERDICT_ERROR, "records-contradict",
	  "second kernel: there are records of it, and plan.json has a chain of 1", true },
	{ "deferred-not-run", "central-2n", one_node_not_deferred, VERDICT_FAIL, "deferred-not-run",
	  "second kernel: CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, and zone Normal of node 1 has 2560 MiB", true },
	{ "complaint", "central-2n", warn, VERDICT_FAIL, "kernel-complaint", "second kernel: WARNING: mm/memblock.c:1",
	  true },
	{ "tainted", "central-2n", tainted, VERDICT_FAIL, "kernel-complaint",
	  "its taint flags (512) tell of a warning (W), and its log has no such report", true },
	{ "oops", "central-2n", oops, VERDICT_FAIL, "guest-oops", "second kernel: Oops: general protection fault",
	  true },
	{ "word-unknown", "central-2n", word_unknown, VERDICT_ERROR, "word-ignored",
	  "second kernel: it did nothing with the word hugetlb_cma=1G: it needs CONFIG_HUGETLBFS=y and CONFIG_CMA=y in "
	  "the kernel: add -f hugetlb",
	  true },
	{ "word-malformed", "central-2n", word_malformed, VERDICT_ERROR, "word-ignored",
	  "the word kho_scratch: what it stands for is not in the kernel's configuration, or its value makes no sense",
	  true },
	{ "complaint-on-console", "central-2n", warn_on_console, VERDICT_FAIL, "kernel-complaint",
	  "second kernel, on its console: WARNING: mm/memblock.c:1", true },
	{ "kho-test-failed", "central-2n", test_failed, VERDICT_FAIL, "kho-test-failed", "second kernel", true },
	{ "kho-test-missing", "central-2n", test_silent, VERDICT_FAIL, "kho-test-missing", "second kernel", true },
	{ "kexec-load-failed", "central-2n", kexec_failed, VERDICT_FAIL, "kexec-load-failed",
	  "first kernel: kexec -s -l exited with 255: kexec_file_load failed: Exec format error: the image is none",
	  true },
	{ "guest-stopped", "central-2n", probe_stopped, VERDICT_FAIL, "guest-stopped", "cannot open /dev/kmsg", true },
	{ "kernel-without-kho", "stock-1n", without_kho, VERDICT_ERROR, "kernel-without-kho", "has no kho/ in debugfs",
	  true },
	{ "built-without-kho", "stock-1n", built_without_kho, VERDICT_ERROR, "kernel-without-kho",
	  "built without CONFIG_KEXEC_HANDOVER=y", true },
	{ "no-log", "central-2n", no_log, VERDICT_ERROR, "records-damaged", "no kernel log", true },
	{ "records-damaged", "central-2n", damaged, VERDICT_ERROR, "records-damaged", "proc/meminfo", true },
	{ "manifest-lost", "central-2n", manifest_lost, VERDICT_ERROR, "records-damaged", "manifest never came", true },
	{ "log-overran", "central-2n", log_overran, VERDICT_ERROR, "records-damaged", "lost lines", true },
	{ "interrupted", "central-2n", interrupted, VERDICT_ERROR, "interrupted", "second kernel", true },
	{ "cut-off", "central-2n", cut_off, VERDICT_ERROR, "incomplete", "cut off", true },
	{ "second-missing", "central-2n", second_missing, VERDICT_ERROR, "incomplete", "second kernel's user space",
	  true },
	{ "emulator-crashed", "central-2n", crashed, VERDICT_ERROR, "emulator-crashed", "KVM internal error", true },
	{ "harness-failed", "central-2n", harness, VERDICT_ERROR, "harness-failed", "the disk is full", true },
	{ "host-cannot", "central-2n", host, VERDICT_SKIP, "host-cannot", "2.0G are free", true },
};

static void test_case(gconstpointer data)
{
	const Case *c = data;
	g_autoptr(Fixture) good = fixture_new(c->run), spoiled = fixture_new(c->run);
	const Verdict *verdict = fixture_judge(good);
	const char *text;

	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, "PASS");
	g_assert_cmpuint(verdict->reasons->len, ==, 0);
	g_assert_cmpuint(verdict->last_lines->len, ==, 0);
	c->spoil(spoiled);
	verdict = fixture_judge(spoiled);
	text = fixture_reason(verdict, c->id);
	if (!text || !strstr(text, c->text)) {
		for (guint i = 0; i < verdict->reasons->len; i++) {
			const Reason *reason = g_ptr_array_index(verdict->reasons, i);

			g_test_message("%s: %s", reason->id, reason->text);
		}
		g_error("no reason %s with '%s'", c->id, c->text);
	}
	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, verdict_kind_name(c->kind));
	for (guint i = 0; c->alone && i < verdict->reasons->len; i++)
		g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, i))->id, ==, c->id);
}

/* Real runs, as they were. */
static void test_real(void)
{
	static const struct {
		const char *run;
		VerdictKind kind;
		const char *id, *text;
	} runs[] = {
		{ "stock-1n", VERDICT_PASS, NULL, NULL },
		{ "central-2n", VERDICT_PASS, NULL, NULL },
		{ "unfixed-1n", VERDICT_FAIL, "scratch-not-cma",
		  "second kernel: 0 of 89 scratch pageblocks are CMA (node 0 DMA32: 0 of 89)" },
		{ "unfixed-100g", VERDICT_FAIL, "scratch-not-cma",
		  "second kernel: 91 of 3417 scratch pageblocks are CMA (node 0 DMA32: 91 of 91; node 0 Normal: 0 of "
		  "3326)" },
		{ "numa-warning", VERDICT_FAIL, "kernel-complaint", "first kernel: WARNING: at topology_sane" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autoptr(Fixture) fixture = fixture_new(runs[i].run);
		const Verdict *verdict = fixture_judge(fixture);

		g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, verdict_kind_name(runs[i].kind));
		if (!runs[i].id)
			continue;
		g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 0))->id, ==, runs[i].id);
		g_assert_nonnull(strstr(fixture_reason(verdict, runs[i].id), runs[i].text));
	}
}

/* What a kernel does not show is not held against it, but told. */
static void test_not_applicable(void)
{
	const Verdict *verdict;
	g_autoptr(Fixture) no_config = fixture_new("central-2n"), no_deferral = fixture_new("central-2n");
	g_autoptr(Fixture) no_test = fixture_new("central-2n"), old = fixture_new("central-2n");
	g_autoptr(Fixture) area = fixture_new("central-2n");

	for (int hop = 0; hop < 2; hop++)
		fixture_drop(no_config, hop, "proc/config.gz");
	test_silent(no_config);
	one_node_not_deferred(no_config);
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
	one_node_not_deferred(no_deferral);
	g_assert_cmpint(fixture_judge(no_deferral)->kind, ==, VERDICT_PASS);

	fixture_config(no_test, "CONFIG_TEST_KEXEC_HANDOVER", "m");
	test_silent(no_test);
	g_assert_cmpint(fixture_judge(no_test)->kind, ==, VERDICT_PASS);

	/* before 7.1: no "exec from", and more words behind "found" */
	fixture_replace(old, 1, "kmsg", "KHO: exec from: ", "KHO: something else ");
	fixture_replace(old, 1, "kmsg", "KHO: found kexec handover data.",
			"KHO: found kexec handover data. Will skip init for some devices");
	g_assert_cmpint(fixture_judge(old)->kind, ==, VERDICT_PASS);

	/* as many blocks too many as CMA areas of unknown place have: nothing to say against that, nor for it */
	too_much_cma(area);
	fixture_replace(area, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:           2048 kB");
	verdict = fixture_judge(area);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(
		strstr(fixture_reason(verdict, "not-seen"), "where 1 pageblocks of CMA areas are is not known"));
}

/* A small node need not be deferred. */
static void test_deferred_threshold(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n"), low = fixture_new("central-2n");

	one_node_not_deferred(fixture);
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

	test_silent(fixture);
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

	warn(both);
	not_cma(both);
	verdict = fixture_judge(both);
	g_assert_cmpuint(verdict->reasons->len, ==, 2);
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 0))->id, ==, "scratch-not-cma");
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 1))->id, ==, "kernel-complaint");

	/* a kexec without a handover is all that such a kernel can do */
	no_handover_data(plain_kexec);
	plain_kexec->keep_manifest = true;
	for (int hop = 0; hop < 2; hop++)
		fixture_without_kho(plain_kexec, hop);
	verdict = fixture_judge(plain_kexec);
	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	g_assert_nonnull(fixture_reason(verdict, "kernel-without-kho"));

	without_kho(no_kho);
	fixture_log_add(no_kho, 0, "WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
	verdict = fixture_judge(no_kho);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(fixture_reason(verdict, "kernel-without-kho"));
	g_assert_nonnull(fixture_reason(verdict, "kernel-complaint"));

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
	not_cma(changed);
	verdict = fixture_judge(changed);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "records-damaged"), "proc/pagetypeinfo"));

	/* cut off before the records that would tell of CMA areas */
	too_much_cma(early);
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
	overcounted(fixture);
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

/* A reason is of the check that gave it and of the kernel it looked at; what no check saw is of the run. */
static void test_whose(void)
{
	g_autoptr(Fixture) logged = fixture_new("numa-warning"), no_kho = fixture_new("central-2n");
	const Verdict *verdict = fixture_judge(logged);

	is_said_by(verdict, 0, "kernel-complaint", "log", 0);
	is_said_by(verdict, 1, "kernel-complaint", "log", 1);
	fixture_drop(logged, 1, "kmsg");
	is_said_by(fixture_judge(logged), 1, "kernel-complaint", NULL, 1);

	without_kho(no_kho);
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
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/verdict/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/verdict/real-runs", test_real);
	g_test_add_func("/verdict/not-applicable", test_not_applicable);
	g_test_add_func("/verdict/deferred-threshold", test_deferred_threshold);
	g_test_add_func("/verdict/kho-test-turns", test_kho_test_turns);
	g_test_add_func("/verdict/precedence", test_precedence);
	g_test_add_func("/verdict/doubtful", test_doubtful);
	g_test_add_func("/verdict/zones", test_zones);
	g_test_add_func("/verdict/complaint-once", test_complaint_once);
	g_test_add_func("/verdict/complaint-flood", test_complaint_flood);
	g_test_add_func("/verdict/whose", test_whose);
	g_test_add_func("/verdict/names", test_names);
	return g_test_run();
}
