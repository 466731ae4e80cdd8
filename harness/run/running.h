/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RUNNING_H
#define RUN_RUNNING_H

#include <measure/postmortem.h>
#include <measure/verdict.h>
#include <run/frames.h>
#include <run/recorder.h>
#include <run/request.h>
#include <run/steps.h>
#include <store/rundir.h>
#include <vm/vm.h>

#include "seat.h"
#include "silence.h"

/* The parts of run_execute(). */

#define NS_PER_S 1000000000ll

/* One run on its way. */
typedef struct {
	const Plan *plan;
	RunDir *dir;
	Vm *vm; /* NULL before it runs */
	Recorder *recorder;
	Frames *frames;
	Step step;
	gint64 deadline_ns;
	gint64 step_ns;	    /* when the present step began, moved on by time that does not count */
	gint64 boot_cpu_ns; /* processor time of the first kernel to its /init; 0: not there yet */
	Silence silence;    /* of console and channel */
	gint64 started_ns;
	gint64 pause_ns;		/* of a pause that goes on, or has just ended */
	gint64 panic_ns;		/* when the console showed a panic; 0: it did not */
	guint64 channel_bytes, records; /* that came */
	guint homeless;			/* records that had no place beside those before (rundir_has_place()) */
	bool ended;
	EndCause cause;
	char *hook; /* of a payload that is being run: "memfd, before"; NULL */
	char *detail;
	GError *error;	     /* the harness's own failure, not the guest's */
	const GArray *marks; /* VmMark */
	const WayIn *way_in;
	const char *debug_socket; /* where the machine's debugging port is, if it has one */
	const char *shell_socket; /* the same of its third serial port */
	struct Seat *seat;	  /* of a person at a shell in the guest; NULL: there is no such port */
	VmLook look;		  /* postmortem_look() */
	bool looked;
	Postmortem *memory;  /* what it told of a machine that failed; NULL: it was not read */
	bool steps_limited;  /* each step has a deadline of its own */
	bool stayed;	     /* it was kept after its end, until somebody had seen enough */
	int kernels_counted; /* that were seen to begin */
} Running;

/* The host's CLOCK_MONOTONIC. */
gint64 running_now(void);

/* For how long the host has slept since its start, in ns: CLOCK_MONOTONIC stands still then. */
gint64 running_slept(void);

/* The first end counts. detail: more words, or NULL. */
void running_end(Running *run, EndCause cause, const char *detail);

/* The first failure of the harness itself ends the run; later ones follow from it. Takes the error. */
void running_fail(Running *run, GError *error);

/* note.c: lines of the journal. Without one of them the run cannot be judged, and is over. */
void note_start(Running *run, const char *emulator, gint64 host_ns);
/* What the host had given to the emulator, at the places between which a kernel boots. */
void note_host(Running *run, gint64 host_ns, int hop, const char *at, VmUsage usage);
void note_record(Running *run, const Frame *frame);
/* copy_ns: noise_copy_ns(). */
void note_noise(Running *run, gint64 host_ns, gint64 copy_ns);
void note_count(Running *run, const char *mark, const char *edge, guint64 instructions);
void note_machine(Running *run, gint64 host_ns, const char *detail);
/* What was skipped until now, as one event. */
void note_pause(Running *run, gint64 now);
/*
 * Before the machine is ended: what the host did for a guest that says nothing any more,
 * or, at the deadline, for one that may still be speaking.
 */
void note_execution(Running *run, EndCause cause);
/* How it ended. The verdict is made from this and the records, later. */
void note_end(Running *run, gint64 peak_rss);

/*
 * postmortem.c: what the emulator says of the machine, asked once: the CPUs stand still from then on. What they have
 * goes into the run directory.
 */
const VmLook *postmortem_look(Running *run);

/*
 * Before a machine that failed is ended, what its memory tells (measure/postmortem.h) goes into the run
 * directory, and run->memory has it. A machine that does not answer is let be.
 */
void postmortem_take(Running *run);

/*
 * watch.c: starts the machine, and follows it to its end. marks: VmMark, where instructions are
 * read; stops: VmStop, what it passes before somebody gets it in hand. What went wrong is in run->error.
 */
void watch_machine(Running *run, VmHost *host, const VmSpec *spec, const GArray *marks, const GArray *stops,
		   GCancellable *cancel);

/* A frame that came: becomes a record, and may be the next step. data: Running. */
void watch_frame(const Frame *frame, gpointer data);

#endif
