/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_EMULATOR_H
#define VM_EMULATOR_H

#include <vm/vm.h>

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
 * none, or one of another user that may not be killed: it goes on. Allocates nothing: guardian.c calls it in a forked
 * child.
 */
bool emulator_end(pid_t pid, const char *mark);

/* "VmHWM:" of /proc/PID/status in bytes: the largest resident set so far, shared memory that is mapped included. -1:
 * unknown. */
gint64 emulator_peak_rss(pid_t pid);
gint64 emulator_parse_peak_rss(const char *status);

/*
 * What the host has given to it so far. Faults and resident set are those of all threads,
 * of /proc/PID/stat (proc(5)). CPU time is that of the threads of its virtual CPUs, summed:
 * those named "CPU 0/KVM", "CPU 0/TCG" or "ALL CPUs/TCG" (QEMU with -name debug-threads=on,
 * as libvirt starts it).
 */
VmUsage emulator_usage(pid_t pid);
void emulator_parse_usage(const char *stat, gint64 page_bytes, VmUsage *ret_usage);
/* "RAN_NS WAITED_NS SLICES" of /proc/PID/task/TID/schedstat (Documentation/scheduler/sched-stats.rst). */
bool emulator_parse_schedstat(const char *text, gint64 *ret_ran_ns, gint64 *ret_waited_ns);

/*
 * Whether somebody has stopped the process (state T or t of /proc/PID/stat): SIGSTOP, a
 * debugger. Only once all of its threads have: a signal takes a while to reach them all.
 */
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

/*
 * The line of it in which the emulator says why it stopped, without its time stamp:
 * KVM's internal errors come before a register dump, other last words come last.
 * said: what emulator_log_tail() gives, or NULL. NULL: it did not say. Pure; caller
 * frees.
 */
char *emulator_log_why(const char *said);

#endif
