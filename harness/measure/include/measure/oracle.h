/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_ORACLE_H
#define MEASURE_ORACLE_H

#include <measure/blockmap.h>

/*
 * How many CMA pageblocks there should be, and how many there are.
 *
 * Expected: every pageblock that a scratch region touches
 * (kho_release_scratch(), kho_init()) plus those of ordinary CMA areas, counted
 * into the node and zone whose span holds them. Found: those of them that are CMA, one
 * by one, if there is a map of all pageblocks; else as many as /proc/pagetypeinfo
 * counts, up to what is expected.
 */
typedef struct {
	int node;
	char *zone;
	guint64 expected;
	guint64 found;	/* never more than expected */
	guint64 excess; /* CMA pageblocks beyond these */
} OracleZone;

typedef struct Oracle {
	GPtrArray *zones; /* OracleZone, in the order of /proc/pagetypeinfo; every zone that has either count */
	guint64 expected; /* sums */
	guint64 found;
	guint64 excess;
	guint64 scratch;     /* pageblocks of scratch alone */
	guint64 block_bytes; /* size of a pageblock */
	guint64 outside;     /* pageblocks of scratch or CMA areas that lie in no zone: nobody can say what they are */
	guint64 unplaced;    /* pageblocks of CMA areas of which nobody says where they are */
	bool placed_twice;   /* the areas whose places are known have more memory than all areas have */
	bool one_by_one;     /* there was a map */
	char *note; /* what limits the statement (nodes interleaved: zones of the same name summed up), or NULL */
} Oracle;

/*
 * map: of this hop, or NULL. A hop without scratch regions expects none. NULL (with
 * FAILED) if the hop did not send what it takes.
 */
Oracle *oracle_new(const Hop *hop, const BlockMap *map, GError **error);
void oracle_free(Oracle *oracle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Oracle, oracle_free)

#endif
