/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_AUDITRECORD_H
#define MEASURE_AUDITRECORD_H

#include <glib.h>
#include <measure/blockmap.h>
#include <proto/frame.h>

/*
 * What an instrumented kernel (the overlay series "audit") says about the callers
 * of init_pageblock_migratetype(): three files in debugfs khotest/, three records
 * of a hop. The parsers are strict; every error is FAILED and names the line.
 */

/* Ids of sites are bits of a 64-bit mask. */
#define AUDIT_SITES_MAX 64

/* A migratetype and the calls that had it. */
typedef struct {
	char *type; /* as in /proc/pagetypeinfo */
	guint64 calls;
} AuditShare;

/* One call site. */
typedef struct {
	guint id;
	char *function;
	char *via; /* what it calls, if not init_pageblock_migratetype(); else NULL */
	guint64 line;
	guint64 calls;
	guint64 pageblocks;	/* different ones */
	guint64 unknown;	/* calls made while the kernel did not know scratch yet */
	guint64 overlap;	/* calls on scratch as the kernel knew it at that moment */
	guint64 overlap_other;	/* of these, those that asked for another type than CMA */
	GPtrArray *asked, *set; /* AuditShare: types that the call wanted; types that the pageblock then had */
} AuditSite;

typedef struct {
	GPtrArray *sites; /* AuditSite, in the order of the record */
	guint64 beyond;	  /* pageblocks that the recorder had no room for */
} AuditSites;

/*
 * audit/sites:
 *   # khotest audit 1
 *   site=0 function=memmap_init_range line=932 calls=6 pageblocks=6 unknown=6 overlap=0 overlap_not_cma=0 \
 *     asked=Movable:6 set=Movable:6          (one line; "-" for no call)
 *   beyond=0
 * "via=FUNCTION" after the line says that the site calls another function that sets types.
 */
AuditSites *auditsites_parse(const char *text, GError **error);
void auditsites_free(AuditSites *sites);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditSites, auditsites_free)

/* Calls with that type in a histogram of a site; 0 if there were none. */
guint64 auditsite_share(const GPtrArray *histogram, const char *type);

/* audit/touched: lines of "PFN_HEX COUNT MASK_HEX", ascending. GArray of BlockTouch, the mask
 * of the ids of sites; empty for an empty record. */
GArray *audittouch_parse(const char *text, GError **error);

/*
 * audit/pageblocks, all that are online when it is read:
 *   # pageblock_order=9 page_shift=12
 *   100000 512 0 Normal CMA                  (PFN_HEX COUNT NODE ZONE TYPE)
 */
Pageblocks *auditpageblocks_parse(const char *text, GError **error);

#endif
