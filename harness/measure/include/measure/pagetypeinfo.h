/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PAGETYPEINFO_H
#define MEASURE_PAGETYPEINFO_H

#include <glib.h>
#include <stdbool.h>

/*
 * /proc/pagetypeinfo: number of pageblocks of each migratetype, per node and
 * zone (mm/vmstat.c, pagetypeinfo_showblockcount_print()).
 */
typedef struct {
	int node;
	char *zone;	 /* "DMA32", "Normal", ... */
	guint64 *blocks; /* one count for each of PageTypeInfo.types */
} PageTypeZone;

typedef struct {
	guint block_order;   /* "Page block order: 9" */
	guint64 block_pages; /* "Pages per block:  512" */
	char **types;	     /* migratetype names as the kernel prints them, NULL-terminated */
	GPtrArray *zones;    /* of PageTypeZone, in the file's order */
} PageTypeInfo;

/* Errors: FAILED, naming the line that is not as the kernel writes it. */
PageTypeInfo *pagetypeinfo_parse(const char *text, GError **error);
void pagetypeinfo_free(PageTypeInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageTypeInfo, pagetypeinfo_free)

/* Blocks of a migratetype ("CMA") in one zone; 0 where the kernel has no such type (CONFIG_CMA=n). */
guint64 pagetypeinfo_blocks(const PageTypeInfo *info, const PageTypeZone *zone, const char *type);

#endif
