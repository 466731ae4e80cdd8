// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose a silence is: time in which nobody could hear or speak is not counted; and where a processor stands. */
#include "silence.h"

#include <measure/execution.h>
#include <string.h>

#define S G_GINT64_CONSTANT(1000000000)
#define TICK (S / 20)

/* Looks many times a second, as the runner does. */
static void look_until(Silence *silence, gint64 from, gint64 to, bool stopped)
{
	for (gint64 now = from + TICK; now <= to; now += TICK)
		silence_look(silence, now, stopped);
}

static void test_counting(void)
{
	Silence silence;

	silence_begin(&silence, 100 * S, 0);
	look_until(&silence, 100 * S, 110 * S, false);
	g_assert_cmpint(silence_length(&silence), ==, 10 * S);
	silence_heard(&silence, 109 * S);
	g_assert_cmpint(silence_length(&silence), ==, S);
	g_assert_cmpint(silence.paused_ns, ==, 0);
}

/* The harness did not run for 48 s: that is nothing that the guest did, and what waits unread has its time. */
static void test_harness_paused(void)
{
	Silence silence;

	silence_begin(&silence, 100 * S, 0);
	look_until(&silence, 100 * S, 103 * S, false);
	g_assert_cmpint(silence_look(&silence, 151 * S, false), ==, 48 * S);
	g_assert_cmpint(silence_length(&silence), ==, 3 * S);
	g_assert_cmpint(silence.paused_ns, ==, 48 * S);
	look_until(&silence, 151 * S, 152 * S, false);
	g_assert_cmpint(silence_length(&silence), ==, 4 * S);
}

/* The host slept for a minute: no time of its clock, but of the guest's. */
static void test_host_slept(void)
{
	Silence silence;

	silence_begin(&silence, 100 * S, 7 * S);
	g_assert_cmpint(silence_slept(&silence, 7 * S + TICK), ==, 0);
	g_assert_cmpint(silence_slept(&silence, 67 * S), ==, 60 * S);
	g_assert_cmpint(silence_slept(&silence, 67 * S), ==, 0);
	look_until(&silence, 100 * S, 101 * S, false);
	g_assert_cmpint(silence_length(&silence), ==, S);
	g_assert_cmpint(silence.paused_ns, ==, 60 * S);
}

static void test_emulator_stopped(void)
{
	Silence silence;

	silence_begin(&silence, 0, 0);
	look_until(&silence, 0, 5 * S, true);
	g_assert_cmpint(silence_length(&silence), ==, 0);
	g_assert_cmpint(silence.stop_ns, ==, 5 * S);
	look_until(&silence, 5 * S, 6 * S, false);
	g_assert_cmpint(silence.stop_ns, ==, 0);
	g_assert_cmpint(silence_length(&silence), ==, S);
	g_assert_cmpint(silence.paused_ns, ==, 5 * S);
}

/* The watch lies within the silence, and begins anew after whatever it could not see. */
static void test_watch(void)
{
	Silence silence;

	silence_begin(&silence, 0, 0);
	silence_look(&silence, TICK, false);
	g_assert_false(silence_watch_begins(&silence));
	look_until(&silence, TICK, 2 * S, false);
	g_assert_true(silence_watch_begins(&silence));
	g_assert_false(silence_watch_begins(&silence));
	g_assert_cmpint(silence.from_ns, ==, 2 * S);
	silence_heard(&silence, 2 * S);
	g_assert_cmpint(silence.from_ns, ==, 0);
	look_until(&silence, 2 * S, 4 * S, false);
	g_assert_true(silence_watch_begins(&silence));
	silence_look(&silence, 20 * S, false);
	g_assert_cmpint(silence.from_ns, ==, 0);
}

static void test_blame(void)
{
	Execution worked = { .window_ns = 44 * S, .cpu_ns = 43 * S, .answers = true, .running = true };
	Execution busy = worked, starved = worked, halted = worked, paused = worked, stuck = worked, unknown = worked;

	/* the emulator of a newer QEMU that counted, and executed next to nothing: 0.8 s in 45 s */
	starved.cpu_ns = 8 * S / 10;
	/* a third of a processor, as a host with others to run gives it */
	busy.cpu_ns = 15 * S;
	busy.waited_ns = 29 * S;
	halted.cpu_ns = 0;
	halted.halted = true;
	paused.running = false;
	stuck.answers = false;
	unknown.cpu_ns = -1;
	g_assert_cmpint(execution_blame(&worked, false), ==, EXECUTION_GUEST);
	g_assert_cmpint(execution_blame(&starved, false), ==, EXECUTION_HOST);
	g_assert_cmpint(execution_blame(&busy, false), ==, EXECUTION_HOST);
	g_assert_cmpint(execution_blame(&halted, false), ==, EXECUTION_GUEST);
	g_assert_cmpint(execution_blame(&paused, false), ==, EXECUTION_HOST);
	g_assert_cmpint(execution_blame(&stuck, false), ==, EXECUTION_HOST);
	g_assert_cmpint(execution_blame(&unknown, false), ==, EXECUTION_UNKNOWN);
	g_assert_cmpint(execution_blame(NULL, false), ==, EXECUTION_UNKNOWN);
}

/* A deadline: what a guest that still spoke had of the host. */
static void test_deadline(void)
{
	static const struct {
		gint64 cpu_ns, waited_ns;
		bool halted;
		ExecutionBlame blame;
	} cases[] = {
		{ 196 * S / 10, 0, false, EXECUTION_GUEST },
		{ 25 * S, 2 * S, false, EXECUTION_GUEST }, /* two CPUs */
		{ 0, 0, true, EXECUTION_GUEST },
		{ 5 * S, S, true, EXECUTION_GUEST },
		/* eight CPUs that spin, on a host that has two */
		{ 40 * S, 120 * S, false, EXECUTION_GUEST },
		/* a shell that waits for input, on a busy host */
		{ 1 * S, 15 * S / 10, true, EXECUTION_GUEST },
		/* a quarter of a processor, as a host with others to run gives it */
		{ 54 * S / 10, 145 * S / 10, false, EXECUTION_HOST },
		{ 54 * S / 10, 145 * S / 10, true, EXECUTION_HOST },
		{ 15 * S, 15 * S, false, EXECUTION_HOST },
		/* a host that does not tell */
		{ 54 * S / 10, -1, false, EXECUTION_HOST },
		{ 196 * S / 10, -1, false, EXECUTION_GUEST },
		{ -1, -1, true, EXECUTION_GUEST },
		{ -1, -1, false, EXECUTION_UNKNOWN },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Execution execution = {
			.window_ns = 20 * S,
			.cpu_ns = cases[i].cpu_ns,
			.waited_ns = cases[i].waited_ns,
			.answers = true,
			.running = true,
			.halted = cases[i].halted,
		};
		g_autofree char *text = execution_text(&execution);

		g_test_message("%s", text);
		g_assert_cmpint(execution_blame(&execution, true), ==, cases[i].blame);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/silence/counting", test_counting);
	g_test_add_func("/silence/harness-paused", test_harness_paused);
	g_test_add_func("/silence/host-slept", test_host_slept);
	g_test_add_func("/silence/emulator-stopped", test_emulator_stopped);
	g_test_add_func("/silence/watch", test_watch);
	g_test_add_func("/silence/blame", test_blame);
	g_test_add_func("/silence/deadline", test_deadline);
	return g_test_run();
}
