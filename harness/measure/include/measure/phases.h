/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PHASES_H
#define MEASURE_PHASES_H

#include <measure/consoletext.h>
#include <measure/kernellog.h>

/*
 * What a kernel's boot is made of, from power-on (or kexec) to /init, told by two
 * clocks: the guest's, which stamps the kernel log and starts somewhere in the
 * boot; and the host's CLOCK_MONOTONIC, which stamps each console line as it comes.
 *
 * A phase lies between two lines of the log (phases.c has the table). Its duration
 * is the guest clock's where that ran at both lines; else the host's, where both
 * lines came over the console as they were printed; else it is not known.
 */
typedef enum {
	PHASE_CLOCK_NONE,
	PHASE_CLOCK_GUEST,
	PHASE_CLOCK_HOST,
} PhaseClock;

typedef struct {
	const char *id;	   /* stable, for scripts: phases.c has all; "other" is a gap between two that are known */
	const char *title; /* for people */
	int node;	   /* of "deferred-node"; else -1 */
	/*
	 * Id of the phase beside whose work it runs, as nodes do in "deferred"; NULL: the boot waits for it. Only those
	 * with NULL are apart from each other and may be summed.
	 */
	const char *within;
	PhaseClock clock;     /* whose begin_ns and end_ns are */
	gint64 begin_ns;      /* guest: since its start; host: CLOCK_MONOTONIC; -1 unknown */
	gint64 end_ns;	      /* -1 unknown */
	gint64 begin_seen_ns; /* host time at which the line that bounds it came live over the console, or -1 */
	gint64 end_seen_ns;
	char *from, *to; /* the lines that bound it, or words where it is no line; NULL if not found */
	char *why;	 /* why its duration is not known; NULL if it is */
} Phase;

typedef struct {
	GPtrArray *phases;    /* Phase, in the order in which a boot passes them; those not known included */
	gint64 init_ns;	      /* guest clock at "Run /init as init process"; -1 unknown */
	gint64 clock_zero_ns; /* host time at which the guest's clock stood at 0; -1 unknown */
	gint64 clock_lag_ns;  /* by how much console lines came late after their stamps, at most; -1 unknown */
	gint64 first_line_ns; /* host time of this kernel's first console line; -1 unknown */
	bool console_late;    /* that line came with a burst of older ones: the console began only then */
} Phases;

/* What the host saw of one kernel. Borrowed. */
typedef struct {
	const ConsoleLines *lines; /* all of the console */
	const GArray *times;	   /* gint64: host time of each; -1 unknown */
	guint from, to;		   /* those of this kernel: [from, to); from == to: none */
	gint64 begin_ns;	   /* power-on, or the last sign of life of the user space before; -1 unknown */
	const char *begin_text;	   /* which of the two, in words */
} PhasesConsole;

/* log NULL: the kernel sent none; then only what the host saw is known. Never fails. */
Phases *phases_new(const KernelLog *log, const PhasesConsole *console);
void phases_free(Phases *phases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Phases, phases_free)

/* -1 if not known. */
gint64 phase_ns(const Phase *phase);

/* "guest", "host"; NULL for a phase that is not known */
const char *phase_clock_name(PhaseClock clock);

/* The phase of that id that is no node's; NULL. Not for "other", of which there may be several. */
const Phase *phases_find(const Phases *phases, const char *id);

#endif
