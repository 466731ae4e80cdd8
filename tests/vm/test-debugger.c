// SPDX-License-Identifier: GPL-2.0-or-later
/* A real machine (guest.S) is held where it passes a place, and not where it passes what only looks like that place. */
#include "gdbstub.h"
#include "machine.h"

extern const unsigned char guest_begin[], guest_work[], guest_step[], guest_text[];

#define TEXT "console: up"

/* Where a debugger that comes now finds the machine; it goes on then, and says for itself that nothing holds it. */
static guint64 look_and_let_go(TestMachine *machine)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GdbStub) stub = gdbstub_connect(machine->spec.debug_socket, &error);
	guint64 pc = 0;

	g_assert_no_error(error);
	g_assert_true(gdbstub_where(stub, &pc, &error));
	g_assert_true(gdbstub_continue(stub, &error));
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	return pc;
}

static TestMachine *machine_to_hold(const VmStop *stops, guint n)
{
	TestMachine *machine = machine_new("c");

	machine->spec.debug_socket = vmhost_socket_path(machine->host, machine->spec.name);
	machine->spec.attended = true;
	machine->stops = stops;
	machine->n_stops = n;
	return machine;
}

/* The same place twice: the guest passes it four times, and is held at the second. */
static void test_in_place(void)
{
	const VmStop stop = { .address = machine_address(guest_step), .places = 1 };
	const VmStop stops[] = { stop, stop };
	g_autoptr(TestMachine) machine = machine_to_hold(stops, G_N_ELEMENTS(stops));
	g_autofree char *socket = (char *)machine->spec.debug_socket;

	machine_must_start(machine);
	g_assert_true(machine_wait_held(machine, 30));
	g_assert_cmpuint(machine->held_offset, ==, 0);
	g_assert_cmpuint(look_and_let_go(machine), ==, machine_address(guest_step));
	g_assert_cmpuint(machine->held, ==, 1);
}

/*
 * A place that was moved, one step of three. The guest passes the first of them before, where the text is not what it
 * has to be, and is not held there.
 */
static void test_moved(void)
{
	guint64 step = (guint64)(guest_step - guest_begin);
	const VmStop stop = { .address = machine_address(guest_begin),
			      .step = step,
			      .places = 3,
			      .text_address = machine_address(guest_text) - step,
			      .text = TEXT };
	const VmStop stops[] = { stop, stop };
	g_autoptr(TestMachine) machine = machine_to_hold(stops, G_N_ELEMENTS(stops));
	g_autofree char *socket = (char *)machine->spec.debug_socket;

	machine_must_start(machine);
	g_assert_true(machine_wait_held(machine, 30));
	g_assert_cmpuint(machine->held_offset, ==, step);
	g_assert_cmpuint(look_and_let_go(machine), ==, machine_address(guest_step));
	g_assert_cmpuint(machine->held, ==, 1);
}

/* What lies in a kernel that was moved was moved with it. */
static void test_here(void)
{
	guint64 step = (guint64)(guest_step - guest_begin);
	const VmStop stops[] = { { .address = machine_address(guest_step) - step,
				   .step = step,
				   .places = 2,
				   .text_address = machine_address(guest_text) - step,
				   .text = TEXT },
				 { .address = machine_address(guest_work) - step, .here = true, .places = 1 } };
	g_autoptr(TestMachine) machine = machine_to_hold(stops, G_N_ELEMENTS(stops));
	g_autofree char *socket = (char *)machine->spec.debug_socket;

	machine_must_start(machine);
	g_assert_true(machine_wait_held(machine, 30));
	g_assert_cmpuint(machine->held_offset, ==, step);
	g_assert_cmpuint(look_and_let_go(machine), ==, machine_address(guest_work));
}

/* Where no place has the text, nothing holds the machine, though it passes them all again and again. */
static void test_nowhere(void)
{
	const VmStop stop = { .address = machine_address(guest_begin),
			      .step = (guint64)(guest_step - guest_begin),
			      .places = 2,
			      .text_address = machine_address(guest_text),
			      .text = "Linux version " };
	g_autoptr(TestMachine) machine = machine_to_hold(&stop, 1);
	g_autofree char *socket = (char *)machine->spec.debug_socket;

	machine_must_start(machine);
	g_assert_true(machine_wait_event(machine, 30));
	g_assert_cmpint(machine->event, ==, VM_EVENT_STOPPED);
	g_assert_cmpuint(machine->held, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vm/debugger/in-place", test_in_place);
	g_test_add_func("/vm/debugger/moved", test_moved);
	g_test_add_func("/vm/debugger/here", test_here);
	g_test_add_func("/vm/debugger/nowhere", test_nowhere);
	return g_test_run();
}
