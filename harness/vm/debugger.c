// SPDX-License-Identifier: GPL-2.0-or-later
#include "debugger.h"
#include "gdbstub.h"

#include <glib-unix.h>

struct Debugger {
	GdbStub *stub;
	GArray *stops;	/* VmStop */
	guint at;	/* the one that is waited for */
	guint64 offset; /* by which the kernel was moved that was last seen to begin, bytes */
	Vm *vm;
	VmHeldFunc held;
	gpointer user;
	guint source;
};

static const VmStop *stop_at(const Debugger *debugger, guint i)
{
	return &g_array_index(debugger->stops, VmStop, i);
}

/* Looks out for a stop wherever it may be, or no longer. */
static bool change(Debugger *debugger, guint at, bool (*one)(GdbStub *stub, guint64 address, GError **error),
		   GError **error)
{
	const VmStop *stop = stop_at(debugger, at);
	guint64 first = stop->address + (stop->here ? debugger->offset : 0);

	for (guint i = 0; i < stop->places; i++)
		if (!one(debugger->stub, first + i * stop->step, error))
			return false;
	return true;
}

/* Whether the machine has stopped in the kernel that is waited for; offset: how far from the stop's first place. */
static bool is_arrived(Debugger *debugger, bool *ret_arrived, guint64 *ret_offset, GError **error)
{
	const VmStop *stop = stop_at(debugger, debugger->at);
	guint64 pc;

	*ret_arrived = true;
	*ret_offset = 0;
	if (stop->places == 1)
		return true;
	if (!gdbstub_where(debugger->stub, &pc, error))
		return false;
	*ret_offset = pc - stop->address;
	return gdbstub_holds(debugger->stub, stop->text_address + *ret_offset, stop->text, ret_arrived, error);
}

/* One instruction, and nothing that is waited for stops it. */
static bool pass(Debugger *debugger, guint64 address, GError **error)
{
	return gdbstub_remove(debugger->stub, address, error) && gdbstub_step(debugger->stub, error) &&
	       gdbstub_insert(debugger->stub, address, error) && gdbstub_continue(debugger->stub, error);
}

/* The next place may be the same address: it is passed by before it is looked out for again. */
static bool go_on(Debugger *debugger, GError **error)
{
	debugger->at++;
	return gdbstub_step(debugger->stub, error) && change(debugger, debugger->at, gdbstub_insert, error) &&
	       gdbstub_continue(debugger->stub, error);
}

/* The machine has stopped. ret_over: it is held where it was to be. */
static bool take_stop(Debugger *debugger, bool *ret_over, GError **error)
{
	const VmStop *stop = stop_at(debugger, debugger->at);
	guint64 offset;
	bool arrived;

	if (!is_arrived(debugger, &arrived, &offset, error))
		return false;
	if (!arrived)
		return pass(debugger, stop->address + offset, error);
	if (!change(debugger, debugger->at, gdbstub_remove, error))
		return false;
	if (!stop->here)
		debugger->offset = offset;
	*ret_over = debugger->at + 1 == debugger->stops->len;
	return *ret_over || go_on(debugger, error);
}

/* false: nothing more is waited for, and what of it is to be told has been. */
static bool take_news(Debugger *debugger)
{
	GError *error = NULL;
	GdbStubNews news = GDBSTUB_NOTHING;
	bool over = false, ok = gdbstub_read(debugger->stub, &news, &error);

	if (ok && news == GDBSTUB_STOPPED)
		ok = take_stop(debugger, &over, &error);
	if (ok && news != GDBSTUB_GONE && !over)
		return true;
	/* the next debugger is let in only when this one is gone */
	g_clear_pointer(&debugger->stub, gdbstub_free);
	if (error || over)
		debugger->held(debugger->vm, debugger->offset, error, debugger->user);
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

Debugger *debugger_new(const char *socket, const VmStop *stops, guint n, Vm *vm, VmHeldFunc held, gpointer user,
		       GError **error)
{
	g_autoptr(Debugger) debugger = g_new0(Debugger, 1);

	debugger->vm = vm;
	debugger->held = held;
	debugger->user = user;
	debugger->stops = g_array_new(FALSE, FALSE, sizeof(VmStop));
	g_array_append_vals(debugger->stops, stops, n);
	debugger->stub = gdbstub_connect(socket, error);
	if (!debugger->stub || !change(debugger, 0, gdbstub_insert, error))
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
