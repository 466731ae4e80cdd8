/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_NOISE_H
#define RUN_NOISE_H

#include <glib.h>
#include <stdbool.h>
#include <store/rundir.h>

/*
 * What else the host was doing, read when a run's machine starts and when it has
 * ended. Counters grow since the host's start; -1 where the host has none.
 */
typedef struct {
	/* some task waited: "some ... total=" of /proc/pressure (Documentation/accounting/psi.rst) */
	gint64 cpu_us;	  /* for a CPU */
	gint64 memory_us; /* for memory that had to be taken from something else */
	gint64 io_us;	  /* for a disk */
	gint64 steal_ns;  /* all CPUs, taken by the hypervisor above: 8th figure of "cpu" in /proc/stat (proc(5)) */
	gint64 busy_ns;	  /* all CPUs, not idle and not stolen, from the same line */
	double load;	  /* 1 minute, /proc/loadavg */
	gint64 khz;	  /* mean of all CPUs: cpufreq's scaling_cur_freq, or "cpu MHz" of /proc/cpuinfo */
} Noise;

/* The texts of those files, NULL where there is none. */
typedef struct {
	const char *cpu_pressure, *memory_pressure, *io_pressure, *stat, *loadavg, *cpuinfo;
} NoiseTexts;

/* Pure. khz is left at -1 unless cpuinfo has it. */
void noise_parse(const NoiseTexts *texts, Noise *ret_noise);

void noise_read(Noise *ret_noise);

/*
 * How long this host takes now to copy 32 MiB, the fastest of several times; -1 where
 * there is no room. Where others use the same memory that grows by half while no
 * counter of this host shows anything, and with it all that a guest does with struct
 * pages. Takes some 60 ms: not while a guest runs.
 */
gint64 noise_copy_ns(void);

/* Reads, and writes the journal's event "noise". copy_ns: noise_copy_ns(). Errors: as rundir_journal_end(). */
bool noise_journal(RunDir *dir, gint64 host_ns, gint64 copy_ns, GError **error);

#endif
