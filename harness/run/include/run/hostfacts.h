/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_HOSTFACTS_H
#define RUN_HOSTFACTS_H

#include <glib.h>

/* What this host is and has, at the moment of asking. Unknown numbers are -1. */
typedef struct {
	char *cpu_model;
	guint cpus;                 /* that this process may use */
	char *kernel;               /* uname -r */
	char *distribution;         /* PRETTY_NAME of os-release */
	gint64 memory_total;        /* bytes */
	gint64 memory_available;    /* MemAvailable, bytes */
	gint64 cgroup_available;    /* what the tightest memory cgroup above us still allows, bytes; -1: no limit */
	double load;                /* 1 minute */
	gint64 tsc_khz;             /* measured; -1 where there is no usable TSC */
} HostFacts;

HostFacts *hostfacts_read(void);
void hostfacts_free(HostFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostFacts, hostfacts_free)

/* host.json. Caller frees. */
char *hostfacts_to_json(const HostFacts *facts, const char *qemu, const char *libvirt);

#endif
