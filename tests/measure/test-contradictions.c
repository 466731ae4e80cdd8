// SPDX-License-Identifier: GPL-2.0-or-later
/* What contradicts itself, or is not all there, is no PASS; and what is known to have failed stays so. */
#include "fixture.h"

#include <proto/frame.h>

#include <string.h>

static void other_release(Fixture *fixture)
{
	fixture->kernels[1].release = "7.1.13-another";
}

static void other_banner(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "Linux version 7", "Linux version 6");
}

static void gave_up_and_done(Fixture *fixture)
{
	fixture_set(fixture, 0, FRAME_FAILED, "cannot mount debugfs");
}

static void done_too_early(Fixture *fixture)
{
	fixture->evidence.end_hop = 0;
}

static void marked_too_often(Fixture *fixture)
{
	fixture->evidence.console_overmarked = 1;
}

static void file_changed(Fixture *fixture)
{
	fixture->evidence.changed = "console.log is";
}

static void areas_too_large(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:           2048 kB");
	fixture_log_add(fixture, 1, "cma: Reserved 64 MiB at 0x0000000100000000");
}

static void unknown_check(Fixture *fixture)
{
	static const char *const checks[] = { "pageblocks", "phase-of-the-moon", NULL };

	fixture->evidence.wanted.checks = checks;
}

/* A record is lost, why it gave up may have been in it, and nobody asks whether records are whole. */
static void stopped_and_damaged(Fixture *fixture)
{
	static const char *const checks[] = { "identity", NULL };

	fixture->evidence.wanted.checks = checks;
	fixture->evidence.end = END_STOPPED;
	fixture_set(fixture, 1, "proc/meminfo", "?");
	fixture->keep_manifest = true;
}

/* The host stopped the machine for longer than a watchdog waits. */
static void tainted_by_a_pause(Fixture *fixture)
{
	fixture->evidence.paused_ns = G_GINT64_CONSTANT(30000000000);
	fixture_set(fixture, 1, FRAME_DONE, "boottime_ns=1\ntainted=16384\n");
}

static void taint_unread(Fixture *fixture)
{
	fixture_set(fixture, 1, FRAME_DONE, "boottime_ns=1\ntainted=\n");
}

static void stalled_and_journal_damaged(Fixture *fixture)
{
	fixture->evidence.journal_damaged = 1;
	fixture_log_add(fixture, 1, "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]");
}

static void skipped_on_the_way(Fixture *fixture)
{
	fixture->evidence.started = true;
	fixture->evidence.skip = "no space is left";
	fixture->evidence.end = END_UNKNOWN;
}

static void failed_and_skipped(Fixture *fixture)
{
	skipped_on_the_way(fixture);
	fixture_log_add(fixture, 1, "WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
}

static void poisoned(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "pagealloc: memory corruption");
}

static void bad_entry(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "mm/pgtable-generic.c:54: bad pmd 00000000f00dfeed(800000007fe00063)");
}

/* The second kernel came up, and its console has no line of that. */
static void console_empty(Fixture *fixture)
{
	static const guint lines[] = { 200, 0 };

	fixture->evidence.console_lines = lines;
}

/* It found handover data, and has none; or has such as say of whom they are, and does not. */
static void nothing_handed_over(Fixture *fixture)
{
	fixture_drop(fixture, 1, FIXTURE_KHO_IN "fdt");
}

static void metadata_unheard(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "KHO: exec from: ", "KHO: something else ");
}

static const gint64 starved[] = { 0, G_GINT64_CONSTANT(40000000000) };

/* The host let it wait for seconds, in one part of a run that was not starved as a whole. */
static void stalled_while_starved(Fixture *fixture)
{
	fixture->evidence.cpu_ns = G_GINT64_CONSTANT(600000000000);
	fixture->evidence.waited_ns = G_GINT64_CONSTANT(42000000000);
	fixture->evidence.starved_ns = starved;
	fixture_log_add(fixture, 1, "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:");
}

/* The hypervisor above took the host's processors. */
static void stalled_while_stolen(Fixture *fixture)
{
	fixture->evidence.host_lost_ns = G_GINT64_CONSTANT(60000000000);
	fixture_log_add(fixture, 1, "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]");
}

/* Less than what a stall takes. */
static void stalled_and_little_stolen(Fixture *fixture)
{
	stalled_while_stolen(fixture);
	fixture->evidence.host_lost_ns = G_GINT64_CONSTANT(6000000000);
}

/* Another kernel's stall is its own. */
static void stalled_after_another_starved(Fixture *fixture)
{
	fixture->evidence.starved_ns = starved;
	fixture_log_add(fixture, 0, "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:");
}

static void panic(Fixture *fixture, const char *line)
{
	fixture->evidence.end = END_PANIC;
	fixture_console_add(fixture, line);
}

/* A panic over a stall: of a machine that was run it is the kernel's. */
static void panicked(Fixture *fixture)
{
	panic(fixture, "[    9.000000] Kernel panic - not syncing: softlockup: hung tasks");
}

static void panicked_while_starved(Fixture *fixture)
{
	fixture->evidence.starved_ns = starved;
	panicked(fixture);
}

/* The first kernel on its way out: the run was over while the second was awaited. */
static void panicked_on_its_way(Fixture *fixture)
{
	static const gint64 first[] = { G_GINT64_CONSTANT(40000000000), 0 };

	fixture->evidence.starved_ns = first;
	fixture_drop_hop(fixture, 1);
	fixture_mute_second_kernel(fixture);
	fixture_console_add(fixture, "[    9.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [kexec:80]");
	panicked(fixture);
}

/* Every other panic is the kernel's all the same. */
static void panicked_otherwise(Fixture *fixture)
{
	fixture->evidence.starved_ns = starved;
	panic(fixture, "[    9.000000] Kernel panic - not syncing: Out of memory");
}

/* In a console that is not the run's. */
static void panicked_elsewhere(Fixture *fixture)
{
	panicked_otherwise(fixture);
	fixture_console_add(fixture, "[    9.000000] WARNING: mm/memblock.c:1 at foo+0x1/0x2");
	fixture->evidence.end = END_DONE;
	fixture->evidence.console_strange = 300;
}

/* A word of the user's, of which the kernel says that it is none for it. */
static void word_unread(Fixture *fixture)
{
	fixture_append(fixture, "kfence.sample_interval=abc");
	fixture_log_add(fixture, 1, "Booting kernel: `abc' invalid for parameter `kfence.sample_interval'");
}

static const struct {
	const char *name;
	void (*spoil)(Fixture *fixture);
	VerdictKind kind;
	const char *id, *text;
} cases[] = {
	{ "release", other_release, VERDICT_ERROR, "records-contradict", "and 7.1.13-another was built to be run" },
	{ "banner", other_banner, VERDICT_ERROR, "records-contradict", "and its log begins with that of 6" },
	{ "gave-up", gave_up_and_done, VERDICT_ERROR, "records-contradict",
	  "first kernel: its probe gave up (cannot mount debugfs)" },
	{ "done-early", done_too_early, VERDICT_ERROR, "records-contradict", "done in the first kernel" },
	{ "marks", marked_too_often, VERDICT_ERROR, "records-contradict", "no kernel said that it would go" },
	{ "file", file_changed, VERDICT_ERROR, "records-damaged", "console.log is not what the run has left there" },
	{ "areas", areas_too_large, VERDICT_ERROR, "records-contradict", "has 2048 KiB of CMA areas" },
	{ "unknown-check", unknown_check, VERDICT_ERROR, "incomplete", "the check 'phase-of-the-moon'" },
	{ "stopped", stopped_and_damaged, VERDICT_ERROR, "incomplete", "did not come to its end (stopped)" },
	{ "taint", tainted_by_a_pause, VERDICT_ERROR, "emulator-stuck", "the machine was stopped for a while" },
	{ "taint-unread", taint_unread, VERDICT_ERROR, "not-seen", "its taint flags could not be read" },
	{ "journal", stalled_and_journal_damaged, VERDICT_ERROR, "emulator-stuck",
	  "the journal has lost whether the host ran it" },
	{ "skip", skipped_on_the_way, VERDICT_SKIP, "host-cannot", "no space is left" },
	{ "skip-and-fail", failed_and_skipped, VERDICT_FAIL, "kernel-complaint", "mm/memblock.c:1" },
	{ "no-console", console_empty, VERDICT_ERROR, "not-seen", "nothing of it is on the console" },
	{ "nothing-handed-over", nothing_handed_over, VERDICT_ERROR, "not-seen", "has nothing of them in debugfs" },
	{ "metadata", metadata_unheard, VERDICT_ERROR, "not-seen", "does not say whose handover data it has" },
	{ "starved-for-a-while", stalled_while_starved, VERDICT_ERROR, "emulator-stuck",
	  "the host let its CPUs wait for seconds" },
	{ "stolen", stalled_while_stolen, VERDICT_ERROR, "emulator-stuck", "the host itself waited for processors" },
	{ "little-stolen", stalled_and_little_stolen, VERDICT_FAIL, "kernel-complaint", "soft lockup" },
	{ "another-console", panicked_elsewhere, VERDICT_ERROR, "records-damaged", "" },
	{ "another-starved", stalled_after_another_starved, VERDICT_FAIL, "kernel-complaint", "detected stalls" },
	{ "starved-into-panic", panicked_while_starved, VERDICT_ERROR, "emulator-stuck",
	  "it says: Kernel panic - not syncing: softlockup: hung tasks" },
	{ "starved-on-its-way", panicked_on_its_way, VERDICT_ERROR, "emulator-stuck",
	  "it says: Kernel panic - not syncing: softlockup: hung tasks" },
	{ "stall-panic", panicked, VERDICT_FAIL, "guest-panic", "softlockup: hung tasks" },
	{ "starved-other-panic", panicked_otherwise, VERDICT_FAIL, "guest-panic", "Out of memory" },
	{ "word-unread", word_unread, VERDICT_ERROR, "word-ignored", "kfence.sample_interval" },
	{ "poison", poisoned, VERDICT_FAIL, "kernel-complaint", "pagealloc: memory corruption" },
	{ "bad-entry", bad_entry, VERDICT_FAIL, "kernel-complaint", "bad pmd" },
};

static void test_case(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	const Verdict *verdict = fixture_judge(fixture);
	const char *text;

	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, "PASS");
	cases[i].spoil(fixture);
	verdict = fixture_judge(fixture);
	for (guint r = 0; r < verdict->reasons->len; r++) {
		const Reason *reason = verdict->reasons->pdata[r];

		g_test_message("%s: %s", reason->id, reason->text);
	}
	text = fixture_reason(verdict, cases[i].id);
	g_assert_nonnull(text);
	g_assert_nonnull(strstr(text, cases[i].text));
	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, verdict_kind_name(cases[i].kind));
}

/* What a program writes into the log, over the console too, is nothing that a kernel says. */
static void test_said(void)
{
	static const char *const lines[] = { "Kernel panic - not syncing: x",
					     "test expects Kernel panic - not syncing: x",
					     "BUG: sleeping function called from invalid context at x.c:1",
					     "node 7 deferred pages initialised in 7ms", "Zone ranges:" };
	g_autoptr(Fixture) fixture = fixture_new("central-2n");

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *line = g_strdup_printf("[    9.000000] %s", lines[i]);

		fixture_log_said(fixture, 1, lines[i]);
		fixture_console_add(fixture, line);
	}
	g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_PASS);
	/* what the kernel says beside it has its own title */
	fixture_log_add(fixture, 1, "WARNING: mm/mm_init.c:123 at real_culprit+0x10/0x20, CPU#0: kworker/0:1/9");
	g_assert_cmpstr(fixture_judge(fixture)->title, ==, "WARNING in real_culprit");
}

/* One that was told to be quiet is. */
static void test_quiet(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	const Verdict *verdict;

	console_empty(fixture);
	fixture_append(fixture, "quiet loglevel=0");
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(verdict, "second kernel: nothing of it came over the console"));
}

/* The kernel before has lost lines, its count among them, or that it got its test data: nothing is due of the next. */
static void test_lost_before(void)
{
	static const char *const lines[] = { "KHO: exec from: ", "test_kho: KHO restore succeeded" };
	static const char *const reasons[] = { "not-kho-boot", "kho-test-missing" };

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(Fixture) fixture = fixture_new("central-2n");
		g_autofree char *log = NULL, *without = NULL;
		char *begin, *end;

		fixture_chain(fixture, 4);
		g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_PASS);
		log = fixture_text(fixture, 1, "kmsg");
		end = strstr(log, lines[i]);
		g_assert_nonnull(end);
		for (begin = end; begin[-1] != '\n'; begin--)
			;
		without = g_strdup_printf("%.*s%s", (int)(begin - log), log, strchr(end, '\n') + 1);
		fixture_set(fixture, 1, "kmsg", without);
		g_assert_null(fixture_reason(fixture_judge(fixture), reasons[i]));
		g_assert_cmpint(fixture->verdict->kind, ==, VERDICT_ERROR);
	}
}

/* What fails is told first: the verdict's title is made of it. */
static void test_gravest_first(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");

	failed_and_skipped(fixture);
	g_assert_cmpstr(fixture_judge(fixture)->title, ==, "WARNING in foo");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/contradictions/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/contradictions/said", test_said);
	g_test_add_func("/contradictions/quiet", test_quiet);
	g_test_add_func("/contradictions/gravest-first", test_gravest_first);
	g_test_add_func("/contradictions/lost-before", test_lost_before);
	return g_test_run();
}
