// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/cancel.h>
#include <base/error.h>
#include <base/terminal.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

static int received;
static sigset_t awaited; /* set before there is a second thread */

static gpointer wait_for_signals(gpointer data)
{
	GCancellable *cancel = data;
	int number;

	for (;;) {
		if (sigwait(&awaited, &number) != 0)
			continue;
		if (g_atomic_int_get(&received)) {
			terminal_restore();
			_exit(99);
		}
		g_atomic_int_set(&received, number);
		g_cancellable_cancel(cancel);
	}
	return NULL;
}

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

GCancellable *cancel_install(void)
{
	GCancellable *cancel = g_cancellable_new();

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	/* nohup's: sigwait() would take even what is ignored */
	if (!is_ignored(SIGHUP))
		sigaddset(&awaited, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &awaited, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* ignored, as some launchers have it, it would let no child's exit status be seen */
	signal(SIGCHLD, SIG_DFL);
	g_thread_unref(g_thread_new("signals", wait_for_signals, g_object_ref(cancel)));
	return cancel;
}

gboolean cancel_check(GCancellable *cancel, GError **error)
{
	if (!g_cancellable_is_cancelled(cancel))
		return FALSE;
	error_set(error, KHOTEST_ERROR_CANCELLED, "interrupted by %s",
		  g_atomic_int_get(&received) ? g_strsignal(g_atomic_int_get(&received)) : "request");
	return TRUE;
}

const char *cancel_outcome(GCancellable *cancel, gboolean ok)
{
	return ok ? "done" : g_cancellable_is_cancelled(cancel) ? "interrupted" : "failed";
}

static void cancel_other(GCancellable *cancelled, gpointer other)
{
	g_cancellable_cancel(other);
}

gulong cancel_forward(GCancellable *from, GCancellable *to)
{
	return g_cancellable_connect(from, G_CALLBACK(cancel_other), to, NULL);
}
