// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <evaluate/checkline.h>
#include <evaluate/figure.h>
#include <evaluate/outcome.h>
#include <report/audit.h>
#include <report/run.h>

#include "drifttable.h"
#include "payloadjson.h"
#include "postmortemtext.h"
#include "timelinejson.h"

static void put_title(JsonBuilder *b, const Verdict *verdict)
{
	json_begin_object(b, "title");
	json_put_string(b, "class", verdict->title_class);
	json_put_string(b, "text", verdict->title);
	json_put_string(b, "evidence", verdict->title_evidence);
	json_builder_end_object(b);
}

static void put_reasons(JsonBuilder *b, const Verdict *verdict)
{
	json_begin_array(b, "reasons");
	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", reason->id);
		json_put_string(b, "check", reason->check ? reason->check->id : NULL);
		json_put_int_or_null(b, "hop", reason->check ? (gint64)reason->hop : -1);
		json_put_string(b, "text", reason->text);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* Only where there is one: of a branch and of a repository of the user's. */
static void put_commit(JsonBuilder *b, const PlanHop *hop)
{
	if (!hop->commit)
		return;
	json_put_string(b, "commit", hop->commit);
	json_put_string(b, "version", hop->version);
	json_put_bool(b, "dirty", hop->dirty);
}

static void put_kernel(JsonBuilder *b, const Result *result)
{
	const Plan *plan = result->plan;
	const Hop *first = result_said(result, 0);

	json_begin_object(b, "kernel");
	json_put_string(b, "name", plan_hop(plan, 0)->name);
	json_put_string(b, "release", first && first->release ? first->release : plan_hop(plan, 0)->release);
	json_put_string(b, "series", plan_hop(plan, 0)->series);
	json_put_string(b, "profile", plan_hop(plan, 0)->profile);
	json_put_string(b, "sha256", plan_hop(plan, 0)->sha256);
	json_put_string(b, "source", plan_hop(plan, 0)->source);
	put_commit(b, plan_hop(plan, 0));
	json_builder_end_object(b);
}

static void put_guest(JsonBuilder *b, const Plan *plan)
{
	json_begin_object(b, "guest");
	json_put_int_or_null(b, "memory_bytes", plan ? (gint64)plan->guest.memory_bytes : -1);
	json_put_int_or_null(b, "cpus", plan ? (gint64)plan->guest.cpus : -1);
	json_put_int_or_null(b, "nodes", plan ? (gint64)machine_nodes(&plan->guest) : -1);
	json_put_string(b, "mode", plan ? plan->mode : NULL);
	json_put_string(b, "cmdline", plan_hop(plan, 0)->cmdline);
	json_put_string(b, "initramfs_sha256", plan ? plan->initramfs_sha256 : NULL);
	json_builder_end_object(b);
}

/* Members of result.json that are figures: those whose place begins so, and goes no deeper. hop: of which kernel. */
static void put_figures(JsonBuilder *b, const Result *result, const char *place, guint hop)
{
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint f = 0; f < n; f++)
		if (figure_is_in(&figures[f], place))
			json_put_int_or_null(b, figures[f].member + strlen(place), figure_of(&figures[f], result, hop));
}

static void put_host(JsonBuilder *b, const Result *result)
{
	const Plan *plan = result->plan;

	json_begin_object(b, "host");
	json_put_string(b, "accelerator", plan ? plan->accelerator : NULL);
	json_put_string(b, "accelerator_why", plan ? plan->accelerator_why : NULL);
	json_put_string(b, "qemu", result->qemu);
	put_figures(b, result, FIGURE_IN_HOST, 0);
	json_builder_end_object(b);
}

static void put_zones(JsonBuilder *b, const Oracle *oracle)
{
	json_builder_set_member_name(b, "zones");
	if (!oracle) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_array(b);
	for (guint i = 0; i < oracle->zones->len; i++) {
		const OracleZone *zone = oracle->zones->pdata[i];

		json_builder_begin_object(b);
		json_put_int_or_null(b, "node", zone->node);
		json_put_string(b, "zone", zone->zone);
		json_put_int(b, "expected_cma_pageblocks", (gint64)zone->expected);
		json_put_int(b, "found_cma_pageblocks", (gint64)zone->found);
		json_put_int(b, "other_cma_pageblocks", (gint64)zone->excess);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_rows(JsonBuilder *b, const GArray *rows)
{
	json_begin_array(b, "rows");
	for (guint i = 0; i < rows->len; i++) {
		const CheckRow *row = &g_array_index(rows, CheckRow, i);

		json_builder_begin_object(b);
		json_put_string(b, "where", row->where);
		json_put_string(b, "what", row->what);
		json_put_int(b, "expected", (gint64)row->expected);
		json_put_int(b, "found", (gint64)row->found);
		json_put_int(b, "excess", (gint64)row->excess);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* The rows of the other checks: only where there are any. */
static void put_checks(JsonBuilder *b, const Result *result, guint hop)
{
	guint n, written = 0;
	const Check *const *checks = checks_all(&n);

	for (guint c = 0; c < n; c++) {
		if (!check_is_in_json(result, hop, c))
			continue;
		if (!written++) {
			json_begin_array(b, "checks");
		}
		json_builder_begin_object(b);
		json_put_string(b, "id", checks[c]->id);
		json_put_string(b, "title", checks[c]->title);
		put_rows(b, verdict_rows(result->verdict, hop, c));
		json_builder_end_object(b);
	}
	if (written)
		json_builder_end_array(b);
}

static void put_scratch(JsonBuilder *b, const GArray *scratch)
{
	json_builder_set_member_name(b, "scratch");
	if (!scratch) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_array(b);
	for (guint i = 0; i < scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(scratch, ScratchRegion, i);

		json_builder_begin_object(b);
		json_put_int(b, "phys", (gint64)region->phys);
		json_put_int(b, "bytes", (gint64)region->bytes);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_deferred(JsonBuilder *b, const KernelLog *log)
{
	json_builder_set_member_name(b, "deferred");
	if (!log) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_array(b);
	for (guint i = 0; i < log->deferred->len; i++) {
		const DeferredNode *node = &g_array_index(log->deferred, DeferredNode, i);

		json_builder_begin_object(b);
		json_put_int(b, "node", node->node);
		json_put_int(b, "ms", node->ms);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_kinds(JsonBuilder *b, const char *name, const ScratchPages *pages)
{
	json_builder_set_member_name(b, name);
	if (!pages) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	for (PageKind kind = 0; kind < PAGE_KINDS; kind++)
		json_put_int(b, pagekind_id(kind), (gint64)pages->pages[kind]);
	json_builder_end_object(b);
}

static void put_unmovable(JsonBuilder *b, const ScratchPages *pages)
{
	json_begin_array(b, "unmovable");
	for (guint i = 0; pages && i < pages->runs->len; i++) {
		const PageRun *run = &g_array_index(pages->runs, PageRun, i);

		if (!pagekind_is_harm(run->kind))
			continue;
		json_builder_begin_object(b);
		json_put_int(b, "pfn", (gint64)run->pfn);
		json_put_int(b, "pages", (gint64)run->count);
		json_put_string(b, "kind", pagekind_id(run->kind));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_owners(JsonBuilder *b, const GPtrArray *owners)
{
	json_begin_array(b, "owners");
	for (guint i = 0; owners && i < owners->len; i++) {
		const PageOwner *owner = owners->pdata[i];

		json_builder_begin_object(b);
		json_put_int(b, "pfn", (gint64)owner->pfn);
		json_put_string(b, "text", owner->text);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* Only where the guest has told it. */
static void put_scratch_pages(JsonBuilder *b, const Hop *hop)
{
	if (!hop->pages && !hop->pages_end)
		return;
	json_begin_object(b, "scratch_pages");
	put_kinds(b, "collected", hop->pages);
	put_kinds(b, "end", hop->pages_end);
	put_unmovable(b, hop_pages(hop));
	put_owners(b, hop->owners);
	json_builder_end_object(b);
}

/* null unless the run counted instructions and this kernel was seen to begin */
static void put_instructions(JsonBuilder *b, const Result *result, guint hop)
{
	json_builder_set_member_name(b, "instructions");
	if (!result_hop(result, hop)->count) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	put_figures(b, result, FIGURE_IN_INSTRUCTIONS, hop);
	json_builder_end_object(b);
}

/* Only where kernels are not alike: else member "kernel" has it. */
static void put_hop_kernel(JsonBuilder *b, const Result *result, guint n)
{
	const PlanHop *hop = plan_hop(result->plan, n);
	const Reason *reason;

	if (!plan_is_mixed(result->plan))
		return;
	json_begin_object(b, "kernel");
	json_put_string(b, "name", hop->name);
	json_put_string(b, "series", hop->series);
	json_put_string(b, "profile", hop->profile);
	json_put_string(b, "sha256", hop->sha256);
	json_put_string(b, "source", hop->source);
	put_commit(b, hop);
	json_put_strings(b, "abi", (const char *const *)hop->abi);
	json_put_string(b, "handover_expected", hop->handover);
	json_put_string(b, "handover", n ? outcome_words(outcome_of(result, n, &reason)) : NULL);
	json_builder_end_object(b);
}

static void put_hops(JsonBuilder *b, const Result *result)
{
	json_begin_array(b, "hops");
	for (guint i = 0; i < result->hops->len; i++) {
		const Hop *hop = result_said(result, i);

		json_builder_begin_object(b);
		json_put_string(b, "release", hop->release);
		put_hop_kernel(b, result, i);
		put_figures(b, result, FIGURE_IN_HOP, i);
		put_zones(b, hop->oracle);
		put_checks(b, result, i);
		payloadjson_put(b, hop->hooks);
		put_scratch(b, hop->scratch);
		put_scratch_pages(b, hop);
		put_deferred(b, hop->log);
		put_instructions(b, result, i);
		timelinejson_put_phases(b, result_phases(result, i));
		audit_put_json(b, hop->audit);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_result(JsonBuilder *b, const Result *result)
{
	const Plan *plan = result->plan;

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_put_string(b, "id", result->id);
	json_put_string(b, "verdict", verdict_kind_name(result->verdict->kind));
	put_reasons(b, result->verdict);
	put_title(b, result->verdict);
	if (plan && plan->checks)
		json_put_strings(b, "asked_checks", (const char *const *)plan->checks);
	json_put_texts(b, "gaps", result->verdict->gaps);
	json_put_texts(b, "notes", result->verdict->notes);
	json_begin_object(b, "expected");
	json_put_string(b, "verdict", plan ? plan->expect : NULL);
	json_put_string(b, "reason", plan ? plan->expect_reason : NULL);
	json_put_bool(b, "met", result_as_expected(result));
	json_builder_end_object(b);
	put_kernel(b, result);
	put_guest(b, plan);
	put_host(b, result);
	put_hops(b, result);
	postmortem_put_json(b, result);
	json_begin_object(b, "handover");
	put_figures(b, result, FIGURE_IN_HANDOVER, 1);
	json_builder_end_object(b);
	drifttable_put_json(b, result);
	timelinejson_put(b, result->timeline);
	put_figures(b, result, FIGURE_IN_RUN, 0);
	json_builder_end_object(b);
}

char *result_to_json(const Result *result)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	put_result(b, result);
	return json_text(b, true);
}

char *results_to_json(GPtrArray *results)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_begin_array(b, "results");
	for (guint i = 0; i < results->len; i++)
		put_result(b, results->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
