/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_RESULTHOP_H
#define EVALUATE_RESULTHOP_H

#include <measure/count.h>
#include <measure/hop.h>
#include <measure/phases.h>
#include <store/console.h>
#include <store/journal.h>

/*
 * What the host gave to the emulator while a kernel booted: from the leaving of the
 * kernel before it, or the start of the machine, to its hello; -1 unknown.
 */
typedef struct {
	gint64 faults; /* pages that were first touched: guest memory, and the emulator's own */
	gint64 bytes;  /* by which the emulator's resident set grew */
} HostUse;

/* All that is known of one kernel of the chain. Times are the host's CLOCK_MONOTONIC; -1 unknown. */
typedef struct {
	Hop *said;	 /* its records, and what follows from them */
	Phases *phases;	 /* of its boot; NULL where the clocks of the run mean nothing */
	HopCount *count; /* instructions by phase; NULL unless they were counted */
	HostUse use;
	gint64 hello_ns;    /* the first sign of its user space */
	gint64 manifest_ns; /* all of its records had come */
	gint64 leaving_ns;  /* the last sign of its user space */
	bool failed;	    /* its user space gave up */
} ResultHop;

/* From one kernel to the next, by the host's clock; -1 unknown. */
typedef struct {
	gint64 left_ns;	     /* the last sign of the first one's user space */
	gint64 last_line_ns; /* its last console line */
	gint64 banner_ns;    /* the first of the second, also where that one came no further */
	gint64 hello_ns;     /* the first sign of its user space */
} Handover;

/*
 * ResultHop, one for each of said (Hop, taken over). counts: HopCount. timed: the run's clocks mean
 * something. Caller unrefs.
 */
GPtrArray *resulthops_new(GPtrArray *said, const GArray *counts, const Journal *journal, const Console *console,
			  bool timed);

/* Handover, one for each kernel that was begun after the first. hops: ResultHop. Caller unrefs. */
GArray *handovers_new(const GPtrArray *hops, const Console *console);

/* User space to user space, and silence in between; -1 unknown. */
gint64 handover_blackout(const Handover *handover);
gint64 handover_silence(const Handover *handover);

#endif
