/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_ORACLE_H
#define MEASURE_ORACLE_H

#include <measure/hop.h>

/*
 * How many CMA pageblocks there should be, and how many there are.
 *
 * Expected: every pageblock that a scratch region touches
 * (kho_release_scratch(), kho_init()) plus those of ordinary CMA areas, counted
 * into the node and zone whose span holds them. Found: /proc/pagetypeinfo.
 */
typedef struct {
	int node;
	char *zone;
	guint64 expected;
	guint64 found;
} OracleZone;

typedef struct {
	GPtrArray *zones; /* OracleZone, in the order of /proc/pagetypeinfo; every zone that has either count */
	guint64 expected; /* sums */
	guint64 found;
	guint64 block_bytes; /* size of a pageblock */
	guint64 unplaced; /* pageblocks of CMA areas that the log does not place: found may exceed expected by so many
			   */
	char *note;	  /* what limits the statement (nodes interleaved: zones of the same name summed up), or NULL */
} Oracle;

/* NULL (with FAILED) if the hop did not send what it takes. */
Oracle *oracle_new(const Hop *hop, GError **error);
void oracle_free(Oracle *oracle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Oracle, oracle_free)

#endif
