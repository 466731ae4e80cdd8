// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/agreement.h>
#include <report/style.h>
#include <study/agreement.h>

static void add_side(Table *table, const Agreement *agreement, const char *name)
{
	for (guint i = 0; i < agreement->rows->len; i++) {
		const AgreementRow *row = agreement->rows->pdata[i];

		TABLE_ROW(table, i ? NULL : g_strdup(name), g_strdup(row->title),
			  metric_format(row->metric, row->first.median), metric_format(row->metric, row->later.median),
			  ratio_format(&row->ratio));
	}
	TABLE_ROW(table, NULL, g_strdup("host page faults meanwhile"), table_number(agreement->first_faults),
		  table_number(agreement->later_faults), NULL);
}

static char *rate_sentence(const SampleRate *rate)
{
	return g_strdup_printf(
		"%.0f handovers an hour to later kernels (%u in all); the same machines, each ended after "
		"its second kernel, would have given %.0f: %.2f times as many",
		rate->per_hour, rate->samples, rate->fresh_per_hour, rate->per_hour / rate->fresh_per_hour);
}

char *agreement_to_lines(const Comparison *comparison)
{
	GString *lines = g_string_new(NULL);
	SampleRate rate;

	for (guint i = 0; i < comparison->sides->len; i++) {
		g_autoptr(Agreement) agreement = agreement_new(comparison->sides->pdata[i]);

		if (agreement)
			g_string_append_printf(lines, "%s\n", agreement->sentence);
	}
	if (lines->len && agreement_sample_rate(comparison, &rate)) {
		g_autofree char *sentence = rate_sentence(&rate);

		g_string_append_printf(lines, "%s\n", sentence);
	}
	return g_string_free(lines, FALSE);
}

static char *render(const Comparison *comparison, const Style *style)
{
	static const char *const headers[] = { "series",      "figure",	      ">first handover",
					       ">later ones", ">ratio [95%]", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *body = NULL, *lines = agreement_to_lines(comparison);
	GString *out = g_string_new(NULL);
	bool any = false;

	table_set_naming(table, 2);
	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];
		g_autoptr(Agreement) agreement = agreement_new(side);

		if (!agreement)
			continue;
		if (any)
			table_rule(table);
		any = true;
		add_side(table, agreement, side->name);
	}
	if (any) {
		body = style->table(table);
		g_string_append_printf(out, "Later handovers against the first of the same machines:\n\n%s\n", body);
		style_put(out, style, style->bullet, lines);
	}
	return g_string_free(out, FALSE);
}

char *agreement_to_text(const Comparison *comparison)
{
	return render(comparison, &style_text);
}

char *agreement_to_markdown(const Comparison *comparison)
{
	return render(comparison, &style_markdown);
}
