// SPDX-License-Identifier: GPL-2.0-or-later
/* The rate of this host's time stamp counter. */
#include <run/hostfacts.h>

#define NS_PER_S 1000000000ll
#define ASLEEP_S 10

/* -1: there is none. What the clocks are read with takes its time on a busy host. */
static gint64 measure(HostFacts *facts)
{
	hostfacts_measure_tsc(facts);
	return facts->tsc_khz;
}

static void assert_near(gint64 khz, gint64 wanted)
{
	g_assert_cmpint(khz, >, wanted / 2);
	g_assert_cmpint(khz, <, wanted * 2);
}

/* The clocks' span is that of a host that was suspended for so long, with a counter that ran on. */
static void test_suspended(void)
{
	g_autoptr(HostFacts) awake = hostfacts_read(), asleep = hostfacts_read();
	gint64 khz = measure(awake);

	if (khz < 0) {
		g_test_skip("no time stamp counter");
		return;
	}
	asleep->tsc_from.boot_ns -= ASLEEP_S * NS_PER_S;
	asleep->tsc_from.tsc -= (guint64)khz * 1000 * ASLEEP_S;
	assert_near(measure(asleep), khz);
}

/* It begins anew where the processors lost their power. */
static void test_backwards(void)
{
	g_autoptr(HostFacts) awake = hostfacts_read(), asleep = hostfacts_read();
	gint64 khz = measure(awake);

	if (khz < 0) {
		g_test_skip("no time stamp counter");
		return;
	}
	asleep->tsc_from.tsc += (guint64)khz * 1000 * ASLEEP_S;
	assert_near(measure(asleep), khz);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hostfacts/suspended", test_suspended);
	g_test_add_func("/hostfacts/backwards", test_backwards);
	return g_test_run();
}
