/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_BLOCKMAP_H
#define MEASURE_BLOCKMAP_H

#include <measure/hop.h>

/*
 * Which pageblock of a kernel is what, one by one: its type, as a record says, and
 * whether it is scratch or a CMA area, as the same kernel says elsewhere.
 */

/* Pageblocks one after the other with everything in common; borrows from the record. */
typedef struct {
	guint64 first; /* number of the first: its address is first * BlockMap.block_bytes */
	guint64 count;
	int node;	  /* -1 with no type */
	const char *zone; /* NULL with no type */
	const char *type; /* NULL: no memory that is online */
	guint64 mask;	  /* what touched them, by bit: BlockTouch */
	bool scratch;
	bool cma_area; /* an ordinary one */
} BlockSpan;

/* What touched these pageblocks, by bit. */
typedef struct {
	guint64 pfn; /* first page frame of the first of them */
	guint64 count;
	guint64 mask;
} BlockTouch;

typedef struct BlockMap {
	const Pageblocks *pageblocks; /* borrowed */
	guint64 block_bytes;
	GArray *spans;		/* BlockSpan, ascending; holes without touch or scratch are left out */
	GArray *scratch_lost;	/* BlockSpan: scratch that is not CMA; mask: of the span together */
	GArray *cma_elsewhere;	/* BlockSpan: CMA that is neither scratch nor a CMA area; mask likewise */
	guint64 scratch_blocks; /* pageblocks of scratch */
	guint64 scratch_cma;	/* of these, CMA */
	GPtrArray *problems;	/* char *: where records of the kernel contradict each other: nothing is sure then */
	GPtrArray *notes;	/* char *: what limits the statement */
} BlockMap;

/*
 * Lays the types over scratch and CMA areas of the hop, and over touches (BlockTouch,
 * ascending; may be empty), and holds them against /proc/pagetypeinfo. A hop without
 * scratch regions has no scratch. The hop must have pagetypes and zones.
 */
BlockMap *blockmap_new(const Hop *hop, const Pageblocks *pageblocks, const GArray *touches);
void blockmap_free(BlockMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlockMap, blockmap_free)

/* "0x100000000-0x1a0000000, 1280 pageblocks, node 0 Normal, Movable". Caller frees. */
char *blockmap_span_text(const BlockMap *map, const BlockSpan *span);

#endif
