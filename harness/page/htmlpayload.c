// SPDX-License-Identifier: GPL-2.0-or-later
/* What the payloads of a run said: a row for each test of each hook. */
#include "htmlparts.h"

#include <string.h>

static const char *const outcomes[] = {
	[HOOK_OK] = "ok",
	[HOOK_FAILED] = "failed",
	[HOOK_KILLED] = "killed by a signal",
	[HOOK_HUNG] = "not done before its deadline",
	[HOOK_UNENDED] = "its end is not known",
};

static void put_lines(HtmlWriter *w, const KtapTest *test)
{
	html_open(w, "td", NULL);
	if (test->why)
		html_textf(w, "%s ", test->why);
	for (guint i = 0; i < test->lines->len; i++) {
		const char *line = test->lines->pdata[i];

		if (i)
			html_void(w, "br", NULL);
		html_text(w, line + strspn(line, "# "));
	}
	html_close(w);
}

static void put_row(HtmlWriter *w, const Hop *hop, const HookRun *run, const char *test, const char *state, bool bad)
{
	html_open(w, "tr", NULL);
	html_element(w, "th", hop_name(hop->index), "scope", "row", NULL);
	html_open(w, "td", NULL);
	html_textf(w, "%s, %s", run->payload, run->hook);
	html_close(w);
	html_element(w, "td", test, NULL);
	html_element(w, "td", state, "class", bad ? "unmet" : NULL, NULL);
}

static void put_hook(HtmlWriter *w, const Hop *hop, const HookRun *run)
{
	HookOutcome outcome = hookrun_outcome(run);

	for (guint t = 0; run->ktap && t < run->ktap->tests->len; t++) {
		const KtapTest *test = run->ktap->tests->pdata[t];

		put_row(w, hop, run, test->name, ktap_state_name(test->state), test->state == KTAP_FAILED);
		put_lines(w, test);
		html_close(w);
	}
	/* the hook itself, where its tests do not say it */
	if (outcome != HOOK_OK && !(run->ktap && ktap_count(run->ktap, KTAP_FAILED))) {
		put_row(w, hop, run, "-", outcomes[outcome], true);
		html_element(w, "td", NULL, NULL);
		html_close(w);
	}
}

void html_payloads(HtmlPage *page, const Result *result)
{
	static const char *const headers[] = { "kernel", "payload, hook", "test", "result", "what it said", NULL };

	if (!result->plan || !result->plan->payloads->len)
		return;
	html_open(page->w, "div", "class", "payloads", NULL);
	html_table_open(page->w, "Payloads", headers);
	for (guint h = 0; h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);

		for (guint i = 0; i < hop->hooks->len; i++)
			put_hook(page->w, hop, hop->hooks->pdata[i]);
	}
	html_table_close(page->w);
	html_close(page->w);
}
