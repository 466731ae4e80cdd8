// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/audit.h>

#include "auditparts.h"
#include "recordsource.h"

#include <base/error.h>
#include <string.h>

/* Text of a record; NULL without an error if it did not come. */
static bool record_text(const Hop *hop, const char *name, const HopSource *source, char **ret, GError **error)
{
	if (recordsource_text(source, hop->index, name, ret, error))
		return true;
	g_prefix_error(error, "%s of hop %d ", name, hop->index);
	return false;
}

bool audit_read(const Hop *hop, const HopSource *source, Audit **ret_audit, GError **error)
{
	g_autoptr(Audit) audit = g_new0(Audit, 1);
	g_autofree char *sites = NULL;
	g_autofree char *touched = NULL;
	g_autofree char *pageblocks = NULL;
	g_autoptr(GArray) touches = NULL;

	*ret_audit = NULL;
	if (!record_text(hop, FRAME_AUDIT_SITES, source, &sites, error) ||
	    !record_text(hop, FRAME_AUDIT_TOUCHED, source, &touched, error) ||
	    !record_text(hop, FRAME_AUDIT_PAGEBLOCKS, source, &pageblocks, error))
		return false;
	if (!sites && !touched && !pageblocks)
		return true;
	if (!sites || !touched || !pageblocks)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "%s of hop %d is missing, though others of the audit came",
				 !sites	    ? FRAME_AUDIT_SITES
				 : !touched ? FRAME_AUDIT_TOUCHED
					    : FRAME_AUDIT_PAGEBLOCKS,
				 hop->index);
	if (!hop->pagetypes || !hop->zones || !hop->scratch)
		return error_set(error, KHOTEST_ERROR_FAILED, "hop %d sent no usable %s to hold the audit against",
				 hop->index,
				 !hop->pagetypes ? "/proc/pagetypeinfo"
				 : !hop->zones	 ? "/proc/zoneinfo"
						 : "list of scratch regions");
	if (!(audit->sites = auditsites_parse(sites, error)) || !(touches = audittouch_parse(touched, error)) ||
	    !(audit->pageblocks = auditpageblocks_parse(pageblocks, error)) ||
	    !auditcheck_touches(audit->sites, audit->pageblocks->pageblock_order, touches, error))
		return false;
	audit->map = blockmap_new(hop, audit->pageblocks, touches);
	auditcaller_fill(audit);
	auditcheck_fill(audit);
	*ret_audit = g_steal_pointer(&audit);
	return true;
}

void audit_free(Audit *audit)
{
	if (!audit)
		return;
	auditsites_free(audit->sites);
	g_clear_pointer(&audit->callers, g_ptr_array_unref);
	blockmap_free(audit->map);
	pageblocks_free(audit->pageblocks);
	g_free(audit);
}

char *audit_mask_text(const Audit *audit, guint64 mask)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < audit->sites->sites->len; i++) {
		const AuditSite *site = audit->sites->sites->pdata[i];

		if (mask & (1ull << site->id))
			g_string_append_printf(text, "%s%s:%" G_GUINT64_FORMAT, text->len ? ", " : "", site->function,
					       site->line);
	}
	return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : g_strdup("nobody");
}
