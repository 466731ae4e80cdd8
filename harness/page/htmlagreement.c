// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether later kernels of a machine stand for fresh boots: for comparisons whose runs have them. */
#include "htmlparts.h"

#include <study/agreement.h>
#include <study/storedcomparison.h>

static void put_figure(HtmlWriter *w, const Metric *metric, double value, guint n, guint row, const char *member)
{
	html_open(w, "td", "class", "n", NULL);
	html_double(w, value, metric_format(metric, value), "agreement.%u.figures.%u.%s", n, row, member);
	html_close(w);
}

static void put_agreement(HtmlWriter *w, const Agreement *agreement, const char *series, guint n)
{
	static const char *const headers[] = { "figure", ">second kernel", ">later kernels", ">ratio [95%]", NULL };

	html_element(w, "h3", series, NULL);
	html_element(w, "p", agreement->sentence, NULL);
	html_table_open(w, NULL, headers);
	for (guint i = 0; i < agreement->rows->len; i++) {
		const AgreementRow *row = agreement->rows->pdata[i];

		html_open(w, "tr", NULL);
		html_element(w, "th", row->title, "scope", "row", NULL);
		put_figure(w, row->metric, row->first.median, n, i, "first.median");
		put_figure(w, row->metric, row->later.median, n, i, "later.median");
		html_interval(w, NULL, &row->ratio, "agreement.%u.figures.%u.ratio", n, i);
		html_close(w);
	}
	html_open(w, "tr", NULL);
	html_element(w, "th", "page faults of the host", "scope", "row", NULL);
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, agreement->first_faults, NULL, "agreement.%u.first_host_faults", n);
	html_close(w);
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, agreement->later_faults, NULL, "agreement.%u.later_host_faults", n);
	html_close(w);
	html_element(w, "td", NULL, NULL);
	html_close(w);
	html_table_close(w);
}

void html_agreement(HtmlPage *page, const StoredComparison *stored)
{
	guint n = 0;

	for (guint side = 0; side < stored->comparison->sides->len; side++) {
		g_autoptr(Agreement) agreement = agreement_new(stored->comparison->sides->pdata[side]);
		g_autofree char *name = storedcomparison_name(stored, side);

		if (!agreement)
			continue;
		if (n == 0) {
			htmlpage_section(page, "agreement", "Repeated handovers and fresh boots");
			html_element(
				page->w, "p",
				"Later kernels of a machine, the third and all after it, against its second, which is "
				"what a fresh machine with one handover would have given.",
				NULL);
		}
		put_agreement(page->w, agreement, name, n++);
	}
	if (n)
		html_close(page->w);
}
