// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts as a page shows them: what contradicts one stands beside it, in words, and takes its colour away. */
#include "htmlparts.h"

#include <evaluate/contradiction.h>
#include <measure/title.h>

void html_reasons(HtmlWriter *w, const Result *result)
{
	const Verdict *verdict = result->verdict;
	guint gaps = result_has_gaps(result) ? verdict->gaps->len : 0;

	if (!verdict->reasons->len && !gaps)
		return;
	html_open(w, "ul", NULL);
	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];

		html_open(w, "li", NULL);
		html_element(w, "code", reason->id, NULL);
		if (reason->check)
			html_textf(w, " (check %s)", reason->check->id);
		html_textf(w, ": %s", reason->text);
		html_close(w);
	}
	if (title_tells(verdict)) {
		html_open(w, "li", NULL);
		html_textf(w, "title: %s (%s)", verdict->title, verdict->title_class);
		html_close(w);
	}
	for (guint i = 0; i < gaps; i++) {
		html_open(w, "li", NULL);
		html_textf(w, "not covered: %s", (const char *)verdict->gaps->pdata[i]);
		html_close(w);
	}
	html_close(w);
}

void html_verdict_of(HtmlWriter *w, const Result *result, bool expectation)
{
	g_autoptr(GPtrArray) contradictions = result_contradictions(result);
	const char *said = expectation ? result_expectation(result) : NULL;

	if (!contradictions->len) {
		html_verdict(w, verdict_kind_name(result->verdict->kind), said);
		return;
	}
	html_element(w, "span", verdict_kind_name(result->verdict->kind), "class", "verdict doubted", NULL);
	html_textf(w, " %s%s", said ? said : "", said ? ", " : "");
	html_element(w, "span", "contradicted by its own records", "class", "unmet", NULL);
}

void html_contradictions(HtmlWriter *w, const Result *result)
{
	g_autoptr(GPtrArray) contradictions = result_contradictions(result);

	if (!contradictions->len)
		return;
	html_element(w, "p",
		     result->verdict->kind == VERDICT_PASS
			     ? "Do not rely on this PASS, nor on what follows. What contradicts it:"
			     : "Do not rely on the figures and maps that follow. What contradicts them:",
		     "class", "unmet", NULL);
	html_open(w, "ul", "class", "contradictions", NULL);
	for (guint i = 0; i < contradictions->len; i++)
		html_element(w, "li", contradictions->pdata[i], NULL);
	html_close(w);
}

static bool sum_failed(const HtmlSum *sum)
{
	return sum->met + sum->unjudged < sum->of;
}

const char *html_sum_class(const HtmlSum *sum)
{
	if (sum->met < sum->of || sum->contradicted)
		return "lead unmet";
	return !sum->of || sum->vain ? "lead" : "lead met";
}

void html_sum_verdict(HtmlWriter *w, const HtmlSum *sum)
{
	html_open(w, "span", "class",
		  sum_failed(sum)	  ? "verdict FAIL"
		  : sum->contradicted	  ? "verdict doubted"
		  : !sum->of || sum->vain ? "verdict none"
		  : sum->unjudged	  ? "verdict SKIP"
					  : "verdict PASS",
		  NULL);
	html_textf(w, "%u of %u as expected", sum->met, sum->of);
	html_close(w);
	if (!sum->contradicted)
		return;
	html_raw(w, " ");
	html_open(w, "span", "class", "unmet", NULL);
	html_textf(w, "%u contradicted by %s own records", sum->contradicted, sum->contradicted == 1 ? "its" : "their");
	html_close(w);
}

#define UNMET_RUNS_MOST 20u /* there may be more than anybody reads in one place */

void html_unmet_runs(HtmlWriter *w, const GPtrArray *results)
{
	guint shown = 0, left = 0;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		const GPtrArray *reasons = result->verdict->reasons;
		g_autoptr(GPtrArray) contradictions = result_contradictions(result);

		if (result_as_expected(result) && !contradictions->len)
			continue;
		if (shown == UNMET_RUNS_MOST) {
			left++;
			continue;
		}
		if (!shown++)
			html_open(w, "ul", "class", "runs", NULL);
		html_open(w, "li", NULL);
		html_textf(w, "%s: ", result->id);
		html_verdict_of(w, result, true);
		for (guint r = 0; r < reasons->len; r++)
			html_textf(w, "%s %s: %s", r ? ";" : "", ((const Reason *)reasons->pdata[r])->id,
				   ((const Reason *)reasons->pdata[r])->text);
		for (guint c = 0; c < contradictions->len; c++)
			html_textf(w, "; %s", (const char *)contradictions->pdata[c]);
		html_close(w);
	}
	if (left) {
		html_open(w, "li", NULL);
		html_textf(w, "and %u more", left);
		html_close(w);
	}
	if (shown)
		html_close(w);
}
