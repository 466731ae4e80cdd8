/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTMLPARTS_H
#define PAGE_HTMLPARTS_H

#include "htmlpage.h"

#include <study/matrix.h>
#include <study/storedcomparison.h>

/*
 * The parts of a page, a file each. n is the number of the run on the page, from 1
 * on: ids and links that belong to it begin with "rN".
 */

/* htmlorigin.c: below the heading: when the runs (Result) began, and on what. What no file tells is unknown. */
void html_origin(HtmlWriter *w, const GPtrArray *results);

/* htmlverdict.c: the reasons as a list, of a PASS what it does not speak of; nothing for one that covers all. */
void html_reasons(HtmlWriter *w, const Result *result);

/*
 * The verdict of a run, as html_verdict() has it; one that is contradicted
 * (report/contradiction.h) has a colour of its own, and says so.
 */
void html_verdict_of(HtmlWriter *w, const Result *result, bool expectation);

/* What contradicts the verdict or the figures, as a list; nothing where all fits. */
void html_contradictions(HtmlWriter *w, const Result *result);

/* How runs or cells came out. */
typedef struct {
	guint met, of;
	guint unjudged;	    /* neither met nor unmet: skipped */
	guint contradicted; /* contradict themselves, whatever they say */
	bool vain;	    /* they are no answer even if all are as expected: no round is whole */
} HtmlSum;

/*
 * "14 of 14 as expected" in its colour, which is green only where each has a verdict that
 * nothing contradicts; it says how many do. And the class of the box around it.
 */
void html_sum_verdict(HtmlWriter *w, const HtmlSum *sum);
const char *html_sum_class(const HtmlSum *sum);

/* Those of the results that are not as expected or contradict themselves, each with its reasons; nothing for none. */
void html_unmet_runs(HtmlWriter *w, const GPtrArray *results);

/*
 * htmlmatrix.c: cells that are not as expected or contradict themselves, each with why;
 * nothing for none. linked: the page has a section of each.
 */
void html_unmet_cells(HtmlWriter *w, const MatrixResult *matrix, bool linked);

/* Result of all cells that have one; borrowed. Caller unrefs the array. */
GPtrArray *html_matrix_results(const MatrixResult *matrix);

/* How its cells came out. */
HtmlSum html_matrix_sum(const MatrixResult *matrix);

/* htmlpostmortem.c: what the memory of a machine that failed told; nothing where nothing was kept of it. */
void html_postmortem(HtmlPage *page, const Result *result);

/* htmlscratch.c: what lives in scratch of each kernel; nothing where no kernel has told it. */
void html_scratch_pages(HtmlWriter *w, const Result *result);

/* htmlrun.c: "100G, 2 CPUs, 1 node, tcg, profile check". Caller frees. */
char *html_machine_text(const Plan *plan);

/* All that the two kernels said in figures, each of result.json's numbers once; data-run is the caller's. */
void html_figures(HtmlPage *page, const Result *result);

/* htmlpayload.c: what its payloads said; nothing for a run without. */
void html_payloads(HtmlPage *page, const Result *result);

/* htmldrift.c: how figures go from kernel to kernel; nothing for a chain that is too short for that. level: as below.
 */
void html_drift(HtmlPage *page, const Result *result, guint level);

/* htmltimeline.c: phases of all kernels on one axis; why there is none, if there is none. level: 2, a section; 3, below
 * one. */
void html_timeline(HtmlPage *page, Result *result, guint level);

/* The same of several runs (Result, at least one) on the same axis, and their phases side by side. labels: of each. */
void html_timelines(HtmlPage *page, const GPtrArray *results, char **labels);

/*
 * htmlconsole.c: what was last said, to copy: the lines that the verdict has chosen, else of a run that failed
 * the last of all; nothing for others.
 */
void html_last_lines(HtmlWriter *w, const Result *result);

/* Whole, or (brief) only landmarks, complaints and the end. Closed until somebody opens it. */
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

/* Of a table with a row for each run, the cells with its figures; of one that counted, instructions for the times. */
void html_put_metrics(HtmlWriter *w, const Result *result);

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
