// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <measure/cmdlineoption.h>
#include <report/cost.h>
#include <report/style.h>

#include <string.h>

/* "first kernel", "second kernel"; a chain may be longer */
static char *hop_label(guint hop)
{
	return hop < 2 ? g_strdup(hop ? "second" : "first") : g_strdup_printf("number %u", hop + 1);
}

/* With its sign; "-" where either is not known. */
static char *difference(gint64 count, gint64 base)
{
	return count < 0 || base < 0 ? g_strdup("-") : g_strdup_printf("%+" G_GINT64_FORMAT, count - base);
}

static char *percent(gint64 count, gint64 base)
{
	return count < 0 || base <= 0 ? g_strdup("-")
				      : g_strdup_printf("%+.3f%%", 100.0 * (double)(count - base) / (double)base);
}

static char *per_block(gint64 count, gint64 base, gint64 blocks)
{
	return count < 0 || base < 0 || blocks <= 0 ? g_strdup("-")
						    : g_strdup_printf("%+.1f", (double)(count - base) / (double)blocks);
}

static char *describe_runs(const CostRow *row)
{
	if (row->runs == 1)
		return g_strdup("1");
	return g_strdup_printf("%u %s", row->runs, row->identical ? "identical" : "DIFFER");
}

static const Result *base_of(const CostGroup *group)
{
	return group->base < group->rows->len ? ((const CostRow *)group->rows->pdata[group->base])->first : NULL;
}

static Table *totals_table(const CostGroup *group)
{
	static const char *const headers[] = {
		"kernel",      "series", "runs",	 ">pageblocks", ">instructions to /init",
		">difference", ">",	 ">a pageblock", NULL
	};
	const Result *base = base_of(group);
	Table *table = table_new(headers);

	table_set_naming(table, 2);
	for (guint hop = 0; hop < group->hops; hop++) {
		const HopCount *base_count = base ? cost_of(base, hop) : NULL;
		gint64 from = base_count ? base_count->to_init : -1;

		if (hop)
			table_rule(table);
		for (guint i = 0; i < group->rows->len; i++) {
			const CostRow *row = group->rows->pdata[i];
			const HopCount *count = cost_of(row->first, hop);
			gint64 to_init = count ? count->to_init : -1, blocks = cost_pageblocks(row->first, hop);
			bool is_base = i == group->base;

			TABLE_ROW(table, i ? NULL : hop_label(hop), costrow_name(group, row), describe_runs(row),
				  table_number(blocks), table_number(to_init),
				  is_base ? NULL : difference(to_init, from), is_base ? NULL : percent(to_init, from),
				  is_base ? NULL : per_block(to_init, from, blocks));
		}
	}
	return table;
}

/* The base series' own counts, and of the others how much more than those. */
static Table *phases_table(const CostGroup *group)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	const Result *base = base_of(group);
	Table *table;

	g_ptr_array_add(headers, g_strdup("kernel"));
	g_ptr_array_add(headers, g_strdup("series"));
	for (guint p = 1; p < COUNT_PHASES; p++)
		g_ptr_array_add(headers, g_strconcat(">", count_phases[p].title, NULL));
	g_ptr_array_add(headers, NULL);
	table = table_new((const char *const *)headers->pdata);
	table_set_naming(table, 2);
	for (guint hop = 0; hop < group->hops; hop++) {
		const HopCount *base_count = base ? cost_of(base, hop) : NULL;

		if (hop)
			table_rule(table);
		for (guint i = 0; i < group->rows->len; i++) {
			const CostRow *row = group->rows->pdata[i];
			const HopCount *count = cost_of(row->first, hop);
			char **cells = g_new0(char *, headers->len);

			cells[0] = i ? NULL : hop_label(hop);
			cells[1] = costrow_name(group, row);
			for (guint p = 1; p < COUNT_PHASES; p++)
				cells[1 + p] = i == group->base || !base
						       ? table_number(count_phase(count, p))
						       : difference(count_phase(count, p), count_phase(base_count, p));
			table_add(table, cells);
		}
	}
	return table;
}

static void put_group(GString *out, const Cost *cost, const CostGroup *group, const Style *style)
{
	const Plan *plan = group->like->plan;
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autoptr(Table) totals = totals_table(group);
	g_autoptr(Table) parts = phases_table(group);
	g_autofree char *totals_text = style->table(totals), *parts_text = style->table(parts);
	g_autofree char *caption =
		g_strdup_printf("%s, %s, %u node%s, 1 CPU, kho=%s, profile %s, %s\n", plan_hop(plan, 0)->name, memory,
				machine_nodes(&plan->guest), machine_nodes(&plan->guest) == 1 ? "" : "s",
				cmdline_has_kho(plan_hop(plan, 0)->cmdline, false) ? "on" : "off",
				plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-",
				group->like->qemu ? group->like->qemu : "-");
	g_autofree char *phases =
		base_of(group) ? g_strdup_printf("By phase: instructions of %s, and how many more the others take.\n",
						 cost->base)
			       : g_strdup("By phase.\n");
	g_autofree char *note = costgroup_note(cost, group);

	style_put(out, style, style->heading, caption);
	if (note) {
		g_string_append_c(out, '\n');
		style_put(out, style, "", note);
		g_string_append_c(out, '\n');
	}
	g_string_append_printf(out, "\n%s\n", totals_text);
	style_put(out, style, "", phases);
	g_string_append_printf(out, "\n%s\n", parts_text);
}

static char *to_text(const Cost *cost, const Style *style)
{
	GString *out =
		g_string_new("Executed instructions, counted by the emulator. One CPU: serial work only; what several "
			     "CPUs do side by side is not shown.\n");

	if (!cost->groups->len)
		g_string_append(out, "No run counted instructions.\n");
	for (guint i = 0; i < cost->groups->len; i++) {
		g_string_append_c(out, '\n');
		put_group(out, cost, cost->groups->pdata[i], style);
	}
	return g_string_free(out, FALSE);
}

char *cost_to_text(const Cost *cost)
{
	return to_text(cost, &style_text);
}

char *cost_to_markdown(const Cost *cost)
{
	return to_text(cost, &style_markdown);
}
