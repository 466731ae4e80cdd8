/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_HOP_H
#define MEASURE_HOP_H

#include <measure/kernellog.h>
#include <measure/pageblocks.h>
#include <measure/pagetypeinfo.h>
#include <measure/scratch.h>

/*
 * What one hop (one kernel of the chain) said, as values. Built from the records
 * by name (see proto/frame.h); what a hop never sent is NULL, or -1.
 */
typedef struct {
	int index;
	bool hello;    /* user space was reached and its nonce was taken */
	bool complete; /* the manifest came, and every record that it names came with that checksum */
	char *nonce;
	char *release;
	char *boot_id;
	gint64 boot_to_init_ns; /* CLOCK_BOOTTIME at /init; -1 unknown, also when log->clock_late */
	bool kho_present;	/* debugfs has a kho folder */
	int kexec_status;	/* exit status of kexec -s -l; -1 not tried */
	char *kexec_output;
	char *failed; /* text of the "failed" record, or NULL */
	PageTypeInfo *pagetypes;
	GPtrArray *zones; /* ZoneSpan */
	GArray *scratch;  /* ScratchRegion */
	KernelLog *log;
	bool log_to_the_end;	/* the log has all that came until the next kernel was jumped to, or the hop was done */
	gint64 tainted;		/* /proc/sys/kernel/tainted at that moment; -1 unknown */
	bool last_word;		/* "leaving" or "done" came */
	GHashTable *config;	/* "CONFIG_CMA" -> "y"; NULL if the kernel does not show it, and nobody else knows */
	gint64 cma_total_bytes; /* CmaTotal of /proc/meminfo: ordinary CMA areas only; -1 unknown */
	GArray *cma_areas;	/* CmaArea: the kernel's own table, or what its log has of it; may be empty */
	Pageblocks *pageblocks; /* the type of each; NULL without that record */
	GPtrArray *damaged;	/* char *: records that were there but could not be understood, with why */
} Hop;

/* Returns the record's payload, or NULL if the hop did not send it. */
typedef GBytes *(*HopRecordFunc)(int hop, const char *name, gpointer data);

/*
 * Never fails: what cannot be understood is named in Hop.damaged. A hop without a
 * configuration of its own takes the one that its kernel was built with: see
 * hop_set_config().
 */
Hop *hop_new(int index, HopRecordFunc record, gpointer data);
void hop_free(Hop *hop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hop, hop_free)

/* The .config that the kernel was built with, for a hop that has not sent it. */
void hop_set_config(Hop *hop, const char *text);

/* "y", "m", "n" (also for symbols that are not there), or NULL if the config is unknown. name with or without CONFIG_.
 */
const char *hop_config(const Hop *hop, const char *name);

#endif
