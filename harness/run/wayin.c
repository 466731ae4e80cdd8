// SPDX-License-Identifier: GPL-2.0-or-later
#include "wayin.h"
#include "places.h"

#include <arch/arch.h>
#include <base/error.h>
#include <base/log.h>
#include <base/systemmap.h>
#include <base/units.h>
#include <measure/kernellog.h>
#include <proto/frame.h>
#include <run/budget.h>
#include <vm/accel.h>

#include <string.h>
#include <unistd.h>

#define STAY_TICK_MS 200
/* kernel_kexec() of kernel/kexec_core.c goes there last, on every architecture */
#define LEAVES "machine_kexec"

static guint hop_of(guint asked, const Plan *plan)
{
	return asked == WAYIN_LAST ? plan_hops(plan) : asked;
}

bool wayin_resolve(const WayIn *asked, const Plan *plan, WayIn *ret_way, GError **error)
{
	WayIn way = *asked;

	way.gdb = hop_of(asked->gdb, plan);
	way.shell = hop_of(asked->shell, plan);
	if (way.gdb > plan_hops(plan) || way.shell > plan_hops(plan))
		return error_set(error, KHOTEST_ERROR_INPUT, "there is no kernel %u: the chain has %u",
				 MAX(way.gdb, way.shell), plan_hops(plan));
	if ((way.gdb || way.shell || way.keep) && plan_is_counted(plan))
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"--gdb, --keep and a shell do not go with --mode counted: nothing but instructions may "
			"have a part in that");
	if ((way.gdb || way.shell || way.keep) && g_strcmp0(plan->connect, VMHOST_EMBEDDED) != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "--gdb, --keep and a shell do not go with --connect");
	*ret_way = way;
	return true;
}

/* Whether it chooses at boot where it lies. */
static bool moves_itself(const Kernel *kernel, const char *cmdline)
{
	g_autofree char *config = NULL;

	return kernel->config && g_file_get_contents(kernel->config, &config, NULL, NULL) &&
	       strstr(config, "\nCONFIG_RANDOMIZE_BASE=y") && !strstr(cmdline, "nokaslr");
}

/* Wherever it may have moved itself; hop counts from 1. find_random_virt_addr() of arch/x86/boot/compressed/kaslr.c */
static bool spread(VmStop *stop, guint hop, const Plan *plan, const char *map, GError **error)
{
	const ArchAutopsy *autopsy = &arch_default()->autopsy;

	if (strcmp(plan->accelerator, accel_name(ACCEL_TCG)) != 0)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--gdb: kernel %u moves itself at boot (CONFIG_RANDOMIZE_BASE), and a CPU cannot look "
				 "out for it in so many places; -a nokaslr keeps it in its place, and --accel tcg can",
				 hop);
	stop->step = autopsy->image_step;
	stop->places = (guint)((autopsy->image_least + autopsy->image_span - stop->address - 1) / stop->step) + 1;
	stop->text = KERNEL_BANNER;
	stop->text_address = systemmap_find(map, "linux_banner", NULL);
	return true;
}

/* A function of a kernel, by its System.map; hop counts from 1. */
static bool find_function(const char *map, guint hop, const char *name, VmStop *ret_stop, GError **error)
{
	*ret_stop = (VmStop){ .address = systemmap_find(map, name, SYSTEMMAP_CODE), .places = 1 };
	return ret_stop->address || error_set(error, KHOTEST_ERROR_INPUT, "--gdb: kernel %u has no %s()", hop, name);
}

/*
 * Where a kernel begins, and where it leaves if another is meant. Only from there on is that looked out for: in a
 * kernel that moved itself, code of its own may be where the next one can begin.
 */
static bool add_stops(const Prepared *prepared, guint hop, GArray *stops, GError **error)
{
	const Kernel *kernel = prepared_kernel(prepared, hop - 1)->kernel;
	g_autofree char *map = NULL;
	VmStop begins, leaves;

	if (!kernel->symbols || !g_file_get_contents(kernel->symbols, &map, NULL, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--gdb: kernel %u is a finished image, and there is no System.map that says where it "
				 "begins; --keep has a debugging port too",
				 hop);
	if (!find_function(map, hop, arch_default()->entry, &begins, error))
		return false;
	if (moves_itself(kernel, plan_hop(prepared->plan, hop - 1)->cmdline) &&
	    !spread(&begins, hop, prepared->plan, map, error))
		return false;
	g_array_append_val(stops, begins);
	if (hop == prepared->way_in.gdb)
		return true;
	if (!find_function(map, hop, LEAVES, &leaves, error))
		return false;
	leaves.here = true;
	g_array_append_val(stops, leaves);
	return true;
}

GArray *wayin_stops(const Prepared *prepared, GError **error)
{
	g_autoptr(GArray) stops = g_array_new(FALSE, FALSE, sizeof(VmStop));

	for (guint hop = 1; hop <= prepared->way_in.gdb; hop++)
		if (!add_stops(prepared, hop, stops, error))
			return NULL;
	return g_steal_pointer(&stops);
}

/* Ctrl-] at the shell */
static void on_left(gpointer user)
{
	running_end(user, END_INTERRUPTED, "at the shell");
}

void wayin_open(Running *run)
{
	GError *error = NULL;

	if (!run->shell_socket)
		return;
	run->seat =
		seat_new(run->shell_socket, run->way_in->aside ? STDERR_FILENO : STDOUT_FILENO, on_left, run, &error);
	if (!run->seat)
		running_fail(run, error);
}

void wayin_take(Running *run, const char *record)
{
	if (!run->seat)
		return;
	if (strcmp(record, FRAME_SHELL_BEGIN) == 0) {
		log_note("a shell in kernel %d of the chain, whose records are in %s; 'exit' lets the run go on%s",
			 run->step.hop + 1, run->dir->path, isatty(STDIN_FILENO) ? ", Ctrl-] ends it" : "");
		seat_begin(run->seat);
	} else if (strcmp(record, FRAME_SHELL_END) == 0) {
		seat_end(run->seat);
	}
}

/* One word of a command of gdb's, which parts them by blanks, and goes by quotes, as a shell does (gdb_buildargv()). */
static char *gdb_word(const char *text)
{
	GString *word = g_string_new(NULL);

	for (; *text; text++) {
		if (strchr(" \t\"'\\", *text))
			g_string_append_c(word, '\\');
		g_string_append_c(word, *text);
	}
	return g_string_free(word, FALSE);
}

char *wayin_gdb(const char *vmlinux, const char *socket, gint64 offset)
{
	g_autofree char *target = g_strconcat("target remote ", socket, NULL), *connect = g_shell_quote(target);
	g_autofree char *file = vmlinux ? g_shell_quote(vmlinux) : NULL, *word = NULL, *add = NULL, *symbols = NULL;

	if (!vmlinux)
		return g_strdup_printf("gdb -ex %s", connect);
	if (!offset)
		return g_strdup_printf("gdb %s -ex %s", file, connect);
	word = gdb_word(vmlinux);
	add = g_strdup_printf("add-symbol-file %s -o 0x%" G_GINT64_MODIFIER "x", word, (guint64)offset);
	symbols = g_shell_quote(add);
	return g_strdup_printf("gdb -ex %s -ex %s", symbols, connect);
}

static char *gdb_command(const Running *run, guint hop, gint64 offset)
{
	return wayin_gdb(plan_hop(run->plan, hop)->vmlinux, run->debug_socket, offset);
}

void wayin_held(Vm *vm, guint64 offset, GError *error, gpointer user)
{
	Running *run = user;
	guint hop = run->way_in->gdb - 1;
	g_autofree char *command = error ? NULL : gdb_command(run, hop, (gint64)offset);

	if (error) {
		running_fail(run, error);
		return;
	}
	log_note("kernel %u of the chain is held before its first instruction of C, %s(). In another terminal:\n  %s\n"
		 "'continue' or 'detach' there lets it go on; no deadline runs while it is held.%s",
		 hop + 1, arch_default()->entry, command,
		 places_known(run, hop) ? "" : " With -f debug-info gdb has lines and types too.");
}

/* Whether its memory can be read as a whole: pages that the guest never touched are given to it for that. */
static bool can_dump(const Running *run)
{
	guint64 bytes = run->plan->guest.memory_bytes;
	g_autoptr(HostFacts) facts = hostfacts_read();
	gint64 available = budget_available(facts);
	g_autofree char *size = units_format_size(bytes), *left = units_format_size_about((guint64)MAX(available, 0));

	if (available < 0 || (guint64)available >= bytes)
		return true;
	log_warn("--dump: the guest's memory is not written: the host would have to have all %s of it at once, and has "
		 "%s "
		 "left; run it with less memory (-m)",
		 size, left);
	return false;
}

/* It takes its time, in which somebody may lose patience. */
typedef struct {
	Vm *vm;
	const char *path;
	GError *error;
	gint done;
} Dump;

static gpointer dump_in_thread(gpointer data)
{
	Dump *dump = data;

	vm_dump(dump->vm, dump->path, &dump->error);
	g_atomic_int_set(&dump->done, 1);
	return NULL;
}

static void dump(const Running *run, GCancellable *cancel)
{
	g_autofree char *path = rundir_file(run->dir, RUNDIR_DUMP);
	const char *vmlinux = plan_hop(run->plan, (guint)run->step.hop)->vmlinux;
	Dump dump = { .vm = run->vm, .path = path };
	GThread *thread;

	if (!can_dump(run))
		return;
	log_progress_begin("writing the machine's memory to %s", path);
	thread = g_thread_new("dump", dump_in_thread, &dump);
	/* who interrupts ends the emulator by that, and with it the dump */
	while (!g_atomic_int_get(&dump.done)) {
		g_usleep(STAY_TICK_MS * 1000);
		if (!g_cancellable_is_cancelled(cancel))
			vm_beat(run->vm);
		log_progress_update("to its end");
	}
	g_thread_join(thread);
	if (dump.error)
		log_progress_end("not written: %s", dump.error->message);
	else
		log_progress_end("done; 'crash --no_modules %s %s' opens it", vmlinux ? vmlinux : "VMLINUX", path);
	g_clear_error(&dump.error);
}

static void stay(Running *run, GCancellable *cancel)
{
	g_autofree char *command = gdb_command(run, (guint)run->step.hop, run->memory ? run->memory->offset : 0);

	log_note("the machine failed, and stays (--keep), held as it was. In another terminal:\n  %s\n"
		 "Ctrl-C here, or the emulator's end, ends it: process %d",
		 command, vm_pid(run->vm));
	run->stayed = true;
	while (!g_cancellable_is_cancelled(cancel) && vm_is_there(run->vm)) {
		g_usleep(STAY_TICK_MS * 1000);
		vm_beat(run->vm);
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
}

/* What the emulator gave up is no FAIL of the guest's, and as much to look at. */
static bool is_worth_keeping(const Running *run)
{
	return !run->error && vm_is_there(run->vm) && (run->cause == END_CRASHED || run->way_in->failed(run->dir));
}

void wayin_stay(Running *run, GCancellable *cancel)
{
	const WayIn *way = run->way_in;

	if ((!way->keep && !way->dump) || !is_worth_keeping(run))
		return;
	/* nothing of it moves on while it is looked at */
	if (!vm_freeze(run->vm))
		return;
	if (way->dump)
		dump(run, cancel);
	if (way->keep)
		stay(run, cancel);
}
