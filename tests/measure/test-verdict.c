// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every reason id, once where it has to appear and once where it must not: for
 * each there is a base run without it, and one spoiled in just that way. Ends of
 * runs are in test-end.c, what holds for several reasons in test-verdictrules.c.
 */
#include "fixture.h"
#include "spoil.h"

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
	fixture_append(fixture, "hugetlb_cma=1G");
	fixture_log_add(fixture, 1,
			"Unknown kernel command line parameters \"hugetlb_cma=1G\", will be passed to user space.");
}

static void word_malformed(Fixture *fixture)
{
	fixture_append(fixture, "kho_scratch=banana");
	fixture_log_add(fixture, 1, "Malformed early option 'kho_scratch'");
}

static void word_lost(Fixture *fixture)
{
	fixture_append(fixture, "slub_debug=FZ");
	fixture_set(fixture, 1, "proc/cmdline", "console=ttyS0 slub_debug=F kho=on\n");
}

static void warn_on_console(Fixture *fixture)
{
	fixture_console_add(fixture, "[    9.000000] WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
}

static void test_failed(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "test_kho: KHO restore succeeded", "test_kho: KHO restore failed");
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
	spoil_without_kho(fixture);
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
	fixture->evidence.started = false;
	fixture->evidence.skip = "100G of guest memory take 3.1G here, and 2.0G are free";
	fixture_drop_hop(fixture, 0);
	fixture_drop_hop(fixture, 1);
}

static const Case cases[] = {
	{ "scratch-not-cma", "central-2n", spoil_not_cma, VERDICT_FAIL, "scratch-not-cma",
	  "second kernel: 158 of 282 scratch pageblocks are CMA (node 0 DMA32: 91 of 91; node 0 Normal: 67 of 67; "
	  "node 1 Normal: 0 of 124)",
	  true },
	{ "unexpected-cma", "central-2n", spoil_too_much_cma, VERDICT_FAIL, "unexpected-cma",
	  "second kernel: 1 more pageblocks are CMA than the 282", true },
	{ "zone-overcounted", "central-2n", spoil_overcounted, VERDICT_FAIL, "zone-overcounted",
	  "second kernel: node 1 Normal has 655360 pages, and manages 1 more", true },
	{ "no-scratch", "central-2n", no_scratch, VERDICT_FAIL, "no-scratch", "first kernel: KHO is on", false },
	{ "scratch-given-up", "central-2n", scratch_given_up, VERDICT_FAIL, "no-scratch", "could not reserve", true },
	{ "scratch-changed", "central-2n", scratch_moved, VERDICT_FAIL, "scratch-changed",
	  "not those of the first kernel", false },
	{ "no-handover-data", "central-2n", spoil_no_handover_data, VERDICT_FAIL, "not-kho-boot",
	  "found kexec handover data", true },
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
	{ "deferred-not-run", "central-2n", spoil_one_node_not_deferred, VERDICT_FAIL, "deferred-not-run",
	  "second kernel: CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, and zone Normal of node 1 has 2560 MiB", true },
	{ "complaint", "central-2n", spoil_warn, VERDICT_FAIL, "kernel-complaint",
	  "second kernel: WARNING: mm/memblock.c:1", true },
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
	{ "word-lost", "central-2n", word_lost, VERDICT_ERROR, "word-ignored",
	  "second kernel: the word slub_debug=FZ did not come to it: its command line is \"console=ttyS0 slub_debug=F "
	  "kho=on\"",
	  true },
	{ "complaint-on-console", "central-2n", warn_on_console, VERDICT_FAIL, "kernel-complaint",
	  "second kernel, on its console: WARNING: mm/memblock.c:1", true },
	{ "kho-test-failed", "central-2n", test_failed, VERDICT_FAIL, "kho-test-failed", "second kernel", true },
	{ "kho-test-missing", "central-2n", spoil_test_silent, VERDICT_FAIL, "kho-test-missing", "second kernel",
	  true },
	{ "kexec-load-failed", "central-2n", kexec_failed, VERDICT_FAIL, "kexec-load-failed",
	  "first kernel: kexec -s -l exited with 255: kexec_file_load failed: Exec format error: the image is none",
	  true },
	{ "guest-stopped", "central-2n", probe_stopped, VERDICT_FAIL, "guest-stopped", "cannot open /dev/kmsg", true },
	{ "kernel-without-kho", "stock-1n", spoil_without_kho, VERDICT_ERROR, "kernel-without-kho",
	  "has no kho/ in debugfs", true },
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/verdict/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/verdict/real-runs", test_real);
	return g_test_run();
}
