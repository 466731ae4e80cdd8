// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of a night. */
#include "htmlnightparts.h"
#include "htmlparts.h"

#include <report/night.h>

#include <math.h>
#include <string.h>

/* What the whole page needs. */
typedef struct {
	HtmlPage *page;
	HtmlWriter *w;
	const NightVerdict *verdict;
	GHashTable *reports; /* or NULL */
} Writing;

static void put_beside(HtmlWriter *w, const char *before, const char *after)
{
	g_autofree char *back = before ? nightpage_of_night(before) : NULL,
			*on = after ? nightpage_of_night(after) : NULL;

	html_open(w, "nav", "aria-label", "nights", NULL);
	html_element(w, "a", "All nights", "href", NIGHTPAGE_INDEX, NULL);
	if (back)
		html_element(w, "a", before, "href", back, "rel", "prev", NULL);
	if (on)
		html_element(w, "a", after, "href", on, "rel", "next", NULL);
	html_close(w);
}

static void put_report_link(const Writing *x, const NightCell *cell)
{
	const char *link = x->reports && cell->run ? g_hash_table_lookup(x->reports, cell->run) : NULL;

	if (link)
		html_element(x->w, "a", "report", "href", link, NULL);
}

static void put_line(HtmlWriter *w, const char *label, const char *text)
{
	if (!text)
		return;
	html_void(w, "br", NULL);
	html_element(w, "span", label, "class", "note", NULL);
	html_text(w, text);
}

static void put_change(const Writing *x, const NightChange *change)
{
	HtmlWriter *w = x->w;
	g_autofree char *line = nightchange_line(change), *sure = nightchange_sure(change);
	g_autofree char *since = nightrange_text(&change->range), *bisect = nightchange_bisect(x->verdict, change);
	bool bad = change->kind <= NIGHT_SLOWER;

	html_open(w, "li", NULL);
	html_element(w, "b", line, NULL);
	html_raw(w, " ");
	put_report_link(x, change->cell);
	for (guint i = 0; i < change->parts->len; i++)
		put_line(w, "", change->parts->pdata[i]);
	if (change->metric && change->why)
		put_line(w, "decides nothing: ", change->why);
	if (change->kind != NIGHT_UNJUDGED && change->kind != NIGHT_UNCOMPARED)
		put_line(w, "sure: ", sure);
	if (bad)
		put_line(w, "since: ", since);
	if (bisect)
		html_copy(w, "finds the commit", bisect);
	html_close(w);
}

static void put_changes(const Writing *x, const char *id, const char *title, const GPtrArray *changes)
{
	if (!changes->len)
		return;
	htmlpage_section(x->page, id, title);
	html_open(x->w, "ul", "class", "changes", NULL);
	for (guint i = 0; i < changes->len; i++)
		put_change(x, changes->pdata[i]);
	html_close(x->w);
	html_close(x->w);
}

static void put_cell(const Writing *x, const NightCell *cell)
{
	HtmlWriter *w = x->w;
	bool bad = cell->state == CELL_UNMET;

	html_open(w, "tr", NULL);
	html_element(w, "th", cell->name, "scope", "row", NULL);
	html_open(w, "td", NULL);
	html_verdict(w, cell->verdict, NULL);
	html_close(w);
	html_element(w, "td", cell->expected, NULL);
	html_open(w, "td", "class", bad ? "unmet" : NULL, NULL);
	html_text(w, cell_state_name(cell->state));
	html_close(w);
	html_open(w, "td", "class", "n", NULL);
	html_textf(w, "%u", cell->runs);
	html_close(w);
	html_element(w, "td", cell->state == CELL_ERROR || cell->state == CELL_SKIPPED ? cell->why : cell->title,
		     "class", "what", NULL);
	html_open(w, "td", NULL);
	put_report_link(x, cell);
	html_close(w);
	html_close(w);
}

static guint rank(const NightCell *cell)
{
	return cell->state == CELL_UNMET ? 0 : cell->state == CELL_MET ? 2 : 1;
}

static void put_cells(const Writing *x)
{
	static const char *const headers[] = {
		"cell", "verdict", "expected", "", ">runs", "what went wrong", "", NULL
	};
	const GPtrArray *cells = x->verdict->night->cells;

	htmlpage_section(x->page, "cells", "Cells");
	html_table_open(x->w, NULL, headers);
	/* what is not as expected first */
	for (guint r = 0; r <= 2; r++)
		for (guint i = 0; i < cells->len; i++)
			if (rank(cells->pdata[i]) == r)
				put_cell(x, cells->pdata[i]);
	html_table_close(x->w);
	html_close(x->w);
}

/* "1.97 s [1.95 s, 1.99 s]" of several runs, the smallest and the largest; of one the figure alone. */
static void put_figure(const Writing *x, const NightCell *cell, const NightFigure *figure, bool first)
{
	HtmlWriter *w = x->w;
	Summary summary = statistics_summary((const double *)(gpointer)figure->values->data, figure->values->len);
	g_autofree char *link = nightpage_of_metric(figure->metric),
			*median = metric_format(figure->metric, summary.median);
	g_autofree char *low = metric_format(figure->metric, summary.low);
	g_autofree char *high = metric_format(figure->metric, summary.high);
	const Night *night;
	const NightFigure *before = nightverdict_before(x->verdict, figure, &night);

	html_open(w, "tr", "class", first ? "group" : NULL, NULL);
	html_element(w, "td", first ? cell->label : "", NULL);
	html_open(w, "td", NULL);
	html_element(w, "a", figure->metric->title, "href", link, NULL);
	html_close(w);
	html_element(w, "td", median, "class", "n", NULL);
	html_element(w, "td", summary.n > 1 ? low : "", "class", "n", NULL);
	html_element(w, "td", summary.n > 1 ? high : "", "class", "n", NULL);
	html_open(w, "td", "class", "n", "title", before ? night->facts->id : NULL, NULL);
	if (before)
		html_textf(w, "%+.2f%%", 100 * (summary.median / nightfigure_median(before) - 1));
	html_close(w);
	html_close(w);
}

static void put_figures(const Writing *x)
{
	static const char *const headers[] = { "cell",	  "figure",   ">median",
					       ">lowest", ">highest", ">against the last good",
					       NULL };
	const GPtrArray *cells = x->verdict->night->cells;
	bool begun = false;

	for (guint i = 0; i < cells->len; i++) {
		const NightCell *cell = cells->pdata[i];
		bool first = true;

		for (guint f = 0; f < cell->figures->len; f++) {
			const NightFigure *figure = cell->figures->pdata[f];

			if (!night_decides(figure->metric))
				continue;
			if (!begun) {
				htmlpage_section(x->page, "figures", "Figures");
				html_table_open(x->w, NULL, headers);
				begun = true;
			}
			put_figure(x, cell, figure, first);
			first = false;
		}
	}
	if (begun) {
		html_table_close(x->w);
		html_close(x->w);
	}
}

static void put_commit(HtmlWriter *w, const char *commit)
{
	g_autofree char *brief = commit ? g_strndup(commit, 12) : NULL;

	html_open(w, "td", NULL);
	html_element(w, "code", brief ? brief : "-", "title", commit, NULL);
	html_close(w);
}

static void put_source(HtmlWriter *w, const NightSource *source)
{
	html_open(w, "tr", NULL);
	html_element(w, "th", source->name, "scope", "row", NULL);
	put_commit(w, source->before);
	put_commit(w, source->now);
	html_open(w, "td", "class", "n", NULL);
	if (source->added >= 0)
		html_textf(w, "%" G_GINT64_FORMAT, source->added);
	else
		html_text(w, "-");
	html_close(w);
	html_open(w, "td", "class", "what", NULL);
	html_text(w, source->problem	? source->problem
		     : source->gone > 0 ? "the branch was begun anew"
		     : source->version	? source->version
					: "");
	html_close(w);
	html_close(w);
}

static void put_sources(const Writing *x)
{
	static const char *const headers[] = { "source", "before", "tonight", ">commits", "", NULL };
	const GPtrArray *sources = x->verdict->night->facts->sources;

	if (!sources->len)
		return;
	htmlpage_section(x->page, "sources", "Sources");
	html_table_open(x->w, NULL, headers);
	for (guint i = 0; i < sources->len; i++)
		put_source(x->w, sources->pdata[i]);
	html_table_close(x->w);
	html_close(x->w);
}

static void put_choice(HtmlWriter *w, const NightChoice *choice)
{
	html_open(w, "tr", NULL);
	html_element(w, "th", choice->name, "scope", "row", NULL);
	html_element(w, "td", choice->chosen ? "run" : "left out", NULL);
	html_element(w, "td", choice->why, "class", "what", NULL);
	html_close(w);
}

/* Why each cell was run, or was not. */
static void put_choices(const Writing *x)
{
	static const char *const headers[] = { "cell", "", "why", NULL };
	const NightFacts *facts = x->verdict->night->facts;
	g_autofree char *summary =
		g_strdup_printf("%u of %u cells of the plan left out", x->verdict->left_out, facts->choices->len);

	htmlpage_section(x->page, "choice", "Choice");
	html_open(x->w, "details", NULL);
	html_element(x->w, "summary", summary, NULL);
	html_table_open(x->w, NULL, headers);
	for (guint chosen = 0; chosen <= 1; chosen++)
		for (guint i = 0; i < facts->choices->len; i++)
			if (((NightChoice *)facts->choices->pdata[i])->chosen == (bool)chosen)
				put_choice(x->w, facts->choices->pdata[i]);
	html_table_close(x->w);
	html_close(x->w);
	html_close(x->w);
}

static void put_fact(HtmlWriter *w, const char *name, const char *text)
{
	html_open(w, "div", NULL);
	html_element(w, "dt", name, NULL);
	html_element(w, "dd", text ? text : "-", NULL);
	html_close(w);
}

static void put_origin(HtmlWriter *w, const NightVerdict *verdict)
{
	const NightFacts *facts = verdict->night->facts;
	g_autofree char *spent = night_spent_text(facts), *budget = night_time_text(facts->budget_ns);
	g_autofree char *time = g_strdup_printf("%s of %s", spent, budget);
	/* "2026-11-28T01:30:04.123456Z", to the minute */
	g_autofree char *begun = g_strdelimit(g_strndup(facts->begun, 16), "T", ' ');

	html_open(w, "dl", "class", "origin", NULL);
	put_fact(w, "plan", facts->plan);
	put_fact(w, "begun", begun);
	put_fact(w, "took", time);
	put_fact(w, "held against", verdict->good ? verdict->good->facts->id : "nothing");
	put_fact(w, "khotest", facts->khotest);
	put_fact(w, "emulator", verdict->night->qemu);
	put_fact(w, "host", facts->host);
	if (facts->accepted)
		put_fact(w, "accepted", facts->accepted);
	html_close(w);
}

char *html_of_night(const NightVerdict *verdict, GHashTable *reports, const char *before, const char *after)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autofree char *title = g_strdup_printf("Night %s", verdict->night->facts->id);
	g_autofree char *markdown = night_to_markdown(verdict), *subject = night_subject(verdict);
	Writing x = { page, page->w, verdict, reports };

	put_beside(page->lead, before, after);
	html_element(page->lead, "h1", title, NULL);
	put_origin(page->lead, verdict);
	nightpart_lead(page->lead, verdict, false);
	put_changes(&x, "worse", "Worse", verdict->worse);
	put_changes(&x, "unjudged", "Could not be judged (no regression)", verdict->unjudged);
	put_changes(&x, "better", "Better", verdict->better);
	put_changes(&x, "notes", "Differs, and decides nothing", verdict->notes);
	put_sources(&x);
	put_cells(&x);
	put_figures(&x);
	put_choices(&x);
	htmlpage_section(page, "message", "Message");
	html_copy(page->w, "Markdown", markdown);
	html_close(page->w);
	return htmlpage_finish(page, subject);
}
