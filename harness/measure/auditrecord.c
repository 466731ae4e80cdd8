// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/auditrecord.h>

#include "scan.h"

#include <base/error.h>
#include <string.h>

#define FIRST_LINE "# khotest audit 1"

static void share_free(gpointer data)
{
	AuditShare *share = data;

	g_free(share->type);
	g_free(share);
}

static void site_free(gpointer data)
{
	AuditSite *site = data;

	if (!site)
		return;
	g_free(site->function);
	g_free(site->via);
	g_clear_pointer(&site->asked, g_ptr_array_unref);
	g_clear_pointer(&site->set, g_ptr_array_unref);
	g_free(site);
}

static gboolean bad_line(const char *record, guint number, const char *line, const char *why, GError **error)
{
	return error_set(error, KHOTEST_ERROR_FAILED, "line %u of %s %s: '%.160s'", number, record, why, line);
}

/* "name=" and a decimal number, followed by a blank or the end. */
static bool scan_field(const char **at, const char *name, guint64 *ret)
{
	const char *p = *at;

	if (!scan_literal(&p, name) || !scan_literal(&p, "=") || !scan_u64(&p, 10, ret) || (*p && !scan_blank(&p)))
		return false;
	*at = p;
	return true;
}

/* Up to the next blank, colon or comma. */
static char *scan_name(const char **at)
{
	gsize n = strcspn(*at, " \t,:");
	char *name = n ? g_strndup(*at, n) : NULL;

	*at += n;
	return name;
}

/* "name=Movable:12,CMA:3" or "name=-", each type once, each with a call at least; NULL if it is neither. */
static GPtrArray *scan_histogram(const char **at, const char *name)
{
	g_autoptr(GPtrArray) shares = g_ptr_array_new_with_free_func(share_free);

	if (!scan_literal(at, name) || !scan_literal(at, "="))
		return NULL;
	if (scan_literal(at, "-"))
		return **at && !scan_blank(at) ? NULL : g_steal_pointer(&shares);
	do {
		g_autofree char *type = scan_name(at);
		AuditShare *share;
		guint64 calls;

		if (!type || !scan_literal(at, ":") || !scan_u64(at, 10, &calls) || !calls ||
		    auditsite_share(shares, type))
			return NULL;
		share = g_new0(AuditShare, 1);
		share->type = g_steal_pointer(&type);
		share->calls = calls;
		g_ptr_array_add(shares, share);
	} while (scan_literal(at, ","));
	return **at && !scan_blank(at) ? NULL : g_steal_pointer(&shares);
}

/* "via=NAME", which may be missing; the function that all are about counts as none. */
static bool scan_via(const char **at, AuditSite *site)
{
	if (!scan_literal(at, "via="))
		return true;
	site->via = scan_name(at);
	if (g_strcmp0(site->via, "init_pageblock_migratetype") == 0)
		g_clear_pointer(&site->via, g_free);
	else if (!site->via)
		return false;
	return scan_blank(at);
}

static bool scan_site(const char *line, AuditSite *site)
{
	const char *at = line;
	guint64 id;

	if (!scan_field(&at, "site", &id) || id >= AUDIT_SITES_MAX || !scan_literal(&at, "function=") ||
	    !(site->function = scan_name(&at)) || !scan_blank(&at) || !scan_field(&at, "line", &site->line) ||
	    !scan_via(&at, site) || !scan_field(&at, "calls", &site->calls) ||
	    !scan_field(&at, "pageblocks", &site->pageblocks) || !scan_field(&at, "unknown", &site->unknown) ||
	    !scan_field(&at, "overlap", &site->overlap) || !scan_field(&at, "overlap_not_cma", &site->overlap_other))
		return false;
	site->id = (guint)id;
	site->asked = scan_histogram(&at, "asked");
	site->set = site->asked ? scan_histogram(&at, "set") : NULL;
	return site->set && scan_end(at);
}

static bool known_id(const AuditSites *sites, guint id)
{
	for (guint i = 0; i < sites->sites->len; i++)
		if (((const AuditSite *)sites->sites->pdata[i])->id == id)
			return true;
	return false;
}

AuditSites *auditsites_parse(const char *text, GError **error)
{
	g_autoptr(AuditSites) sites = g_new0(AuditSites, 1);
	g_autofree char **lines = scan_lines(text, FRAME_AUDIT_SITES, error);
	guint last = lines ? g_strv_length(lines) : 0;
	const char *at;

	sites->sites = g_ptr_array_new_with_free_func(site_free);
	if (!lines)
		return NULL;
	if (last < 2 || strcmp(lines[0], FIRST_LINE) != 0) {
		bad_line(FRAME_AUDIT_SITES, 1, last ? lines[0] : "", "is not '" FIRST_LINE "' with more to follow",
			 error);
		return NULL;
	}
	for (guint i = 1; i + 1 < last; i++) {
		AuditSite *site = g_new0(AuditSite, 1);

		if (!scan_site(lines[i], site) || known_id(sites, site->id)) {
			site_free(site);
			bad_line(FRAME_AUDIT_SITES, i + 1, lines[i],
				 "is not a call site, or is one for the second time", error);
			return NULL;
		}
		g_ptr_array_add(sites->sites, site);
	}
	at = lines[last - 1];
	if (!scan_field(&at, "beyond", &sites->beyond) || *at) {
		bad_line(FRAME_AUDIT_SITES, last, lines[last - 1], "is not 'beyond=N', with which it has to end",
			 error);
		return NULL;
	}
	return g_steal_pointer(&sites);
}

void auditsites_free(AuditSites *sites)
{
	if (!sites)
		return;
	g_clear_pointer(&sites->sites, g_ptr_array_unref);
	g_free(sites);
}

guint64 auditsite_share(const GPtrArray *histogram, const char *type)
{
	for (guint i = 0; i < histogram->len; i++) {
		const AuditShare *share = histogram->pdata[i];

		if (strcmp(share->type, type) == 0)
			return share->calls;
	}
	return 0;
}

GArray *audittouch_parse(const char *text, GError **error)
{
	g_autoptr(GArray) touches = g_array_new(FALSE, FALSE, sizeof(BlockTouch));
	g_autofree char **lines = scan_lines(text, FRAME_AUDIT_TOUCHED, error);
	guint64 last = 0;

	if (!lines)
		return NULL;
	for (guint i = 0; lines[i]; i++) {
		const char *at = lines[i];
		BlockTouch touch;

		/* an empty record is one empty line here */
		if (i == 0 && !*at && !lines[1])
			break;
		if (!scan_u64(&at, 16, &touch.pfn) || !scan_blank(&at) || !scan_u64(&at, 10, &touch.count) ||
		    !touch.count || !scan_blank(&at) || !scan_u64(&at, 16, &touch.mask) || !touch.mask ||
		    !scan_end(at) || (i && touch.pfn <= last) || touch.pfn > PHYS_MOST || touch.count > PHYS_MOST) {
			bad_line(FRAME_AUDIT_TOUCHED, i + 1, lines[i], "is not 'PFN COUNT MASK' in ascending order",
				 error);
			return NULL;
		}
		last = touch.pfn;
		g_array_append_val(touches, touch);
	}
	return g_steal_pointer(&touches);
}

/* A line of whole pageblocks that begins at page frame *end or behind it, which becomes its own end. */
static bool scan_run(const char *line, Pageblocks *pageblocks, guint64 *end)
{
	g_autofree char *zone = NULL, *type = NULL;
	guint64 pfn, count, pages, block = 1ull << pageblocks->pageblock_order, begin = *end;
	const char *at = line;
	int node;

	if (!scan_u64(&at, 16, &pfn) || !scan_blank(&at) || !scan_u64(&at, 10, &count) || !count || !scan_blank(&at) ||
	    !scan_node(&at, &node) || !scan_blank(&at) || !scan_word(&at, &zone) || !scan_blank(&at) ||
	    !scan_word(&at, &type) || !scan_end(at) || pfn & (block - 1) || pfn < begin ||
	    !g_uint64_checked_mul(&pages, count, block) || !g_uint64_checked_add(end, pfn, pages) ||
	    *end > PHYS_MOST >> pageblocks->page_shift)
		return false;
	pageblocks_add(pageblocks, pfn, count, node, zone, type);
	return true;
}

Pageblocks *auditpageblocks_parse(const char *text, GError **error)
{
	g_autoptr(Pageblocks) pageblocks = pageblocks_new(FRAME_AUDIT_PAGEBLOCKS);
	g_autofree char **lines = scan_lines(text, FRAME_AUDIT_PAGEBLOCKS, error);
	guint64 order, shift, end = 0;
	const char *at;

	if (!lines)
		return NULL;
	at = lines[0] ? lines[0] : "";
	if (!scan_literal(&at, "# ") || !scan_field(&at, "pageblock_order", &order) ||
	    !scan_field(&at, "page_shift", &shift) || *at || order > 20 || shift < 12 || shift > 18 || !lines[1]) {
		bad_line(FRAME_AUDIT_PAGEBLOCKS, 1, lines[0] ? lines[0] : "",
			 "is not '# pageblock_order=N page_shift=N' with more to follow", error);
		return NULL;
	}
	pageblocks->pageblock_order = (guint)order;
	pageblocks->page_shift = (guint)shift;
	for (guint i = 1; lines[i]; i++) {
		if (!scan_run(lines[i], pageblocks, &end)) {
			bad_line(FRAME_AUDIT_PAGEBLOCKS, i + 1, lines[i],
				 "is not 'PFN COUNT NODE ZONE TYPE' of whole pageblocks in ascending order", error);
			return NULL;
		}
	}
	return g_steal_pointer(&pageblocks);
}
