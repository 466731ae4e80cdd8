/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_TIMELINE_H
#define EVALUATE_TIMELINE_H

#include <evaluate/resulthop.h>

/*
 * A whole run on one axis: host time in nanoseconds since the machine's CPUs
 * began to run. Result.timeline is the run's; NULL if its clocks mean nothing (mode
 * "counted", where breakpoints hold the machine) or the machine never started.
 */
typedef struct {
	const char *id;	   /* "power-on", "first-line", "init", "leaving", "kexec": stable */
	const char *title; /* for people: "first console line of kernel 1" */
	int hop;	   /* from 0 on */
	gint64 at_ns;
} TimelineEvent;

/*
 * A phase on the axis. An edge whose console line came live is where the host saw
 * it: error_ns is then how late lines came at most in this kernel. Any other edge
 * of a phase by the guest's clock is placed by that clock, from where the host saw
 * it start; the two clocks may have drifted apart by then, and error_ns has the
 * larger of both figures.
 */
typedef struct {
	const Phase *phase; /* borrowed from its ResultHop; its duration is phase_ns(phase), not the bar's length */
	int hop;
	gint64 begin_ns, end_ns;
	gint64 error_ns; /* of either edge; -1 unknown */
	bool placed;	 /* an edge was placed by the guest's clock */
} TimelineBar;

/* A time between two events that has a name of its own. */
typedef struct {
	const char *id;	   /* "silence", "blackout" */
	const char *title; /* for people: "silence after kexec -e" */
	int hop;	   /* the kernel that comes after it */
	gint64 begin_ns, end_ns;
} TimelineSpan;

/*
 * A boot that never came to user space: that of the kernel that was awaited when the run
 * ended. It has no end of its own, so it goes on to the run's; of a run that was cut
 * off to the last that is known of it.
 */
typedef struct {
	int hop;	 /* -1: there is none */
	gint64 begin_ns; /* the kernel before says that it leaves, or the machine starts */
	gint64 last_ns;	 /* its last console line; -1: it never said a word, or no time is known */
	gint64 end_ns;
} TimelineOpen;

typedef struct {
	GPtrArray *events; /* TimelineEvent, those that are known, by time */
	GPtrArray *bars;   /* TimelineBar, those that can be put on the axis, by hop and phase */
	GPtrArray *spans;  /* TimelineSpan, those that are known */
	TimelineOpen open;
	gint64 start_ns; /* CLOCK_MONOTONIC of the axis's 0 */
	gint64 end_ns;	 /* on the axis: the run's end; -1 unknown */
} Timeline;

/* hops: ResultHop, with phases. handovers: Handover. NULL if the machine never started. */
Timeline *timeline_new(const Journal *journal, const GPtrArray *hops, const GArray *handovers, const Console *console);
void timeline_free(Timeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timeline, timeline_free)

/* On the axis; -1 unknown. */
gint64 timeline_event(const Timeline *timeline, const char *id, int hop);

#endif
