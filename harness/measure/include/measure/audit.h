/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_AUDIT_H
#define MEASURE_AUDIT_H

#include <measure/auditrecord.h>
#include <measure/blockmap.h>

/*
 * What the records of one instrumented kernel say about each caller of
 * init_pageblock_migratetype(): does it need a check for scratch, and does it pay
 * for one. And which pageblocks are what, one by one.
 *
 * "Known" is from the kernel's side: once it knows its scratch regions it can
 * check, and a check costs a walk over them. Which pageblocks are scratch is taken
 * from the regions that the same kernel reports in the end.
 */

/*
 * In the order in which they are looked for. The records do not say in which order
 * several callers came across one pageblock: where that matters, the finding is one
 * of the careful ones.
 */
typedef enum {
	AUDIT_NOT_CALLED, /* "not-called": by this kernel on this machine; no proof for others */
	AUDIT_BESIDE,	  /* "beside": calls another function: a check of init_pageblock_migratetype() is none for it */
	AUDIT_NO_SCRATCH, /* "no-scratch": touched no pageblock of scratch */
	AUDIT_TOO_EARLY,  /* "too-early": touched scratch only before it was known: a check there cannot act */
	AUDIT_ASKS_CMA,	  /* "asks-cma": asked for CMA in every call */
	AUDIT_CHOOSES,	  /* "chooses": asks for CMA in scratch and for other types elsewhere: it has a check itself */
	AUDIT_LOSES,	/* "loses": asked for another type in known scratch, where pageblocks are not CMA in the end */
	AUDIT_SUSPECT,	/* "suspect": the same, but for all of these another caller did so too */
	AUDIT_NEEDED,	/* "needed": asked for another type in known scratch, where a check made them CMA, and no other
			   caller asks for CMA there */
	AUDIT_PERHAPS,	/* "perhaps": the same, and other callers ask for CMA there too */
	AUDIT_HARMLESS, /* "harmless": asked for another type there, no check acted, and all of it is CMA in the end */
} AuditFinding;

const char *audit_finding_name(AuditFinding finding);

typedef struct {
	const AuditSite *site; /* the audit's */
	guint64 walks;	       /* calls once scratch was known: those that pay for a check; 0 for AUDIT_BESIDE */
	guint64 scratch;       /* pageblocks of scratch that it touched, known or not */
	guint64 only;	       /* of these, those that no caller touched which asks for CMA there */
	guint64 lost;	       /* of these, those that are not CMA in the end */
	guint64 lost_only;     /* of the lost, those where no other caller asked for another type in known scratch */
	guint64 acted;	       /* calls that asked for another type, after which the pageblock was CMA */
	AuditFinding finding;
} AuditCaller;

typedef struct Audit {
	AuditSites *sites;
	Pageblocks *pageblocks;
	GPtrArray *callers; /* AuditCaller, as in sites */
	BlockMap *map;	    /* of audit/pageblocks; the mask of a span has the sites that touched it, by bit. With
			       any of its problems nothing here is sure */
} Audit;

/*
 * Reads the three records of a hop. *ret_audit is NULL, and no error, if there are
 * none: the kernel is not instrumented. Errors: FAILED (a record is missing or not as
 * the kernel writes it; the hop did not send what they are to be compared with).
 */
bool audit_read(const Hop *hop, const HopSource *source, Audit **ret_audit, GError **error);
void audit_free(Audit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Audit, audit_free)

/* One sentence on a caller, for people: what it does and whether it could do without a check. Caller frees. */
char *audit_sentence(const AuditCaller *caller);

/* Names of the sites in a mask, "deferred_free_pages:2004, ..."; "nobody" for 0. Caller frees. */
char *audit_mask_text(const Audit *audit, guint64 mask);

#endif
