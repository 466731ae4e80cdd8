// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/audit.h>

static void put_shares(JsonBuilder *b, const char *name, const GPtrArray *shares)
{
	json_begin_object(b, name);
	for (guint i = 0; i < shares->len; i++) {
		const AuditShare *share = shares->pdata[i];

		json_put_int(b, share->type, (gint64)share->calls);
	}
	json_builder_end_object(b);
}

static void put_caller(JsonBuilder *b, const AuditCaller *caller)
{
	const AuditSite *site = caller->site;
	g_autofree char *sentence = audit_sentence(caller);

	json_builder_begin_object(b);
	json_put_string(b, "function", site->function);
	json_put_int(b, "line", (gint64)site->line);
	json_put_string(b, "via", site->via);
	json_put_int(b, "calls", (gint64)site->calls);
	json_put_int(b, "early_calls", (gint64)site->unknown);
	json_put_int(b, "walks", (gint64)caller->walks);
	json_put_int(b, "scratch_calls", (gint64)site->overlap);
	json_put_int(b, "scratch_calls_not_for_cma", (gint64)site->overlap_other);
	json_put_int(b, "retyped_calls", (gint64)caller->acted);
	json_put_int(b, "pageblocks", (gint64)site->pageblocks);
	json_put_int(b, "scratch_pageblocks", (gint64)caller->scratch);
	json_put_int(b, "scratch_pageblocks_nobody_asks_cma_for", (gint64)caller->only);
	json_put_int(b, "lost_pageblocks", (gint64)caller->lost);
	json_put_int(b, "lost_pageblocks_alone", (gint64)caller->lost_only);
	put_shares(b, "asked", site->asked);
	put_shares(b, "set", site->set);
	json_put_string(b, "finding", audit_finding_name(caller->finding));
	json_put_string(b, "text", sentence);
	json_builder_end_object(b);
}

static void put_spans(JsonBuilder *b, const char *name, const Audit *audit, const GArray *spans)
{
	json_begin_array(b, name);
	for (guint i = 0; i < spans->len; i++) {
		const BlockSpan *span = &g_array_index(spans, BlockSpan, i);
		g_autofree char *touched = audit_mask_text(audit, span->mask);

		json_builder_begin_object(b);
		json_put_int(b, "phys", (gint64)(span->first * audit->map->block_bytes));
		json_put_int(b, "pageblocks", (gint64)span->count);
		json_put_int_or_null(b, "node", span->node);
		json_put_string(b, "zone", span->zone);
		json_put_string(b, "type", span->type);
		json_put_string(b, "touched_by", span->mask ? touched : NULL);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

void audit_put_json(JsonBuilder *b, const Audit *audit)
{
	if (!audit)
		return;
	json_begin_object(b, "audit");
	json_put_int(b, "scratch_pageblocks", (gint64)audit->map->scratch_blocks);
	json_put_int(b, "scratch_cma_pageblocks", (gint64)audit->map->scratch_cma);
	json_begin_array(b, "callers");
	for (guint i = 0; i < audit->callers->len; i++)
		put_caller(b, audit->callers->pdata[i]);
	json_builder_end_array(b);
	put_spans(b, "scratch_not_cma", audit, audit->map->scratch_lost);
	put_spans(b, "cma_not_scratch", audit, audit->map->cma_elsewhere);
	json_put_texts(b, "problems", audit->map->problems);
	json_put_texts(b, "notes", audit->map->notes);
	json_builder_end_object(b);
}
