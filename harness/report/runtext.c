// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/checkline.h>
#include <evaluate/figure.h>
#include <evaluate/notes.h>
#include <evaluate/outcome.h>
#include <report/run.h>
#include <report/table.h>

#include "drifttable.h"
#include "phasestable.h"
#include "scratchtable.h"

#include <string.h>

/* "-" for what is not known, in every table. */
static char *figure_cell(const Figure *figure, gint64 value)
{
	if (value < 0)
		return g_strdup("-");
	if (strcmp(figure->unit, "ns") == 0)
		return g_strdup_printf("%.2f s", (double)value / 1e9);
	if (strcmp(figure->unit, "ms") == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT " ms", value);
	if (strcmp(figure->unit, "bytes") == 0)
		return units_format_size_about((guint64)value);
	if (strcmp(figure->unit, "ppm") == 0)
		return g_strdup_printf("%.2f%%", (double)value * 100 / FIGURE_PPM);
	return table_number(value);
}

/* Of several kernels: the first that is not as it must be, with its number; else the last. */
static char *found_by(const Result *result, const Selector *selector, const CheckLine *line)
{
	guint end = MIN(selector->first + selector->count, result->hops->len);

	for (guint i = selector->first; selector->count > 1 && i < end; i++) {
		const CheckRow *row = checkline_row(line, result, i);

		if (!row || !checkrow_is_met(row)) {
			g_autofree char *found = checkline_text(line, result, i);

			return g_strdup_printf("%s (%s)", found, hop_name((int)i));
		}
	}
	return checkline_text(line, result, MAX(end, selector->first + 1) - 1);
}

static void add_figure(Table *table, const Result *result, const Figure *figure, guint columns)
{
	char *cells[SELECTORS] = { 0 };

	for (guint i = 0; i < columns; i++)
		if (figure->kernels & selectors[i].kernels)
			cells[i] = figure_cell(figure, figure_select(figure, &selectors[i], result));
	table_row(table, g_strdup(figure->row), cells, columns);
}

static void add_figures(Table *table, const Result *result, guint columns)
{
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint f = 0; f < n; f++)
		/* a run has times or counts, and never both */
		if (figures[f].row && figure_is_counted(&figures[f]) == result_is_counted(result))
			add_figure(table, result, &figures[f], columns);
}

/* Which kernel a column is of, where they are not alike. */
static void add_kernels(Table *table, const Plan *plan, guint columns)
{
	char *cells[SELECTORS] = { 0 };

	for (guint i = 0; i < columns; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		guint end = MIN(selectors[i].first + selectors[i].count, plan_hops(plan));

		for (guint hop = selectors[i].first; hop < end; hop++) {
			g_autofree char *kernel = plan_kernel(plan, hop);

			g_string_append_printf(text, "%s%s", text->len ? ", " : "", kernel);
		}
		cells[i] = g_strdup(text->str);
	}
	table_row(table, g_strdup("kernel"), cells, columns);
}

/* What became of the handovers, where kernels are not alike. */
static void add_outcomes(Table *table, const Result *result, guint columns)
{
	char *cells[SELECTORS] = { 0 };

	for (guint i = 0; i < columns; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		guint end = MIN(selectors[i].first + selectors[i].count, plan_hops(result->plan));

		for (guint hop = MAX(selectors[i].first, 1); hop < end; hop++) {
			const Reason *reason;

			g_string_append_printf(text, "%s%s", text->len ? ", " : "",
					       outcome_words(outcome_of(result, hop, &reason)));
		}
		cells[i] = g_strdup(text->str);
	}
	table_row(table, g_strdup("handover to it"), cells, columns);
}

static void add_both(Table *table, const Result *result, guint columns)
{
	add_kernels(table, result->plan, columns);
	add_outcomes(table, result, columns);
}

/* Times and counts of later kernels are medians. */
static Table *result_table(const Result *result)
{
	g_autoptr(GArray) lines = checklines_of(result);
	guint columns = selectors_shown(result->hops->len);
	Table *table = selectortable_new("", columns);

	if (plan_is_mixed(result->plan))
		add_both(table, result, columns);
	for (guint l = 0; l < lines->len; l++) {
		const CheckLine *line = &g_array_index(lines, CheckLine, l);
		char *cells[SELECTORS] = { 0 };

		for (guint i = 0; i < columns; i++)
			cells[i] = found_by(result, &selectors[i], line);
		table_row(table, g_strdup_printf("%s, %s", line->what, line->where), cells, columns);
	}
	add_figures(table, result, columns);
	return table;
}

static char *headline(const Result *result)
{
	const char *verdict = verdict_kind_name(result->verdict->kind);
	g_autofree char *guest = result->plan ? result_machine(result->plan) : NULL;
	g_autofree char *kernels = result->plan ? result_kernels(result) : NULL;
	const char *expectation = result_expectation(result);

	if (!result->plan)
		return g_strdup_printf("%s  %s", verdict, result->id);
	return g_strdup_printf("%s (%s)  %s, %s", verdict, expectation ? expectation : "", kernels, guest);
}

static void put_reasons(GString *out, const Result *result, const char *bullet)
{
	const Verdict *verdict = result->verdict;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];

		g_string_append_printf(out, "%s%s", bullet, reason->id);
		if (reason->check)
			g_string_append_printf(out, " (check %s)", reason->check->id);
		g_string_append_printf(out, ": %s\n", reason->text);
	}
	/* what a PASS does not speak of; any other verdict has its reasons */
	for (guint i = 0; result_has_gaps(result) && i < verdict->gaps->len; i++)
		g_string_append_printf(out, "%snot covered: %s\n", bullet, (const char *)verdict->gaps->pdata[i]);
}

static void put_notes(GString *out, const Result *result)
{
	g_autoptr(GPtrArray) notes = result_notes(result);

	for (guint i = 0; i < notes->len; i++)
		g_string_append_printf(out, "note: %s\n", (const char *)notes->pdata[i]);
}

char *result_to_brief(const Result *result)
{
	g_autofree char *head = headline(result);
	GString *out = g_string_new(head);

	g_string_append_c(out, '\n');
	put_reasons(out, result, "  ");
	if (result->verdict->kind != VERDICT_PASS)
		g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

/* The figures, where the time went if that is known, and of a long chain how it went on. */
static void put_tables(GString *out, const Result *result, char *(*render)(const Table *))
{
	g_autoptr(Table) figures = result_table(result), phases = phasestable_new(result);
	g_autoptr(Table) drift = drifttable_new(result), scratch = scratchtable_new(result);
	g_autofree char *body = render(figures), *listing = phases ? render(phases) : NULL;
	g_autofree char *course = drift ? render(drift) : NULL;
	g_autofree char *kinds = scratch ? render(scratch) : NULL, *owners = scratch_owners_text(result);

	g_string_append_printf(out, "\n%s\n", body);
	if (kinds)
		g_string_append_printf(out, "%s\n", kinds);
	if (owners)
		g_string_append_printf(out, "%s\n", owners);
	if (listing)
		g_string_append_printf(out, "%s\n", listing);
	if (course)
		g_string_append_printf(out, "%s\n", course);
}

char *result_to_text(const Result *result)
{
	g_autofree char *head = headline(result);
	GString *out = g_string_new(head);

	g_string_append_c(out, '\n');
	put_reasons(out, result, "  ");
	for (guint i = 0; i < result->verdict->last_lines->len; i++)
		g_string_append_printf(out, "    | %s\n", (const char *)result->verdict->last_lines->pdata[i]);
	put_tables(out, result, table_to_text);
	put_notes(out, result);
	g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

char *result_to_markdown(const Result *result)
{
	g_autofree char *head = headline(result);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "**%s**\n\n", head);
	put_reasons(out, result, "- ");
	if (result->verdict->last_lines->len) {
		g_string_append(out, "\n```\n");
		for (guint i = 0; i < result->verdict->last_lines->len; i++)
			g_string_append_printf(out, "%s\n", (const char *)result->verdict->last_lines->pdata[i]);
		g_string_append(out, "```\n");
	}
	put_tables(out, result, table_to_markdown);
	put_notes(out, result);
	return g_string_free(out, FALSE);
}

/* Whether the rows are of different machines, and so have to say each of which. */
static bool guests_differ(GPtrArray *results)
{
	g_autofree char *first = NULL;
	bool differ = false;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autofree char *guest = result->plan ? result_machine(result->plan) : NULL;

		if (i == 0)
			first = g_strdup(guest);
		differ |= g_strcmp0(first, guest) != 0;
	}
	return differ;
}

/* The series, and where rows differ in it the machine: "central on 8G, 2 CPUs, 2 nodes, tcg". */
static char *series_label(const Plan *plan, bool with_guest)
{
	g_autofree char *guest = result_machine(plan);

	g_autofree char *series = result_series_cell(plan);

	return with_guest ? g_strdup_printf("%s on %s", series, guest) : g_steal_pointer(&series);
}

/* Columns of a table of several runs that are about kernels: of the first two. */
#define BRIEF_KERNELS 2

/* What is in front of the figures, and how many cells those take. */
static const char *const brief_headers[] = { "kernel", "series", "verdict", "expected", "zone", ">CMA of scratch, 1st",
					     ">2nd" };
#define BRIEF_LEAD G_N_ELEMENTS(brief_headers)

/* Calls for each cell of a figure in such a table, in order: kernel from 0. */
static void for_brief(void (*call)(const Figure *figure, guint kernel, gpointer data), gpointer data)
{
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint f = 0; f < n; f++)
		for (guint kernel = 0; figures[f].brief && kernel < BRIEF_KERNELS; kernel++)
			if (figures[f].kernels & selectors[kernel].kernels)
				call(&figures[f], kernel, data);
}

static void add_header(const Figure *figure, guint kernel, gpointer headers)
{
	bool of_both = figure->kernels & FIGURE_OF_FIRST;

	g_ptr_array_add(headers, kernel && of_both ? g_strdup(">2nd")
						   : g_strdup_printf(">%s%s", figure->brief, of_both ? " 1st" : ""));
}

/* A row on its way: the cells so far, of which run. */
typedef struct {
	const Result *result;
	GPtrArray *cells;
} BriefRow;

static void add_cell(const Figure *figure, guint kernel, gpointer data)
{
	BriefRow *row = data;

	g_ptr_array_add(row->cells, figure_cell(figure, figure_select(figure, &selectors[kernel], row->result)));
}

static Table *new_brief_table(void)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; i < BRIEF_LEAD; i++)
		g_ptr_array_add(headers, g_strdup(brief_headers[i]));
	for_brief(add_header, headers);
	g_ptr_array_add(headers, NULL);
	return table_new((const char *const *)headers->pdata);
}

/* Of the pageblocks that the columns are named for the zone alone. */
static char *line_label(const CheckLine *line)
{
	if (line->check == check_find(CHECK_PAGEBLOCKS))
		return g_strdup(line->where);
	return g_strdup_printf("%s, %s", line->what, line->where);
}

/* A row for each line of the checks; what is of the run is in the first. */
static void add_brief(Table *table, const Result *result, bool differ)
{
	g_autoptr(GArray) lines = checklines_of(result);
	const Plan *plan = result->plan;

	for (guint z = 0; z < MAX(lines->len, 1); z++) {
		const CheckLine *line = z < lines->len ? &g_array_index(lines, CheckLine, z) : NULL;
		const Plan *of = z == 0 ? plan : NULL;
		g_autoptr(GPtrArray) cells = g_ptr_array_new();
		BriefRow row = { result, cells };

		g_ptr_array_add(cells, of ? series_label(plan, differ) : NULL);
		g_ptr_array_add(cells, z == 0 ? g_strdup(verdict_kind_name(result->verdict->kind)) : NULL);
		g_ptr_array_add(cells,
				of ? g_strdup_printf("%s%s", plan->expect, result_as_expected(result) ? "" : " (!)")
				   : NULL);
		g_ptr_array_add(cells, line ? line_label(line) : NULL);
		for (guint kernel = 0; kernel < BRIEF_KERNELS; kernel++)
			g_ptr_array_add(cells, line ? checkline_text(line, result, kernel) : NULL);
		if (z == 0)
			for_brief(add_cell, &row);
		table_row(table, of ? result_kernel_cell(plan) : NULL, (char *const *)cells->pdata, cells->len);
	}
}

static Table *comparison_table(GPtrArray *results)
{
	bool differ = guests_differ(results);
	Table *table = new_brief_table();

	for (guint r = 0; r < results->len; r++) {
		if (r > 0)
			table_rule(table);
		add_brief(table, results->pdata[r], differ);
	}
	return table;
}

/* One line that says what is the same in all rows. */
static char *comparison_caption(GPtrArray *results)
{
	const Result *first = results->len ? results->pdata[0] : NULL;
	g_autofree char *guest = first && first->plan ? result_machine(first->plan) : NULL;

	if (!guest)
		return g_strdup("");
	return g_strdup_printf("%s, %s, profile %s", guests_differ(results) ? "several guests" : guest,
			       first->qemu ? first->qemu : "QEMU not started",
			       plan_hop(first->plan, 0)->profile ? plan_hop(first->plan, 0)->profile : "-");
}

static char *comparison(GPtrArray *results, char *(*render)(const Table *), const char *bullet)
{
	g_autofree char *caption = comparison_caption(results);
	g_autoptr(Table) table = comparison_table(results);
	g_autofree char *body = render(table);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s\n\n%s\n", caption, body);
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autofree char *head = NULL, *name = NULL;

		if (!result->verdict->reasons->len)
			continue;
		name = plan_is_mixed(result->plan) ? result_kernel_cell(result->plan)
		       : result->plan		   ? result_series_cell(result->plan)
						   : g_strdup(result->id);
		head = g_strdup_printf("%s%s: ", bullet, name);
		put_reasons(out, result, head);
	}
	if (results->len)
		put_notes(out, results->pdata[0]);
	return g_string_free(out, FALSE);
}

char *results_to_text(GPtrArray *results)
{
	return comparison(results, table_to_text, "");
}

char *results_to_markdown(GPtrArray *results)
{
	return comparison(results, table_to_markdown, "- ");
}

char *results_to_brief(GPtrArray *results)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < results->len; i++) {
		g_autofree char *one = result_to_brief(results->pdata[i]);

		g_string_append(out, one);
	}
	return g_string_free(out, FALSE);
}
