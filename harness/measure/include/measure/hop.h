/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_HOP_H
#define MEASURE_HOP_H

#include <measure/kernellog.h>
#include <measure/pageblocks.h>
#include <measure/pagetypeinfo.h>
#include <measure/payload.h>
#include <measure/preserved.h>
#include <measure/scratch.h>
#include <measure/scratchpages.h>

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
	char *cmdline;		/* /proc/cmdline; NULL: it did not come */
	gint64 boot_to_init_ns; /* CLOCK_BOOTTIME at /init; -1 unknown, also when log->clock_late */
	bool kho_present;	/* debugfs has a kho folder */
	bool kho_in;		/* ... with what was handed over to it */
	bool kho_metadata;	/* among which who has handed it over, with a count (from 7.1 on) */
	int kexec_status;	/* exit status of kexec -s -l; -1 not tried */
	char *kexec_output;
	char *failed; /* text of the "failed" record, or NULL */
	PageTypeInfo *pagetypes;
	GPtrArray *zones; /* ZoneSpan */
	GArray *scratch;  /* ScratchRegion */
	KernelLog *log;
	bool log_to_the_end;	/* the log has all that came until the next kernel was jumped to, or the hop was done */
	gint64 tainted;		/* /proc/sys/kernel/tainted at that moment; -1 unknown */
	bool taint_unread;	/* the probe could not read it */
	bool last_word;		/* "leaving" or "done" came */
	GHashTable *config;	/* "CONFIG_CMA" -> "y"; NULL if the kernel does not show it, and nobody else knows */
	gint64 cma_total_bytes; /* CmaTotal of /proc/meminfo: ordinary CMA areas only; -1 unknown */
	gint64 free_bytes;	/* MemFree and CmaFree, when the records were collected; -1 unknown */
	gint64 free_cma_bytes;
	GArray *cma_areas;	 /* CmaArea: the kernel's own table, or what its log has of it; may be empty */
	bool cma_known;		 /* they are the kernel's own table: all of them */
	Pageblocks *pageblocks;	 /* the type of each; NULL without that record */
	GPtrArray *hooks;	 /* HookRun: hooks of payloads that were begun, in order; may be empty */
	Preserved *preserved;	 /* NULL without that record */
	ScratchPages *pages;	 /* what lives in scratch, once the records were collected; NULL without that record */
	ScratchPages *pages_end; /* ... and right before the hop was left, or done */
	GPtrArray *owners;	 /* PageOwner: who allocated some of what should not be there; NULL: not told */
	GPtrArray *damaged;	 /* char *: records that were there but could not be understood, with why */
	/* what follows from these */
	struct BlockMap *own_map; /* of "pageblocks"; NULL without it, or without what it is to be laid over */
	struct Audit *audit;	  /* NULL where the kernel is not instrumented */
	struct Oracle *oracle;	  /* how many pageblocks should be CMA, and are; NULL where it cannot be told */
	char *no_oracle;	  /* why; NULL with an oracle */
} Hop;

/* Of a record: its length, and its checksum (proto/frame.h). */
typedef struct {
	gsize bytes;
	guint32 crc;
} RecordSum;

/* Where the records of hops come from. */
typedef struct {
	GBytes *(*record)(int hop, const char *name,
			  gpointer data); /* its payload, or NULL if the hop did not send it */
	/* the same without the payload, which may be too long to be held; NULL: it is made of that */
	bool (*sum)(int hop, const char *name, gpointer data, RecordSum *ret);
	gpointer data;
	char **came;		   /* names of the records that are known to have come; NULL: nobody knows */
	const GPtrArray *payloads; /* PayloadPlan: those that the run has; or NULL */
	const char *config; /* the .config that the kernel was built with, for a hop that has not sent it; or NULL */
	gsize *room; /* bytes that what is kept of the long records of all hops may take from here on; NULL: any number
		      */
} HopSource;

/* Never fails: what cannot be understood is named in Hop.damaged. */
Hop *hop_new(int index, const HopSource *source);
void hop_free(Hop *hop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hop, hop_free)

/* The types of all pageblocks, from whichever record has them; NULL if none does. */
const struct BlockMap *hop_map(const Hop *hop);

/* What lived in its scratch, by the last that is known of it; NULL if nothing is. */
const ScratchPages *hop_pages(const Hop *hop);

/* Whether its scratch regions are known, were it that it has none since KHO is off. That there is no kho/ in debugfs
 * does not say so: a kernel may have KHO and no debugfs for it.
 */
bool hop_knows_scratch(const Hop *hop);

/* "y", "m", "n" (also for symbols that are not there), or NULL if the config is unknown. name with or without CONFIG_.
 */
const char *hop_config(const Hop *hop, const char *name);

/* What came of a hook of a payload; NULL if it was not begun. */
const HookRun *hop_hook(const Hop *hop, const char *payload, const char *hook);

/* What a kernel of the chain is called everywhere: "first kernel", ... "kernel 11 of the chain"; static. */
const char *hop_name(int hop);

/* A .config, "CONFIG_A=y", "# CONFIG_B is not set", as "CONFIG_A" -> "y"; NULL if it has no symbol. Caller unrefs. */
GHashTable *hop_parse_config(const char *text);

#endif
