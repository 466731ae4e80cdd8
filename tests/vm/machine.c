// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"
#include "emulator.h"
#include "hostclock.h"

#include <base/error.h>
#include <base/files.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GUEST_LOAD 0x100000 /* as guest.S has it */

extern const unsigned char guest_start[], guest_end[];

static char *in_folder(TestMachine *machine, const char *name)
{
	return g_build_filename(machine->folder, name, NULL);
}

static volatile sig_atomic_t emulator; /* of the machine that was started last; -1: none */

/* A failed assertion leaves no emulator behind: nobody else would end it. */
static void on_abort(int signal)
{
	if (emulator > 0)
		kill(emulator, SIGKILL);
}

static char *runtime;

/* Runs after libvirt's root below it is gone: what was registered last runs first. */
static void remove_runtime(void)
{
	g_autoptr(GError) error = NULL;

	if (!files_remove_tree(runtime, &error))
		g_printerr("%s\n", error->message);
	g_free(runtime);
}

void machine_use_runtime(const char *path)
{
	runtime = g_strdup(path);
}

TestMachine *machine_new(const char *what)
{
	TestMachine *machine = g_new0(TestMachine, 1);
	g_autoptr(GError) error = NULL;
	const char *cache = g_getenv("KHOTEST_TEST_CACHE");
	static int number;

	machine->folder = g_dir_make_tmp("kvm-XXXXXX", &error);
	g_assert_no_error(error);
	/* libvirt's driver takes one root a process */
	if (!runtime) {
		runtime = g_dir_make_tmp("kvmr-XXXXXX", &error);
		atexit(remove_runtime);
	}
	machine->runtime = g_strdup(runtime);
	machine->cache = cache ? g_strdup(cache) : g_build_filename(g_get_user_cache_dir(), "khotest", NULL);
	machine->console = g_string_new(NULL);
	machine->channel = g_string_new(NULL);
	machine->counts = g_ptr_array_new_with_free_func(g_free);
	machine->readings = g_array_new(FALSE, FALSE, sizeof(guint64));
	machine->host = vmhost_open("embed", machine->runtime, machine->cache, NULL, &error);
	if (g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST)) {
		printf("Bail out! %s\n", error->message);
		exit(77);
	}
	g_assert_no_error(error);
	machine->spec = (VmSpec){
		.arch = arch_default(),
		.name = g_strdup_printf("khotest-%d-%d", (int)getpid(), number++),
		.emulator = vmhost_emulator(machine->host),
		.machine = "q35",
		.accel = ACCEL_TCG,
		.guest.memory_bytes = 256 << 20,
		.guest.cpus = 1,
		.kernel = in_folder(machine, "guest"),
		.cmdline = g_strdup_printf("do %s", what),
		.console = in_folder(machine, "console"),
		.channel = in_folder(machine, "channel"),
	};
	files_write(machine->spec.kernel, guest_start, (gsize)(guest_end - guest_start), &error);
	g_assert_no_error(error);
	return machine;
}

void machine_free(TestMachine *machine)
{
	g_autoptr(GError) error = NULL;

	if (!machine)
		return;
	vm_destroy(machine->vm);
	g_assert_cmpint(machine_pid(machine), ==, -1);
	emulator = -1;
	vmhost_close(machine->host);
	files_remove_tree(machine->folder, &error);
	g_assert_no_error(error);
	g_free(machine->folder);
	g_free(machine->runtime);
	g_free(machine->cache);
	g_free((char *)machine->spec.name);
	g_free((char *)machine->spec.kernel);
	g_free((char *)machine->spec.cmdline);
	g_free((char *)machine->spec.console);
	g_free((char *)machine->spec.channel);
	g_string_free(machine->console, TRUE);
	g_string_free(machine->channel, TRUE);
	g_ptr_array_unref(machine->counts);
	g_array_unref(machine->readings);
	g_clear_error(&machine->count_error);
	g_free(machine->detail);
	g_free(machine);
}

static void on_console(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	TestMachine *machine = user;

	g_assert_cmpint(host_ns, >=, machine->started_ns);
	if (!machine->first_byte_ns)
		machine->first_byte_ns = host_ns;
	g_string_append_len(machine->console, data, (gssize)length);
}

static void on_channel(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	TestMachine *machine = user;

	g_string_append_len(machine->channel, data, (gssize)length);
}

static void on_event(Vm *vm, VmEvent event, const char *detail, gint64 host_ns, gpointer user)
{
	TestMachine *machine = user;

	g_assert_true(vm == machine->vm);
	machine->events++;
	machine->event = event;
	machine->event_ns = host_ns;
	machine->console_at_event = machine->console->len;
	g_free(machine->detail);
	machine->detail = g_strdup(detail);
	if (machine->destroy_in_event)
		g_clear_pointer(&machine->vm, vm_destroy);
}

static void on_count(Vm *vm, const char *mark, VmEdge edge, guint64 instructions, gpointer user)
{
	static const char *const edges[] = {
		[VM_EDGE_AT] = "at", [VM_EDGE_ENTER] = "enter", [VM_EDGE_LEAVE] = "leave"
	};
	TestMachine *machine = user;

	g_ptr_array_add(machine->counts, g_strdup_printf("%s %s", mark, edges[edge]));
	g_array_append_val(machine->readings, instructions);
}

static void on_count_failed(Vm *vm, GError *error, gpointer user)
{
	TestMachine *machine = user;

	g_assert_null(machine->count_error);
	machine->count_error = error;
}

static void on_held(Vm *vm, guint64 offset, GError *error, gpointer user)
{
	TestMachine *machine = user;

	g_assert_no_error(error);
	machine->held++;
	machine->held_offset = offset;
}

guint64 machine_address(const unsigned char *place)
{
	return GUEST_LOAD + (guint64)(place - guest_start);
}

bool machine_start(TestMachine *machine, GError **error)
{
	const VmCallbacks callbacks = { .console = on_console,
					.channel = on_channel,
					.event = on_event,
					.count = on_count,
					.count_failed = on_count_failed,
					.marks = machine->marks,
					.n_marks = machine->n_marks,
					.held = on_held,
					.stops = machine->stops,
					.n_stops = machine->n_stops };

	machine->vm = vm_start(machine->host, &machine->spec, &callbacks, machine, &machine->started_ns, error);
	emulator = machine_pid(machine);
	signal(SIGABRT, on_abort);
	return machine->vm;
}

void machine_must_start(TestMachine *machine)
{
	g_autoptr(GError) error = NULL;

	machine_start(machine, &error);
	g_assert_no_error(error);
}

static gboolean on_deadline(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_CONTINUE;
}

static bool is_over(const TestMachine *machine, const char *text)
{
	return machine->events > 0;
}

static bool has_said(const TestMachine *machine, const char *text)
{
	return strstr(machine->console->str, text);
}

static bool is_held(const TestMachine *machine, const char *text)
{
	return machine->held > 0;
}

static bool wait_for(TestMachine *machine, bool (*has_come)(const TestMachine *, const char *), const char *text,
		     gint seconds)
{
	bool late = false;
	guint timer = g_timeout_add_seconds((guint)seconds, on_deadline, &late);
	bool came;

	for (;;) {
		came = has_come(machine, text);
		if (came || late)
			break;
		g_main_context_iteration(NULL, TRUE);
	}
	g_source_remove(timer);
	return came;
}

bool machine_wait_event(TestMachine *machine, gint seconds)
{
	return wait_for(machine, is_over, NULL, seconds);
}

bool machine_wait_console(TestMachine *machine, const char *text, gint seconds)
{
	return wait_for(machine, has_said, text, seconds);
}

bool machine_wait_held(TestMachine *machine, gint seconds)
{
	return wait_for(machine, is_held, NULL, seconds);
}

pid_t machine_pid(TestMachine *machine)
{
	g_autofree char *mark = g_strdup_printf("guest=%s,", machine->spec.name);

	return emulator_find(mark);
}

void machine_signal(TestMachine *machine, int number)
{
	pid_t pid = machine_pid(machine);

	/* -1 would be everybody */
	g_assert_cmpint(pid, >, 1);
	kill(pid, number);
}
