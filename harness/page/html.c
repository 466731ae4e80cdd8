// SPDX-License-Identifier: GPL-2.0-or-later
/* A page over one run, or over several that are compared: the order of its parts. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/contradiction.h>
#include <page/html.h>
#include <report/run.h>
#include <string.h>

#define WHOLE_CONSOLES_MOST 8u /* runs on a page that have all of their console in it */

/* A run says its verdict, and why, and what contradicts it. */
static void put_lead(HtmlWriter *w, const Result *result)
{
	g_autoptr(GPtrArray) contradictions = result_contradictions(result);
	bool unmet = contradictions->len || (result_expectation(result) && !result_as_expected(result));

	html_open(w, "div", "class", unmet ? "lead unmet" : result_expectation(result) ? "lead met" : "lead", NULL);
	html_verdict_of(w, result, true);
	html_reasons(w, result);
	html_contradictions(w, result);
	html_close(w);
}

static GPtrArray *alone(Result *result)
{
	GPtrArray *one = g_ptr_array_new();

	g_ptr_array_add(one, result);
	return one;
}

static void put_console(HtmlPage *page, Result *result)
{
	htmlpage_section(page, "console", "Console");
	html_last_lines(page->w, result);
	html_console(page->w, result, 1, false);
	html_close(page->w);
}

static char *page_of_one(Result *result)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autoptr(GPtrArray) one = alone(result);
	g_autofree char *title = result_title(result);
	g_autofree char *markdown = result_to_markdown(result);
	bool pass = result->verdict->kind == VERDICT_PASS;

	html_element(page->lead, "h1", title, NULL);
	html_origin(page->lead, one);
	put_lead(page->lead, result);
	/* who looks for what went wrong reads the console, and figures only then */
	if (!pass)
		put_console(page, result);
	html_postmortem(page, result);
	html_open(page->w, "div", "data-run", result->id, NULL);
	htmlpage_section(page, "figures", "Figures");
	html_figures(page, result);
	html_close(page->w);
	html_drift(page, result, 2);
	html_timeline(page, result, 2);
	html_cost(page, one);
	html_map_section(page, one);
	html_to_copy(page, markdown, NULL);
	if (pass)
		put_console(page, result);
	htmlpage_section(page, "reproduce", "How to reproduce");
	html_reproduce(page->w, result);
	return htmlpage_finish(page, title);
}

/* The sum of all zones of a kernel: "20 of 3244" */
static void put_sum(HtmlWriter *w, const Result *result, guint hop)
{
	const GArray *rows = verdict_rows(result->verdict, hop, check_find(CHECK_PAGEBLOCKS));
	guint64 found = 0, expected = 0;
	bool met = true;

	for (guint i = 0; rows && i < rows->len; i++) {
		const CheckRow *row = &g_array_index(rows, CheckRow, i);

		found += row->found;
		expected += row->expected;
		met &= checkrow_is_met(row);
	}
	html_open(w, "td", "class", met ? "n" : "n unmet", NULL);
	if (rows)
		html_textf(w, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, found, expected);
	else
		html_text(w, "-");
	html_close(w);
}

static void put_overview_row(HtmlWriter *w, const Result *result, guint n)
{
	g_autofree char *link = g_strdup_printf("#r%u", n);
	g_autofree char *machine = result->plan ? html_machine_text(result->plan) : g_strdup("-");
	g_autofree char *kernel = result->plan ? result_kernel_cell(result->plan) : g_strdup(result->id);

	html_open(w, "tr", "data-run", result->id, NULL);
	html_open(w, "th", "scope", "row", NULL);
	html_open(w, "a", "href", link, NULL);
	html_textf(w, "%u: %s%s%s", n, kernel, plan_is_mixed(result->plan) ? "" : " ",
		   !plan_is_mixed(result->plan) && plan_hop(result->plan, 0)->series ? plan_hop(result->plan, 0)->series
										     : "");
	html_close(w);
	html_close(w);
	html_open(w, "td", NULL);
	html_verdict_of(w, result, true);
	html_close(w);
	put_sum(w, result, 0);
	put_sum(w, result, 1);
	html_put_metrics(w, result);
	html_element(w, "td", machine, "class", "machine", NULL);
	html_close(w);
}

static void put_overview(HtmlPage *page, GPtrArray *results)
{
	static const char *const headers[] = { "run",	   "verdict",	     ">CMA of scratch, 1st",
					       ">2nd",	   ">to /init, 1st", ">2nd",
					       ">silence", ">blackout",	     "machine",
					       NULL };

	htmlpage_section(page, "runs", "Runs");
	html_table_open(page->w,
			"Scratch pageblocks that are CMA, first and second kernel; time to /init by the guest's "
			"clock; silence after kexec -e and blackout of the handover by the host's.",
			headers);
	for (guint i = 0; i < results->len; i++)
		put_overview_row(page->w, results->pdata[i], i + 1);
	html_table_close(page->w);
	html_close(page->w);
}

static void put_console_of(HtmlWriter *w, const Result *result, guint n, bool brief)
{
	html_element(w, "h3", "Console", NULL);
	html_last_lines(w, result);
	html_console(w, result, n, brief);
}

static void put_run(HtmlPage *page, Result *result, guint n, bool brief)
{
	bool pass = result->verdict->kind == VERDICT_PASS;
	g_autofree char *id = g_strdup_printf("r%u", n);
	g_autofree char *name = result_title(result);
	HtmlWriter *w = page->w;

	html_open(w, "section", "id", id, "class", "cell", "data-run", result->id, NULL);
	html_open(w, "h2", NULL);
	html_textf(w, "%u: %s", n, name);
	html_close(w);
	put_lead(w, result);
	if (!pass)
		put_console_of(w, result, n, brief);
	html_figures(page, result);
	html_drift(page, result, 3);
	html_timeline(page, result, 3);
	if (pass)
		put_console_of(w, result, n, brief);
	html_element(w, "h3", "How to reproduce", NULL);
	html_reproduce(w, result);
	html_close(w);
}

/* The verdict over all: how many came out as they should. */
static void put_sum_lead(HtmlWriter *w, GPtrArray *results)
{
	HtmlSum sum = { .of = results->len, .contradicted = results_contradicted(results) };

	for (guint i = 0; i < results->len; i++)
		sum.met += result_as_expected(results->pdata[i]);
	html_open(w, "div", "class", html_sum_class(&sum), NULL);
	html_sum_verdict(w, &sum);
	html_open(w, "ul", NULL);
	for (guint i = 0; i < results->len && results->len <= WHOLE_CONSOLES_MOST; i++) {
		const Result *result = results->pdata[i];
		const Reason *reason = result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;
		g_autofree char *name = plan_is_mixed(result->plan)	    ? result_kernel_cell(result->plan)
					: plan_hop(result->plan, 0)->series ? result_series_cell(result->plan)
									    : g_strdup(result->id);

		html_open(w, "li", NULL);
		html_textf(w, "%s: ", name);
		html_verdict_of(w, result, true);
		if (reason)
			html_textf(w, " %s: %s", reason->id, reason->text);
		html_close(w);
	}
	html_close(w);
	html_close(w);
}

static char *page_of_several(GPtrArray *results)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autofree char *title = g_strdup_printf("Comparison of %u runs", results->len);
	g_autofree char *markdown = results_to_markdown(results);

	html_element(page->lead, "h1", title, NULL);
	html_origin(page->lead, results);
	put_sum_lead(page->lead, results);
	put_overview(page, results);
	html_spread(page, results);
	html_cost(page, results);
	html_map_section(page, results);
	html_to_copy(page, markdown, NULL);
	for (guint i = 0; i < results->len; i++)
		put_run(page, results->pdata[i], i + 1, results->len > WHOLE_CONSOLES_MOST);
	return htmlpage_finish(page, title);
}

char *html_of_results(GPtrArray *results)
{
	return results->len == 1 ? page_of_one(results->pdata[0]) : page_of_several(results);
}
