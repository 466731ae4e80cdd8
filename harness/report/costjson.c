// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <report/cost.h>

static void put_hop(JsonBuilder *b, const CostRow *row, guint hop)
{
	const HopCount *count = cost_of(row->first, hop);

	json_builder_begin_object(b);
	json_put_int_or_null(b, "pageblocks", cost_pageblocks(row->first, hop));
	for (guint p = 0; p < COUNT_PHASES; p++)
		json_put_int_or_null(b, count_phases[p].id, count_phase(count, p));
	json_builder_end_object(b);
}

static void put_row(JsonBuilder *b, const CostGroup *group, const CostRow *row)
{
	json_builder_begin_object(b);
	json_put_string(b, "series", plan_hop(row->first->plan, 0)->series);
	json_put_string(b, "kernel_sha256", plan_hop(row->first->plan, 0)->sha256);
	json_put_int(b, "runs", row->runs);
	json_put_bool(b, "identical", row->identical);
	json_begin_array(b, "hops");
	for (guint hop = 0; hop < group->hops; hop++)
		put_hop(b, row, hop);
	json_builder_end_array(b);
	json_builder_end_object(b);
}

char *cost_to_json(const Cost *cost)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_put_string(b, "base", cost->base);
	json_begin_array(b, "groups");
	for (guint i = 0; i < cost->groups->len; i++) {
		const CostGroup *group = cost->groups->pdata[i];
		const Plan *plan = group->like->plan;
		g_autofree char *note = costgroup_note(cost, group);

		json_builder_begin_object(b);
		json_put_string(b, "kernel", plan_hop(plan, 0)->name);
		json_put_int(b, "memory_bytes", (gint64)plan->guest.memory_bytes);
		json_put_int(b, "nodes", machine_nodes(&plan->guest));
		json_put_string(b, "profile", plan_hop(plan, 0)->profile);
		json_put_string(b, "cmdline", plan_hop(plan, 0)->cmdline);
		json_put_string(b, "note", note);
		json_begin_array(b, "rows");
		for (guint j = 0; j < group->rows->len; j++)
			put_row(b, group, group->rows->pdata[j]);
		json_builder_end_array(b);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
