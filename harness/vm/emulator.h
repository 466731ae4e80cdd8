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
 * none.
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
 * CPU time in ns that the threads of its virtual CPUs have had so far, whatever they
 * did: threads named "CPU 0/KVM", "CPU 0/TCG" or "ALL CPUs/TCG" (QEMU with
 * -name debug-threads=on, as libvirt starts it). -1: unknown.
 */
gint64 emulator_cpu_ns(pid_t pid);

/* Whether somebody has stopped the process (state T or t of /proc/PID/stat): SIGSTOP, a debugger. */
bool emulator_is_stopped(pid_t pid);
bool emulator_parse_stopped(const char *stat);

/*
 * "info registers -a" of QEMU's human monitor: for each virtual CPU a block with
 * "RIP=ffffffff81a75750 RFL=... HLT=0". ret_halted: all of them wait in a halt
 * instruction. ret_where: the instruction pointer of the first that does not; 0: there is
 * none. False if the text has no such block. Pure.
 */
bool emulator_parse_registers(const char *text, bool *ret_halted, guint64 *ret_where);

/*
 * What the emulator itself said in a log that libvirt writes, without libvirt's
 * own lines around it: the last of it, at most lines lines. NULL if it said
 * nothing. Pure; caller frees.
 */
char *emulator_log_tail(const char *log, guint lines);

#endif
