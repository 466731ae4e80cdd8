// SPDX-License-Identifier: GPL-2.0-or-later
#include "counter.h"
#include "gdbstub.h"

#include <base/error.h>
#include <base/json.h>

#include <glib-unix.h>
#include <libvirt/libvirt-qemu.h>
#include <string.h>

/* A stop is told as it is made. Long enough for a host that has other things to do. */
#define HELD_MS 5000

/* Where a mark stands within the present hop. */
typedef struct {
	const VmMark *mark;
	int after; /* the mark that arms it; -1: always armed, and begins a hop */
	bool armed;
	guint64 leaves_at; /* return address of a call that is going on; 0: none is */
} Watch;

struct Counter {
	virDomainPtr domain;
	GdbStub *stub;
	Watch *watches;
	guint n;
	Vm *vm;
	VmCountFunc func;
	VmCountFailedFunc failed;
	gpointer user;
	guint source;
	guint held_source;    /* 0: nobody asked why the machine is held */
	guint stops;	      /* that the debugging port has told */
	guint stops_at_pause; /* when held_source was made */
	guint64 instructions; /* last reading */
	bool failed_once;
};

/*
 * Instructions executed since power-on, idle time not among them: the emulator's
 * own count, which it otherwise shows for recordings (qapi/replay.json).
 */
static bool read_instructions(Counter *counter, guint64 *ret_instructions, GError **error)
{
	g_autoptr(VirString) text = NULL;
	g_autoptr(JsonObject) object = NULL;
	gint64 count;

	if (virDomainQemuMonitorCommand(counter->domain, "{\"execute\":\"query-replay\"}", &text, 0) < 0)
		return libvirtglue_fail(error, "ask the emulator for its count of instructions");
	object = json_parse_object(text, -1, "query-replay", error);
	if (!object)
		return false;
	count = json_get_object(object, "return") ? json_get_int(json_get_object(object, "return"), "icount") : -1;
	if (count < 0)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the emulator has no count of instructions to give: it answered %s", text);
	/* between two places there is an instruction at least */
	if ((guint64)count <= counter->instructions)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the emulator does not count: it runs with -icount, and after %" G_GUINT64_FORMAT
				 " instructions, at another place of the kernel, it says %" G_GINT64_FORMAT
				 "; another version of QEMU may, and --mode wall needs no count",
				 counter->instructions, count);
	*ret_instructions = counter->instructions = (guint64)count;
	return true;
}

static bool arm(Counter *counter, Watch *watch, GError **error)
{
	if (watch->armed)
		return true;
	watch->armed = true;
	return gdbstub_insert(counter->stub, watch->mark->address, error);
}

static bool disarm(Counter *counter, Watch *watch, GError **error)
{
	if (!watch->armed)
		return true;
	watch->armed = false;
	return gdbstub_remove(counter->stub, watch->mark->address, error);
}

/* A new kernel: nothing of the one before is waited for any longer. */
static bool begin_hop(Counter *counter, GError **error)
{
	for (guint i = 0; i < counter->n; i++) {
		Watch *watch = &counter->watches[i];

		if (watch->leaves_at && !gdbstub_remove(counter->stub, watch->leaves_at, error))
			return false;
		watch->leaves_at = 0;
		if (!disarm(counter, watch, error))
			return false;
	}
	return true;
}

/* The first mark of a kernel; of the last there is if it is beyond. */
static Watch *entry_of(Counter *counter, guint kernel)
{
	Watch *entry = &counter->watches[0];

	for (guint i = 0; i < counter->n; i++)
		if (counter->watches[i].after < 0 && counter->watches[i].mark->kernel <= kernel)
			entry = &counter->watches[i];
	return entry;
}

/*
 * That mark was hit. The next hop of the same kernel can be waited for again as soon as this one is past its beginning,
 * and another kernel when there is nothing more to wait for here.
 */
static bool arm_next(Counter *counter, guint index, GError **error)
{
	const Watch *watch = &counter->watches[index];
	Watch *next = entry_of(counter, watch->mark->kernel + 1);
	bool same = next->mark->kernel == watch->mark->kernel;
	bool last = index + 1 == counter->n || counter->watches[index + 1].mark->kernel != watch->mark->kernel;

	if (same)
		return watch->after < 0 || arm(counter, next, error);
	return !last || arm(counter, next, error);
}

/*
 * The mark itself was hit. Its own breakpoint goes until something else stops the
 * machine: to continue from it would only hit it again.
 */
static bool enter(Counter *counter, guint index, GError **error)
{
	Watch *watch = &counter->watches[index];

	if (watch->after < 0 && !begin_hop(counter, error))
		return false;
	if (!disarm(counter, watch, error))
		return false;
	if (watch->mark->kind != VM_MARK_POINT && (!gdbstub_stack_top(counter->stub, &watch->leaves_at, error) ||
						   !gdbstub_insert(counter->stub, watch->leaves_at, error)))
		return false;
	for (guint i = 0; i < counter->n; i++) {
		Watch *other = &counter->watches[i];

		/* what is called again and again is over once something else begins */
		if (other != watch && other->mark->kind == VM_MARK_CALLS && !disarm(counter, other, error))
			return false;
		if (other->after == (int)index && !arm(counter, other, error))
			return false;
	}
	return arm_next(counter, index, error);
}

static bool leave(Counter *counter, Watch *watch, GError **error)
{
	guint64 address = watch->leaves_at;

	watch->leaves_at = 0;
	return gdbstub_remove(counter->stub, address, error) &&
	       (watch->mark->kind != VM_MARK_CALLS || arm(counter, watch, error));
}

static bool take_stop(Counter *counter, GError **error)
{
	guint64 pc = 0, instructions = 0;

	if (!gdbstub_where(counter->stub, &pc, error) || !read_instructions(counter, &instructions, error))
		return false;
	for (guint i = 0; i < counter->n; i++) {
		Watch *watch = &counter->watches[i];
		VmEdge edge = watch->mark->kind == VM_MARK_POINT ? VM_EDGE_AT : VM_EDGE_ENTER;

		if (watch->armed && watch->mark->address == pc) {
			counter->func(counter->vm, watch->mark->name, edge, instructions, counter->user);
			if (!enter(counter, i, error))
				return false;
		} else if (watch->leaves_at == pc) {
			counter->func(counter->vm, watch->mark->name, VM_EDGE_LEAVE, instructions, counter->user);
			if (!leave(counter, watch, error))
				return false;
		}
	}
	return gdbstub_continue(counter->stub, error);
}

/* What comes after the first failure follows from it. */
static void fail(Counter *counter, GError *error)
{
	if (counter->failed_once) {
		g_error_free(error);
		return;
	}
	counter->failed_once = true;
	counter->failed(counter->vm, error, counter->user);
}

/* False if the port has nothing to tell from now on. */
static bool take_news(Counter *counter)
{
	GError *error = NULL;
	GdbStubNews news;

	if (gdbstub_read(counter->stub, &news, &error)) {
		if (news != GDBSTUB_STOPPED)
			return news != GDBSTUB_GONE;
		counter->stops++;
		if (take_stop(counter, &error))
			return true;
	}
	fail(counter, error);
	return false;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	Counter *counter = data;

	if (take_news(counter))
		return G_SOURCE_CONTINUE;
	counter->source = 0;
	return G_SOURCE_REMOVE;
}

static bool is_held(Counter *counter)
{
	int state;

	return virDomainGetState(counter->domain, &state, NULL, 0) == 0 && state == VIR_DOMAIN_PAUSED;
}

static gboolean on_held(gpointer data)
{
	Counter *counter = data;
	GError *error = NULL;

	counter->held_source = 0;
	/* it may have come, and wait unread, where this process itself was held up */
	if (counter->source && counter->stops == counter->stops_at_pause && !take_news(counter))
		g_clear_handle_id(&counter->source, g_source_remove);
	if (counter->stops != counter->stops_at_pause || !is_held(counter))
		return G_SOURCE_REMOVE;
	error_set(&error, KHOTEST_ERROR_FAILED,
		  "the emulator stopped the machine, and for %d s has not said over its debugging port at which mark: "
		  "instructions cannot be counted with it; another version of QEMU may do, and --mode wall needs no "
		  "count",
		  HELD_MS / 1000);
	fail(counter, error);
	return G_SOURCE_REMOVE;
}

void counter_take_pause(Counter *counter)
{
	if (counter->held_source)
		g_source_remove(counter->held_source);
	counter->stops_at_pause = counter->stops;
	counter->held_source = g_timeout_add(HELD_MS, on_held, counter);
}

/* The one with that name in the same kernel as the given one. */
static int find_mark(const VmMark *marks, guint n, const VmMark *of)
{
	for (guint i = 0; of->after && i < n; i++)
		if (marks[i].kernel == of->kernel && strcmp(marks[i].name, of->after) == 0)
			return (int)i;
	return -1;
}

Counter *counter_new(virDomainPtr domain, const char *socket, const VmMark *marks, guint n_marks, Vm *vm,
		     VmCountFunc func, VmCountFailedFunc failed, gpointer user, GError **error)
{
	g_autoptr(Counter) counter = g_new0(Counter, 1);

	counter->domain = domain;
	counter->vm = vm;
	counter->func = func;
	counter->failed = failed;
	counter->user = user;
	counter->n = n_marks;
	counter->watches = g_new0(Watch, n_marks);
	for (guint i = 0; i < n_marks; i++)
		counter->watches[i] = (Watch){ .mark = &marks[i], .after = find_mark(marks, n_marks, &marks[i]) };
	counter->stub = gdbstub_connect(socket, error);
	if (!counter->stub || !arm(counter, &counter->watches[0], error))
		return NULL;
	counter->source = g_unix_fd_add(gdbstub_fd(counter->stub), G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, counter);
	return g_steal_pointer(&counter);
}

bool counter_start(Counter *counter, GError **error)
{
	return gdbstub_continue(counter->stub, error);
}

void counter_free(Counter *counter)
{
	if (!counter)
		return;
	if (counter->held_source)
		g_source_remove(counter->held_source);
	if (counter->source)
		g_source_remove(counter->source);
	gdbstub_free(counter->stub);
	g_free(counter->watches);
	g_free(counter);
}
