// SPDX-License-Identifier: GPL-2.0-or-later
#include "scratchtable.h"

static bool has_harm(const ScratchPages *pages)
{
	return pages && scratchpages_harm(pages);
}

static bool is_worth_it(const Result *result)
{
	for (guint h = 0; h < result->hops->len; h++)
		if (has_harm(result_said(result, h)->pages) || has_harm(result_said(result, h)->pages_end))
			return true;
	return false;
}

static char *count_cell(const ScratchPages *pages, PageKind kind)
{
	return table_number(pages ? (gint64)pages->pages[kind] : -1);
}

Table *scratchtable_new(const Result *result)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	Table *table;

	if (!is_worth_it(result))
		return NULL;
	g_ptr_array_add(headers, g_strdup("pages of scratch"));
	for (guint h = 0; h < result->hops->len; h++) {
		g_ptr_array_add(headers, g_strdup_printf(">%s", hop_name((int)h)));
		g_ptr_array_add(headers, g_strdup(">in the end"));
	}
	g_ptr_array_add(headers, NULL);
	table = table_new((const char *const *)headers->pdata);
	for (PageKind kind = 0; kind < PAGE_KINDS; kind++) {
		g_autoptr(GPtrArray) cells = g_ptr_array_new();

		for (guint h = 0; h < result->hops->len; h++) {
			g_ptr_array_add(cells, count_cell(result_said(result, h)->pages, kind));
			g_ptr_array_add(cells, count_cell(result_said(result, h)->pages_end, kind));
		}
		table_row(table, g_strdup(pagekind_title(kind)), (char *const *)cells->pdata, cells->len);
	}
	return table;
}

char *scratch_owners_text(const Result *result)
{
	GString *text = g_string_new(NULL);

	for (guint h = 0; h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);
		g_autoptr(GArray) stacks = pageowners_stacks(hop->owners);

		for (guint i = 0; i < stacks->len; i++) {
			const PageOwnerStack *stack = &g_array_index(stacks, PageOwnerStack, i);

			g_string_append_printf(text, "%s, %u of %u that were asked for, such as: %s\n",
					       hop_name(hop->index), stack->pages, hop->owners->len,
					       stack->first->text);
		}
	}
	return g_string_free(text, !text->len);
}
