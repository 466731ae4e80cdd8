// SPDX-License-Identifier: GPL-2.0-or-later
/* Do the records of an instrumented kernel agree with each other? */
#include "auditparts.h"

#include <base/error.h>

#define N G_GUINT64_FORMAT

static void G_GNUC_PRINTF(2, 3) add(GPtrArray *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(to, g_strdup_vprintf(format, args));
	va_end(args);
}

static guint64 sum(const GPtrArray *histogram)
{
	guint64 total = 0;

	for (guint i = 0; i < histogram->len; i++)
		total += ((const AuditShare *)histogram->pdata[i])->calls;
	return total;
}

static guint64 touched_by(const Audit *audit, guint id)
{
	guint64 total = 0;

	for (guint i = 0; i < audit->map->spans->len; i++) {
		const BlockSpan *span = &g_array_index(audit->map->spans, BlockSpan, i);

		total += span->mask & (1ull << id) ? span->count : 0;
	}
	return total;
}

static void check_site(Audit *audit, const AuditCaller *caller)
{
	const AuditSite *site = caller->site;
	guint64 touched = touched_by(audit, site->id), asked = sum(site->asked), set = sum(site->set);

	if (asked != site->calls || set != site->calls)
		add(audit->map->problems, "%s:%" N ": %" N " calls, but %" N " types asked for and %" N " types set",
		    site->function, site->line, site->calls, asked, set);
	if (site->pageblocks > site->calls || site->overlap_other > site->overlap || site->unknown > site->calls ||
	    site->overlap > site->calls - MIN(site->unknown, site->calls))
		add(audit->map->problems,
		    "%s:%" N ": the numbers do not fit: %" N " calls, %" N " pageblocks, %" N " unknown, %" N
		    " overlap, %" N " of it not for CMA",
		    site->function, site->line, site->calls, site->pageblocks, site->unknown, site->overlap,
		    site->overlap_other);
	/* more is possible: a call between the reading of the two records */
	if (touched < site->pageblocks)
		add(audit->map->problems,
		    "%s:%" N ": touched %" N " pageblocks, but " FRAME_AUDIT_TOUCHED " has %" N " of them",
		    site->function, site->line, site->pageblocks, touched);
	if (caller->scratch > site->overlap + site->unknown)
		add(audit->map->problems,
		    "%s:%" N ": touched %" N " pageblocks of scratch, but the kernel saw %" N
		    " calls on scratch and made %" N " before it knew: it knew other regions than it reports",
		    site->function, site->line, caller->scratch, site->overlap, site->unknown);
}

bool auditcheck_touches(const AuditSites *sites, guint order, const GArray *touches, GError **error)
{
	guint64 known = 0, end = 0;

	for (guint i = 0; i < sites->sites->len; i++)
		known |= 1ull << ((const AuditSite *)sites->sites->pdata[i])->id;
	for (guint i = 0; i < touches->len; i++) {
		const BlockTouch *touch = &g_array_index(touches, BlockTouch, i);
		guint64 first = touch->pfn >> order;

		if (touch->pfn & ((1ull << order) - 1) || first < end ||
		    !g_uint64_checked_add(&end, first, touch->count))
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "line %u of " FRAME_AUDIT_TOUCHED
					 " does not begin a pageblock, or overlaps the line before: %" G_GINT64_MODIFIER
					 "x %" G_GUINT64_FORMAT,
					 i + 1, touch->pfn, touch->count);
		if (touch->mask & ~known)
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "line %u of " FRAME_AUDIT_TOUCHED " has a site in its mask %" G_GINT64_MODIFIER
					 "x that " FRAME_AUDIT_SITES " does not list",
					 i + 1, touch->mask);
	}
	return true;
}

void auditcheck_fill(Audit *audit)
{
	if (audit->sites->beyond)
		add(audit->map->problems,
		    "%" N " calls were for pageblocks beyond the recorder's array, and are in no count of pageblocks: "
		    "give the guest less memory, or raise the array's size in the audit series",
		    audit->sites->beyond);
	for (guint i = 0; i < audit->callers->len; i++)
		check_site(audit, audit->callers->pdata[i]);
}
