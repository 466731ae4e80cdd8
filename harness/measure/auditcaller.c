// SPDX-License-Identifier: GPL-2.0-or-later
#include "auditparts.h"

#include <string.h>

#define CMA "CMA"

const char *audit_finding_name(AuditFinding finding)
{
	static const char *const names[] = {
		[AUDIT_NOT_CALLED] = "not-called", [AUDIT_BESIDE] = "beside",	  [AUDIT_NO_SCRATCH] = "no-scratch",
		[AUDIT_TOO_EARLY] = "too-early",   [AUDIT_ASKS_CMA] = "asks-cma", [AUDIT_CHOOSES] = "chooses",
		[AUDIT_LOSES] = "loses",	   [AUDIT_SUSPECT] = "suspect",	  [AUDIT_NEEDED] = "needed",
		[AUDIT_PERHAPS] = "perhaps",	   [AUDIT_HARMLESS] = "harmless",
	};

	return names[finding];
}

/* Whatever it did to known scratch, it wanted CMA there. */
static bool wants_cma(const AuditSite *site)
{
	return site->overlap && !site->overlap_other;
}

static AuditFinding find(const AuditCaller *caller)
{
	const AuditSite *site = caller->site;

	if (!site->calls)
		return AUDIT_NOT_CALLED;
	if (site->via)
		return AUDIT_BESIDE;
	if (!caller->scratch && !site->overlap)
		return AUDIT_NO_SCRATCH;
	if (!site->overlap)
		return AUDIT_TOO_EARLY;
	if (!site->overlap_other)
		return auditsite_share(site->asked, CMA) == site->calls ? AUDIT_ASKS_CMA : AUDIT_CHOOSES;
	if (caller->lost)
		return caller->lost_only ? AUDIT_LOSES : AUDIT_SUSPECT;
	if (!caller->acted)
		return AUDIT_HARMLESS;
	return caller->only ? AUDIT_NEEDED : AUDIT_PERHAPS;
}

void auditcaller_fill(Audit *audit)
{
	guint64 wanting = 0, others = 0; /* sites that want CMA in known scratch, and those that want something else */

	audit->callers = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < audit->sites->sites->len; i++) {
		const AuditSite *site = audit->sites->sites->pdata[i];

		if (wants_cma(site))
			wanting |= 1ull << site->id;
		/* the allocator never takes CMA: what it changes later was lost before */
		if (site->overlap_other && !site->via)
			others |= 1ull << site->id;
	}
	for (guint i = 0; i < audit->sites->sites->len; i++) {
		AuditCaller *caller = g_new0(AuditCaller, 1);
		const AuditSite *site = audit->sites->sites->pdata[i];
		guint64 bit = 1ull << site->id, set = auditsite_share(site->set, CMA),
			asked = auditsite_share(site->asked, CMA);

		caller->site = site;
		caller->walks = site->via ? 0 : site->calls - MIN(site->unknown, site->calls);
		caller->acted = set - MIN(asked, set);
		for (guint s = 0; s < audit->map->spans->len; s++) {
			const BlockSpan *span = &g_array_index(audit->map->spans, BlockSpan, s);
			bool lost = g_strcmp0(span->type, CMA) != 0;

			if (!span->scratch || !(span->mask & bit))
				continue;
			caller->scratch += span->count;
			if (!(span->mask & wanting & ~bit))
				caller->only += span->count;
			if (lost)
				caller->lost += span->count;
			if (lost && !(span->mask & others & ~bit))
				caller->lost_only += span->count;
		}
		caller->finding = find(caller);
		g_ptr_array_add(audit->callers, caller);
	}
}

static const char *plural(guint64 n)
{
	return n == 1 ? "" : "s";
}

/* The type that a caller asks for besides CMA; "another type" if there are several. */
static const char *other_type(const AuditSite *site)
{
	const char *type = NULL;

	for (guint i = 0; i < site->asked->len; i++) {
		const AuditShare *share = site->asked->pdata[i];

		if (strcmp(share->type, CMA) == 0)
			continue;
		if (type)
			return "another type";
		type = share->type;
	}
	return type ? type : "another type";
}

char *audit_sentence(const AuditCaller *caller)
{
	const AuditSite *site = caller->site;
	GString *text = g_string_new(NULL);

#define N G_GUINT64_FORMAT
	switch (caller->finding) {
	case AUDIT_NOT_CALLED:
		g_string_append(text, "not called here");
		break;
	case AUDIT_BESIDE:
		g_string_append_printf(text, "calls %s(), which such a check does not reach", site->via);
		if (site->overlap)
			g_string_append_printf(text, "; %" N " call%s were on scratch", site->overlap,
					       plural(site->overlap));
		break;
	case AUDIT_NO_SCRATCH:
		g_string_append(text, "never touches scratch");
		if (caller->walks)
			g_string_append_printf(text, ": a check in it costs %" N " walk%s for nothing", caller->walks,
					       plural(caller->walks));
		break;
	case AUDIT_TOO_EARLY:
		g_string_append(text, "touches scratch only before it is known: a check in it cannot act");
		if (caller->walks)
			g_string_append_printf(text, ", and costs %" N " walk%s for nothing", caller->walks,
					       plural(caller->walks));
		break;
	case AUDIT_ASKS_CMA:
		g_string_append(text, "asked for CMA in every call: needs no further check");
		break;
	case AUDIT_CHOOSES:
		g_string_append_printf(text,
				       "asks for CMA in scratch by itself (%" N " call%s): needs no further check",
				       site->overlap, plural(site->overlap));
		break;
	case AUDIT_LOSES:
	case AUDIT_SUSPECT:
		g_string_append_printf(text,
				       "asks for %s in known scratch (%" N
				       " call%s), and of the scratch that it touches %" N
				       " pageblock%s not CMA in the end: ",
				       other_type(site), site->overlap_other, plural(site->overlap_other), caller->lost,
				       caller->lost == 1 ? " is" : "s are");
		if (caller->finding == AUDIT_SUSPECT)
			g_string_append(text,
					"it needs a check, or the other callers that did so there, or all of them");
		else if (caller->lost_only < caller->lost)
			g_string_append_printf(text,
					       "it needs a check, since %" N " of them are no other caller's doing",
					       caller->lost_only);
		else
			g_string_append(text, "it needs a check");
		break;
	case AUDIT_NEEDED:
		g_string_append_printf(text,
				       "needs the check: asks for %s in known scratch (%" N " call%s); for %" N
				       " of its pageblocks nobody asks for CMA",
				       other_type(site), site->overlap_other, plural(site->overlap_other),
				       caller->only);
		break;
	case AUDIT_PERHAPS:
		g_string_append_printf(text,
				       "asks for %s in known scratch (%" N
				       " call%s), where the check acts; for all of these pageblocks others ask for CMA "
				       "too: a series without this check shows whether they do so later",
				       other_type(site), site->overlap_other, plural(site->overlap_other));
		break;
	case AUDIT_HARMLESS:
		g_string_append_printf(text,
				       "asks for %s in known scratch (%" N
				       " call%s), no check acts, and all of it is CMA in the end: does without",
				       other_type(site), site->overlap_other, plural(site->overlap_other));
		break;
	}
#undef N
	return g_string_free(text, FALSE);
}
