/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_HOSTFACTS_H
#define RUN_HOSTFACTS_H

#include <glib.h>

/* The time stamp counter and the host's clocks at one moment. */
typedef struct {
	guint64 tsc;	/* 0: there is none that runs at a constant rate */
	gint64 ns;	/* CLOCK_MONOTONIC, which stands still while the host is suspended */
	gint64 boot_ns; /* CLOCK_BOOTTIME, which does not */
} TscReading;

/* What this host is and has, at the moment of asking. Unknown numbers are -1. */
typedef struct {
	char *cpu_model;
	guint cpus;		 /* that this process may use */
	char *kernel;		 /* uname -r */
	char *distribution;	 /* PRETTY_NAME of os-release */
	gint64 memory_total;	 /* bytes */
	gint64 memory_available; /* MemAvailable, bytes */
	gint64 cgroup_available; /* what the tightest memory cgroup above us still allows, bytes; -1: no limit */
	double load;		 /* 1 minute */
	gint64 tsc_khz;		 /* by hostfacts_measure_tsc(); -1 before that, and where there is no usable TSC */
	TscReading tsc_from;	 /* when the facts were read */
} HostFacts;

HostFacts *hostfacts_read(void);
/*
 * Sets tsc_khz: the rate of the time stamp counter against CLOCK_MONOTONIC since
 * the facts were read, and over a twentieth of a second at least. What was before the host was suspended does not
 * count.
 */
void hostfacts_measure_tsc(HostFacts *facts);

void hostfacts_free(HostFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostFacts, hostfacts_free)

/* host.json. Caller frees. */
char *hostfacts_to_json(const HostFacts *facts, const char *qemu, const char *libvirt);

#endif
