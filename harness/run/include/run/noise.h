/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_NOISE_H
#define RUN_NOISE_H

#include <glib.h>
#include <stdbool.h>
#include <store/journal.h>

/* The texts of those files, NULL where there is none. */
typedef struct {
	const char *cpu_pressure, *memory_pressure, *io_pressure, *stat, *loadavg, *cpuinfo;
} NoiseTexts;

/* Pure. khz is left at -1 unless cpuinfo has it; copy_ns and cpus are. */
void noise_parse(const NoiseTexts *texts, HostNoise *ret_noise);

/* All but copy_ns. */
void noise_read(HostNoise *ret_noise);

/*
 * How long this host takes now to copy 32 MiB, the fastest of several times; -1 where
 * there is no room. Where others use the same memory that grows by half while no
 * counter of this host shows anything, and with it all that a guest does with struct
 * pages. Takes some 60 ms: not while a guest runs.
 */
gint64 noise_copy_ns(void);

#endif
