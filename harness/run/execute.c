// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/systemmap.h>
#include <base/units.h>
#include <measure/count.h>
#include <measure/verdict.h>
#include <proto/frame.h>
#include <run/execute.h>
#include <run/frames.h>
#include <run/marks.h>
#include <run/noise.h>
#include <run/recorder.h>
#include <run/reproduce.h>
#include <run/steps.h>
#include <run/topology.h>
#include <store/journal.h>

#include "silence.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#define TICK_MS 50
/* After a panic the kernel goes on printing: stack, offset, the closing line. */
#define PANIC_GRACE_NS (2 * NS_PER_S)
#define NS_PER_S 1000000000ll
/* A kernel that has ended what it was doing, and then said nothing for so long, is not waited for any longer. */
#define OOPS_GRACE_NS (10 * NS_PER_S)

/* One run on its way. */
typedef struct {
	const Plan *plan;
	RunDir *dir;
	Vm *vm; /* NULL before it runs */
	Recorder *recorder;
	Frames *frames;
	Step step;
	gint64 deadline_ns;
	Silence silence; /* of console and channel */
	gint64 started_ns;
	gint64 pause_ns; /* of a pause that goes on, or has just ended */
	gint64 panic_ns; /* when the console showed a panic; 0: it did not */
	bool ended;
	EndCause cause;
	char *detail;
	GError *error;	     /* the harness's own failure, not the guest's */
	const GArray *marks; /* VmMark */
	int kernels_counted; /* that were seen to begin */
} Run;

static gint64 host_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void end_run(Run *run, EndCause cause, const char *detail)
{
	if (run->ended)
		return;
	run->ended = true;
	run->cause = cause;
	run->detail = g_strdup(detail);
}

/* The first failure of the harness itself ends the run; later ones follow from it. */
static void fail_run(Run *run, GError *error)
{
	if (run->error)
		g_error_free(error);
	else
		run->error = error;
	end_run(run, END_UNKNOWN, NULL);
}

/* One line more in the journal. Without it the run cannot be judged, and is over. */
static void note(Run *run, const JournalEvent *event)
{
	GError *error = NULL;

	if (!journal_write(run->dir, event, &error))
		fail_run(run, error);
}

/* What the host had given to the emulator, at the places between which a kernel boots. */
static void note_host(Run *run, gint64 host_ns, int hop, const char *at, VmUsage usage)
{
	JournalEvent event = journal_event(JOURNAL_HOST, host_ns);

	event.hop = hop;
	event.at = at;
	event.faults = usage.faults;
	event.rss_bytes = usage.rss_bytes;
	note(run, &event);
}

static void note_record(Run *run, const Frame *frame)
{
	JournalEvent event = journal_event(JOURNAL_RECORD, frame->header_ns);

	event.hop = frame->hop;
	event.name = frame->name;
	event.bytes = (gint64)frame->length;
	event.intact = frame->crc_ok;
	event.end_ns = frame->end_ns;
	note(run, &event);
}

/* copy_ns: noise_copy_ns(). */
static void note_noise(Run *run, gint64 host_ns, gint64 copy_ns)
{
	JournalEvent event = journal_event(JOURNAL_NOISE, host_ns);

	noise_read(&event.noise);
	event.noise.copy_ns = copy_ns;
	note(run, &event);
}

static bool is_boundary(const char *record)
{
	static const char *const boundaries[] = { FRAME_HELLO, FRAME_LEAVING, FRAME_DONE, NULL };

	return g_strv_contains(boundaries, record);
}

/* A kernel that is up has passed the first mark. If that was not seen, it is not the kernel's fault. */
static bool check_counted(const Run *run, int hop, GError **error)
{
	if (!run->marks->len || run->kernels_counted > hop)
		return true;
	return error_set(error, KHOTEST_ERROR_FAILED,
			 "kernel %d is up, but the emulator did not say that it passed 0x%" G_GINT64_MODIFIER
			 "x, where its System.map has %s(): nothing was counted. If it moves itself at "
			 "boot (CONFIG_RANDOMIZE_BASE), -a nokaslr keeps it in its place",
			 hop + 1, g_array_index(run->marks, VmMark, 0).address, arch_default()->entry);
}

static void on_frame(const Frame *frame, gpointer data)
{
	Run *run = data;
	GError *error = NULL;
	Step before = run->step;

	/* at once: the guest goes on meanwhile */
	if (run->vm && is_boundary(frame->name))
		note_host(run, host_now(), frame->hop, frame->name, vm_usage(run->vm));
	note_record(run, frame);
	if (run->error)
		return;
	/* A hop that was passed already speaks again: the machine went through firmware. What it said first is kept. */
	if (frame->hop < run->step.hop) {
		end_run(run, END_RESET, "an earlier hop came up again: a cold boot instead of a kexec");
		return;
	}
	if (!frame->crc_ok)
		return;
	if (!rundir_write_record(run->dir, frame->hop, frame->name, frame->payload, frame->length, &error) ||
	    (strcmp(frame->name, FRAME_HELLO) == 0 && !check_counted(run, frame->hop, &error))) {
		fail_run(run, error);
		return;
	}
	run->step = step_after(run->step, frame->hop, frame->name);
	if (strcmp(frame->name, FRAME_FAILED) == 0)
		end_run(run, END_STOPPED, "the probe gave up");
	else if (run->step.kind == STEP_OVER)
		end_run(run, END_DONE, NULL);
	if (run->step.hop != before.hop)
		recorder_mark_handover(run->recorder);
}

static void on_console(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Run *run = user;
	GError *error = NULL;

	silence_heard(&run->silence, host_ns);
	if (!recorder_console(run->recorder, data, length, host_ns, &error))
		fail_run(run, error);
	if (!run->panic_ns && recorder_saw_panic(run->recorder))
		run->panic_ns = host_ns;
}

static void on_channel(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Run *run = user;

	silence_heard(&run->silence, host_ns);
	frames_feed(run->frames, data, length, host_ns);
}

static void on_event(Vm *vm, VmEvent event, const char *detail, gint64 host_ns, gpointer user)
{
	static const EndCause causes[] = {
		[VM_EVENT_STOPPED] = END_RESET,
		[VM_EVENT_RESET] = END_RESET,
		[VM_EVENT_CRASHED] = END_CRASHED,
	};
	Run *run = user;
	JournalEvent line = journal_event(JOURNAL_MACHINE, host_ns);

	line.detail = detail;
	note(run, &line);
	/* a panicking kernel that then resets has panicked */
	end_run(run, run->panic_ns && event != VM_EVENT_CRASHED ? END_PANIC : causes[event], detail);
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
	Run *run = user;
	JournalEvent event = journal_event(JOURNAL_COUNT, host_now());

	/* reading memory that grows takes its time without a sound */
	silence_heard(&run->silence, host_now());
	run->kernels_counted += strcmp(mark, COUNT_ENTRY) == 0;
	event.mark = mark;
	event.edge = edges[edge];
	event.instructions = (gint64)instructions;
	note(run, &event);
}

static void on_count_failed(Vm *vm, GError *error, gpointer user)
{
	fail_run(user, error);
}

/* "kho_memory_init+0x5a", of the kernel that runs by now; NULL if that cannot be told. Caller frees. */
static char *symbol_at(const Run *run, guint64 address)
{
	g_autoptr(GBytes) bytes = rundir_read_symbols(run->dir, plan_hop(run->plan, (guint)run->step.hop));
	g_autofree char *map = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;

	return map ? systemmap_at(map, address) : NULL;
}

/*
 * Before the machine is ended: what the host did for a guest that says nothing any more,
 * or, at the deadline, for one that may still be speaking.
 */
static void note_execution(Run *run, EndCause cause)
{
	const Silence *silence = &run->silence;
	bool whole = cause == END_TIMEOUT;
	gint64 now = host_now(), cpu_ns = vm_cpu_ns(run->vm), window_ns = 0;
	g_auto(VmLook) look = { 0 };
	g_autofree char *where = NULL;
	JournalEvent event = journal_event(JOURNAL_EXECUTION, now);

	vm_look(run->vm, &look);
	if (look.where)
		where = symbol_at(run, look.where);
	if (whole)
		window_ns = now - run->started_ns - silence->paused_ns;
	else if (silence->from_ns)
		window_ns = now - silence->from_ns;
	if (!whole && cpu_ns >= 0)
		cpu_ns = silence->from_ns && silence->cpu_ns >= 0 ? cpu_ns - silence->cpu_ns : -1;
	event.execution = (Execution){ window_ns, cpu_ns, look.answers, look.running, look.state, look.halted, where };
	event.address = (gint64)look.where;
	note(run, &event);
}

static void end_silent(Run *run, EndCause cause, gint64 limit_ns)
{
	g_autofree char *limit = units_format_duration(limit_ns);

	if (run->ended)
		return;
	note_execution(run, cause);
	end_run(run, cause, limit);
}

/* What was skipped until now, as one event. */
static void note_pause(Run *run, gint64 now)
{
	JournalEvent event = journal_event(JOURNAL_PAUSED, now);

	event.paused_ns = run->pause_ns;
	if (run->pause_ns)
		note(run, &event);
	run->pause_ns = 0;
}

/* Time that nobody could use does not count, neither as silence nor for the deadline. */
static void skip_pauses(Run *run, gint64 now)
{
	gint64 skipped = silence_look(&run->silence, now, vm_is_stopped(run->vm));
	g_autofree char *limit = units_format_duration(run->plan->silence_ns);
	g_autofree char *detail = g_strdup_printf("the emulator was stopped by a signal, for %s", limit);

	if (silence_watch_begins(&run->silence))
		run->silence.cpu_ns = vm_cpu_ns(run->vm);
	run->pause_ns += skipped;
	run->deadline_ns += skipped;
	if (!skipped)
		note_pause(run, now);
	else if (run->silence.stop_ns > run->plan->silence_ns)
		end_run(run, END_CRASHED, detail);
}

static void check_clock(Run *run, GCancellable *cancel)
{
	gint64 now = host_now();
	gint64 patience =
		recorder_saw_oops(run->recorder) ? MIN(OOPS_GRACE_NS, run->plan->silence_ns) : run->plan->silence_ns;

	skip_pauses(run, now);
	if (g_cancellable_is_cancelled(cancel))
		end_run(run, END_INTERRUPTED, NULL);
	else if (run->panic_ns && now - run->panic_ns > PANIC_GRACE_NS)
		end_run(run, END_PANIC, NULL);
	else if (now > run->deadline_ns)
		end_silent(run, END_TIMEOUT, run->plan->timeout_ns);
	else if (silence_length(&run->silence) > patience)
		end_silent(run, END_SILENT, patience);
}

static void pump_until_end(Run *run, GCancellable *cancel)
{
	guint tick = g_timeout_add(TICK_MS, on_tick, NULL);

	while (!run->ended) {
		g_main_context_iteration(NULL, TRUE);
		check_clock(run, cancel);
		log_progress_update("kernel %d of %d %s", run->step.hop + 1, run->step.last_hop + 1,
				    step_name(run->step.kind));
	}
	g_source_remove(tick);
}

/* Journal: how it ended. The verdict is made from this and the records, later. */
static void note_end(Run *run, gint64 peak_rss)
{
	JournalEvent event = journal_event(JOURNAL_END, host_now());

	event.cause = end_cause_name(run->cause);
	event.hop = run->step.hop;
	event.step = step_name(run->step.kind);
	event.detail = run->detail;
	event.peak_rss_bytes = peak_rss;
	event.garbage_bytes = (gint64)frames_garbage_bytes(run->frames);
	event.damaged_frames = frames_damaged(run->frames);
	note(run, &event);
}

/* Where instructions are read; none where there is nothing to count, or no symbols to find the places by. */
static GArray *find_marks(const Prepared *prepared)
{
	g_autofree char *map = NULL, *missing = NULL;
	GArray *marks;

	if (!plan_is_counted(prepared->plan))
		return g_array_new(FALSE, FALSE, sizeof(VmMark));
	if (!prepared->symbols || !g_file_get_contents(prepared->symbols, &map, NULL, NULL))
		log_warn("there is no System.map for this kernel: only its own clock will count, not its phases");
	marks = marks_find(map ? map : "", &missing);
	if (map && *missing)
		log_warn("the kernel has no %s: what lies between will not be known", missing);
	return marks;
}

static void boot_and_watch(Run *run, VmHost *host, const VmSpec *spec, const GArray *marks, GCancellable *cancel)
{
	const VmCallbacks callbacks = { .console = on_console,
					.channel = on_channel,
					.event = on_event,
					.count = on_count,
					.count_failed = on_count_failed,
					.marks = (const VmMark *)(gpointer)marks->data,
					.n_marks = marks->len };
	gint64 started_ns = 0;
	GError *error = NULL;
	JournalEvent start;
	g_autofree char *emulator_log = NULL;
	gint64 peak;
	gint64 ended_ns, copy_ns = noise_copy_ns();
	g_autoptr(Vm) vm = vm_start(host, spec, &callbacks, run, &started_ns, &error);

	if (!vm) {
		fail_run(run, error);
		return;
	}
	run->vm = vm;
	run->marks = marks;
	run->started_ns = started_ns;
	silence_begin(&run->silence, host_now());
	run->deadline_ns = started_ns + run->plan->timeout_ns;
	start = journal_event(JOURNAL_START, started_ns);
	start.emulator = vmhost_qemu_version(host);
	note(run, &start);
	note_host(run, started_ns, 0, "start", vm_usage_at_start(vm));
	note_noise(run, host_now(), copy_ns);
	pump_until_end(run, cancel);
	frames_finish(run->frames, host_now());
	note_pause(run, host_now());
	peak = vm_peak_rss(vm);
	emulator_log = vm_emulator_log(vm);
	ended_ns = host_now();
	if (!run->error)
		note_noise(run, ended_ns, noise_copy_ns());
	if (!run->error)
		note_end(run, peak);
	run->vm = NULL;
	if (emulator_log && !rundir_write(run->dir, RUNDIR_EMULATOR_LOG, emulator_log, &error))
		fail_run(run, error);
}

static char *run_label(const Plan *plan)
{
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autofree char *kernel = g_path_get_basename(plan_hop(plan, 0)->name);
	char *label = g_strdup_printf("%s-%s-%s", kernel, plan_hop(plan, 0)->series, memory);

	return g_strcanon(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", '_');
}

/* Unique on this host for as long as anybody could meet it. */
static char *make_domain_name(const RunDir *dir)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dir->path, -1);

	return g_strdup_printf("khotest-%.16s", digest);
}

static bool keep_symbols(const Prepared *prepared, RunDir *dir, GError **error)
{
	for (guint i = 0; i < plan_hops(prepared->plan); i++)
		if (!rundir_keep_symbols(dir, plan_hop(prepared->plan, i), prepared->symbols, error))
			return false;
	return true;
}

/* What is known before the machine starts. */
static bool write_preface(const Prepared *prepared, VmHost *host, const VmSpec *spec, RunDir *dir, GError **error)
{
	g_autofree char *plan = plan_to_json(prepared->plan);
	g_autofree char *facts =
		hostfacts_to_json(prepared->host, vmhost_qemu_version(host), vmhost_libvirt_version(host));
	g_autofree char *xml = domainxml_build(spec);
	g_autofree char *script = reproduce_script(prepared->plan, spec);
	g_autofree char *config = rundir_file(dir, RUNDIR_CONFIG);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *wall = g_date_time_format_iso8601(now);
	JournalEvent begin = journal_event(JOURNAL_BEGIN, host_now());

	begin.wall = wall;
	return rundir_write(dir, RUNDIR_PLAN, plan, error) && journal_write(dir, &begin, error) &&
	       rundir_write(dir, RUNDIR_HOST, facts, error) && rundir_write(dir, RUNDIR_DOMAIN_XML, xml, error) &&
	       rundir_write(dir, RUNDIR_REPRODUCE, script, error) &&
	       (!prepared->config || files_copy(prepared->config, config, error)) && keep_symbols(prepared, dir, error);
}

/* Where even that cannot be written, nothing can. */
static void write_failure(RunDir *dir, const GError *why)
{
	JournalEvent event = journal_event(JOURNAL_ERROR, host_now());

	event.text = why->message;
	event.host_cannot = g_error_matches(why, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	journal_write(dir, &event, NULL);
}

bool run_execute(const Prepared *prepared, VmHost *host, GCancellable *cancel, RunDir **ret_dir, GError **error)
{
	const Plan *plan = prepared->plan;
	g_autofree char *label = run_label(plan);
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autoptr(RunDir) dir = rundir_create(prepared->output, label, error);
	g_autofree char *console = dir ? rundir_file(dir, RUNDIR_CONSOLE) : NULL;
	g_autofree char *channel = dir ? g_build_filename(dir->path, "channel", NULL) : NULL;
	g_autofree char *name = dir ? make_domain_name(dir) : NULL;
	g_autofree char *debug_socket = name ? vmhost_socket_path(host, name) : NULL;
	g_autoptr(GArray) marks = find_marks(prepared);
	VmSpec spec = {
		.arch = arch_default(),
		.name = name,
		.emulator = vmhost_emulator(host),
		.machine = plan->machine,
		.guest = plan->guest,
		.phys_bits = topology_phys_bits(plan),
		.kernel = plan_hop(plan, 0)->image,
		.initrd = plan->initramfs,
		.cmdline = plan_hop(plan, 0)->cmdline,
		.console = console,
		.channel = channel,
		.counted = plan_is_counted(plan),
		.debug_socket = debug_socket,
	};
	Run run = { .plan = plan, .dir = dir, .step = { .last_hop = (int)plan_hops(plan) - 1 } };

	*ret_dir = NULL;
	if (!dir || !accel_parse(plan->accelerator, &spec.accel, error) ||
	    !write_preface(prepared, host, &spec, dir, error))
		return false;
	run.recorder = recorder_new(dir, error);
	if (!run.recorder)
		return false;
	run.frames = frames_new(on_frame, &run);
	log_progress_begin("%s %s, %s under %s", plan_hop(plan, 0)->name, plan_hop(plan, 0)->series, memory,
			   plan->accelerator);
	boot_and_watch(&run, host, &spec, marks, cancel);
	/* its frames are records by now */
	g_unlink(channel);
	log_progress_end("%s", run.error ? cancel_outcome(cancel, false) : end_cause_name(run.cause));
	frames_free(run.frames);
	if (!recorder_close(run.recorder, run.error ? NULL : &run.error))
		run.cause = END_UNKNOWN;
	g_free(run.detail);
	if (run.error) {
		write_failure(dir, run.error);
		g_propagate_error(error, run.error);
		*ret_dir = g_steal_pointer(&dir);
		return false;
	}
	*ret_dir = g_steal_pointer(&dir);
	return !cancel_check(cancel, error);
}
