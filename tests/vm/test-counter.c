// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counting in a real machine whose guest (guest.S) does a known number of
 * instructions between its marks.
 */
#include "counter.h"
#include "machine.h"
#include "vmprivate.h"

#include <base/error.h>

#include <string.h>

#define N_MARKS 4
#define HELD_SECONDS 5 /* after which counter.c says so */
/* of guest_sleep: its own five, five of the handler for each of two interrupts */
#define SLEEP_INSTRUCTIONS 15

extern const unsigned char guest_begin[], guest_work[], guest_step[], guest_sleep[];

static TestMachine *counting_machine(const char *what)
{
	static VmMark marks[N_MARKS];
	TestMachine *machine = machine_new(what);

	marks[0] = (VmMark){ "begin", machine_address(guest_begin), VM_MARK_POINT, NULL, 0 };
	marks[1] = (VmMark){ "work", machine_address(guest_work), VM_MARK_CALL, "begin", 0 };
	marks[2] = (VmMark){ "step", machine_address(guest_step), VM_MARK_CALLS, "begin", 0 };
	marks[3] = (VmMark){ "sleep", machine_address(guest_sleep), VM_MARK_CALL, "begin", 0 };
	machine->spec.counted = true;
	machine->spec.debug_socket = vmhost_socket_path(machine->host, machine->spec.name);
	machine->marks = marks;
	machine->n_marks = N_MARKS;
	return machine;
}

/*
 * Every mark is seen, and between two of them exactly the instructions that guest.S
 * has there, in both rounds. What it sleeps is none: a tick is 55 million on its clock.
 */
static void test_exact(void)
{
	static const struct {
		const char *what;
		guint64 before; /* instructions since the reading before */
	} due[] = {
		{ "begin at", 0 },	{ "step enter", 2 },  { "step leave", 2 },
		{ "step enter", 1 },	{ "step leave", 2 },  { "work enter", 1 },
		{ "work leave", 2002 }, { "sleep enter", 1 }, { "sleep leave", SLEEP_INSTRUCTIONS },
		{ "begin at", 4 },	{ "step enter", 2 },  { "step leave", 2 },
		{ "step enter", 1 },	{ "step leave", 2 },  { "work enter", 1 },
		{ "work leave", 2002 }, { "sleep enter", 1 }, { "sleep leave", SLEEP_INSTRUCTIONS },
	};
	g_autoptr(TestMachine) machine = counting_machine("c");
	g_autofree char *socket = (char *)machine->spec.debug_socket;

	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 90));
	for (guint i = 0; i < machine->counts->len; i++) {
		const guint64 *reading = &g_array_index(machine->readings, guint64, i);

		g_test_message("%s, after %" G_GUINT64_FORMAT, (char *)machine->counts->pdata[i],
			       i ? reading[0] - reading[-1] : 0);
	}
	g_assert_no_error(machine->count_error);
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_assert_cmpuint(machine->counts->len, ==, G_N_ELEMENTS(due));
	for (guint i = 0; i < machine->counts->len; i++) {
		const guint64 *reading = &g_array_index(machine->readings, guint64, i);

		g_assert_cmpstr(machine->counts->pdata[i], ==, due[i].what);
		if (i)
			g_assert_cmpuint(reading[0] - reading[-1], ==, due[i].before);
	}
}

static void note_failure(Vm *vm, GError *error, gpointer user)
{
	GError **ret = user;

	g_assert_null(*ret);
	*ret = error;
}

static void no_count(Vm *vm, const char *mark, VmEdge edge, guint64 instructions, gpointer user)
{
	g_assert_not_reached();
}

static gboolean on_deadline(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

static void pass_seconds(guint seconds)
{
	bool over = false;

	g_timeout_add_seconds(seconds, on_deadline, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

/*
 * A counter for a machine that is being tested without one of its own: so it can be
 * told things, and be given an emulator that does not count.
 */
static Counter *attach(TestMachine *machine, const VmMark *marks, guint n_marks, virDomainPtr *ret_domain,
		       GError **ret_failure)
{
	g_autoptr(GError) error = NULL;
	Counter *counter;

	machine_must_start(machine);
	g_assert_true(machine_wait_console(machine, "console: up", 30));
	*ret_domain = virDomainLookupByName(machine->host->connection, machine->spec.name);
	g_assert_cmpint(virDomainSuspend(*ret_domain), ==, 0);
	counter = counter_new(*ret_domain, machine->spec.debug_socket, marks, n_marks, machine->vm, no_count,
			      note_failure, ret_failure, &error);
	g_assert_no_error(error);
	return counter;
}

/* A machine that is held, and not at a mark, is the emulator's failure and said to be one; not so if it goes on. */
static void test_held(void)
{
	g_autoptr(TestMachine) machine = counting_machine("h");
	g_autofree char *socket = (char *)machine->spec.debug_socket;
	g_autoptr(virDomain) domain = NULL;
	g_autoptr(Counter) counter = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) failure = NULL;

	machine->n_marks = 0;
	counter = attach(machine, machine->marks, N_MARKS, &domain, &failure);
	counter_take_pause(counter);
	g_assert_true(counter_start(counter, &error));
	pass_seconds(HELD_SECONDS + 1);
	g_assert_no_error(failure);

	g_assert_cmpint(virDomainSuspend(domain), ==, 0);
	counter_take_pause(counter);
	pass_seconds(HELD_SECONDS + 1);
	g_assert_error(failure, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(failure->message, "--mode wall"));
}

/* Nor is an emulator believed that passes marks and counts nothing. */
static void test_standing_still(void)
{
	g_autoptr(TestMachine) machine = counting_machine("l");
	g_autofree char *socket = (char *)machine->spec.debug_socket;
	const VmMark mark = { "step", machine_address(guest_step), VM_MARK_POINT, NULL, 0 };
	g_autoptr(virDomain) domain = NULL;
	g_autoptr(Counter) counter = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) failure = NULL;

	machine->spec.counted = false;
	counter = attach(machine, &mark, 1, &domain, &failure);
	g_assert_true(counter_start(counter, &error));
	for (guint i = 0; !failure && i < 10; i++)
		pass_seconds(1);
	g_assert_error(failure, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_test_message("%s", failure->message);
	g_assert_nonnull(strstr(failure->message, "count"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vm/counter/exact", test_exact);
	g_test_add_func("/vm/counter/held", test_held);
	g_test_add_func("/vm/counter/standing-still", test_standing_still);
	return g_test_run();
}
