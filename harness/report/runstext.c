// SPDX-License-Identifier: GPL-2.0-or-later
/* Several runs in one table: what 'khotest report A B' prints. */
#include <evaluate/about.h>
#include <evaluate/checkline.h>
#include <evaluate/figure.h>
#include <evaluate/notes.h>
#include <report/run.h>
#include <report/style.h>

#include "runtext.h"

#include <string.h>

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

/*
 * What tells each run from the others: its chain of kernels, or its series; its directory too where these are the same,
 * and alone where there is no plan. Caller frees.
 */
static char **labels_of(GPtrArray *results, bool with_guest)
{
	g_autoptr(GHashTable) times = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	char **labels = g_new0(char *, results->len + 1);

	for (guint i = 0; i < results->len; i++) {
		const Plan *plan = ((const Result *)results->pdata[i])->plan;
		g_autofree char *kernel = plan ? result_kernel_cell(plan) : NULL;
		char *name;

		labels[i] = plan ? series_label(plan, with_guest) : NULL;
		name = g_strdup_printf("%s\n%s", kernel ? kernel : "", labels[i] ? labels[i] : "");
		g_ptr_array_add(names, name);
		g_hash_table_insert(times, g_strdup(name),
				    GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(times, name)) + 1));
	}
	for (guint i = 0; i < results->len; i++) {
		g_autofree char *label = labels[i];
		const char *id = ((const Result *)results->pdata[i])->id;
		bool alone = GPOINTER_TO_UINT(g_hash_table_lookup(times, names->pdata[i])) == 1;

		labels[i] = !label ? g_strdup(id) : alone ? g_strdup(label) : g_strdup_printf("%s, %s", label, id);
	}
	return labels;
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

	g_ptr_array_add(row->cells, runtext_figure(figure, figure_select(figure, &selectors[kernel], row->result)));
}

static Table *new_brief_table(void)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	Table *table;

	for (gsize i = 0; i < BRIEF_LEAD; i++)
		g_ptr_array_add(headers, g_strdup(brief_headers[i]));
	for_brief(add_header, headers);
	g_ptr_array_add(headers, NULL);
	table = table_new((const char *const *)headers->pdata);
	table_set_naming(table, 2);
	return table;
}

/* Of the pageblocks that the columns are named for the zone alone. */
static char *line_label(const CheckLine *line)
{
	if (line->check == check_find(CHECK_PAGEBLOCKS))
		return g_strdup(line->where);
	return g_strdup_printf("%s, %s", line->what, line->where);
}

/* A row for each line of the checks; what is of the run is in the first. */
static void add_brief(Table *table, const Result *result, const char *label)
{
	g_autoptr(GArray) lines = checklines_of(result);
	const Plan *plan = result->plan;

	for (guint z = 0; z < MAX(lines->len, 1); z++) {
		const CheckLine *line = z < lines->len ? &g_array_index(lines, CheckLine, z) : NULL;
		const Plan *of = z == 0 ? plan : NULL;
		g_autoptr(GPtrArray) cells = g_ptr_array_new();
		BriefRow row = { result, cells };

		g_ptr_array_add(cells, of ? g_strdup(label) : NULL);
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

static Table *comparison_table(GPtrArray *results, char **labels)
{
	Table *table = new_brief_table();

	for (guint r = 0; r < results->len; r++) {
		if (r > 0)
			table_rule(table);
		add_brief(table, results->pdata[r], labels[r]);
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

/* What a run is called in a line of its own, by its label. */
static char *name_of(const Result *result, const char *label)
{
	return plan_is_mixed(result->plan) ? result_kernel_cell(result->plan) : g_strdup(label);
}

static bool all_have(const GPtrArray *notes, const char *note)
{
	for (guint i = 0; i < notes->len; i++)
		if (!g_ptr_array_find_with_equal_func(notes->pdata[i], note, g_str_equal, NULL))
			return false;
	return true;
}

/* What is noted of all runs once, then the others with the name of their run. */
static void put_notes(GString *out, GPtrArray *results, char **names)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GString) others = g_string_new(NULL);

	for (guint i = 0; i < results->len; i++)
		g_ptr_array_add(notes, result_notes(results->pdata[i]));
	for (guint i = 0; i < notes->len; i++) {
		const GPtrArray *of_run = notes->pdata[i];

		for (guint n = 0; n < of_run->len; n++) {
			const char *note = of_run->pdata[n];

			if (!all_have(notes, note))
				g_string_append_printf(others, "note, %s: %s\n", names[i], note);
			else if (i == 0)
				g_string_append_printf(out, "note: %s\n", note);
		}
	}
	g_string_append(out, others->str);
}

static char *comparison(GPtrArray *results, const Style *style)
{
	g_auto(GStrv) labels = labels_of(results, guests_differ(results)), names = g_new0(char *, results->len + 1);
	g_autofree char *caption = comparison_caption(results);
	g_autoptr(Table) table = comparison_table(results, labels);
	g_autofree char *body = style->table(table);
	g_autoptr(GString) lines = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	style_put(out, style, "", caption);
	g_string_append_printf(out, "\n\n%s\n", body);
	for (guint i = 0; i < results->len; i++) {
		g_autofree char *head = NULL;

		names[i] = name_of(results->pdata[i], labels[i]);
		head = g_strdup_printf("%s: ", names[i]);
		runtext_put_reasons(lines, results->pdata[i], head);
	}
	put_notes(lines, results, names);
	style_put(out, style, style->bullet, lines->str);
	return g_string_free(out, FALSE);
}

char *results_to_text(GPtrArray *results)
{
	return comparison(results, &style_text);
}

char *results_to_markdown(GPtrArray *results)
{
	return comparison(results, &style_markdown);
}
