// SPDX-License-Identifier: GPL-2.0-or-later
/* What signals do to a process, each in one of its own. */
#include <base/cancel.h>
#include <base/error.h>
#include <base/spawn.h>
#include <base/terminal.h>

#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WAIT_US (G_USEC_PER_SEC / 5) /* for what must not come */

/* Whether it cancels, within some seconds at most. */
static bool cancels(GCancellable *cancel, int number, gint64 wait_us)
{
	kill(getpid(), number);
	for (; wait_us > 0 && !g_cancellable_is_cancelled(cancel); wait_us -= 10000)
		g_usleep(10000);
	return g_cancellable_is_cancelled(cancel);
}

/* A process that begins with what its parent has made of SIGHUP: g_spawn() would not let it through. */
static GCancellable *begin(void (*hangup)(int))
{
	signal(SIGHUP, hangup);
	return cancel_install();
}

static void test_hangup(void)
{
	g_autoptr(GCancellable) cancel = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		return;
	}
	cancel = begin(SIG_DFL);
	g_assert_true(cancels(cancel, SIGHUP, 10 * G_USEC_PER_SEC));
	g_assert_true(cancel_check(cancel, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
}

static void test_nohup(void)
{
	g_autoptr(GCancellable) cancel = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		return;
	}
	cancel = begin(SIG_IGN);
	g_assert_false(cancels(cancel, SIGHUP, WAIT_US));
	g_assert_true(cancels(cancel, SIGTERM, 10 * G_USEC_PER_SEC));
}

static void test_children(void)
{
	const char *const words[] = { "sh", "-c", "exit 3", NULL };
	SpawnSpec spec = { .argv = words };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GCancellable) cancel = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		return;
	}
	signal(SIGCHLD, SIG_IGN);
	cancel = cancel_install();
	g_assert_true(spawn_run(&spec, &result, NULL));
	g_assert_cmpint(result.status, ==, 3);
}

/* A second signal does not wait for anything, and leaves the terminal as it was. */
static void test_terminal(void)
{
	struct termios settings;
	int master, terminal, status;
	pid_t pid;

	g_assert_cmpint(openpty(&master, &terminal, NULL, NULL, NULL), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		cancel_install();
		terminal_make_raw(terminal);
		for (guint i = 0; i < 200; i++) {
			kill(getpid(), SIGTERM);
			g_usleep(50000);
		}
		_exit(1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 99);
	g_assert_cmpint(tcgetattr(terminal, &settings), ==, 0);
	g_assert_true(settings.c_lflag & ICANON);
	close(master);
	close(terminal);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cancel/hangup", test_hangup);
	g_test_add_func("/cancel/nohup", test_nohup);
	g_test_add_func("/cancel/children", test_children);
	g_test_add_func("/cancel/terminal", test_terminal);
	return g_test_run();
}
