// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/conditions.h>

#include <math.h>

static char *format_share(double value, gconstpointer data)
{
	return isnan(value) ? g_strdup("-") : g_strdup_printf("%+.2f%%", value * 100);
}

static char *format_change(const ConditionAnswer *answer)
{
	return answer->condition->share ? interval_to_words(&answer->change, format_share, NULL, "")
					: metric_format_interval(answer->condition->metric, &answer->change);
}

/* Why it is open, and what would decide it. Caller frees. */
static char *format_remedy(const ConditionAnswer *answer)
{
	guint needed = condition_pairs_needed(answer);

	if (answer->change.kind == INTERVAL_NONE || answer->change.kind == INTERVAL_RANGE)
		return g_strdup_printf("; it is decided by %u pairs at least", needed);
	if (isnan(answer->change.estimate))
		return g_strdup("; a share of 0 is none: give the limit as an amount");
	if (!condition_within(answer))
		return g_strdup_printf("; too near to the limit for so few pairs: about %u would tell", needed);
	return needed ? g_strdup_printf("; the limit lies within; about %u pairs would tell", needed)
		      : g_strdup("; the limit lies within, and no number of pairs would tell them apart soon");
}

char *condition_sentence(const ConditionAnswer *answer, const Comparison *comparison)
{
	static const char *const words[] = {
		[CONDITION_MET] = "met",
		[CONDITION_NOT_MET] = "not met",
		[CONDITION_OPEN] = "not decided",
		[CONDITION_UNKNOWN] = "cannot be told",
	};
	const ComparisonSide *side = comparison->sides->pdata[answer->side];
	g_autofree char *change = format_change(answer), *remedy = NULL;

	if (answer->state == CONDITION_UNKNOWN)
		return g_strdup_printf("%s: %s of %s: no pair of runs has that figure", answer->condition->text,
				       words[answer->state], side->name);
	remedy = answer->state == CONDITION_OPEN ? format_remedy(answer) : g_strdup("");
	return g_strdup_printf("%s: %s: %s %s, %u pair%s%s", answer->condition->text, words[answer->state], side->name,
			       change, answer->pairs, answer->pairs == 1 ? "" : "s", remedy);
}

void conditions_put(GString *out, const Comparison *comparison, const char *bullet)
{
	g_autoptr(GArray) answers = conditions_ask(comparison->conditions, comparison);

	for (guint i = 0; i < answers->len; i++) {
		g_autofree char *sentence = condition_sentence(&g_array_index(answers, ConditionAnswer, i), comparison);

		g_string_append_printf(out, "%s%s\n", bullet, sentence);
	}
}
