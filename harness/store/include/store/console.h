/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CONSOLE_H
#define STORE_CONSOLE_H

#include <measure/consoletext.h>
#include <store/rundir.h>

/*
 * What all kernels of a run wrote to the console: console.log cut into lines, with the
 * host's clock and the kernel of each from console.times (docs/rundir.md). This is the
 * only code that reads the two.
 */

/* Lines of one kernel: [from, to). */
typedef struct {
	guint from;   /* its banner, or, without one, where the kernel before it was left; 0 for the first */
	guint banner; /* "Linux version ...", with which every kernel begins (init/main.c, linux_banner); to: none */
	guint to;
} ConsoleKernel;

/* A guest may have written 32 MiB (run/recorder.c): where each line is, is kept in memory, and what it says is not. */
typedef struct {
	ConsoleLines lines; /* one that never ends, in parts */
	GArray *times;	    /* gint64, as many: host time at which a line began to come; -1 unknown */
	GArray *kernels;    /* ConsoleKernel, one for each that was begun: one more than were left */
	int handover_line;  /* index of the first line after the last user space was left; -1 if none was */
	guint missing;	    /* lines that console.times knows, behind the end of console.log */
	guint strange;	    /* lines of only one of the two: they are not of one run */

	/* console.c's own: */
	GBytes *log;	/* NULL: it is in the file */
	char *path;	/* of that; NULL: there is none */
	GArray *begins; /* gint64, where each line begins; of one more, the end of all */
	char *piece;	/* what was read last: bytes [piece_from, piece_to) */
	gint64 piece_from, piece_to;
	guint line; /* whose text is */
	char *text; /* NULL: nobody has asked yet */
} Console;

Console *console_read(const RunDir *run);

/* The same of the two texts; either may be NULL. */
Console *console_parse(const char *log, gsize length, const char *times);
void console_free(Console *console);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Console, console_free)

/* Of a kernel, counted from 0; without lines (from == to) where there is none. */
ConsoleKernel console_kernel(const Console *console, guint hop);

/* Host time of a line; -1 where it is not known, or where there is none. */
gint64 console_time(const Console *console, guint line);

#endif
