/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_H
#define EMULATOR_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * The emulator as a process of this host, seen through /proc (proc(5)).
 */

/* The process that has mark within its command line and is an emulator; -1 if there is none. */
pid_t emulator_find(const char *mark);

/*
 * Kills the process at once if it has mark within its command line, and waits,
 * for some seconds at most, until it is gone. false: it was another process, or
 * none. Allocates nothing: guardian.c calls it in a forked child.
 */
bool emulator_end(pid_t pid, const char *mark);

/* "VmHWM:" of /proc/PID/status in bytes: the largest resident set so far, shared memory that is mapped included. -1:
 * unknown. */
gint64 emulator_peak_rss(pid_t pid);
gint64 emulator_parse_peak_rss(const char *status);

/*
 * Figures of /proc/PID/stat (proc(5)): page faults of all threads that the host
 * served without reading from a disk (minflt), and the resident set in bytes, guest
 * memory included. -1: unknown.
 */
void emulator_usage(pid_t pid, gint64 *ret_faults, gint64 *ret_rss);
void emulator_parse_usage(const char *stat, gint64 page_bytes, gint64 *ret_faults, gint64 *ret_rss);

/*
 * What the emulator itself said in a log that libvirt writes, without libvirt's
 * own lines around it: the last of it, at most lines lines. NULL if it said
 * nothing. Pure; caller frees.
 */
char *emulator_log_tail(const char *log, guint lines);

#endif
