// SPDX-License-Identifier: GPL-2.0-or-later
#include "debugger.h"
#include "gdbstub.h"

#include <glib-unix.h>

struct Debugger {
	GdbStub *stub;
	GArray *stops; /* guint64 */
	guint at;      /* the one that is waited for */
	Vm *vm;
	VmHeldFunc held;
	gpointer user;
	guint source;
};

static guint64 stop_at(const Debugger *debugger, guint i)
{
	return g_array_index(debugger->stops, guint64, i);
}

/* The next place may be the same address: it is passed by before it is looked out for again. */
static bool go_on(Debugger *debugger, GError **error)
{
	guint64 here = stop_at(debugger, debugger->at);

	debugger->at++;
	return gdbstub_remove(debugger->stub, here, error) && gdbstub_step(debugger->stub, error) &&
	       gdbstub_insert(debugger->stub, stop_at(debugger, debugger->at), error) &&
	       gdbstub_continue(debugger->stub, error);
}

/* false: nothing more is waited for, and what of it is to be told has been. */
static bool take_news(Debugger *debugger)
{
	GError *error = NULL;
	GdbStubNews news = GDBSTUB_NOTHING;
	bool last = debugger->at + 1 == debugger->stops->len;
	bool ok = gdbstub_read(debugger->stub, &news, &error);

	if (ok && news == GDBSTUB_NOTHING)
		return true;
	if (ok && news == GDBSTUB_STOPPED && !last && go_on(debugger, &error))
		return true;
	if (ok && news == GDBSTUB_STOPPED && last)
		ok = gdbstub_remove(debugger->stub, stop_at(debugger, debugger->at), &error);
	/* the next debugger is let in only when this one is gone */
	g_clear_pointer(&debugger->stub, gdbstub_free);
	if (error || news == GDBSTUB_STOPPED)
		debugger->held(debugger->vm, error, debugger->user);
	return false;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	Debugger *debugger = data;

	if (take_news(debugger))
		return G_SOURCE_CONTINUE;
	debugger->source = 0;
	return G_SOURCE_REMOVE;
}

Debugger *debugger_new(const char *socket, const guint64 *stops, guint n, Vm *vm, VmHeldFunc held, gpointer user,
		       GError **error)
{
	g_autoptr(Debugger) debugger = g_new0(Debugger, 1);

	debugger->vm = vm;
	debugger->held = held;
	debugger->user = user;
	debugger->stops = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_array_append_vals(debugger->stops, stops, n);
	debugger->stub = gdbstub_connect(socket, error);
	if (!debugger->stub || !gdbstub_insert(debugger->stub, stop_at(debugger, 0), error))
		return NULL;
	debugger->source =
		g_unix_fd_add(gdbstub_fd(debugger->stub), G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, debugger);
	return g_steal_pointer(&debugger);
}

bool debugger_start(Debugger *debugger, GError **error)
{
	return gdbstub_continue(debugger->stub, error);
}

void debugger_free(Debugger *debugger)
{
	if (!debugger)
		return;
	if (debugger->source)
		g_source_remove(debugger->source);
	gdbstub_free(debugger->stub);
	g_array_unref(debugger->stops);
	g_free(debugger);
}
