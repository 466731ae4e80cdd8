/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SILENCE_H
#define RUN_SILENCE_H

#include <vm/vm.h>

#include <glib.h>
#include <stdbool.h>

/*
 * How long a guest has said nothing, of the time in which it could have been heard. Time
 * in which the harness was not run (it was stopped, or its container was frozen), or in
 * which somebody has stopped the emulator, is nobody's silence. Pure: the caller has the
 * clock. All times are the host's CLOCK_MONOTONIC in nanoseconds.
 */
typedef struct {
	gint64 heard_ns;  /* last byte of the guest, moved on by time that does not count */
	gint64 looked_ns; /* the last look */
	gint64 paused_ns; /* all time so far that does not count */
	gint64 stop_ns;	  /* how long the emulator has been stopped by now; 0: it is not */
	gint64 from_ns;	  /* since when the guest is watched for what it executes without a word; 0: it is not */
	VmUsage from;	  /* what the host had given it then */
	gint64 slept_ns;  /* for how long the host had slept since its start, by the last look */
} Silence;

/* A look that comes so much later than the one before says that the harness itself was not run. */
#define SILENCE_GAP_NS (2 * G_GINT64_CONSTANT(1000000000))
/* A guest that has said nothing for so long is watched. */
#define SILENCE_WATCHED_NS G_GINT64_CONSTANT(1000000000)

/* slept_ns: as of silence_slept(). */
void silence_begin(Silence *silence, gint64 now_ns, gint64 slept_ns);

/* The guest said something. */
void silence_heard(Silence *silence, gint64 host_ns);

/*
 * To be called many times a second. stopped: the emulator is stopped by a signal. Returns
 * how much of the time since the last look does not count.
 */
gint64 silence_look(Silence *silence, gint64 now_ns, bool stopped);

/*
 * slept_ns: for how long the host has slept since its start, by which CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC.
 * Returns what is new of it: no time of CLOCK_MONOTONIC, and a hole in that of the guest.
 */
gint64 silence_slept(Silence *silence, gint64 slept_ns);

/* The guest has said nothing for so long. */
gint64 silence_length(const Silence *silence);

/* Whether it is time to begin with the watch; the caller then sets from. */
bool silence_watch_begins(Silence *silence);

#endif
