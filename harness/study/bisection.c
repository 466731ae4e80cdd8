// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <study/bisection.h>

#include <math.h>
#include <string.h>

static bool has_reason(const Result *result, const char *id)
{
	for (guint i = 0; i < result->verdict->reasons->len; i++)
		if (strcmp(((const Reason *)result->verdict->reasons->pdata[i])->id, id) == 0)
			return true;
	return false;
}

/* Whether it is the failure that is looked for. */
static bool is_it(const BisectRule *rule, const Result *result)
{
	if (!rule->bad_if)
		return true;
	if (g_str_has_prefix(rule->bad_if, BISECT_TITLE))
		return g_strcmp0(result->verdict->title, rule->bad_if + strlen(BISECT_TITLE)) == 0;
	return has_reason(result, rule->bad_if);
}

BisectKind bisect_classify(const BisectRule *rule, const Result *result, char **ret_why)
{
	const Reason *reason = result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;
	const char *kind = verdict_kind_name(result->verdict->kind);

	*ret_why = reason ? g_strdup_printf("%s %s", kind, reason->id) : g_strdup(kind);
	switch (result->verdict->kind) {
	case VERDICT_PASS:
		return BISECT_GOOD;
	case VERDICT_FAIL:
		return is_it(rule, result) ? BISECT_BAD : BISECT_SKIP;
	default:
		return BISECT_SKIP;
	}
}

bool bisectscale_make(const BisectRule *rule, const GArray *good, const GArray *bad, BisectScale *ret_scale,
		      GError **error)
{
	double a, b, change;

	if (!good->len || good->len != bad->len)
		return error_set(error, KHOTEST_ERROR_INPUT, "one of the ends has no %s", rule->metric->id);
	a = statistics_median((const double *)good->data, good->len);
	b = statistics_median((const double *)bad->data, bad->len);
	change =
		statistics_paired((const double *)good->data, (const double *)bad->data, good->len).difference.estimate;
	if (fabs(change) < rule->threshold * fabs(a) || change == 0) {
		g_autofree char *is = metric_format(rule->metric, a), *becomes = metric_format(rule->metric, b);

		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is %s at the good end and %s at the bad one: that is less than %g%% apart, and "
				 "nothing to look "
				 "for; --threshold sets another limit",
				 rule->metric->title, is, becomes, rule->threshold * 100);
	}
	*ret_scale = (BisectScale){ change, figure_is_counted(rule->metric->figure) };
	return true;
}

BisectKind bisectscale_side(const BisectScale *scale, const GArray *good, const GArray *values)
{
	g_autofree double *middle = g_new(double, values->len + 1);
	double low, high;
	Paired paired;

	if (!values->len || good->len != values->len)
		return BISECT_SKIP;
	for (guint i = 0; i < values->len; i++)
		middle[i] = g_array_index(good, double, i) + scale->change / 2;
	if (scale->exact) {
		low = high = g_array_index(values, double, 0) - middle[0];
	} else {
		if (values->len < STATISTICS_MIN_PAIRS)
			return BISECT_SKIP;
		paired = statistics_paired(middle, (const double *)values->data, values->len);
		/* asked again after each pair, and one place on the wrong side ruins all behind it */
		if (paired.decision != DECISION_SEEN)
			return BISECT_SKIP;
		low = paired.difference.low;
		high = paired.difference.high;
	}
	if (low > 0)
		return scale->change > 0 ? BISECT_BAD : BISECT_GOOD;
	if (high < 0)
		return scale->change > 0 ? BISECT_GOOD : BISECT_BAD;
	return BISECT_SKIP;
}

BisectState bisectstate_of(const GPtrArray *steps)
{
	BisectState state = { .good = g_ptr_array_new(), .skip = g_ptr_array_new() };

	for (guint i = 0; i < steps->len; i++) {
		const BisectStep *step = steps->pdata[i];

		if (step->kind == BISECT_GOOD)
			g_ptr_array_add(state.good, step->at);
		else if (step->kind == BISECT_SKIP)
			g_ptr_array_add(state.skip, step->at);
		else
			state.bad = step->at;
	}
	return state;
}

void bisectstate_clear(BisectState *state)
{
	g_clear_pointer(&state->good, g_ptr_array_unref);
	g_clear_pointer(&state->skip, g_ptr_array_unref);
}

const BisectStep *bisect_step_at(const GPtrArray *steps, const char *at)
{
	for (guint i = steps->len; at && i-- > 0;) {
		const BisectStep *step = steps->pdata[i];

		if (strcmp(step->at, at) == 0)
			return step;
	}
	return NULL;
}

const char *bisect_next(const BisectState *state, const GPtrArray *candidates)
{
	for (guint i = 0; i < candidates->len; i++)
		if (!g_ptr_array_find_with_equal_func(state->skip, candidates->pdata[i], g_str_equal, NULL))
			return candidates->pdata[i];
	return NULL;
}

guint bisect_steps_left(guint candidates)
{
	guint steps = 0;

	for (; candidates; candidates /= 2)
		steps++;
	return steps;
}

void bisectlook_free(BisectLook *look)
{
	g_free(look->title);
	g_free(look->date);
	g_strfreev(look->files);
	g_free(look);
}

void bisection_free(Bisection *bisection)
{
	if (!bisection)
		return;
	bisectdir_free(bisection->dir);
	g_clear_pointer(&bisection->steps, g_ptr_array_unref);
	g_clear_pointer(&bisection->suspects, g_ptr_array_unref);
	g_clear_pointer(&bisection->looks, g_hash_table_unref);
	g_free(bisection->good);
	g_free(bisection->tree);
	g_free(bisection->series);
	g_strfreev(bisection->words);
	g_free(bisection);
}
