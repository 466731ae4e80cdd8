/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CONSOLE_H
#define STORE_CONSOLE_H

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

typedef struct {
	GPtrArray *
		texts; /* char *: each line cleaned (console_clean()), without its end; one that never ends, in parts */
	GStringChunk *store; /* what they are in */
	GArray *times;	     /* gint64, as many: host time at which a line began to come; -1 unknown */
	GArray *kernels;     /* ConsoleKernel, one for each that was begun: one more than were left */
	int handover_line;   /* index of the first line after the last user space was left; -1 if none was */
	guint missing;	     /* lines that console.times knows, behind the end of console.log */
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
