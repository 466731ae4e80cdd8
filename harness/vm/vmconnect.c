// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way to libvirt. virConnectOpen() waits for a daemon without a limit, and nothing interrupts it: so a thread of
 * its own asks, and is left behind if no answer comes.
 */
#include "vmconnect.h"
#include "libvirtglue.h"

#include <base/aside.h>
#include <base/cancel.h>
#include <base/error.h>

/* A daemon on a host under load is late now and then: only after a minute is it taken for gone. */
#define ALIVE_INTERVAL_S 10
#define ALIVE_COUNT 6

typedef struct {
	char *uri;
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
	g_free(question);
}

virConnectPtr vmconnect_here(const char *uri, GError **error)
{
	g_autofree char *what = g_strdup_printf("connect to libvirt at %s", uri);
	virConnectPtr connection = virConnectOpen(uri);

	if (!connection)
		libvirtglue_fail(error, what);
	return connection;
}

static void ask(gpointer data)
{
	Question *question = data;

	question->connection = vmconnect_here(question->uri, &question->error);
	/* drivers without a daemon do not have it, and need it not */
	if (question->connection && virConnectSetKeepAlive(question->connection, ALIVE_INTERVAL_S, ALIVE_COUNT) < 0)
		virResetLastError();
}

virConnectPtr vmconnect_open(const char *uri, gint64 timeout_us, GCancellable *cancel, GError **error)
{
	Question *question = g_new0(Question, 1);
	virConnectPtr connection;

	question->uri = g_strdup(uri);
	if (!aside_call("connect", ask, question, question_free, timeout_us, cancel)) {
		if (!cancel_check(cancel, error))
			error_set(error, KHOTEST_ERROR_HOST,
				  "cannot connect to libvirt at %s: no answer within %.0f s. Try 'virsh -c %s "
				  "version'; without --connect no daemon is needed",
				  uri, (double)timeout_us / G_USEC_PER_SEC, uri);
		return NULL;
	}
	connection = g_steal_pointer(&question->connection);
	if (!connection)
		g_propagate_error(error, g_steal_pointer(&question->error));
	question_free(question);
	return connection;
}
