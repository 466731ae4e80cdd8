/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PAGEBLOCKS_H
#define MEASURE_PAGEBLOCKS_H

#include <glib.h>
#include <stdbool.h>

/* Pageblocks one after the other with everything in common. */
typedef struct {
	guint64 pfn;
	guint64 count;
	int node;
	const char *zone; /* of all runs the same few words: Pageblocks.words has them */
	const char *type; /* as in /proc/pagetypeinfo */
} PageblockRun;

/* The type of every pageblock of one kernel. */
typedef struct {
	guint pageblock_order;
	guint page_shift;
	GPtrArray *runs; /* PageblockRun, ascending; holes are left out */
	GStringChunk *words;
	bool by_span;	    /* zones were told by addresses, not by the kernel */
	const char *record; /* the name of the record that says so; static */
} Pageblocks;

/*
 * The record "pageblocks" (proto/frame.h), which has no zones: zones (ZoneSpan) of the
 * same kernel tell where a pageblock belongs, by its first page, or by any other where
 * that lies in none; what is in no zone is left out. Errors: FAILED, naming the line.
 */
Pageblocks *pageblocks_parse(const char *text, const GPtrArray *zones, GError **error);
void pageblocks_free(Pageblocks *pageblocks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pageblocks, pageblocks_free)

/* An empty one, to be filled. */
Pageblocks *pageblocks_new(const char *record);

/* Adds a run behind the last, with words that are copied. */
void pageblocks_add(Pageblocks *pageblocks, guint64 pfn, guint64 count, int node, const char *zone, const char *type);

#endif
