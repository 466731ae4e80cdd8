// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>
#include <measure/signedrank.h>
#include <study/condition.h>

#include <errno.h>
#include <math.h>
#include <string.h>

void condition_free(Condition *condition)
{
	if (!condition)
		return;
	g_free(condition->text);
	g_free(condition);
}

static bool complain(const char *text, const char *what, GError **error)
{
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "'%s': %s; a condition is a metric, > or <, and a limit, as in 'init.later>1%%'", text, what);
}

/* "-50ms" of a time, "-1.5%" of anything, "10000" of a count. */
static bool parse_limit(Condition *condition, const char *limit, GError **error)
{
	bool negative = *limit == '-';
	const char *digits = limit + (negative || *limit == '+');
	bool of_time = strcmp(condition->metric->unit, "ns") == 0;
	char *end = NULL;
	double value;

	if (!g_ascii_isdigit(*digits))
		return complain(condition->text, "the limit is no number", error);
	errno = 0;
	value = g_ascii_strtod(digits, &end);
	condition->share = strcmp(end, "%") == 0;
	if (condition->share) {
		condition->limit = value / 100;
	} else if (of_time) {
		gint64 ns;

		if (!*end)
			return complain(condition->text, "the limit has no unit: as in 5ms, 2s or 1%", error);
		if (!units_parse_duration(digits, &ns, error)) {
			g_prefix_error(error, "'%s': ", condition->text);
			return false;
		}
		condition->limit = (double)ns;
	} else if (*end) {
		return complain(condition->text, "this metric has no such unit: a number, or a number with %", error);
	} else {
		condition->limit = value;
	}
	if (errno == ERANGE || !isfinite(condition->limit))
		return complain(condition->text, "the limit is out of range", error);
	if (negative)
		condition->limit = -condition->limit;
	return true;
}

Condition *condition_parse(const char *text, GError **error)
{
	g_autoptr(Condition) condition = g_new0(Condition, 1);
	g_autofree char *id = NULL, *limit = NULL;
	gsize at = strcspn(text, "<>");

	condition->text = g_strdup(text);
	if (!text[at]) {
		complain(text, "there is no > or < in it", error);
		return NULL;
	}
	id = g_strstrip(g_strndup(text, at));
	limit = g_strstrip(g_strdup(text + at + 1));
	condition->above = text[at] == '>';
	condition->metric = metric_named(id, error);
	if (!condition->metric)
		return NULL;
	if (!condition->metric->clock) {
		complain(text, "this metric is the same in each run, and comparisons leave it out", error);
		return NULL;
	}
	return parse_limit(condition, limit, error) ? g_steal_pointer(&condition) : NULL;
}

GPtrArray *conditions_parse(const char *const *texts, GError **error)
{
	g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func((GDestroyNotify)condition_free);

	for (; texts && *texts; texts++) {
		Condition *condition = condition_parse(*texts, error);

		if (!condition)
			return NULL;
		g_ptr_array_add(conditions, condition);
	}
	return g_steal_pointer(&conditions);
}

/* The ratio less 1, or the difference. */
static Interval change_of(const Condition *condition, const Paired *paired)
{
	Interval change = condition->share ? paired->ratio : paired->difference;

	/* one pair of counts is as good as many: neither has noise */
	if (change.kind == INTERVAL_NONE && figure_is_counted(condition->metric->figure)) {
		change.kind = INTERVAL_EXACT;
		change.low = change.high = change.estimate;
	}
	if (condition->share) {
		change.estimate -= 1;
		change.low -= 1;
		change.high -= 1;
	}
	return change;
}

/* Were the change just at the limit, how often chance would put the pairs so far to one side of it. */
static double chance(const Condition *condition, const Comparison *comparison, guint side)
{
	guint rounds = comparison_rounds(comparison);
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);
	guint n = comparison_pairs(comparison, condition->metric, side, a, b);

	for (guint i = 0; i < n; i++)
		b[i] = condition->share ? log(b[i] / a[i]) - log1p(MAX(condition->limit, -1))
					: b[i] - a[i] - condition->limit;
	return signedrank_p(b, n);
}

static ConditionState decide(const Condition *condition, const Interval *change)
{
	double near = condition->above ? change->low : change->high,
	       far = condition->above ? change->high : change->low;

	/* a ratio with 0 is none */
	if (isnan(change->estimate) || (change->kind != INTERVAL_95 && change->kind != INTERVAL_EXACT))
		return CONDITION_OPEN;
	if (condition->above ? near > condition->limit : near < condition->limit)
		return CONDITION_MET;
	if (condition->above ? far <= condition->limit : far >= condition->limit)
		return CONDITION_NOT_MET;
	return CONDITION_OPEN;
}

ConditionAnswer condition_ask(const Condition *condition, const Comparison *comparison, guint side)
{
	ConditionAnswer answer = { .condition = condition, .side = side, .state = CONDITION_UNKNOWN };
	Finding finding;

	answer.change = (Interval){ NAN, NAN, NAN, INTERVAL_NONE };
	if (!comparison_find(comparison, condition->metric, side, &finding))
		return answer;
	answer.pairs = finding.paired.pairs;
	answer.change = change_of(condition, &finding.paired);
	answer.state = decide(condition, &answer.change);
	if (answer.change.kind == INTERVAL_95 && chance(condition, comparison, side) > STATISTICS_LEVEL)
		answer.state = CONDITION_OPEN;
	return answer;
}

GArray *conditions_ask(const GPtrArray *conditions, const Comparison *comparison)
{
	GArray *answers = g_array_new(FALSE, FALSE, sizeof(ConditionAnswer));

	for (guint c = 0; conditions && c < conditions->len; c++)
		for (guint side = 1; side < comparison->sides->len; side++) {
			ConditionAnswer answer = condition_ask(conditions->pdata[c], comparison, side);

			g_array_append_val(answers, answer);
		}
	return answers;
}

guint condition_pairs_needed(const ConditionAnswer *answer)
{
	const Interval *change = &answer->change;
	double away = fabs(change->estimate - answer->condition->limit);
	double half = MAX(change->high - change->estimate, change->estimate - change->low);
	double pairs;

	if (answer->state != CONDITION_OPEN)
		return 0;
	if (change->kind == INTERVAL_NONE || change->kind == INTERVAL_RANGE)
		return STATISTICS_MIN_PAIRS;
	/* an interval becomes narrower with the square root of the pairs */
	pairs = away > 0 ? ceil(answer->pairs * (half / away) * (half / away)) : INFINITY;
	return pairs < 10000 ? MAX((guint)pairs, answer->pairs + 1) : 0;
}

bool condition_within(const ConditionAnswer *answer)
{
	return answer->change.low <= answer->condition->limit && answer->change.high >= answer->condition->limit;
}

const char *condition_state_name(ConditionState state)
{
	static const char *const names[] = {
		[CONDITION_MET] = "met",
		[CONDITION_NOT_MET] = "not-met",
		[CONDITION_OPEN] = "open",
		[CONDITION_UNKNOWN] = "unknown",
	};

	return names[state];
}

guint conditions_count(const GArray *answers, ConditionState state)
{
	guint n = 0;

	for (guint i = 0; i < answers->len; i++)
		n += g_array_index(answers, ConditionAnswer, i).state == state;
	return n;
}
