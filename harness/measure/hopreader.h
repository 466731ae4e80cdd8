/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_HOPREADER_H
#define MEASURE_HOPREADER_H

#include <measure/hop.h>

/* The parts of hop_new(). */
typedef struct {
	Hop *hop;
	const HopSource *source;
	bool kho_known; /* the manifest has said whether there is KHO */
	bool nonsense;	/* ... and had a line that is none */
	GHashTable
		*spoiled; /* names of records that are not what the manifest says was sent: nothing is read from them */
} HopReader;

/* Notes that a record was there and cannot be used. */
void hopreader_damaged(HopReader *reader, const char *name, const char *why);

/* Whether a record came, and what. */
bool hopreader_sum(HopReader *reader, const char *name, RecordSum *ret);

/* A record as it came; NULL if it did not come, is spoiled, or is too long and thereby damaged. Caller unrefs. */
GBytes *hopreader_take(HopReader *reader, const char *name);

/* The same as text (recordsource_text()); NULL also if it has NULs and is thereby damaged. Caller frees. */
char *hopreader_text(HopReader *reader, const char *name);

/*
 * Takes room for n things of so many bytes that were made of a record. false: there is none left, and the record is
 * damaged, for nothing of it can be kept.
 */
bool hopreader_keep(HopReader *reader, const char *name, gsize n, gsize bytes);

/* hopmanifest.c: what was sent, and whether it is here; whether the hop is complete. */
void hopreader_manifest(HopReader *reader);

/* hopmanifest.c: records that came, and are not there as they came. */
void hopreader_came(HopReader *reader);

/* hoppages.c: pageblocks, CMA areas, what is preserved and what lives in scratch. Needs zones, scratch and the log. */
void hopreader_pages(HopReader *reader);

/* hoppayload.c: hooks of payloads, in the order in which they were run. */
void hopreader_hooks(HopReader *reader);

/* hopconfig.c: what the kernel says that it was built with, else what the builder says. */
void hopreader_config(HopReader *reader);

#endif
