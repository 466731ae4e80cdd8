// SPDX-License-Identifier: GPL-2.0-or-later
/* How the runs of one series of a comparison came out. */
#include <evaluate/key.h>
#include <study/comparison.h>

#include <string.h>

GPtrArray *comparisonside_results(const ComparisonSide *side)
{
	GPtrArray *results = g_ptr_array_new();

	if (side->warm_up)
		g_ptr_array_add(results, side->warm_up);
	for (guint i = 0; i < side->runs->len; i++)
		g_ptr_array_add(results, side->runs->pdata[i]);
	return results;
}

static bool is_judged(const Result *result)
{
	return verdict_kind_judged(result->verdict->kind);
}

const Result *comparisonside_first(const ComparisonSide *side)
{
	if (side->warm_up && is_judged(side->warm_up))
		return side->warm_up;
	for (guint i = 0; i < side->runs->len; i++)
		if (is_judged(side->runs->pdata[i]))
			return side->runs->pdata[i];
	return NULL;
}

/* Without what its kernel says of itself, which it does not if it dies early; a side is one kernel. Caller unrefs. */
static GPtrArray *key_of(const Result *result)
{
	GPtrArray *key = result_key(result);

	key_forget(key, KEY_COMPILER);
	key_forget(key, KEY_CONFIGURATION);
	return key;
}

char *comparisonside_difference(const ComparisonSide *side, const Result *result, bool *ret_of_host)
{
	const Result *first = comparisonside_first(side);
	g_autoptr(GPtrArray) then = NULL, now = NULL;

	if (!first || !is_judged(result))
		return NULL;
	then = key_of(first);
	now = key_of(result);
	if (ret_of_host)
		*ret_of_host = key_differs_by_host(then, now);
	return key_difference(then, now);
}

/* "PASS", "FAIL scratch-not-cma": with its first reason. */
static char *verdict_label(const Result *result)
{
	const Verdict *verdict = result->verdict;
	const Reason *reason = verdict->reasons->len ? verdict->reasons->pdata[0] : NULL;

	return g_strdup_printf("%s%s%s", verdict_kind_name(verdict->kind), reason ? " " : "", reason ? reason->id : "");
}

char *comparisonside_verdicts(const ComparisonSide *side)
{
	g_autoptr(GPtrArray) results = comparisonside_results(side), labels = g_ptr_array_new_with_free_func(g_free);
	GString *out = g_string_new(NULL);
	guint met = 0, unjudged = 0, gaps = 0;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		const char *expectation = result_expectation(result);

		met += result_as_expected(result);
		gaps += result_has_gaps(result);
		unjudged += g_strcmp0(expectation, "could not be judged") == 0;
		g_ptr_array_add(labels, verdict_label(result));
	}
	g_string_append_printf(out, "%s:", side->name);
	for (guint i = 0; i < labels->len; i++) {
		guint same = 0, before = 0;

		for (guint j = 0; j < labels->len; j++) {
			bool equal = strcmp(labels->pdata[j], labels->pdata[i]) == 0;

			same += equal;
			before += equal && j < i;
		}
		if (!before)
			g_string_append_printf(out, "%s %s %u of %u", i ? "," : "", (const char *)labels->pdata[i],
					       same, labels->len);
	}
	if (met == results->len)
		g_string_append(out, ", as expected");
	if (met + unjudged < results->len)
		g_string_append(out, ", NOT as expected");
	if (unjudged)
		g_string_append_printf(out, ", %u could not be judged", unjudged);
	if (gaps)
		g_string_append_printf(out, ", %u with gaps", gaps);
	return g_string_free(out, FALSE);
}
