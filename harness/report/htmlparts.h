/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_HTMLPARTS_H
#define REPORT_HTMLPARTS_H

#include "htmlpage.h"

#include <report/matrix.h>
#include <report/storedcomparison.h>

/*
 * The parts of a page, a file each. n is the number of the run on the page, from 1
 * on: ids and links that belong to it begin with "rN".
 */

/* htmlrun.c: the reasons as a list; nothing for PASS. */
void html_reasons(HtmlWriter *w, const Verdict *verdict);

/* "100G, 2 CPUs, 1 node, tcg, profile check". Caller frees. */
char *html_machine_text(const Plan *plan);

/* All that the two kernels said in figures, each of result.json's numbers once; data-run is the caller's. */
void html_figures(HtmlPage *page, const Result *result);

/* htmltimeline.c: phases of all kernels on one axis; why there is none, if there is none. level: 2, a section; 3, below
 * one. */
void html_timeline(HtmlPage *page, Result *result, guint level);

/* The same of several runs (Result, at least one) on the same axis, and their phases side by side. labels: of each. */
void html_timelines(HtmlPage *page, const GPtrArray *results, char **labels);

/* htmlconsole.c: whole, or (brief) only landmarks, complaints and the end. Closed until somebody opens it. */
void html_console(HtmlWriter *w, const Result *result, guint n, bool brief);

/* htmlreproduce.c: the section with the report as text; csv: each run's figures, or NULL. */
void html_to_copy(HtmlPage *page, const char *markdown, const char *csv);

/* The section that says how a directory of many runs was made, and what shows it again: 'khotest VERB --report PATH'.
 */
void html_reproduce_many(HtmlPage *page, char **asked, const char *verb, const char *path);

/* The commands, and what went in. */
void html_reproduce(HtmlWriter *w, const Result *result);

/* The same in a line: command and hashes. */
void html_reproduce_brief(HtmlWriter *w, const Result *result);

/* htmlmap.c: pageblock maps of those that have an audit; nothing if none has. */
void html_map_section(HtmlPage *page, GPtrArray *results);

/* htmlcost.c: tables of counted instructions; nothing if no run counted. */
void html_cost(HtmlPage *page, GPtrArray *results);

/*
 * htmlcompare.c: a cell with "ESTIMATE [LOW, HIGH]". metric NULL: of a ratio. The format
 * names the member of the JSON that has the three.
 */
void html_interval(HtmlWriter *w, const Metric *metric, const Interval *interval, const char *member, ...)
	G_GNUC_PRINTF(4, 5);

/* htmlagreement.c: later kernels against the second, for each series that has them; else nothing. */
void html_agreement(HtmlPage *page, const StoredComparison *stored);

/* htmlspread.c: metrics of runs of the same kind, as points and boxes; nothing where no kind has two. */
void html_spread(HtmlPage *page, GPtrArray *results);

#endif
