// SPDX-License-Identifier: GPL-2.0-or-later
/* A page over a comparison: what it says, the figures with their intervals, and the runs behind them. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/contradiction.h>
#include <math.h>
#include <page/html.h>
#include <page/plot.h>
#include <report/conditions.h>
#include <report/storedcomparison.h>
#include <string.h>

/* The figures that one waits for: their runs are shown one by one. */
static const char *const in_rounds[] = { "init1", "init2", "init.later", "blackout", "blackout.later" };

static const ComparisonSide *side_at(const StoredComparison *stored, guint i)
{
	return stored->comparison->sides->pdata[i];
}

/* A cell with a number of 'khotest compare --report --format json'. */
static void put_cell(HtmlWriter *w, const Metric *metric, double value, guint finding, const char *member)
{
	html_open(w, "td", "class", "n", NULL);
	html_double(w, value, metric_format(metric, value), "findings.%u.%s", finding, member);
	html_close(w);
}

/* What is no figure is a ratio, and has no unit. */
static char *format_part(const Metric *metric, double value)
{
	if (metric)
		return metric_format(metric, value);
	return isnan(value) ? g_strdup("-") : g_strdup_printf("%.3f", value);
}

void html_interval(HtmlWriter *w, const Metric *metric, const Interval *interval, const char *member, ...)
{
	bool few = interval->kind == INTERVAL_RANGE, alone = interval->kind == INTERVAL_NONE,
	     exact = interval->kind == INTERVAL_EXACT;
	const struct {
		const char *before, *name;
		double value;
	} parts[] = { { "", "estimate", interval->estimate },
		      { few ? " (" : " [", few ? "smallest" : "low", interval->low },
		      { few ? " to " : ", ", few ? "largest" : "high", interval->high } };
	g_autofree char *path = NULL;
	va_list args;

	va_start(args, member);
	path = g_strdup_vprintf(member, args);
	va_end(args);
	html_open(w, "td", "class", "n", NULL);
	for (gsize i = 0; i < (alone || exact ? 1 : G_N_ELEMENTS(parts)); i++) {
		html_text(w, parts[i].before);
		html_double(w, parts[i].value, format_part(metric, parts[i].value), "%s.%s", path, parts[i].name);
	}
	html_text(w, alone ? "" : exact ? " (exact)" : few ? ")" : "]");
	html_close(w);
}

static void put_finding(HtmlWriter *w, const StoredComparison *stored, const GArray *findings, guint finding)
{
	const Finding *f = &g_array_index(findings, Finding, finding);
	g_autofree char *first = storedcomparison_name(stored, 0), *other = storedcomparison_name(stored, f->side);
	guint others = findings_of_metric(findings, finding);

	/* the first series stands above those that are held against it */
	if (others) {
		g_autofree char *rows = g_strdup_printf("%u", 1 + others);

		html_open(w, "tr", "class", finding ? "group" : NULL, NULL);
		html_open(w, "th", "scope", "rowgroup", "rowspan", rows, NULL);
		html_textf(w, "%s (%s) ", f->metric->title,
			   strcmp(f->metric->clock, "count") == 0 ? "counted" : f->metric->clock);
		html_element(w, "code", f->metric->id, NULL);
		html_close(w);
		html_element(w, "td", first, "class", "machine", NULL);
		put_cell(w, f->metric, f->a.median, finding, "of_a.median");
		put_cell(w, f->metric, f->a.spread, finding, "of_a.spread");
		for (guint i = 0; i < 3; i++)
			html_element(w, "td", NULL, NULL);
		html_close(w);
	}
	html_open(w, "tr", NULL);
	html_element(w, "td", other, "class", "machine", NULL);
	put_cell(w, f->metric, f->b.median, finding, "of_b.median");
	put_cell(w, f->metric, f->b.spread, finding, "of_b.spread");
	html_interval(w, f->metric, &f->paired.difference, "findings.%u.difference", finding);
	html_interval(w, NULL, &f->paired.ratio, "findings.%u.ratio", finding);
	put_cell(w, f->metric, f->paired.visible, finding, "visible_from");
	html_close(w);
}

static void put_findings(HtmlPage *page, const StoredComparison *stored)
{
	static const char *const headers[] = {
		"figure",	"series",	 ">median", ">spread", ">paired difference [95%]",
		">ratio [95%]", ">visible from", NULL
	};
	g_autoptr(Plot) plot = comparison_plot_differences(stored->comparison);
	g_autoptr(GArray) findings = comparison_findings(stored->comparison);

	htmlpage_section(page, "figures", "Figures");
	html_table_open(page->w,
			"Spread is the interquartile range; visible from: the smallest difference that 19 of 20 such "
			"comparisons would have seen.",
			headers);
	for (guint i = 0; i < findings->len; i++)
		put_finding(page->w, stored, findings, i);
	html_table_close(page->w);
	html_plot(page, plot,
		  "Paired differences in proportion to the first series, since figures are of seconds and of "
		  "milliseconds: left of the line is less. A bar is a 95% interval; a point without one is exact, or "
		  "of too few pairs for that. At the right the difference itself.");
	html_close(page->w);
}

static bool is_counted(const StoredComparison *stored)
{
	return plan_is_counted(((const Result *)side_at(stored, 0)->runs->pdata[0])->plan);
}

/* Each run a point, in the order of time. */
static void put_rounds(HtmlPage *page, const StoredComparison *stored)
{
	htmlpage_section(page, "rounds", "Run by run");
	/* counts would be the same point again and again */
	if (is_counted(stored))
		return;
	html_element(
		page->w, "p",
		"Each point is a run; runs of the same round, which are a pair, are joined. Something that changed "
		"on the host shows as a step or a slope in all series.",
		NULL);
	html_open(page->w, "div", "class", "charts", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(in_rounds); i++) {
		const Metric *metric = metric_find(in_rounds[i]);
		g_autoptr(Plot) plot = metric ? storedcomparison_plot_rounds(stored, metric) : NULL;

		html_plot(page, plot, metric ? metric->title : NULL);
	}
	html_close(page->w);
}

static void put_run_row(HtmlWriter *w, const CompareRun *run, const Result *result, const char *name)
{
	html_open(w, "tr", "data-run", result->id, NULL);
	html_open(w, "td", "class", "n", NULL);
	html_textf(w, "%u.%u", run->round, run->position + 1);
	html_close(w);
	html_element(w, "td", name, NULL);
	html_open(w, "td", NULL);
	html_verdict_of(w, result, !result_as_expected(result));
	html_close(w);
	html_put_metrics(w, result);
	html_element(w, "td", result->id, "class", "machine", NULL);
	html_close(w);
}

static void put_runs(HtmlPage *page, const StoredComparison *stored)
{
	static const char *const headers[] = { ">round",	 "series",	  "verdict",
					       ">to /init, 1st", ">2nd",	  ">silence",
					       ">blackout",	 "run directory", NULL };
	guint k = stored->comparison->sides->len;

	html_open(page->w, "details", NULL);
	html_element(page->w, "summary", "all runs as a table", NULL);
	html_table_open(page->w, "Round, and place in it; warm-ups and rounds that are not whole are left out.",
			headers);
	for (guint i = 0; i < stored->kept->len; i++) {
		g_autofree char *name = storedcomparison_name(stored, i % k);

		put_run_row(page->w, stored->kept->pdata[i], side_at(stored, i % k)->runs->pdata[i / k], name);
	}
	html_table_close(page->w);
	html_close(page->w);
	html_close(page->w);
}

static int by_init(gconstpointer a, gconstpointer b, gpointer data)
{
	const gint64 x = metric_value(data, *(Result *const *)a), y = metric_value(data, *(Result *const *)b);

	return (x > y) - (x < y);
}

/* Of each series the run in the middle of its times to /init; whose they are goes to ret_labels. */
static GPtrArray *middle_runs(const StoredComparison *stored, GPtrArray *ret_labels)
{
	GPtrArray *middle = g_ptr_array_new();

	for (guint side = 0; side < stored->comparison->sides->len; side++) {
		const ComparisonSide *of = side_at(stored, side);
		g_autoptr(GPtrArray) sorted = g_ptr_array_copy(of->runs, NULL, NULL);

		g_ptr_array_set_free_func(sorted, NULL);
		g_ptr_array_sort_with_data(sorted, by_init, (gpointer)metric_find("init2"));
		g_ptr_array_add(middle, sorted->pdata[sorted->len / 2]);
		g_ptr_array_add(ret_labels, storedcomparison_name(stored, side));
	}
	g_ptr_array_add(ret_labels, NULL);
	return middle;
}

static void put_middle(HtmlPage *page, const StoredComparison *stored)
{
	g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) middle = middle_runs(stored, labels);
	bool counted = is_counted(stored);

	htmlpage_section(page, "timeline", counted ? "Console" : "Where the time goes");
	html_element(page->w, "p",
		     counted ? "Of each series one run; 'khotest report --html' makes a page of any other."
			     : "Of each series the run whose time to /init, second kernel, is in the middle; 'khotest "
			       "report --html' makes a page of any other.",
		     NULL);
	if (!counted)
		html_timelines(page, middle, (char **)labels->pdata);
	for (guint i = 0; i < middle->len; i++) {
		const Result *result = middle->pdata[i];

		html_open(page->w, "section", "class", "cell", "data-run", result->id, NULL);
		html_open(page->w, "h3", NULL);
		html_textf(page->w, "%s: console of %s", (const char *)labels->pdata[i], result->id);
		html_close(page->w);
		html_console(page->w, result, i + 1, true);
		html_reproduce_brief(page->w, result);
		html_close(page->w);
	}
	html_close(page->w);
}

/* The sentences of those conditions (--fail-if) that are met. Caller unrefs. */
static GHashTable *met_conditions(const Comparison *comparison)
{
	g_autoptr(GArray) answers = conditions_ask(comparison->conditions, comparison);
	GHashTable *met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < answers->len; i++) {
		const ConditionAnswer *answer = &g_array_index(answers, ConditionAnswer, i);

		if (answer->state == CONDITION_MET)
			g_hash_table_add(met, condition_sentence(answer, comparison));
	}
	return met;
}

/* What it says: the sentences and notes of the text to copy, which has them as its list. */
static void put_sentences(HtmlWriter *w, const StoredComparison *stored, GHashTable *met)
{
	g_autofree char *said = storedcomparison_to_lines(stored);
	g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
	g_autofree char *difference = stored->comparison->anyway ? comparison_difference(stored->comparison) : NULL;

	if (difference) {
		html_open(w, "p", "class", "unmet", NULL);
		html_textf(w, "NOT COMPARABLE, shown anyway: %s", difference);
		html_close(w);
	}
	html_open(w, "ul", NULL);
	for (char **line = lines; *line; line++)
		if (**line)
			html_element(w, "li", *line, "class", g_hash_table_contains(met, *line) ? "unmet" : NULL, NULL);
	html_close(w);
}

/* Of each series in turn its warm-up and all of its runs; borrowed. Caller unrefs. */
static GPtrArray *all_results(const Comparison *comparison)
{
	GPtrArray *all = g_ptr_array_new();

	for (guint side = 0; side < comparison->sides->len; side++) {
		g_autoptr(GPtrArray) results = comparisonside_results(comparison->sides->pdata[side]);

		g_ptr_array_extend(all, results, NULL, NULL);
	}
	return all;
}

/* How the runs came out, warm-ups too, and what follows from them. */
static void put_lead(HtmlWriter *w, const StoredComparison *stored)
{
	g_autoptr(GPtrArray) results = all_results(stored->comparison);
	guint rounds = comparison_rounds(stored->comparison);
	HtmlSum sum = { .of = results->len, .contradicted = results_contradicted(results), .vain = !rounds };
	g_autoptr(GHashTable) met = met_conditions(stored->comparison);
	guint n = g_hash_table_size(met);

	for (guint i = 0; i < results->len; i++)
		sum.met += result_as_expected(results->pdata[i]);
	html_open(w, "div", "class", n ? "lead unmet" : html_sum_class(&sum), NULL);
	html_open(w, "p", NULL);
	html_sum_verdict(w, &sum);
	html_textf(w, ", warm-ups too, in %u round%s", rounds, rounds == 1 ? "" : "s");
	if (n) {
		html_raw(w, " ");
		html_open(w, "span", "class", "verdict FAIL", NULL);
		html_textf(w, "%u condition%s met", n, n == 1 ? "" : "s");
		html_close(w);
	}
	html_close(w);
	html_unmet_runs(w, results);
	put_sentences(w, stored, met);
	html_close(w);
}

char *html_of_comparison(const StoredComparison *stored)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autofree char *series = g_strjoinv(" against ", stored->dir->series);
	g_autofree char *title = g_strdup_printf("Comparison: %s", series);
	g_autofree char *markdown = storedcomparison_to_markdown(stored), *csv = storedcomparison_to_csv(stored);
	const Result *first = comparison_rounds(stored->comparison) ? side_at(stored, 0)->runs->pdata[0] : NULL;
	g_autofree char *machine = first && first->plan ? html_machine_text(first->plan) : NULL;
	bool any = first != NULL;
	g_autoptr(GPtrArray) all = storedcomparison_results(stored);

	html_element(page->lead, "h1", title, NULL);
	html_element(page->lead, "p", machine, NULL);
	html_origin(page->lead, all);
	put_lead(page->lead, stored);
	html_open(page->w, "div", "data-run", stored->dir->id, NULL);
	if (any) {
		put_findings(page, stored);
		html_agreement(page, stored);
		put_rounds(page, stored);
		put_runs(page, stored);
		put_middle(page, stored);
		html_cost(page, all);
	}
	html_to_copy(page, markdown, csv);
	html_reproduce_many(page, stored->dir->asked, "compare", stored->dir->path);
	return htmlpage_finish(page, title);
}
