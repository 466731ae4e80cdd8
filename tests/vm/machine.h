/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VM_MACHINE_H
#define TESTS_VM_MACHINE_H

#include <vm/vm.h>

/*
 * A machine under test, what came from it, and where its files are.
 */
typedef struct {
	char *folder; /* everything of one test */
	char *runtime;
	char *cache;
	VmHost *host;
	Vm *vm;
	VmSpec spec;
	GString *console;
	GString *channel;
	gint64 started_ns;
	gint64 first_byte_ns;
	gint64 event_ns;
	guint events;
	VmEvent event;
	char *detail;
	gsize console_at_event; /* length of console when the event came */
	bool destroy_in_event;
	const VmMark *marks; /* in a machine that counts */
	guint n_marks;
	GPtrArray *counts;   /* "mark edge", char */
	GArray *readings;    /* guint64, one for each */
	GError *count_error; /* why it can't be followed any longer */
	const VmStop *stops; /* in a machine that is to be held */
	guint n_stops;
	guint held; /* how often it was */
	guint64 held_offset;
} TestMachine;

/* Where the machine finds a place of the test guest's code. */
guint64 machine_address(const unsigned char *place);

/* Lets this process keep libvirt's root in a folder that is not its own. Before the first machine_new(). */
void machine_use_runtime(const char *path);

/* Opens the host and fills spec for the test guest told to do what; see guest.S. Skips the whole test program if the
 * host can't. */
TestMachine *machine_new(const char *what);
void machine_free(TestMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestMachine, machine_free)

bool machine_start(TestMachine *machine, GError **error);

/* The test fails if it does not start. */
void machine_must_start(TestMachine *machine);

/* Runs the main loop until the event, or the text on the console, or the deadline; tells whether it came. */
bool machine_wait_event(TestMachine *machine, gint seconds);
bool machine_wait_console(TestMachine *machine, const char *text, gint seconds);
bool machine_wait_held(TestMachine *machine, gint seconds);

/* The emulator's pid, through its name on the command line. */
pid_t machine_pid(TestMachine *machine);
/* Sends the emulator, which has to be there, a signal. */
void machine_signal(TestMachine *machine, int number);

#endif
