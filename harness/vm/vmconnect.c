// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way to libvirt. virConnectOpen() waits for a daemon without a limit, and nothing interrupts it: so a thread of
 * its own asks, and is left behind if no answer comes.
 */
#include "vmconnect.h"
#include "libvirtglue.h"

#include <base/cancel.h>
#include <base/error.h>

#define SLICE_US (G_USEC_PER_SEC / 10)
/* A daemon on a host under load is late now and then: only after a minute is it taken for gone. */
#define ALIVE_INTERVAL_S 10
#define ALIVE_COUNT 6

/* Shared by the two threads; whoever is the last frees it. */
typedef struct {
	char *uri;
	GMutex mutex;
	GCond cond;
	bool done;
	virConnectPtr connection;
	GError *error;
} Question;

static void question_free(gpointer data)
{
	Question *question = data;

	if (question->connection)
		virConnectClose(question->connection);
	g_clear_error(&question->error);
	g_free(question->uri);
	g_mutex_clear(&question->mutex);
	g_cond_clear(&question->cond);
}

virConnectPtr vmconnect_here(const char *uri, GError **error)
{
	g_autofree char *what = g_strdup_printf("connect to libvirt at %s", uri);
	virConnectPtr connection = virConnectOpen(uri);

	if (!connection)
		libvirtglue_fail(error, what);
	return connection;
}

static gpointer ask(gpointer data)
{
	Question *question = data;
	GError *error = NULL;
	virConnectPtr connection = vmconnect_here(question->uri, &error);

	/* drivers without a daemon do not have it, and need it not */
	if (connection && virConnectSetKeepAlive(connection, ALIVE_INTERVAL_S, ALIVE_COUNT) < 0)
		virResetLastError();
	g_mutex_lock(&question->mutex);
	question->connection = connection;
	question->error = error;
	question->done = true;
	g_cond_signal(&question->cond);
	g_mutex_unlock(&question->mutex);
	g_atomic_rc_box_release_full(question, question_free);
	return NULL;
}

/* With the mutex held: waits for the answer. */
static bool wait_for(Question *question, gint64 timeout_us, GCancellable *cancel, GError **error)
{
	gint64 until = g_get_monotonic_time() + timeout_us;

	while (!question->done) {
		gint64 now = g_get_monotonic_time();

		if (cancel_check(cancel, error))
			return false;
		if (now >= until)
			return error_set(error, KHOTEST_ERROR_HOST,
					 "cannot connect to libvirt at %s: no answer within %.0f s. Try 'virsh -c %s "
					 "version'; without --connect no daemon is needed",
					 question->uri, (double)timeout_us / G_USEC_PER_SEC, question->uri);
		g_cond_wait_until(&question->cond, &question->mutex, MIN(until, now + SLICE_US));
	}
	return true;
}

virConnectPtr vmconnect_open(const char *uri, gint64 timeout_us, GCancellable *cancel, GError **error)
{
	Question *question = g_atomic_rc_box_new0(Question);
	virConnectPtr connection = NULL;

	question->uri = g_strdup(uri);
	g_mutex_init(&question->mutex);
	g_cond_init(&question->cond);
	g_thread_unref(g_thread_new("connect", ask, g_atomic_rc_box_acquire(question)));
	g_mutex_lock(&question->mutex);
	if (wait_for(question, timeout_us, cancel, error)) {
		connection = g_steal_pointer(&question->connection);
		if (!connection)
			g_propagate_error(error, g_steal_pointer(&question->error));
	}
	g_mutex_unlock(&question->mutex);
	g_atomic_rc_box_release_full(question, question_free);
	return connection;
}
