/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CONSOLETEXT_H
#define MEASURE_CONSOLETEXT_H

#include <glib.h>
#include <stdbool.h>

/*
 * Raw console text: what firmware, kernels and user space wrote to the first
 * serial port, in lines. All ranges are [from, to) of line indices.
 */

/* There may be 32 MiB of them, and whoever has them need not have them in memory: they are asked for one by one. */
typedef struct {
	guint len;
	const char *(*at)(gpointer user, guint i);
	gpointer user;
} ConsoleLines;

/* One of them, cleaned (console_clean()), without its end. It is the caller's until the next one is asked for. */
const char *console_line(const ConsoleLines *lines, guint i);

/* The same of lines that are in memory: char *. Borrowed. */
ConsoleLines console_lines_of(const GPtrArray *texts);

/* The line without control characters and escape sequences, always valid UTF-8. Caller frees. */
char *console_clean(const char *line);

/* Behind "[    1.234567] " and, with CONFIG_PRINTK_CALLER, "[    T1] "; the line itself if it has neither. */
const char *console_text(const char *line);

/* Whether a kernel begins in the line, cleaned or as it came (init/version-timestamp.c, linux_banner). */
bool console_is_banner(const char *line);

/*
 * Where in a line of the console the kernel says that it panics (kernellog_panic()); NULL: it does not. A record of the
 * log has it at its start: what a program wrote into the log may have it further on. A line without a time stamp has it
 * anywhere, behind what a program left unfinished.
 */
const char *console_panic(const char *line);

/* Index of the first line of which console_panic() knows, or -1. */
int console_find_panic(const ConsoleLines *lines, guint from, guint to);

/*
 * Index of the first line of the kernel that took over at some line not before
 * `from`: its banner, or (with a console log level that hides it) a time stamp far
 * behind those of the kernel before it. -1 if there is none: it never said a word.
 */
int console_find_new_kernel(const ConsoleLines *lines, guint from);

/* Index of a line that only a start through firmware brings, or of a kernel that is told to be a hop before `hop`; -1
 */
int console_find_cold_boot(const ConsoleLines *lines, guint from, int hop);

/* Up to `count` lines that are not blank, cleaned, ending with line to - 1. */
GPtrArray *console_last_lines(const ConsoleLines *lines, guint from, guint to, guint count);

/*
 * From the first report (oops, BUG, WARNING ...) of a range to its end: what happened,
 * where, and the trace, without registers and code; at most count lines, the middle
 * left out. Empty if there is no report.
 */
GPtrArray *console_excerpt(const ConsoleLines *lines, guint from, guint to, guint count);

#endif
