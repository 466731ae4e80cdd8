// SPDX-License-Identifier: GPL-2.0-or-later
/* Counted instructions: what each series costs, by kernel and phase. */
#include "htmlparts.h"

#include <base/units.h>
#include <report/cost.h>

static gint64 to_init(const CostRow *row, guint hop)
{
	const HopCount *count = row ? cost_of(row->first, hop) : NULL;

	return count ? count->to_init : -1;
}

static void put_row(HtmlWriter *w, const CostGroup *group, guint index, guint hop)
{
	const CostRow *row = group->rows->pdata[index];
	const CostRow *base = group->base < group->rows->len ? group->rows->pdata[group->base] : NULL;
	const HopCount *count = cost_of(row->first, hop);
	gint64 mine = to_init(row, hop), theirs = to_init(base, hop);
	g_autofree char *name = costrow_name(group, row);
	const char *kernel = index ? NULL : hop_name((int)hop);

	html_open(w, "tr", "data-run", row->first->id, "class", index || !hop ? NULL : "group", NULL);
	html_element(w, "td", kernel, NULL);
	html_element(w, "th", name, "scope", "row", NULL);
	html_open(w, "td", "class", row->identical ? NULL : "unmet", NULL);
	html_textf(w, "%u%s", row->runs, row->runs == 1 ? "" : row->identical ? " identical" : " DIFFER");
	html_close(w);
	for (guint i = 0; i < COUNT_PHASES; i++) {
		html_open(w, "td", "class", "n", NULL);
		if (count)
			html_figure(w, count_phase(count, i), NULL, "hops.%u.instructions.%s", hop, count_phases[i].id);
		else
			html_text(w, "-");
		html_close(w);
		if (i)
			continue;
		html_open(w, "td", "class", "n", NULL);
		if (row != base && mine >= 0 && theirs > 0)
			html_textf(w, "%+" G_GINT64_FORMAT " (%+.3f%%)", mine - theirs,
				   100.0 * (double)(mine - theirs) / (double)theirs);
		html_close(w);
	}
	html_close(w);
}

/* Without the words that are the harness's own: nonces say nothing to a reader. */
static char *kernel_words(const char *cmdline)
{
	g_auto(GStrv) words = g_strsplit(cmdline ? cmdline : "", " ", -1);
	GString *out = g_string_new(NULL);

	for (char **word = words; *word; word++)
		if (!g_str_has_prefix(*word, "khotest."))
			g_string_append_printf(out, "%s%s", out->len ? " " : "", *word);
	return g_string_free(out, FALSE);
}

static void put_group(HtmlWriter *w, const Cost *cost, const CostGroup *group)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	const Plan *plan = group->like->plan;
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autofree char *words = kernel_words(plan_hop(plan, 0)->cmdline);
	g_autofree char *note = costgroup_note(cost, group);
	g_autofree char *caption =
		g_strdup_printf("%s, %s, %u node%s, 1 CPU, profile %s, %s; %s", plan_hop(plan, 0)->name, memory,
				machine_nodes(&plan->guest), machine_nodes(&plan->guest) == 1 ? "" : "s",
				plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-",
				group->like->qemu ? group->like->qemu : "-", words);

	for (const char *const *name = (const char *const[]){ "kernel", "series", "runs", NULL }; *name; name++)
		g_ptr_array_add(headers, g_strdup(*name));
	for (guint i = 0; i < COUNT_PHASES; i++) {
		g_ptr_array_add(headers, g_strconcat(">", count_phases[i].title, NULL));
		if (!i)
			g_ptr_array_add(headers, g_strdup_printf(">against %s", cost->base));
	}
	g_ptr_array_add(headers, NULL);
	if (note)
		html_element(w, "p", note, NULL);
	html_table_open(w, caption, (const char **)headers->pdata);
	for (guint hop = 0; hop < group->hops; hop++)
		for (guint i = 0; i < group->rows->len; i++)
			put_row(w, group, i, hop);
	html_table_close(w);
}

void html_cost(HtmlPage *page, GPtrArray *results)
{
	g_autoptr(Cost) cost = cost_new(results, "unfixed");
	g_autofree char *markdown = NULL;

	if (!cost->groups->len)
		return;
	htmlpage_section(page, "instructions", "Instructions");
	html_element(
		page->w, "p",
		"Executed instructions from the kernel's entry to /init, counted by the emulator, and in which part "
		"of the boot. One CPU: serial work only; what several CPUs do side by side is not shown.",
		NULL);
	for (guint i = 0; i < cost->groups->len; i++)
		put_group(page->w, cost, cost->groups->pdata[i]);
	markdown = cost_to_markdown(cost);
	html_open(page->w, "details", NULL);
	html_element(page->w, "summary", "The same as Markdown, with the differences by phase", NULL);
	html_copy(page->w, "Markdown", markdown);
	html_close(page->w);
	html_close(page->w);
}
