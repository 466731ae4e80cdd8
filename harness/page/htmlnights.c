// SPDX-License-Identifier: GPL-2.0-or-later
/* The first page of the site, and the page of a figure. */
#include "htmlnightparts.h"
#include "nightplot.h"

#include <report/night.h>

#include <math.h>
#include <string.h>

char *nightpage_of_night(const char *id)
{
	return g_strdup_printf("night-%s.html", id);
}

char *nightpage_of_metric(const Metric *metric)
{
	return g_strdup_printf("trend-%s.html", metric->id);
}

void nightpart_link(HtmlWriter *w, const NightFacts *facts)
{
	g_autofree char *link = nightpage_of_night(facts->id);

	html_element(w, "a", facts->id, "href", link, NULL);
}

void nightpart_lead(HtmlWriter *w, const NightVerdict *verdict, bool linked)
{
	g_autofree char *line = night_in_a_line(verdict);
	bool bad = verdict->kind == VERDICT_FAIL;

	html_open(w, "div", "class", bad ? "lead unmet" : verdict->kind == VERDICT_PASS ? "lead met" : "lead", NULL);
	html_verdict(w, verdict_kind_name(verdict->kind), NULL);
	html_raw(w, " ");
	if (linked)
		nightpart_link(w, verdict->night->facts);
	html_textf(w, "%s%s", linked ? ": " : "", line);
	html_close(w);
}

/* "14 commits of next": what was new. */
static void put_news(HtmlWriter *w, const NightFacts *facts)
{
	bool first = true;

	html_open(w, "td", NULL);
	for (guint i = 0; i < facts->sources->len; i++) {
		const NightSource *source = facts->sources->pdata[i];

		if (!source->branch || (source->added <= 0 && !source->problem))
			continue;
		html_textf(w, "%s%s: ", first ? "" : "; ", source->name);
		if (source->problem)
			html_text(w, "not up to date");
		else
			html_textf(w, "%" G_GINT64_FORMAT " commit%s", source->added, source->added == 1 ? "" : "s");
		first = false;
	}
	if (first)
		html_text(w, "-");
	html_close(w);
}

static void put_count(HtmlWriter *w, guint n, bool bad)
{
	html_open(w, "td", "class", bad && n ? "n unmet" : "n", NULL);
	html_textf(w, "%u", n);
	html_close(w);
}

static void put_night(HtmlWriter *w, const NightVerdict *verdict)
{
	const NightFacts *facts = verdict->night->facts;
	g_autofree char *line = night_in_a_line(verdict), *spent = night_time_text(facts->spent_ns);

	html_open(w, "tr", NULL);
	html_open(w, "th", "scope", "row", "class", "night", NULL);
	nightpart_link(w, facts);
	html_close(w);
	html_open(w, "td", NULL);
	html_verdict(w, verdict_kind_name(verdict->kind), NULL);
	html_close(w);
	html_element(w, "td", line, "class", "what", NULL);
	html_open(w, "td", "class", "n", NULL);
	html_textf(w, "%u of %u", night_count(verdict->night, CELL_MET), verdict->night->cells->len);
	html_close(w);
	put_count(w, verdict->worse->len, true);
	put_count(w, verdict->better->len, false);
	put_count(w, verdict->unjudged->len, false);
	put_count(w, verdict->left_out, false);
	put_news(w, facts);
	html_element(w, "td", spent, "class", "n", NULL);
	html_close(w);
}

static void put_nights(HtmlPage *page, const GPtrArray *verdicts)
{
	static const char *const headers[] = { "night",	      "verdict",   "what", ">as expected", ">worse", ">better",
					       ">not judged", ">left out", "new",  ">took",	   NULL };

	htmlpage_section(page, "nights", "Nights");
	html_table_open(page->w, NULL, headers);
	for (guint i = verdicts->len; i > 0; i--)
		put_night(page->w, verdicts->pdata[i - 1]);
	html_table_close(page->w);
	html_close(page->w);
}

/* How much it changed by last, and when. */
static void put_last_change(HtmlWriter *w, const NightTrend *trend)
{
	const NightPoint *point;
	double change = nighttrend_last_change(trend, &point);

	html_open(w, "td", NULL);
	if (!point) {
		html_text(w, "no change");
	} else {
		html_textf(w, "%+.1f%%, ", 100 * change);
		nightpart_link(w, point->night->night->facts);
	}
	html_close(w);
}

static void put_trend_row(HtmlWriter *w, const NightTrend *trend, bool first)
{
	g_autofree char *link = nightpage_of_metric(trend->metric);
	g_autofree char *value = metric_format(trend->metric, nighttrend_point(trend, trend->points->len - 1)->median);

	html_open(w, "tr", "class", first ? "group" : NULL, NULL);
	html_open(w, "td", NULL);
	if (first)
		html_element(w, "a", trend->metric->title, "href", link, NULL);
	html_close(w);
	html_element(w, "th", trend->label, "scope", "row", "title", trend->name, NULL);
	html_open(w, "td", "class", "spark", NULL);
	nightplot_put_small(w, trend);
	html_close(w);
	html_element(w, "td", value, "class", "n", NULL);
	put_last_change(w, trend);
	html_close(w);
}

/* Parts of a boot: a line of links, for whoever asks where time went. */
static void put_parts(HtmlWriter *w, const GPtrArray *trends)
{
	bool first = true;

	for (guint i = 0; i < trends->len; i++) {
		const GPtrArray *of = trends->pdata[i];
		const Metric *metric = of->len ? ((NightTrend *)of->pdata[0])->metric : NULL;
		g_autofree char *link = metric ? nightpage_of_metric(metric) : NULL;

		if (!metric || night_decides(metric))
			continue;
		if (first)
			html_open(w, "p", NULL);
		html_text(w, first ? "Parts of these: " : ", ");
		html_element(w, "a", metric->title, "href", link, NULL);
		first = false;
	}
	if (!first)
		html_close(w);
}

static void put_figures(HtmlPage *page, const GPtrArray *trends)
{
	static const char *const headers[] = { "figure", "cell", "over the nights", ">last", "last change", NULL };
	bool begun = false;

	for (guint i = 0; i < trends->len; i++) {
		const GPtrArray *of = trends->pdata[i];

		if (!of->len || !night_decides(((NightTrend *)of->pdata[0])->metric))
			continue;
		if (!begun) {
			htmlpage_section(page, "figures", "Figures");
			html_table_open(page->w, NULL, headers);
			begun = true;
		}
		for (guint t = 0; t < of->len; t++)
			put_trend_row(page->w, of->pdata[t], t == 0);
	}
	if (!begun)
		return;
	html_table_close(page->w);
	put_parts(page->w, trends);
	html_close(page->w);
}

char *html_of_nights(const GPtrArray *verdicts, const GPtrArray *trends)
{
	g_autoptr(HtmlPage) page = htmlpage_new();

	html_element(page->lead, "h1", "khotest: nights", NULL);
	if (verdicts->len)
		nightpart_lead(page->lead, verdicts->pdata[verdicts->len - 1], true);
	else
		html_element(page->lead, "p", "There is no night yet: 'khotest nightly' runs one.", NULL);
	if (verdicts->len)
		put_nights(page, verdicts);
	put_figures(page, trends);
	return htmlpage_finish(page, "khotest: nights");
}

static char *commit_text(const NightPoint *point)
{
	const NightSource *source = nightfacts_source(point->night->night->facts, point->cell->kernel);
	const char *commit = point->cell->commit ? point->cell->commit : source ? source->now : NULL;

	return commit ? g_strndup(commit, 12) : g_strdup("-");
}

static void put_step(HtmlWriter *w, const NightTrend *trend, const NightStep *step)
{
	const NightPoint *before = nighttrend_point(trend, step->at - 1), *after = nighttrend_point(trend, step->at);
	g_autofree char *was = metric_format(trend->metric, step->before),
			*is = metric_format(trend->metric, step->after);
	g_autofree char *from = commit_text(before), *to = commit_text(after);

	html_open(w, "tr", NULL);
	html_open(w, "td", NULL);
	nightpart_link(w, before->night->night->facts);
	html_close(w);
	html_open(w, "td", NULL);
	nightpart_link(w, after->night->night->facts);
	html_close(w);
	html_element(w, "td", was, "class", "n", NULL);
	html_element(w, "td", is, "class", "n", NULL);
	html_open(w, "td", "class", "n", NULL);
	html_textf(w, "%+.2f%%", 100 * (step->after / step->before - 1));
	html_close(w);
	html_open(w, "td", NULL);
	html_element(w, "code", from, NULL);
	html_text(w, " to ");
	html_element(w, "code", to, NULL);
	html_close(w);
	html_close(w);
}

static void put_trend(HtmlPage *page, const NightTrend *trend, guint n)
{
	static const char *const headers[] = { "last night before", "first night after", ">before", ">after",
					       ">change",	    "commits",		 NULL };
	HtmlWriter *w = page->w;
	g_autofree char *id = g_strdup_printf("c%u", n);

	htmlpage_section(page, id, trend->label);
	html_element(w, "p", trend->name, "class", "note", NULL);
	nightplot_put(w, trend);
	if (trend->steps->len)
		html_table_open(w, "Changes", headers);
	else
		html_element(w, "p", "No change.", "class", "note", NULL);
	for (guint i = 0; i < trend->steps->len; i++)
		put_step(w, trend, &g_array_index(trend->steps, NightStep, i));
	if (trend->steps->len)
		html_table_close(w);
	html_close(w);
}

char *html_of_nighttrends(const GPtrArray *trends)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	const Metric *metric = ((NightTrend *)trends->pdata[0])->metric;
	bool counted = figure_is_counted(metric->figure);

	html_open(page->lead, "p", NULL);
	html_element(page->lead, "a", "All nights", "href", NIGHTPAGE_INDEX, NULL);
	html_close(page->lead);
	html_element(page->lead, "h1", metric->title, NULL);
	html_element(
		page->lead, "p",
		counted ? "Executed instructions, counted by the emulator: exact, on one CPU. Every difference of 0.1% "
			  "or more between two nights is a change."
			: "A point is the median of the runs of a night, its bar goes from the smallest to the "
			  "largest. A "
			  "change is named where chance would make one as clear in less than 1 of 100 orders of the "
			  "same "
			  "figures (docs/history.md).",
		NULL);
	html_element(page->lead, "p",
		     "Dashed: a change. A line that is broken: the figure depends on something that is another one "
		     "from there "
		     "on, such as the emulator. Red: not as expected in that night.",
		     "class", "note", NULL);
	for (guint i = 0; i < trends->len; i++)
		put_trend(page, trends->pdata[i], i + 1);
	return htmlpage_finish(page, metric->title);
}
