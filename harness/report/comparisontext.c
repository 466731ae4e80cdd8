// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/notes.h>
#include <measure/signedrank.h>
#include <report/agreement.h>
#include <report/comparison.h>
#include <report/conditions.h>
#include <report/style.h>
#include <study/noisesum.h>

#include <math.h>
#include <string.h>

static const ComparisonSide *side_at(const Comparison *comparison, guint i)
{
	return comparison->sides->pdata[i];
}

static Table *make_table(const Comparison *comparison, const GArray *findings)
{
	static const char *const headers[] = {
		"figure",	"clock",	 "series", ">n", ">median", ">spread", ">paired difference [95%]",
		">ratio [95%]", ">visible from", NULL
	};
	Table *table = table_new(headers);

	table_set_naming(table, 3);
	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);
		const Metric *metric = f->metric;

		if (findings_of_metric(findings, i)) {
			if (i)
				table_rule(table);
			TABLE_ROW(table, g_strdup(metric->title), g_strdup(metric->clock),
				  g_strdup(side_at(comparison, 0)->name), g_strdup_printf("%u", f->a.n),
				  metric_format(metric, f->a.median), metric_format(metric, f->a.spread), NULL, NULL,
				  NULL);
		}
		TABLE_ROW(table, NULL, NULL, g_strdup(side_at(comparison, f->side)->name),
			  g_strdup_printf("%u", f->b.n), metric_format(metric, f->b.median),
			  metric_format(metric, f->b.spread), metric_format_interval(metric, &f->paired.difference),
			  ratio_format(&f->paired.ratio), metric_format(metric, f->paired.visible));
	}
	return table;
}

/*
 * The same in Markdown, narrow enough for a mail: medians side by side, and a row for
 * each series that is held against the first. Spread and the rest are in the other
 * formats.
 */
static Table *make_brief_table(const Comparison *comparison, const GArray *findings)
{
	bool two = comparison->sides->len == 2;
	g_autofree char *first = g_strconcat(">", side_at(comparison, 0)->name, NULL);
	g_autofree char *other = g_strconcat(">", two ? side_at(comparison, 1)->name : "the other", NULL);
	const char *const headers[] = { "figure",
					first,
					two ? other : "other series",
					two ? ">difference [95%]" : other,
					two ? ">ratio" : ">difference [95%]",
					two ? NULL : ">ratio",
					NULL };
	Table *table = table_new(headers);

	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);
		char *title = findings_of_metric(findings, i) ? g_strdup(f->metric->title) : NULL;
		char *a = metric_format(f->metric, f->a.median), *b = metric_format(f->metric, f->b.median);
		char *difference = metric_format_interval(f->metric, &f->paired.difference);
		Interval alone = { f->paired.ratio.estimate, NAN, NAN, INTERVAL_NONE };
		char *ratio = ratio_format(&alone);

		if (two)
			TABLE_ROW(table, title, a, b, difference, ratio);
		else
			TABLE_ROW(table, title, a, g_strdup(side_at(comparison, f->side)->name), b, difference, ratio);
	}
	return table;
}

/* "central", or where only one of the two initialises late "central (deferred init)". */
static char *subject(const Comparison *comparison, guint i)
{
	const char *name = side_at(comparison, i)->name;
	const char *on[2];

	for (guint s = 0; s < 2; s++) {
		const ComparisonSide *side = side_at(comparison, s ? i : 0);
		const Result *result = side->runs->len ? side->runs->pdata[0] : NULL;
		const Hop *hop = result ? result_said(result, 0) : NULL;

		on[s] = hop ? hop_config(hop, "DEFERRED_STRUCT_PAGE_INIT") : NULL;
	}
	if (!on[0] || !on[1] || strcmp(on[0], on[1]) == 0)
		return g_strdup(name);
	return g_strdup_printf("%s (%s)", name, strcmp(on[1], "y") == 0 ? "deferred init" : "without deferred init");
}

char *comparison_sentence(const Comparison *comparison, const Finding *f)
{
	const ComparisonSide *first = side_at(comparison, 0), *other = side_at(comparison, f->side);
	const Plan *plan = first->runs->len ? ((const Result *)first->runs->pdata[0])->plan : NULL;
	g_autofree char *memory = plan ? units_format_size(plan->guest.memory_bytes) : g_strdup("-");
	g_autofree char *who = subject(comparison, f->side);
	g_autofree char *of = metric_format(f->metric, f->a.median);
	g_autofree char *visible = metric_format(f->metric, f->paired.visible);
	g_autofree char *where =
		g_strdup_printf("%s: %s against %s, %u pair%s", plan ? plan_hop(plan, 0)->name : "-", first->name,
				other->name, f->paired.pairs, f->paired.pairs == 1 ? "" : "s");
	const Interval *d = &f->paired.difference;
	g_autofree char *change = metric_format_change(f->metric, d, "adds", "saves");

	if (f->paired.decision == DECISION_SEEN)
		return g_strdup_printf("%s, at %s: %s %s %s %s (%s)", f->metric->title, memory, who, change,
				       d->estimate < 0 ? "of" : "to", of, where);
	if (f->paired.decision == DECISION_NOT_SEEN)
		return g_strdup_printf("%s, at %s: no difference seen between %s and %s; one of %s would have been, "
				       "of %s (%s)",
				       f->metric->title, memory, first->name, who, visible, of, where);
	return g_strdup_printf("%s, at %s: too few pairs to tell; %u are needed (%s)", f->metric->title, memory,
			       signedrank_pairs(f->level), where);
}

/* "no difference seen between one and two in: ..."; nothing if there is none such. */
static void put_rest(GString *out, const Comparison *comparison, guint i, const GPtrArray *titles, const char *what)
{
	for (guint t = 0; t < titles->len; t++) {
		if (t == 0)
			g_string_append_printf(out, "%s between %s and %s in: ", what, side_at(comparison, 0)->name,
					       side_at(comparison, i)->name);
		g_string_append_printf(out, "%s%s", t ? "; " : "", (const char *)titles->pdata[t]);
	}
	if (titles->len)
		g_string_append_c(out, '\n');
}

/*
 * What the comparison is about, whether a difference was seen or not; other figures with
 * a difference have a sentence too, or if brief a line together, as their intervals
 * stand in the table. The rest in a line.
 */
static void put_side_sentences(GString *out, const Comparison *comparison, const GArray *findings, guint side,
			       bool brief)
{
	g_autoptr(GPtrArray) seen = g_ptr_array_new(), not_seen = g_ptr_array_new(), too_few = g_ptr_array_new();
	g_autofree char *few = NULL;
	double level = STATISTICS_LEVEL;

	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);

		if (f->side != side)
			continue;
		if (f->about || (!brief && f->paired.decision == DECISION_SEEN)) {
			g_autofree char *sentence = comparison_sentence(comparison, f);

			g_string_append_printf(out, "%s\n", sentence);
		} else {
			level = f->level; /* the same for all that the comparison is not about */
			g_ptr_array_add(f->paired.decision == DECISION_SEEN	  ? seen
					: f->paired.decision == DECISION_NOT_SEEN ? not_seen
										  : too_few,
					(gpointer)f->metric->title);
		}
	}
	put_rest(out, comparison, side, seen, "difference seen too");
	put_rest(out, comparison, side, not_seen, "no difference seen");
	few = g_strdup_printf("too few pairs to tell (%u are needed)", signedrank_pairs(level));
	put_rest(out, comparison, side, too_few, few);
}

static void put_sentences(GString *out, const Comparison *comparison, const GArray *findings, bool brief)
{
	for (guint side = 1; side < comparison->sides->len; side++)
		put_side_sentences(out, comparison, findings, side, brief);
}

/* How the runs came out, warm-ups too: a figure of a kernel that fails is not worth what one is that passes. */
static void put_verdicts(GString *out, const Comparison *comparison)
{
	for (guint i = 0; i < comparison->sides->len; i++) {
		g_autofree char *verdicts = comparisonside_verdicts(side_at(comparison, i));

		g_string_append_printf(out, "%s\n", verdicts);
	}
}

/* Runs whose verdict was not what their series says, with where they are. */
static void put_unexpected(GString *out, const Comparison *comparison)
{
	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = side_at(comparison, i);
		g_autoptr(GPtrArray) results = comparisonside_results(side);
		guint warm_ups = side->warm_up ? 1 : 0;

		for (guint r = 0; r < results->len; r++) {
			const Result *result = results->pdata[r];
			const char *expectation = result_expectation(result);
			g_autofree char *which =
				r < warm_ups ? g_strdup("warm-up") : g_strdup_printf("run %u", r + 1 - warm_ups);

			if (!result_as_expected(result))
				g_string_append_printf(out, "note: %s, %s: %s, %s (%s)\n", side->name, which,
						       verdict_kind_name(result->verdict->kind),
						       expectation ? expectation : "without a plan", result->path);
		}
	}
}

char *findings_too_few(const GArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);

		if (f->paired.difference.kind == INTERVAL_RANGE || f->paired.ratio.kind == INTERVAL_RANGE)
			return g_strdup_printf("too few for an interval: 95%% take %u pairs; (... to ...) are the "
					       "smallest and the largest that were seen",
					       STATISTICS_MIN_INTERVAL);
	}
	return NULL;
}

static void put_notes(GString *out, const Comparison *comparison)
{
	const ComparisonSide *first = comparison->sides->len ? side_at(comparison, 0) : NULL;
	const Plan *plan = first && first->runs->len ? ((const Result *)first->runs->pdata[0])->plan : NULL;
	const Metric *about = comparison->sides->len > 1 ? comparison_about(comparison, 1) : NULL;
	bool fresh = about && strcmp(about->id, "init2") == 0 && plan;
	g_autofree char *host = fresh ? hostuse_note(first->runs->pdata[0]) : NULL;
	g_autofree char *noise = noise_sentence(comparison);

	put_unexpected(out, comparison);
	if (noise)
		g_string_append_printf(out, "note: %s\n", noise);
	if (host)
		g_string_append_printf(out, "note: %s, run 1: %s\n", first->name, host);
	if (plan && plan->accelerator_why)
		g_string_append_printf(out, "note: ran under %s: %s\n", plan->accelerator, plan->accelerator_why);
}

/* What the figures are of. */
static void put_caption(GString *out, const Comparison *comparison, bool brief)
{
	const ComparisonSide *first = comparison->sides->len ? side_at(comparison, 0) : NULL;
	const Result *result = first && first->runs->len ? first->runs->pdata[0] : NULL;
	g_autofree char *difference = comparison->anyway ? comparison_difference(comparison) : NULL;
	const Plan *plan = result ? result->plan : NULL;
	g_autofree char *machine = plan ? result_machine(plan) : NULL;

	if (difference)
		g_string_append_printf(out, "NOT COMPARABLE, shown anyway: %s\n\n", difference);
	if (plan)
		g_string_append_printf(out,
				       "%s, %s, %s, profile %s, mode %s; "
				       "one warm-up each, %s\n\n",
				       plan_hop(plan, 0)->name, machine, result->qemu ? result->qemu : "-",
				       plan_hop(plan, 0)->profile ? plan_hop(plan, 0)->profile : "-", plan->mode,
				       brief ? "medians" : "spread is the interquartile range");
}

static void put_said(GString *out, const Comparison *comparison, const GArray *findings, bool brief)
{
	g_autofree char *too_few = findings_too_few(findings);

	put_sentences(out, comparison, findings, brief);
	if (too_few)
		g_string_append_printf(out, "%s\n", too_few);
	conditions_put(out, comparison, "");
}

char *comparison_to_lines(const Comparison *comparison)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);
	g_autofree char *agreement = agreement_to_lines(comparison);
	GString *out = g_string_new(NULL);

	put_verdicts(out, comparison);
	put_said(out, comparison, findings, true);
	g_string_append(out, agreement);
	put_notes(out, comparison);
	return g_string_free(out, FALSE);
}

/* brief: with the figures that tell, and no others. */
static char *render(const Comparison *comparison, const Style *style, const char *agreement, bool brief)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);
	g_autoptr(Table) table = brief ? make_brief_table(comparison, findings) : make_table(comparison, findings);
	g_autofree char *body = style->table(table);
	g_autoptr(GString) caption = g_string_new(NULL), verdicts = g_string_new(NULL), said = g_string_new(NULL),
			   notes = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	put_caption(caption, comparison, brief);
	put_verdicts(verdicts, comparison);
	put_said(said, comparison, findings, brief);
	put_notes(notes, comparison);
	style_put(out, style, "", caption->str);
	style_put(out, style, style->bullet, verdicts->str);
	g_string_append_printf(out, "\n%s\n", body);
	style_put(out, style, style->bullet, said->str);
	if (*agreement)
		g_string_append_printf(out, "\n%s\n", agreement);
	style_put(out, style, style->bullet, notes->str);
	return g_string_free(out, FALSE);
}

char *comparison_to_brief(const Comparison *comparison)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);
	g_autofree char *difference = comparison->anyway ? comparison_difference(comparison) : NULL;
	GString *out = g_string_new(NULL);

	if (difference)
		g_string_append_printf(out, "NOT COMPARABLE, shown anyway: %s\n", difference);
	for (guint i = 0; i < comparison->sides->len; i++) {
		g_autofree char *verdicts = comparisonside_verdicts(side_at(comparison, i));

		g_string_append_printf(out, "%s\n", verdicts);
	}
	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);
		g_autofree char *sentence = f->about ? comparison_sentence(comparison, f) : NULL;

		if (sentence)
			g_string_append_printf(out, "%s\n", sentence);
	}
	conditions_put(out, comparison, "");
	return g_string_free(out, FALSE);
}

char *comparison_to_text(const Comparison *comparison)
{
	g_autofree char *agreement = agreement_to_text(comparison);

	return render(comparison, &style_text, agreement, false);
}

char *comparison_to_markdown(const Comparison *comparison)
{
	g_autofree char *agreement = agreement_to_markdown(comparison);

	return render(comparison, &style_markdown, agreement, true);
}
