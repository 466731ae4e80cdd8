// SPDX-License-Identifier: GPL-2.0-or-later
/* Panic, death without a word, hang, reset and cold boot: told apart, in the right kernel, with the last lines. */
#include "fixture.h"

#include <string.h>

static const char *last_line(const Verdict *verdict)
{
	g_assert_cmpuint(verdict->last_lines->len, >, 0);
	g_assert_cmpuint(verdict->last_lines->len, <=, 10);
	return g_ptr_array_index(verdict->last_lines, verdict->last_lines->len - 1);
}

static void assert_only(const Verdict *verdict, const char *id, const char *text)
{
	const Reason *reason;

	g_assert_cmpstr(verdict_kind_name(verdict->kind), ==, "FAIL");
	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	reason = g_ptr_array_index(verdict->reasons, 0);
	g_assert_cmpstr(reason->id, ==, id);
	if (!strstr(reason->text, text))
		g_error("'%s' is not in '%s'", text, reason->text);
}

static void test_panic(void)
{
	static const EndCause causes[] = { END_PANIC, END_TIMEOUT, END_SILENT, END_RESET };

	/* a panic on the console is a panic, also where the runner saw no more than its consequence */
	for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
		g_autoptr(Fixture) fixture = fixture_new("panic");
		const Verdict *verdict;

		fixture->evidence.end = causes[i];
		verdict = fixture_judge(fixture);
		assert_only(verdict, "guest-panic",
			    "second kernel: Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100");
		g_assert_nonnull(strstr(last_line(verdict), "end Kernel panic"));
	}
}

static void test_panic_cut_off(void)
{
	g_autoptr(Fixture) fixture = fixture_new("panic");
	const Verdict *verdict;

	fixture->evidence.end = END_UNKNOWN;
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(fixture_reason(verdict, "guest-panic"));
	g_assert_nonnull(fixture_reason(verdict, "incomplete"));
}

/* The first kernel's panic is the first kernel's. */
static void test_panic_first(void)
{
	g_autoptr(Fixture) fixture = fixture_new("panic");
	const Verdict *verdict;

	fixture_drop_hop(fixture, 1);
	fixture_mute_second_kernel(fixture);
	fixture_console_add(fixture, "[    3.000000] Kernel panic - not syncing: VFS: Unable to mount root fs");
	fixture->evidence.console_handover_line = -1;
	fixture->evidence.end_hop = 0;
	fixture->evidence.end = END_PANIC;
	verdict = fixture_judge(fixture);
	assert_only(verdict, "guest-panic", "first kernel: Kernel panic - not syncing: VFS");
	g_assert_nonnull(strstr(last_line(verdict), "VFS"));
}

static void test_silent_death(void)
{
	static const EndCause causes[] = { END_SILENT, END_TIMEOUT };

	for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
		g_autoptr(Fixture) fixture = fixture_new("central-2n");
		const Verdict *verdict;

		fixture_drop_hop(fixture, 1);
		fixture_mute_second_kernel(fixture);
		fixture->evidence.end = causes[i];
		verdict = fixture_judge(fixture);
		assert_only(verdict, "guest-silent-death", "second kernel: it never said a word after kexec -e");
		/* what the first kernel said last */
		g_assert_nonnull(strstr(last_line(verdict), "Starting new kernel"));
	}
}

/* It did not stop writing; but a kernel that panics for ever has panicked. */
static void test_flood(void)
{
	g_autoptr(Fixture) fixture = fixture_new("hang"), panics = fixture_new("hang");

	fixture->evidence.end = panics->evidence.end = END_FLOODED;
	fixture->evidence.end_detail = panics->evidence.end_detail = "to its console";
	assert_only(fixture_judge(fixture), "guest-flood", "the second kernel wrote and wrote to its console");
	fixture_console_add(panics, "[    3.000000] Kernel panic - not syncing: over and over");
	assert_only(fixture_judge(panics), "guest-panic", "over and over");
}

/* What the console has to show for it, unless some of it is lost. */
static void test_loop(void)
{
	g_autoptr(Fixture) loop = fixture_new("central-2n"), once = fixture_new("central-2n");
	g_autoptr(Fixture) damaged = fixture_new("central-2n"), panics = fixture_new("central-2n");
	Fixture *const all[] = { loop, once, damaged, panics };

	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		fixture_drop_hop(all[i], 1);
		all[i]->evidence.end = END_LOOPED;
	}
	for (guint i = 0; i < 5; i++)
		fixture_console_add(loop, "[    0.000000] Linux version 7.1.13-central");
	assert_only(fixture_judge(loop), "guest-loop", "second kernel: it began 6 times, and user space never said");
	g_assert_nonnull(strstr(fixture_reason(fixture_judge(once), "records-contradict"), "has it begin 1 time"));
	damaged->evidence.console_missing = 2;
	g_assert_nonnull(strstr(fixture_reason(fixture_judge(damaged), "records-damaged"), "2 more lines"));
	g_assert_cmpuint(once->verdict->reasons->len, ==, 1);
	g_assert_cmpuint(damaged->verdict->reasons->len, ==, 1);
	fixture_console_add(panics, "[    3.000000] Kernel panic - not syncing: and again");
	assert_only(fixture_judge(panics), "guest-panic", "and again");
}

static void test_hang(void)
{
	g_autoptr(Fixture) late = fixture_new("hang"), early = fixture_new("hang"), quiet = fixture_new("hang");
	const Verdict *verdict;
	guint handover = (guint)early->evidence.console_handover_line;

	/* recorded: after its records were sent */
	late->evidence.end = END_TIMEOUT;
	late->evidence.end_detail = "60 s";
	verdict = fixture_judge(late);
	assert_only(verdict, "guest-hang", "second kernel: the deadline passed after user space had started (60 s)");
	g_assert_cmpstr(last_line(verdict), ==, "going to hang");

	/* and the same kernel before it had a user space */
	fixture_drop_hop(early, 1);
	g_ptr_array_remove_range(early->console, handover + 40, early->console->len - handover - 40);
	early->evidence.end = END_SILENT;
	verdict = fixture_judge(early);
	assert_only(verdict, "guest-hang", "second kernel: it fell silent before user space had started");
	g_assert_cmpstr(last_line(verdict), ==, g_ptr_array_index(early->console, handover + 39));

	/* a console log level that hides the banner: the clock still shows a new kernel */
	fixture_drop_hop(quiet, 1);
	fixture_mute_second_kernel(quiet);
	fixture_console_add(quiet, "[    0.500000] tsc: Unable to calibrate against PIT");
	quiet->evidence.end = END_SILENT;
	assert_only(fixture_judge(quiet), "guest-hang", "second kernel");

	/* no time stamps at all (printk.time=0): the banner shows it */
	g_ptr_array_set_size(quiet->console, 0);
	fixture_console_add(quiet, "Linux version 7.1.13");
	fixture_console_add(quiet, "kexec_core: Starting new kernel");
	fixture_console_add(quiet, "Linux version 7.1.13");
	quiet->evidence.console_handover_line = 1;
	assert_only(fixture_judge(quiet), "guest-hang", "second kernel");
	g_ptr_array_set_size(quiet->console, 2);
	assert_only(fixture_judge(quiet), "guest-silent-death", "second kernel");
}

/* Nobody is known to have run the guest, or what it said was damaged on its way: not the guest's silence. */
static void test_not_the_guest(void)
{
	g_autoptr(Fixture) starved = fixture_new("hang"), unknown = fixture_new("hang"), damaged = fixture_new("hang");
	g_autoptr(Fixture) stalled = fixture_new("central-2n"), slow = fixture_new("hang");
	const Verdict *verdict;

	starved->evidence.end = unknown->evidence.end = damaged->evidence.end = END_SILENT;
	starved->execution.cpu_ns = 800000000;
	verdict = fixture_judge(starved);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "emulator-stuck"), "the host did not run it"));
	unknown->evidence.execution = NULL;
	verdict = fixture_judge(unknown);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "emulator-stuck"), "nothing is recorded of whether"));
	damaged->evidence.channel_damaged = 1;
	verdict = fixture_judge(damaged);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "records-damaged"), "1 records came damaged"));

	/* a deadline that came while the host ran others; without them it would be the guest's */
	slow->evidence.end = END_TIMEOUT;
	g_assert_cmpint(fixture_judge(slow)->kind, ==, VERDICT_FAIL);
	slow->execution.waited_ns = 40000000000;
	verdict = fixture_judge(slow);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(
		strstr(fixture_reason(verdict, "emulator-stuck"), "did not come to its end before the deadline"));

	/* a stall of a machine that somebody had stopped; without the stop it is the kernel's */
	fixture_log_add(stalled, 1, "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:");
	g_assert_nonnull(fixture_reason(fixture_judge(stalled), "kernel-complaint"));
	stalled->evidence.paused_ns = 30000000000;
	verdict = fixture_judge(stalled);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "emulator-stuck"), "the machine was stopped for a while"));
	/* nor is it where the host's part in it is not recorded */
	stalled->evidence.paused_ns = 0;
	stalled->evidence.host_unknown = true;
	g_assert_null(fixture_reason(fixture_judge(stalled), "kernel-complaint"));
	g_assert_nonnull(strstr(fixture_reason(stalled->verdict, "emulator-stuck"), "nothing is recorded"));
	stalled->evidence.host_unknown = false;
	/* nor of one whose CPUs waited for a processor */
	stalled->evidence.cpu_ns = stalled->evidence.waited_ns = 20000000000;
	verdict = fixture_judge(stalled);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "emulator-stuck"), "the host let its CPUs wait"));
	g_assert_cmpuint(verdict->notes->len, ==, 1);
	g_assert_nonnull(
		strstr(verdict->notes->pdata[0], "could have run for 20.0 s more than the 20.0 s that they did"));
}

/* Damage beside a run that came to its end: nobody knows what else was in it. */
static void test_lost_on_the_way(void)
{
	g_autoptr(Fixture) garbage = fixture_new("central-2n"), console = fixture_new("central-2n");
	g_autoptr(Fixture) no_plan = fixture_new("central-2n");

	garbage->evidence.channel_garbage = 17;
	g_assert_nonnull(fixture_reason(fixture_judge(garbage), "records-damaged"));
	g_assert_cmpint(garbage->verdict->kind, ==, VERDICT_ERROR);
	console->evidence.console_missing = 3;
	g_assert_nonnull(strstr(fixture_reason(fixture_judge(console), "records-damaged"), "3 more lines"));
	g_assert_cmpint(console->verdict->kind, ==, VERDICT_ERROR);
	no_plan->evidence.wanted.known = false;
	no_plan->evidence.hops_wanted = 0;
	g_assert_nonnull(strstr(fixture_reason(fixture_judge(no_plan), "incomplete"), "plan.json is missing"));
	g_assert_cmpint(no_plan->verdict->kind, ==, VERDICT_ERROR);
}

static void test_reset(void)
{
	g_autoptr(Fixture) spoke = fixture_new("central-2n"), mute = fixture_new("central-2n");

	fixture_drop(spoke, 1, "done");
	spoke->evidence.end = END_RESET;
	assert_only(fixture_judge(spoke), "guest-reset", "second kernel: it reset the machine or powered it off");
	fixture_drop_hop(mute, 1);
	fixture_mute_second_kernel(mute);
	mute->evidence.end = END_RESET;
	assert_only(fixture_judge(mute), "guest-reset", "second kernel: the machine was reset before it said a word");
}

/* Recorded: the machine was reset, and its firmware loaded the first kernel anew. */
static void test_cold_boot(void)
{
	g_autoptr(Fixture) fixture = fixture_new("cold"), firmware = fixture_new("central-2n");
	const Verdict *verdict;

	fixture->evidence.end = END_TIMEOUT;
	verdict = fixture_judge(fixture);
	assert_only(verdict, "cold-boot", "khotest.hop=0");

	fixture_drop_hop(firmware, 1);
	fixture_mute_second_kernel(firmware);
	fixture_console_add(firmware, "\x1b[2J\x1b[01;01HSeaBIOS (version 1.16.2-debian-1.16.2-1)");
	firmware->evidence.end = END_RESET;
	verdict = fixture_judge(firmware);
	assert_only(verdict, "cold-boot", "\"SeaBIOS (version 1.16.2-debian-1.16.2-1)\"");
	g_assert_cmpstr(last_line(verdict), ==, "SeaBIOS (version 1.16.2-debian-1.16.2-1)");
}

/* The kernel that leaves may complain, or panic, between its last word to the host and the jump. */
static void test_leaving(void)
{
	g_autoptr(Fixture) warns = fixture_new("central-2n"), panics = fixture_new("central-2n");
	const Verdict *verdict;

	g_ptr_array_insert(warns->console, warns->evidence.console_handover_line,
			   g_strdup("[    4.700000] WARNING: kernel/kexec_core.c:1 at foo+0x1/0x2, CPU#0: kexec/99"));
	verdict = fixture_judge(warns);
	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	g_assert_cmpstr(fixture_reason(verdict, "kernel-complaint"), ==,
			"first kernel, on its console: WARNING: kernel/kexec_core.c:1 at foo+0x1/0x2, CPU#0: kexec/99");

	fixture_drop_hop(panics, 1);
	fixture_mute_second_kernel(panics);
	fixture_console_add(panics, "[    4.700000] Kernel panic - not syncing: cannot leave");
	panics->evidence.end = END_PANIC;
	verdict = fixture_judge(panics);
	assert_only(verdict, "guest-panic", "first kernel: Kernel panic - not syncing: cannot leave");
}

/* A kernel that was asked for by image, and never had anything to say. */
static void test_first_mute(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	const Verdict *verdict;

	fixture_drop_hop(fixture, 0);
	fixture_drop_hop(fixture, 1);
	g_ptr_array_set_size(fixture->console, 0);
	fixture->evidence.console_handover_line = -1;
	fixture->evidence.end_hop = 0;
	fixture->evidence.end = END_SILENT;
	verdict = fixture_judge(fixture);
	assert_only(verdict, "guest-silent-death", "first kernel: it never said a word after the machine was started");
	g_assert_cmpuint(verdict->last_lines->len, ==, 0);
}

/* An oops on the way to the panic is told too, behind it. */
static void test_oops(void)
{
	g_autoptr(Fixture) fixture = fixture_new("hang");
	const Verdict *verdict;

	fixture_console_add(fixture, "[    5.000000] BUG: unable to handle page fault for address: ffffea0000000008");
	fixture_console_add(fixture, "[    5.000001] Oops: Oops: 0000 [#1] SMP");
	fixture_console_add(fixture, "[    5.000002][    T1] ---[ end trace 0000000000000000 ]---");
	fixture_console_add(fixture, "[    5.000003] Kernel panic - not syncing: Fatal exception");
	fixture->evidence.end = END_PANIC;
	verdict = fixture_judge(fixture);
	g_assert_cmpuint(verdict->reasons->len, ==, 2);
	g_assert_cmpstr(((Reason *)g_ptr_array_index(verdict->reasons, 0))->id, ==, "guest-panic");
	g_assert_cmpstr(
		((Reason *)g_ptr_array_index(verdict->reasons, 1))->text, ==,
		"second kernel, on its console: BUG: unable to handle page fault for address: ffffea0000000008");
}

/* A console that is not whole on the host: what a kernel did not say may be what was lost. */
static void test_console_lost(void)
{
	g_autoptr(Fixture) fixture = fixture_new("hang");

	fixture->evidence.end = END_SILENT;
	g_assert_nonnull(fixture_reason(fixture_judge(fixture), "guest-hang"));
	fixture->evidence.console_unmarked = 1;
	g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(fixture->verdict, "records-damaged"), "1 kernel was left"));
	fixture->evidence.console_unmarked = 0;
	fixture->evidence.console_strange = 3;
	g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(fixture->verdict, "records-damaged"), "3 lines"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/end/panic", test_panic);
	g_test_add_func("/end/console-lost", test_console_lost);
	g_test_add_func("/end/panic-cut-off", test_panic_cut_off);
	g_test_add_func("/end/panic-first", test_panic_first);
	g_test_add_func("/end/silent-death", test_silent_death);
	g_test_add_func("/end/hang", test_hang);
	g_test_add_func("/end/flood", test_flood);
	g_test_add_func("/end/loop", test_loop);
	g_test_add_func("/end/not-the-guest", test_not_the_guest);
	g_test_add_func("/end/lost-on-the-way", test_lost_on_the_way);
	g_test_add_func("/end/reset", test_reset);
	g_test_add_func("/end/cold-boot", test_cold_boot);
	g_test_add_func("/end/leaving", test_leaving);
	g_test_add_func("/end/first-mute", test_first_mute);
	g_test_add_func("/end/oops", test_oops);
	return g_test_run();
}
