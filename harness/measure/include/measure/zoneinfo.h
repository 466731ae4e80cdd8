/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_ZONEINFO_H
#define MEASURE_ZONEINFO_H

#include <glib.h>
#include <stdbool.h>

/* /proc/zoneinfo: where each populated zone lies (mm/vmstat.c, zoneinfo_show_print()). All counts in 4 KiB-style pages.
 */
typedef struct {
	int node;
	char *zone;
	guint64 start_pfn;
	guint64 spanned;
	guint64 present;
	guint64 managed;
} ZoneSpan;

/* GPtrArray of ZoneSpan with a free function; unpopulated zones (spanned 0) are left out. Errors: FAILED. */
GPtrArray *zoneinfo_parse(const char *text, GError **error);

/* Whether two zones share addresses, as with nodes that firmware or numa=fake= interleaves. */
static inline bool zonespan_overlap(const ZoneSpan *a, const ZoneSpan *b)
{
	return a->start_pfn < b->start_pfn + b->spanned && b->start_pfn < a->start_pfn + a->spanned;
}

#endif
