// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a run's journal (docs/rundir.md), made from what is known at one moment. */
#include "running.h"

#include <base/systemmap.h>
#include <run/noise.h>
#include <store/journal.h>

#include <time.h>

gint64 running_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

gint64 running_slept(void)
{
	struct timespec all;

	clock_gettime(CLOCK_BOOTTIME, &all);
	return all.tv_sec * NS_PER_S + all.tv_nsec - running_now();
}

void running_end(Running *run, EndCause cause, const char *detail)
{
	if (run->ended)
		return;
	run->ended = true;
	run->cause = cause;
	run->detail = g_strdup(detail);
}

void running_fail(Running *run, GError *error)
{
	if (run->error)
		g_error_free(error);
	else
		run->error = error;
	running_end(run, END_UNKNOWN, NULL);
}

static void note(Running *run, const JournalEvent *event)
{
	GError *error = NULL;

	if (!journal_write(run->dir, event, &error))
		running_fail(run, error);
}

void note_host(Running *run, gint64 host_ns, int hop, const char *at, VmUsage usage)
{
	JournalEvent event = journal_event(JOURNAL_HOST, host_ns);

	event.hop = hop;
	event.at = at;
	event.faults = usage.faults;
	event.rss_bytes = usage.rss_bytes;
	event.cpu_ns = usage.cpu_ns;
	event.waited_ns = usage.waited_ns;
	note(run, &event);
}

void note_record(Running *run, const Frame *frame)
{
	JournalEvent event = journal_event(JOURNAL_RECORD, frame->header_ns);
	g_autofree char *crc = g_strdup_printf("%08x", frame->crc);

	event.hop = frame->hop;
	event.name = frame->name;
	event.bytes = (gint64)frame->length;
	event.intact = frame->crc_ok;
	event.crc = frame->crc_ok ? crc : NULL;
	event.end_ns = frame->end_ns;
	note(run, &event);
}

void note_noise(Running *run, gint64 host_ns, gint64 copy_ns)
{
	JournalEvent event = journal_event(JOURNAL_NOISE, host_ns);

	noise_read(&event.noise);
	event.noise.copy_ns = copy_ns;
	note(run, &event);
}

void note_start(Running *run, const char *emulator, gint64 host_ns)
{
	JournalEvent event = journal_event(JOURNAL_START, host_ns);

	event.emulator = emulator;
	note(run, &event);
}

void note_count(Running *run, const char *mark, const char *edge, guint64 instructions)
{
	JournalEvent event = journal_event(JOURNAL_COUNT, running_now());

	event.mark = mark;
	event.edge = edge;
	event.instructions = (gint64)instructions;
	note(run, &event);
}

void note_machine(Running *run, gint64 host_ns, const char *detail)
{
	JournalEvent event = journal_event(JOURNAL_MACHINE, host_ns);

	event.detail = detail;
	note(run, &event);
}

void note_pause(Running *run, gint64 now)
{
	JournalEvent event = journal_event(JOURNAL_PAUSED, now);

	event.paused_ns = run->pause_ns;
	if (run->pause_ns)
		note(run, &event);
	run->pause_ns = 0;
}

/* "kho_memory_init+0x5a", of the kernel that runs by now; NULL if that cannot be told. Caller frees. */
static char *symbol_at(const Running *run, guint64 address)
{
	g_autofree char *map = rundir_read_symbols(run->dir, plan_hop(run->plan, (guint)run->step.hop));

	return map ? systemmap_at(map, address) : NULL;
}

/* What a figure that only grows has grown by; -1 unknown. */
static gint64 since(gint64 now, gint64 before)
{
	return now >= 0 && before >= 0 ? now - before : -1;
}

void note_execution(Running *run, EndCause cause)
{
	const Silence *silence = &run->silence;
	bool whole = cause == END_TIMEOUT;
	gint64 now = running_now(), from_ns = whole ? run->started_ns + silence->paused_ns : silence->from_ns;
	VmUsage from = whole ? vm_usage_at_start(run->vm) : silence->from, usage = vm_usage(run->vm);
	const VmLook *look = postmortem_look(run);
	g_autofree char *where = look->where ? symbol_at(run, look->where) : NULL;
	JournalEvent event = journal_event(JOURNAL_EXECUTION, now);

	event.execution = (Execution){
		.window_ns = from_ns ? now - from_ns : 0,
		.cpu_ns = from_ns ? since(usage.cpu_ns, from.cpu_ns) : -1,
		.waited_ns = from_ns ? since(usage.waited_ns, from.waited_ns) : -1,
		.answers = look->answers,
		.running = look->running,
		.state = look->state,
		.halted = look->halted,
		.where = where,
	};
	event.address = (gint64)look->where;
	note(run, &event);
}

void note_end(Running *run, gint64 peak_rss)
{
	VmUsage usage = vm_usage(run->vm);
	JournalEvent event = journal_event(JOURNAL_END, running_now());

	event.cause = end_cause_name(run->cause);
	event.hop = run->step.hop;
	event.step = step_name(run->step.kind);
	event.detail = run->detail;
	event.peak_rss_bytes = peak_rss;
	event.cpu_ns = usage.cpu_ns;
	event.waited_ns = usage.waited_ns;
	event.garbage_bytes = (gint64)frames_garbage_bytes(run->frames);
	event.damaged_frames = frames_damaged(run->frames) + run->homeless;
	note(run, &event);
}
