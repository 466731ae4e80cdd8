// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <evaluate/key.h>
#include <report/comparison.h>
#include <report/conditions.h>
#include <study/agreement.h>
#include <study/noisesum.h>

#include <math.h>

static void put_summary(JsonBuilder *b, const char *name, const Summary *summary)
{
	json_begin_object(b, name);
	json_put_int(b, "n", summary->n);
	json_put_double(b, "median", summary->median);
	json_put_double(b, "spread", summary->spread);
	json_builder_end_object(b);
}

static void put_interval(JsonBuilder *b, const char *name, const Interval *interval)
{
	bool few = interval->kind == INTERVAL_RANGE;

	json_begin_object(b, name);
	json_put_double(b, "estimate", interval->estimate);
	/* "low" and "high" are of 95%, or exact; who reads them need not know that there may be too few for that */
	json_put_double(b, "low", few ? NAN : interval->low);
	json_put_double(b, "high", few ? NAN : interval->high);
	json_put_double(b, "smallest", few ? interval->low : NAN);
	json_put_double(b, "largest", few ? interval->high : NAN);
	json_put_string(b, "kind", interval_kind_name(interval->kind));
	json_builder_end_object(b);
}

static void put_finding(JsonBuilder *b, const Comparison *comparison, const Finding *f)
{
	static const char *const decisions[] = {
		[DECISION_TOO_FEW] = "too-few",
		[DECISION_NOT_SEEN] = "not-seen",
		[DECISION_SEEN] = "seen",
	};
	g_autofree char *sentence = comparison_sentence(comparison, f);

	json_builder_begin_object(b);
	json_put_string(b, "metric", f->metric->id);
	json_put_string(b, "clock", f->metric->clock);
	json_put_string(b, "unit", f->metric->unit);
	json_put_string(b, "a", ((const ComparisonSide *)comparison->sides->pdata[0])->name);
	json_put_string(b, "b", ((const ComparisonSide *)comparison->sides->pdata[f->side])->name);
	json_put_int(b, "pairs", f->paired.pairs);
	put_summary(b, "of_a", &f->a);
	put_summary(b, "of_b", &f->b);
	put_interval(b, "difference", &f->paired.difference);
	put_interval(b, "ratio", &f->paired.ratio);
	json_put_double(b, "visible_from", f->paired.visible);
	json_put_bool(b, "about", f->about);
	json_put_double(b, "p", f->paired.p);
	json_put_double(b, "level", f->level);
	json_put_string(b, "decision", decisions[f->paired.decision]);
	json_put_bool(b, "tight", f->paired.tight);
	json_put_string(b, "sentence", sentence);
	json_builder_end_object(b);
}

/* Of the warm-up and each run. */
static void put_verdicts(JsonBuilder *b, const ComparisonSide *side)
{
	g_autoptr(GPtrArray) results = comparisonside_results(side);

	json_begin_array(b, "verdicts");
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		const Reason *reason = result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;

		json_builder_begin_object(b);
		json_put_string(b, "run", result->id);
		json_put_string(b, "verdict", verdict_kind_name(result->verdict->kind));
		json_put_string(b, "reason", reason ? reason->id : NULL);
		json_put_bool(b, "met", result_as_expected(result));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_runs(JsonBuilder *b, const Comparison *comparison)
{
	json_begin_array(b, "series");
	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];
		g_autoptr(GPtrArray) key = side->warm_up ? result_key(side->warm_up) : NULL;
		g_autofree char *digest = key ? key_digest(key) : NULL;

		json_builder_begin_object(b);
		json_put_string(b, "name", side->name);
		json_put_string(b, "word", side->word);
		json_put_string(b, "key", digest);
		json_put_string(b, "warm_up", side->warm_up ? side->warm_up->id : NULL);
		json_begin_array(b, "runs");
		for (guint r = 0; r < side->runs->len; r++)
			json_add_string(b, ((const Result *)side->runs->pdata[r])->id);
		json_builder_end_array(b);
		put_verdicts(b, side);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_agreement_rows(JsonBuilder *b, const Agreement *agreement)
{
	json_begin_array(b, "figures");
	for (guint i = 0; i < agreement->rows->len; i++) {
		const AgreementRow *row = agreement->rows->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", row->id);
		json_put_string(b, "clock", row->metric->clock);
		json_put_string(b, "unit", row->metric->unit);
		put_summary(b, "first", &row->first);
		put_summary(b, "later", &row->later);
		put_interval(b, "ratio", &row->ratio);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* One object for each series that has later kernels. */
static void put_agreement(JsonBuilder *b, const Comparison *comparison)
{
	json_begin_array(b, "agreement");
	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];
		g_autoptr(Agreement) agreement = agreement_new(side);

		if (!agreement)
			continue;
		json_builder_begin_object(b);
		json_put_string(b, "series", side->name);
		json_put_int(b, "machines", agreement->machines);
		json_put_string(b, "agree", agreement_kind_name(agreement->kind));
		json_put_int_or_null(b, "first_host_faults", agreement->first_faults);
		json_put_int_or_null(b, "later_host_faults", agreement->later_faults);
		put_agreement_rows(b, agreement);
		json_put_string(b, "sentence", agreement->sentence);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* null where there are no later kernels */
static void put_rate(JsonBuilder *b, const Comparison *comparison)
{
	SampleRate rate;

	json_builder_set_member_name(b, "sample_rate");
	if (!agreement_sample_rate(comparison, &rate)) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	json_put_int(b, "samples", rate.samples);
	json_put_double(b, "per_hour", rate.per_hour);
	json_put_double(b, "fresh_per_hour", rate.fresh_per_hour);
	json_builder_end_object(b);
}

/* --fail-if; empty without. */
static void put_conditions(JsonBuilder *b, const Comparison *comparison)
{
	g_autoptr(GArray) answers = conditions_ask(comparison->conditions, comparison);

	json_begin_array(b, "conditions");
	for (guint i = 0; i < answers->len; i++) {
		const ConditionAnswer *answer = &g_array_index(answers, ConditionAnswer, i);
		g_autofree char *sentence = condition_sentence(answer, comparison);

		json_builder_begin_object(b);
		json_put_string(b, "condition", answer->condition->text);
		json_put_string(b, "metric", answer->condition->metric->id);
		json_put_string(b, "b", ((const ComparisonSide *)comparison->sides->pdata[answer->side])->name);
		json_put_string(b, "state", condition_state_name(answer->state));
		json_put_int(b, "pairs", answer->pairs);
		json_put_bool(b, "share", answer->condition->share);
		put_interval(b, "change", &answer->change);
		json_put_string(b, "sentence", sentence);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

char *comparison_to_json(const Comparison *comparison)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *difference = comparison_difference(comparison);
	g_autofree char *noise = noise_sentence(comparison);
	g_autoptr(GArray) findings = comparison_findings(comparison);

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	json_put_string(b, "not_comparable", difference);
	json_put_string(b, "noise", noise);
	put_runs(b, comparison);
	json_begin_array(b, "findings");
	for (guint i = 0; i < findings->len; i++)
		put_finding(b, comparison, &g_array_index(findings, Finding, i));
	json_builder_end_array(b);
	put_conditions(b, comparison);
	put_agreement(b, comparison);
	put_rate(b, comparison);
	json_builder_end_object(b);
	return json_text(b, true);
}
