// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/checkline.h>

#include <string.h>

static bool has_line(const GArray *lines, guint check, const char *where)
{
	for (guint i = 0; i < lines->len; i++) {
		const CheckLine *line = &g_array_index(lines, CheckLine, i);

		if (line->check == check && strcmp(line->where, where) == 0)
			return true;
	}
	return false;
}

static void add_lines(GArray *lines, guint check, const GArray *rows)
{
	for (guint i = 0; rows && i < rows->len; i++) {
		const CheckRow *row = &g_array_index(rows, CheckRow, i);
		CheckLine line = { check, row->where, row->what, row->expected };

		if (!has_line(lines, check, row->where))
			g_array_append_val(lines, line);
	}
}

GArray *checklines_of(const Result *result)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(CheckLine));
	guint n;

	checks_all(&n);
	for (guint check = 0; check < n; check++)
		for (guint hop = 0; hop < result->hops->len; hop++)
			add_lines(lines, check, verdict_rows(result->verdict, hop, check));
	return lines;
}

const CheckRow *checkline_row(const CheckLine *line, const Result *result, guint hop)
{
	return checkrows_find(verdict_rows(result->verdict, hop, line->check), line->where);
}

char *checkline_text(const CheckLine *line, const Result *result, guint hop)
{
	const CheckRow none = { 0 }, *row = checkline_row(line, result, hop);

	if (row)
		return checkrow_text(row);
	/* what should be nowhere is listed where it is; how much of it was due, no other kernel tells */
	return verdict_rows(result->verdict, hop, line->check) && !line->expected ? checkrow_text(&none)
										  : g_strdup("-");
}

bool check_is_in_json(const Result *result, guint hop, guint check)
{
	const GArray *rows = verdict_rows(result->verdict, hop, check);

	return rows && rows->len && check != check_find(CHECK_PAGEBLOCKS);
}

char *checkline_member(const CheckLine *line, const Result *result, guint hop, const char *name)
{
	const GArray *rows = verdict_rows(result->verdict, hop, line->check);
	guint at = (guint)(checkline_row(line, result, hop) - &g_array_index(rows, CheckRow, 0)), before = 0;

	if (!check_is_in_json(result, hop, line->check))
		return g_strdup_printf("hops.%u.zones.%u.%s_cma_pageblocks", hop, at, name);
	for (guint check = 0; check < line->check; check++)
		before += check_is_in_json(result, hop, check);
	return g_strdup_printf("hops.%u.checks.%u.rows.%u.%s", hop, before, at, name);
}
