// SPDX-License-Identifier: GPL-2.0-or-later
/* What comes back in time is the caller's; what does not is freed by whoever was left behind. */
#include <base/aside.h>

static gint freed;

static void free_once(gpointer data)
{
	g_atomic_int_inc(&freed);
	g_free(data);
}

static void answer(gpointer data)
{
	*(int *)data = 42;
}

static void dawdle(gpointer data)
{
	g_usleep(G_USEC_PER_SEC / 2);
	*(int *)data = 42;
}

static void test_in_time(void)
{
	int *number = g_new0(int, 1);

	g_atomic_int_set(&freed, 0);
	g_assert_true(aside_call("answer", answer, number, free_once, 10 * G_USEC_PER_SEC, NULL));
	g_assert_cmpint(*number, ==, 42);
	g_assert_cmpint(g_atomic_int_get(&freed), ==, 0);
	g_free(number);
}

static void wait_until_freed(void)
{
	for (int i = 0; i < 1000 && !g_atomic_int_get(&freed); i++)
		g_usleep(10000);
	g_assert_cmpint(g_atomic_int_get(&freed), ==, 1);
}

static void test_late(void)
{
	g_atomic_int_set(&freed, 0);
	g_assert_false(aside_call("dawdle", dawdle, g_new0(int, 1), free_once, 1000, NULL));
	wait_until_freed();
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancel = g_cancellable_new();

	g_atomic_int_set(&freed, 0);
	g_cancellable_cancel(cancel);
	g_assert_false(aside_call("dawdle", dawdle, g_new0(int, 1), free_once, 10 * G_USEC_PER_SEC, cancel));
	wait_until_freed();
}

static gpointer take_time(gpointer data)
{
	g_usleep(G_USEC_PER_SEC / 2);
	return data;
}

static gboolean count_turn(gpointer data)
{
	++*(guint *)data;
	return G_SOURCE_CONTINUE;
}

/* What hangs on the main context goes on. */
static void test_turned(void)
{
	guint turns = 0, source = g_timeout_add(10, count_turn, &turns);
	AsideJob *job = aside_begin("job", take_time, &turns);

	g_assert_true(aside_end(job) == &turns);
	g_assert_cmpuint(turns, >, 2);
	g_source_remove(source);
}

/* There is nothing else that would end the wait. */
static void test_woken(void)
{
	AsideJob *job = aside_begin("job", take_time, NULL);
	gint64 began = g_get_monotonic_time();

	g_assert_null(aside_end(job));
	g_assert_cmpint(g_get_monotonic_time() - began, <, 20 * G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/aside/in-time", test_in_time);
	g_test_add_func("/aside/late", test_late);
	g_test_add_func("/aside/cancelled", test_cancelled);
	g_test_add_func("/aside/turned", test_turned);
	g_test_add_func("/aside/woken", test_woken);
	return g_test_run();
}
