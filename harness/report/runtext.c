// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/text.h>
#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/checkline.h>
#include <evaluate/figure.h>
#include <evaluate/notes.h>
#include <evaluate/outcome.h>
#include <evaluate/places.h>
#include <measure/title.h>
#include <report/run.h>
#include <report/style.h>

#include "drifttable.h"
#include "phasestable.h"
#include "postmortemtext.h"
#include "runtext.h"
#include "scratchtable.h"

#include <string.h>

char *runtext_figure(const Figure *figure, gint64 value)
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

/* Of several kernels: the first that is not as it must be, with its number; else the last that has it. */
static char *found_by(const Result *result, const Selector *selector, const CheckLine *line)
{
	guint end = MIN(selector->first + selector->count, result->hops->len);
	const CheckRow *last = NULL;

	for (guint i = selector->first; i < end; i++) {
		const CheckRow *row = checkline_row(line, result, i);

		last = row ? row : last;
		if (selector->count > 1 && row && !checkrow_is_met(row)) {
			g_autofree char *found = checkrow_text(row);

			return g_strdup_printf("%s (%s)", found, hop_name((int)i));
		}
	}
	return last ? checkrow_text(last) : checkline_text(line, result, MAX(end, selector->first + 1) - 1);
}

static void add_figure(Table *table, const Result *result, const Figure *figure, guint columns)
{
	char *cells[SELECTORS] = { 0 };

	for (guint i = 0; i < columns; i++)
		if (figure->kernels & selectors[i].kernels)
			cells[i] = runtext_figure(figure, figure_select(figure, &selectors[i], result));
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

void runtext_put_reasons(GString *out, const Result *result, const char *bullet)
{
	const Verdict *verdict = result->verdict;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];
		g_autofree char *text = g_strdelimit(g_strdup(reason->text), "\n", ' ');

		g_string_append_printf(out, "%s%s", bullet, reason->id);
		if (reason->check)
			g_string_append_printf(out, " (check %s)", reason->check->id);
		g_string_append_printf(out, ": %s\n", text);
	}
	if (title_tells(verdict))
		g_string_append_printf(out, "%stitle: %s (%s)\n", bullet, verdict->title, verdict->title_class);
	/* what a PASS does not speak of; any other verdict has its reasons */
	for (guint i = 0; result_has_gaps(result) && i < verdict->gaps->len; i++)
		g_string_append_printf(out, "%snot covered: %s\n", bullet, (const char *)verdict->gaps->pdata[i]);
}

void runtext_put_line(GString *out, const Result *result, int hop, const char *prefix, const char *line)
{
	g_autofree char *place = result_place_after(result, hop, line, "  ");

	g_string_append_printf(out, "%s%s%s\n", prefix, line, place);
}

void runtext_put_notes(GString *out, const Result *result)
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
	runtext_put_reasons(out, result, "  ");
	if (result->verdict->kind != VERDICT_PASS)
		g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

/* The figures, where the time went if that is known, and of a long chain how it went on. */
static void put_tables(GString *out, const Result *result, const Style *style)
{
	g_autoptr(Table) figures = result_table(result), phases = phasestable_new(result);
	g_autoptr(Table) drift = drifttable_new(result), scratch = scratchtable_new(result);
	g_autofree char *body = style->table(figures), *listing = phases ? style->table(phases) : NULL;
	g_autofree char *course = drift ? style->table(drift) : NULL;
	g_autofree char *kinds = scratch ? style->table(scratch) : NULL, *owners = scratch_owners_text(result);

	g_string_append_printf(out, "\n%s\n", body);
	if (kinds)
		g_string_append_printf(out, "%s\n", kinds);
	if (owners) {
		style_put(out, style, "", owners);
		g_string_append_c(out, '\n');
	}
	if (listing)
		g_string_append_printf(out, "%s\n", listing);
	if (course)
		g_string_append_printf(out, "%s\n", course);
}

char *result_to_text(const Result *result)
{
	g_autofree char *head = headline(result), *memory = postmortem_to_text(result);
	GString *out = g_string_new(head);

	g_string_append_c(out, '\n');
	runtext_put_reasons(out, result, "  ");
	for (guint i = 0; i < result->verdict->last_lines->len; i++)
		runtext_put_line(out, result, result->end_hop, "    | ", result->verdict->last_lines->pdata[i]);
	if (memory)
		g_string_append_printf(out, "\n%s", memory);
	put_tables(out, result, &style_text);
	runtext_put_notes(out, result);
	g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

/* The last lines, as they are. */
static void put_fenced(GString *out, const Result *result)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	g_autofree char *clean = NULL, *fence = NULL;

	for (guint i = 0; i < result->verdict->last_lines->len; i++)
		runtext_put_line(lines, result, result->end_hop, "", result->verdict->last_lines->pdata[i]);
	clean = text_clean(lines->str);
	fence = text_fence(clean);
	if (lines->len)
		g_string_append_printf(out, "\n%s\n%s%s\n", fence, clean, fence);
}

char *result_to_markdown(const Result *result)
{
	g_autofree char *head = headline(result), *title = text_markdown(head);
	g_autoptr(GString) reasons = g_string_new(NULL), notes = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "**%s**\n\n", title);
	runtext_put_reasons(reasons, result, "");
	style_put(out, &style_markdown, style_markdown.bullet, reasons->str);
	put_fenced(out, result);
	put_tables(out, result, &style_markdown);
	runtext_put_notes(notes, result);
	style_put(out, &style_markdown, "", notes->str);
	return g_string_free(out, FALSE);
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
