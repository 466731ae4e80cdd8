// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/about.h>
#include <report/audit.h>
#include <report/style.h>

#include <string.h>

#define N G_GUINT64_FORMAT

static const char explanation[] =
	"calls: how often; early: of these, before the kernel knew scratch; walks: after that, so that a check makes "
	"them\n"
	"walk the regions; hits: walks for a pageblock of scratch; not for CMA: hits that asked for another type;\n"
	"pageblocks: different ones; scratch: of these, scratch, early calls included; asked, set: types, and calls\n";

static void put_line(GString *out, const Style *style, const char *mark, const char *line)
{
	style_put(out, style, mark, line);
	g_string_append_c(out, '\n');
}

char *audit_span_text(const BlockMap *map, const BlockSpan *span)
{
	g_autofree char *place = span->type ? g_strdup_printf("node %d %s  %s", span->node, span->zone, span->type)
					    : g_strdup("no memory");

	return g_strdup_printf("0x%" G_GINT64_MODIFIER "x-0x%" G_GINT64_MODIFIER "x  %" N " pageblock%s  %s",
			       span->first * map->block_bytes, (span->first + span->count) * map->block_bytes,
			       span->count, span->count == 1 ? "" : "s", place);
}

static char *shares_text(const GPtrArray *shares)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < shares->len; i++) {
		const AuditShare *share = shares->pdata[i];

		g_string_append_printf(text, "%s%s %" N, i ? ", " : "", share->type, share->calls);
	}
	return shares->len ? g_string_free(g_steal_pointer(&text), FALSE) : g_strdup("-");
}

static char *number(guint64 n)
{
	return g_strdup_printf("%" N, n);
}

static char *caller_name(const AuditSite *site)
{
	return g_strdup_printf("%s:%" N, site->function, site->line);
}

static void put_callers(GString *out, const Audit *audit, const Style *style)
{
	static const char *const headers[] = { "caller",       "finding",     ">calls",	  ">early", ">walks", ">hits",
					       ">not for CMA", ">pageblocks", ">scratch", "asked",  "set",    NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autoptr(GString) sentences = g_string_new(NULL);
	g_autofree char *body = NULL;
	guint64 calls = 0, walks = 0, useful = 0;

	for (guint i = 0; i < audit->callers->len; i++) {
		const AuditCaller *caller = audit->callers->pdata[i];
		const AuditSite *site = caller->site;
		g_autofree char *sentence = audit_sentence(caller);
		g_autofree char *said = g_strdup_printf("%s:%" N " %s", site->function, site->line, sentence);

		if (caller->finding == AUDIT_NOT_CALLED)
			continue;
		calls += site->via ? 0 : site->calls;
		walks += caller->walks;
		useful += site->via ? 0 : site->overlap_other;
		TABLE_ROW(table, caller_name(site), g_strdup(audit_finding_name(caller->finding)), number(site->calls),
			  number(site->unknown), number(caller->walks), number(site->overlap),
			  number(site->overlap_other), number(site->pageblocks), number(caller->scratch),
			  shares_text(site->asked), shares_text(site->set));
		put_line(sentences, style, style->bullet, said);
	}
	body = style->table(table);
	g_string_append_printf(out, "%s\n%s\n", body, sentences->str);
	g_string_append_printf(out,
			       "%" N " calls of init_pageblock_migratetype(); a check in it makes %" N
			       " of them walk the scratch regions, and has something to do in %" N ".\n",
			       calls, walks, useful);
}

static void put_spans(GString *out, const Audit *audit, const GArray *spans, const char *what, const Style *style)
{
	guint64 total = 0;

	for (guint i = 0; i < spans->len; i++)
		total += g_array_index(spans, BlockSpan, i).count;
	if (!total) {
		g_string_append_printf(out, "%s: none\n", what);
		return;
	}
	g_string_append_printf(out, "%s: %" N " pageblock%s\n", what, total, total == 1 ? "" : "s");
	for (guint i = 0; i < spans->len; i++) {
		const BlockSpan *span = &g_array_index(spans, BlockSpan, i);
		g_autofree char *text = audit_span_text(audit->map, span);
		g_autofree char *touched = audit_mask_text(audit, span->mask);

		g_autofree char *line = g_strdup_printf("%s  touched by %s", text, touched);

		put_line(out, style, style->bullet, line);
	}
}

static void put_hop(GString *out, const Audit *audit, guint hop, const Style *style)
{
	const char *name = hop_name((int)hop);

	g_string_append_printf(out, "\n%s%s: %" N " of %" N " scratch pageblocks are CMA\n\n", style->heading, name,
			       audit->map->scratch_cma, audit->map->scratch_blocks);
	for (guint i = 0; i < audit->map->problems->len; i++) {
		g_autofree char *line = g_strdup_printf("PROBLEM, the records are not to be relied on: %s",
							(const char *)audit->map->problems->pdata[i]);

		put_line(out, style, style->bullet, line);
	}
	put_callers(out, audit, style);
	put_spans(out, audit, audit->map->scratch_lost, "Scratch that is not CMA", style);
	put_spans(out, audit, audit->map->cma_elsewhere, "CMA that is neither scratch nor a CMA area", style);
	for (guint i = 0; i < audit->map->notes->len; i++) {
		g_autofree char *line = g_strdup_printf("note: %s", (const char *)audit->map->notes->pdata[i]);

		put_line(out, style, "", line);
	}
}

static const AuditCaller *find_caller(const Audit *audit, const AuditSite *like)
{
	for (guint i = 0; audit && i < audit->callers->len; i++) {
		const AuditCaller *caller = audit->callers->pdata[i];

		if (strcmp(caller->site->function, like->function) == 0 && caller->site->line == like->line)
			return caller;
	}
	return NULL;
}

/* What all kernels of the run together say about a check in one caller; NULL if none of them called it. */
static const char *conclusion(const Result *result, const AuditSite *site)
{
	bool called = false, needed = false, perhaps = false, own = false, always = false, other = false;

	for (guint hop = 0; hop < result->hops->len; hop++) {
		const AuditCaller *caller = find_caller(result_audit(result, hop), site);

		if (!caller || caller->finding == AUDIT_NOT_CALLED)
			continue;
		if (caller->finding == AUDIT_BESIDE)
			return "-";
		called = true;
		needed |= caller->finding == AUDIT_NEEDED || caller->finding == AUDIT_LOSES;
		own |= caller->finding == AUDIT_CHOOSES;
		always |= caller->finding == AUDIT_ASKS_CMA;
		other |= auditsite_share(caller->site->asked, "CMA") < caller->site->calls;
		perhaps |= caller->finding == AUDIT_PERHAPS || caller->finding == AUDIT_SUSPECT;
	}
	if (!called)
		return NULL;
	/* only CMA in one kernel, and something else in another: it asks somebody what to ask for */
	own |= always && other;
	return needed ? "no" : own ? "has its own" : perhaps ? "perhaps" : "yes";
}

/* "caller", the kernels, and the question. */
static Table *conclusion_table(const Result *result)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(headers, g_strdup("caller"));
	for (guint hop = 0; hop < result->hops->len; hop++)
		g_ptr_array_add(headers, g_strdup(hop_name((int)hop)));
	g_ptr_array_add(headers, g_strdup("could do without a check"));
	g_ptr_array_add(headers, NULL);
	return table_new((const char *const *)headers->pdata);
}

/* The answer: for each caller, over all kernels, whether it could do without a check. */
static void put_conclusion(GString *out, const Result *result, const Style *style)
{
	g_autoptr(Table) table = conclusion_table(result);
	g_autoptr(GString) idle = g_string_new(NULL);
	g_autofree char *body = NULL;
	const Audit *any = NULL;

	for (guint hop = 0; hop < result->hops->len && !any; hop++)
		any = result_audit(result, hop);
	for (guint i = 0; any && i < any->callers->len; i++) {
		const AuditSite *site = ((const AuditCaller *)any->callers->pdata[i])->site;
		const char *answer = conclusion(result, site);
		g_autoptr(GPtrArray) cells = g_ptr_array_new();

		if (!answer) {
			g_string_append_printf(idle, "%s%s:%" N, idle->len ? ", " : "", site->function, site->line);
			continue;
		}
		g_ptr_array_add(cells, caller_name(site));
		for (guint hop = 0; hop < result->hops->len; hop++) {
			const AuditCaller *caller = find_caller(result_audit(result, hop), site);

			g_ptr_array_add(cells, g_strdup(caller ? audit_finding_name(caller->finding) : "-"));
		}
		g_ptr_array_add(cells, g_strdup(answer));
		table_add(table, (char **)g_ptr_array_steal(cells, NULL));
	}
	body = style->table(table);
	g_string_append_printf(out, "\n%sOn this machine and configuration\n\n%s", style->heading, body);
	if (!idle->len)
		return;
	g_string_prepend(idle, "Not called here, so that nothing is said about them: ");
	g_string_append_c(out, '\n');
	put_line(out, style, "", idle->str);
}

static void put_incomplete(GString *out, const Result *result, const Style *style)
{
	g_autofree char *line = g_strdup_printf("Not every kernel of this run sent audit records that could be used; "
						"'khotest report %s' says what became of it.",
						result->path);

	g_string_append_c(out, '\n');
	put_line(out, style, "", line);
}

static char *write_audit(const Result *result, const Style *style)
{
	g_autofree char *title = result_title(result);
	GString *out = g_string_new(NULL);

	put_line(out, style, style->heading, title);
	for (guint hop = 0; hop < result->hops->len; hop++)
		if (result_audit(result, hop))
			put_hop(out, result_audit(result, hop), hop, style);
	if (!result_audit_is_whole(result))
		put_incomplete(out, result, style);
	put_conclusion(out, result, style);
	g_string_append_printf(out, "\n%s", explanation);
	return g_string_free(out, FALSE);
}

char *result_audit_to_text(const Result *result)
{
	return write_audit(result, &style_indented);
}

char *result_audit_to_markdown(const Result *result)
{
	return write_audit(result, &style_markdown);
}
