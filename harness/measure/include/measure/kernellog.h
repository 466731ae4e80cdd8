/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_KERNELLOG_H
#define MEASURE_KERNELLOG_H

#include <glib.h>
#include <measure/cmaareas.h>
#include <stdbool.h>

/* With which every kernel begins: linux_banner of init/version-timestamp.c */
#define KERNEL_BANNER "Linux version "

/*
 * The kernel's log as /dev/kmsg gave it: "level,sequence,microseconds,flags;text"
 * and continuation lines that begin with a space
 * (Documentation/ABI/testing/dev-kmsg).
 */
typedef struct {
	int level;    /* 0 emergency ... 7 debug: the low three bits of the first field */
	bool of_user; /* a program wrote it to /dev/kmsg: the facility above those bits is not 0, the kernel's own */
	guint64 sequence;
	gint64 time_us;
	char *text;
} KernelLogLine;

/* "node 0 deferred pages initialised in 840ms" (mm/mm_init.c, deferred_init_memmap()) */
typedef struct {
	int node;
	gint64 ms;
} DeferredNode;

typedef struct {
	GPtrArray *lines;      /* KernelLogLine: all of them, in their order */
	GPtrArray *own;	       /* KernelLogLine: those that no program wrote; borrowed from the above */
	GArray *deferred;      /* DeferredNode */
	GArray *cma_areas;     /* CmaArea: "cma: Reserved 64 MiB at 0x..."; areas of several ranges are not placed */
	GPtrArray *complaints; /* char *: first line of each oops, BUG, WARNING, stall, ... */
	GPtrArray *said;       /* char *: the same of what programs wrote, which no kernel complained of */
	GPtrArray *ignored;    /* char *: words of the command line that did nothing, as the log has them */
	char *release;	       /* of the kernel, by its banner; NULL if that is not there */
	bool kho_found;	       /* "KHO: found kexec handover data." */
	bool kho_disabled;     /* "KHO: disabling KHO revival" and the like: handover data was there but refused */
	char *kho_refused; /* why the kernel says that it does without the handover data; NULL: it does not say so */
	char *kho_setup;   /* what was wrong with them; NULL: nothing that is known */
	char *kho_from;	   /* release in "KHO: exec from: RELEASE (count N)"; NULL if absent (before 7.1) */
	bool metadata_refused; /* "KHO: kexec-metadata version N not supported" and the like */
	gint64 kho_count;      /* its N; -1 if absent */
	int kho_test;	       /* lib/test_kho.c: 1 "KHO restore succeeded", 0 "KHO restore failed", -1 silent */
	bool lost_records;     /* the ring buffer overran: the first sequence number is not 0, or there is a gap */
	bool clock_late;       /* the guest clock began only after the memory map was set up (see kernellog.c) */
} KernelLog;

/* Errors: FAILED (a record that is not as the ABI document says, or more of them than are read). */
KernelLog *kernellog_parse(const char *text, gsize length, GError **error);
void kernellog_free(KernelLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KernelLog, kernellog_free)

/* About what it takes in memory. */
gsize kernellog_bytes(const KernelLog *log);

/* true if a line of kernel log (without time stamp) begins an oops, BUG, WARNING, sanitizer or stall report */
bool kernellog_is_complaint(const char *text);

/* Of such a line: whether the kernel ended what it was doing (oops, BUG()), or says that a CPU or task got stuck. */
bool kernellog_is_oops(const char *text);
bool kernellog_is_stall(const char *text);

/* The same of a panic, which a kernel may be told to end in when it finds a stall (softlockup_panic=1 and the like). */
bool kernellog_is_stall_panic(const char *text);

/*
 * Where in a line a kernel says that it panics, and of what ("Kernel panic - not syncing: ..."); NULL: it does not. Not
 * only at the start: a program's unfinished line may stand before it.
 */
const char *kernellog_panic(const char *line);

#endif
