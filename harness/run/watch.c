// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine from its start to its end: what comes from it, and how long is waited for more. */
#include "patience.h"
#include "places.h"
#include "running.h"
#include "wayin.h"

#include <arch/arch.h>
#include <base/error.h>
#include <base/log.h>
#include <base/units.h>
#include <measure/count.h>
#include <proto/frame.h>
#include <run/noise.h>
#include <run/pace.h>

#include <string.h>

#define TICK_MS 50
/* After a panic the kernel goes on printing: stack, offset, the closing line. */
#define PANIC_GRACE_NS (2 * NS_PER_S)
/* A kernel that has ended what it was doing, and then said nothing for so long, is not waited for any longer. */
#define OOPS_GRACE_NS (10 * NS_PER_S)
/* A guest without a word whose CPUs have less than that part of the time is not getting anywhere. */
#define IDLE_NS (30 * NS_PER_S)
#define IDLE_PART 50
/* Where one kernel is awaited. It may show its banner twice: on a boot console, and again on the console behind it. */
#define KERNELS_MOST 6
/* What a silent guest executes is asked for once its silence is told. */
#define IDLE_ASKED_NS (5 * NS_PER_S)
/*
 * The longest chain has some hundredths of these bytes, unless its guest wants to fill the host's disk, and a few
 * thousand records. Each is an event or two of the journal, all of which are in memory when the run is judged.
 */
#define CHANNEL_MOST (1ull << 30)
#define RECORDS_MOST 10000u

static bool is_boundary(const char *record)
{
	static const char *const boundaries[] = { FRAME_HELLO, FRAME_LEAVING, FRAME_DONE, NULL };

	return g_strv_contains(boundaries, record) || g_str_has_prefix(record, FRAME_PAYLOAD);
}

/* A kernel that is up has passed the first mark. If that was not seen, it is not the kernel's fault. */
static bool check_counted(const Running *run, int hop, GError **error)
{
	if (!run->marks->len || run->kernels_counted > hop)
		return true;
	return error_set(error, KHOTEST_ERROR_FAILED,
			 "kernel %d is up, but the emulator did not say that it passed 0x%" G_GINT64_MODIFIER
			 "x, where its System.map has %s(): nothing was counted. If it moves itself at "
			 "boot (CONFIG_RANDOMIZE_BASE), -a nokaslr keeps it in its place",
			 hop + 1, g_array_index(run->marks, VmMark, 0).address, arch_default()->entry);
}

/* For whoever waits: which hook of which payload is being run. */
static void take_hook(Running *run, const char *record)
{
	g_auto(GStrv) parts = g_strsplit(record, "/", 3);

	g_clear_pointer(&run->hook, g_free);
	if (g_str_has_prefix(record, FRAME_PAYLOAD) && g_str_has_suffix(record, FRAME_PAYLOAD_BEGIN) && parts[2]) {
		parts[2][strlen(parts[2]) - strlen(FRAME_PAYLOAD_BEGIN)] = '\0';
		run->hook = g_strdup_printf("%s, %s", parts[1], parts[2]);
	}
}

/* How fast the host is: by what its processors did for the first kernel to come up. */
static void take_pace(Running *run, Step before)
{
	gint64 cpu_ns;

	if (before.hop != 0 || before.kind != STEP_BOOT || run->step.kind == STEP_BOOT || !run->vm)
		return;
	cpu_ns = vm_usage(run->vm).cpu_ns;
	run->boot_cpu_ns = cpu_ns > 0 ? cpu_ns : 0;
}

/*
 * The kernel that has said that it leaves is still there: kernel_kexec() (kernel/kexec_core.c) returns where
 * liveupdate_reboot() fails, and khotest.rc then tells. The next kernel never ran.
 */
static bool is_back(Step at, const Frame *frame)
{
	return at.kind == STEP_BOOT && frame->hop == at.hop - 1 && strcmp(frame->name, FRAME_FAILED) == 0;
}

void watch_frame(const Frame *sent, gpointer data)
{
	Running *run = data;
	GError *error = NULL;
	Step before = run->step;
	Frame taken = *sent;
	const Frame *frame = &taken;

	/* what cannot be kept is of no use, and it is the guest that has sent it: damaged, like what has no checksum */
	taken.crc_ok = sent->crc_ok && rundir_has_place(run->dir, sent->hop, sent->name);
	run->homeless += sent->crc_ok && !taken.crc_ok;

	/* at once: the guest goes on meanwhile */
	if (run->vm && is_boundary(frame->name))
		note_host(run, running_now(), frame->hop, frame->name, vm_usage(run->vm));
	note_record(run, frame);
	run->records++;
	if (run->error || !frame->crc_ok)
		return;
	if (is_back(run->step, frame))
		run->step = before = (Step){ STEP_LEAVE, frame->hop, run->step.last_hop };
	/* A hop that was passed already speaks again: the machine went through firmware. What it said first is kept. */
	if (frame->hop < run->step.hop) {
		running_end(run, END_RESET, "an earlier hop came up again: a cold boot instead of a kexec");
		return;
	}
	if (!rundir_write_record(run->dir, frame->hop, frame->name, frame->payload, frame->length, &error) ||
	    (strcmp(frame->name, FRAME_HELLO) == 0 && !check_counted(run, frame->hop, &error))) {
		running_fail(run, error);
		return;
	}
	take_hook(run, frame->name);
	wayin_take(run, frame->name);
	run->step = step_after(run->step, frame->hop, frame->name);
	if (run->step.hop != before.hop || run->step.kind != before.kind)
		run->step_ns = running_now();
	take_pace(run, before);
	if (strcmp(frame->name, FRAME_FAILED) == 0)
		running_end(run, END_STOPPED, "the probe gave up");
	else if (run->step.kind == STEP_OVER)
		running_end(run, END_DONE, NULL);
	if (run->step.hop != before.hop)
		recorder_mark_handover(run->recorder);
}

static void on_console(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Running *run = user;
	GError *error = NULL;

	silence_heard(&run->silence, host_ns);
	if (!recorder_console(run->recorder, data, length, host_ns, &error))
		running_fail(run, error);
	if (!run->panic_ns && recorder_saw_panic(run->recorder))
		run->panic_ns = host_ns;
	if (recorder_is_flooded(run->recorder))
		running_end(run, run->panic_ns ? END_PANIC : END_FLOODED, "to its console");
	if (run->step.kind == STEP_BOOT && recorder_kernels(run->recorder) >= KERNELS_MOST && !seat_is_taken(run->seat))
		running_end(run, run->panic_ns ? END_PANIC : END_LOOPED, NULL);
}

static void on_channel(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Running *run = user;

	silence_heard(&run->silence, host_ns);
	run->channel_bytes += length;
	frames_feed(run->frames, data, length, host_ns);
	if (run->channel_bytes > CHANNEL_MOST || run->records > RECORDS_MOST)
		running_end(run, END_FLOODED, "to its channel");
}

static void on_event(Vm *vm, VmEvent event, const char *detail, gint64 host_ns, gpointer user)
{
	static const EndCause causes[] = {
		[VM_EVENT_STOPPED] = END_RESET,
		[VM_EVENT_RESET] = END_RESET,
		[VM_EVENT_CRASHED] = END_CRASHED,
	};
	Running *run = user;

	note_machine(run, host_ns, detail);
	/* a panicking kernel that then resets has panicked */
	running_end(run, run->panic_ns && event != VM_EVENT_CRASHED ? END_PANIC : causes[event], detail);
}

static gboolean on_tick(gpointer data)
{
	return G_SOURCE_CONTINUE; /* wakes the loop, which looks at the clock */
}

static void on_count(Vm *vm, const char *mark, VmEdge edge, guint64 instructions, gpointer user)
{
	static const char *const edges[] = {
		[VM_EDGE_AT] = "at", [VM_EDGE_ENTER] = "enter", [VM_EDGE_LEAVE] = "leave"
	};
	Running *run = user;

	/* reading memory that grows takes its time without a sound */
	silence_heard(&run->silence, running_now());
	run->kernels_counted += strcmp(mark, COUNT_ENTRY) == 0;
	note_count(run, mark, edges[edge], instructions);
}

static void on_count_failed(Vm *vm, GError *error, gpointer user)
{
	vm_blame(vm, &error);
	running_fail(user, error);
}

/* Of a plan that has none, as an older one: as deadlines are made. */
static double pace_of(const Plan *plan)
{
	return plan->pace_ppm > 0 ? (double)plan->pace_ppm / 1e6 : 1.0;
}

static void end_silent(Running *run, EndCause cause, gint64 limit_ns)
{
	g_autofree char *limit = units_format_duration(limit_ns);

	if (run->ended)
		return;
	note_execution(run, cause);
	running_end(run, cause, limit);
}

/*
 * For so long the present step may take; 0: as long as the run may. None has a limit of its own where the user has set
 * one for all, where payloads run in user space, or where everything takes as long as counting makes it.
 */
static gint64 step_limit_ns(const Running *run)
{
	return run->steps_limited ? pace_step_ns(&run->plan->guest, run->step.kind, pace_of(run->plan)) : 0;
}

static void end_slow(Running *run)
{
	g_autofree char *limit = units_format_duration(step_limit_ns(run));
	g_autofree char *detail = g_strdup_printf("%s took longer than %s", step_name(run->step.kind), limit);

	note_execution(run, END_TIMEOUT);
	running_end(run, END_TIMEOUT, detail);
}

/* A guest that says nothing and does nothing either is waited for less long. */
static gint64 idle_ns(const Running *run)
{
	return MIN(run->plan->silence_ns, pace_scale(IDLE_NS, pace_of(run->plan)));
}

/* Somebody has the machine in hand: whatever it does, or does not, is theirs. */
static bool is_held(const Running *run)
{
	return vm_is_held(run->vm) || seat_is_taken(run->seat);
}

/* What is typed at the shell comes from a pipe or a file: it may never end, and nobody is there to see that. */
static bool is_scripted(const Running *run)
{
	return seat_is_taken(run->seat) && !seat_has_person(run->seat) && !vm_is_held(run->vm) &&
	       !vm_is_stopped(run->vm);
}

/* For how long it had the processors by now, and did not use them; 0: it does, or nobody can tell. */
static gint64 idle_for_ns(const Running *run)
{
	const Silence *silence = &run->silence;
	gint64 watched = silence->from_ns ? silence->looked_ns - silence->from_ns : 0;
	VmUsage now;

	if (watched <= MIN(idle_ns(run), IDLE_ASKED_NS) || silence->from.cpu_ns < 0 || plan_is_counted(run->plan))
		return 0;
	now = vm_usage(run->vm);
	return now.cpu_ns >= 0 && now.cpu_ns - silence->from.cpu_ns < watched / IDLE_PART &&
			       now.waited_ns - silence->from.waited_ns < watched / IDLE_PART
		       ? watched
		       : 0;
}

/* While the emulator is held for somebody, a stop is not waited for. */
static Patience patience_of(const Running *run, gint64 now)
{
	gint64 silence_ns = run->plan->silence_ns, silent = silence_length(&run->silence), idle = idle_for_ns(run);
	gint64 stopped = is_held(run) ? 0 : run->silence.stop_ns;
	gint64 oops_ns = MIN(pace_scale(OOPS_GRACE_NS, pace_of(run->plan)), silence_ns);

	return (Patience){ .of = {
				   [PATIENCE_PANIC] = { now - run->panic_ns, run->panic_ns ? PANIC_GRACE_NS : 0 },
				   [PATIENCE_RUN] = { now - run->deadline_ns + run->plan->timeout_ns,
						      run->plan->timeout_ns },
				   [PATIENCE_STEP] = { now - run->step_ns, step_limit_ns(run) },
				   [PATIENCE_IDLE] = { idle, idle ? idle_ns(run) : 0 },
				   [PATIENCE_OOPS] = { silent, recorder_saw_oops(run->recorder) ? oops_ns : 0 },
				   [PATIENCE_SILENCE] = { silent, silence_ns },
				   [PATIENCE_STOPPED] = { stopped, stopped ? silence_ns : 0 },
			   } };
}

/*
 * Time that nobody could use does not count, neither as silence nor for the deadline. What a script does is no silence,
 * and counts for the deadline alone.
 */
static void skip_pauses(Running *run, gint64 now)
{
	gint64 skipped = silence_look(&run->silence, now, is_held(run) || vm_is_stopped(run->vm));

	if (silence_watch_begins(&run->silence))
		run->silence.from = vm_usage(run->vm);
	run->pause_ns += skipped + silence_slept(&run->silence, running_slept());
	if (!is_scripted(run) || skipped > SILENCE_GAP_NS)
		run->deadline_ns += skipped;
	run->step_ns += skipped;
	if (!skipped)
		note_pause(run, now);
}

/*
 * The emulator says nothing of what it could not write, and the guest would seem to have fallen silent: nobody is to
 * blame for that but the host.
 */
static void check_folder(Running *run)
{
	GError *error = NULL;

	if (!rundir_check(run->dir, &error))
		running_fail(run, error);
}

static void end_stopped(Running *run)
{
	g_autofree char *limit = units_format_duration(run->plan->silence_ns);
	g_autofree char *detail = g_strdup_printf("the emulator was stopped by a signal, for %s", limit);

	running_end(run, END_CRASHED, detail);
}

/* What somebody had typed into a file and did not come to its end is no fault of the kernel's. */
static void end_script(Running *run, gint64 limit_ns)
{
	g_autofree char *limit = units_format_duration(limit_ns);
	g_autofree char *detail =
		g_strdup_printf("at the shell, whose input had not come to its end when the deadline passed, after %s: "
				"--timeout gives it more",
				limit);

	running_end(run, END_INTERRUPTED, detail);
}

/* A deadline has run out. */
static void end_waiting(Running *run, PatienceKind kind, gint64 limit_ns)
{
	switch (kind) {
	case PATIENCE_PANIC:
		running_end(run, END_PANIC, NULL);
		break;
	case PATIENCE_RUN:
		if (is_scripted(run))
			end_script(run, limit_ns);
		else
			end_silent(run, END_TIMEOUT, limit_ns);
		break;
	case PATIENCE_STEP:
		end_slow(run);
		break;
	case PATIENCE_IDLE:
	case PATIENCE_OOPS:
	case PATIENCE_SILENCE:
		end_silent(run, END_SILENT, limit_ns);
		break;
	case PATIENCE_STOPPED:
		end_stopped(run);
		break;
	case PATIENCE_KINDS:
		break;
	}
}

/* What is waited for now, for the progress line. */
static Patience check_clock(Running *run, GCancellable *cancel)
{
	gint64 now = running_now();
	Patience patience;
	PatienceKind next;

	check_folder(run);
	skip_pauses(run, now);
	patience = patience_of(run, now);
	next = patience_next(&patience);
	if (g_cancellable_is_cancelled(cancel))
		running_end(run, END_INTERRUPTED, NULL);
	else if (next != PATIENCE_KINDS && patience_left(&patience, next) < 0)
		end_waiting(run, next, patience.of[next].limit_ns);
	return patience;
}

/* While a person has the machine in hand, what it is at is theirs to see. */
static void show_progress(const Running *run, const Patience *patience)
{
	g_autofree char *deadline = patience_text(patience);

	if (seat_is_taken(run->seat))
		return;
	if (vm_is_held(run->vm))
		log_progress_update("kernel %d of %d is held for a debugger", run->step.hop + 1,
				    run->step.last_hop + 1);
	else
		log_progress_update("kernel %d of %d %s%s%s", run->step.hop + 1, run->step.last_hop + 1,
				    run->hook ? "runs payload " : step_name(run->step.kind), run->hook ? run->hook : "",
				    deadline);
}

static void pump_until_end(Running *run, GCancellable *cancel)
{
	guint tick = g_timeout_add(TICK_MS, on_tick, NULL);

	while (!run->ended) {
		Patience patience;

		g_main_context_iteration(NULL, TRUE);
		vm_beat(run->vm);
		patience = check_clock(run, cancel);
		show_progress(run, &patience);
	}
	g_source_remove(tick);
}

/* Of a machine that did all it should, everything was told; of one that is gone nothing can be read. */
static bool is_worth_a_look(EndCause cause)
{
	return cause != END_DONE && cause != END_INTERRUPTED && cause != END_UNKNOWN;
}

void watch_machine(Running *run, VmHost *host, const VmSpec *spec, const GArray *marks, const GArray *stops,
		   GCancellable *cancel)
{
	const VmCallbacks callbacks = { .console = on_console,
					.channel = on_channel,
					.event = on_event,
					.count = on_count,
					.count_failed = on_count_failed,
					.marks = (const VmMark *)(gpointer)marks->data,
					.n_marks = marks->len,
					.held = wayin_held,
					.stops = (const VmStop *)(gpointer)stops->data,
					.n_stops = stops->len };
	gint64 started_ns = 0;
	GError *error = NULL;
	g_autofree char *emulator_log = NULL;
	gint64 peak;
	gint64 ended_ns, copy_ns = noise_copy_ns();
	g_autoptr(Vm) vm = vm_start(host, spec, &callbacks, run, &started_ns, &error);

	if (!vm) {
		running_fail(run, error);
		return;
	}
	run->vm = vm;
	run->marks = marks;
	wayin_open(run);
	run->started_ns = started_ns;
	silence_begin(&run->silence, running_now(), running_slept());
	run->deadline_ns = started_ns + run->plan->timeout_ns;
	run->step_ns = started_ns;
	note_start(run, vmhost_qemu_version(host), started_ns);
	note_host(run, started_ns, 0, "start", vm_usage_at_start(vm));
	note_noise(run, running_now(), copy_ns);
	pump_until_end(run, cancel);
	/* whoever sat there has their keys back while the machine is looked at: Ctrl-C ends one that stays */
	if (run->seat)
		seat_end(run->seat);
	frames_finish(run->frames, running_now());
	if (!run->error && is_worth_a_look(run->cause))
		postmortem_take(run);
	note_pause(run, running_now());
	peak = vm_peak_rss(vm);
	emulator_log = vm_emulator_log(vm);
	ended_ns = running_now();
	if (!run->error)
		note_noise(run, ended_ns, noise_copy_ns());
	if (!run->error)
		note_end(run, peak);
	wayin_stay(run, cancel);
	seat_free(run->seat);
	run->vm = NULL;
	if (!run->error)
		places_write(run);
	g_clear_pointer(&run->memory, postmortem_free);
	vmlook_clear(&run->look);
	if (emulator_log && !rundir_write(run->dir, RUNDIR_EMULATOR_LOG, emulator_log, &error))
		running_fail(run, error);
}
