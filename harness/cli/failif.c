// SPDX-License-Identifier: GPL-2.0-or-later
#include "failif.h"

#include <base/error.h>
#include <base/log.h>
#include <report/conditions.h>

#include <string.h>

bool failif_parse(FailIf *failif, GError **error)
{
	failif->conditions = conditions_parse((const char *const *)failif->texts, error);
	if (failif->conditions && failif->unsure && !failif->conditions->len)
		return error_set(error, KHOTEST_ERROR_INPUT, "--fail-if-unsure is about --fail-if, and there is none");
	return failif->conditions;
}

void failif_clear(FailIf *failif)
{
	g_strfreev(failif->texts);
	g_clear_pointer(&failif->conditions, g_ptr_array_unref);
}

bool failif_check(const FailIf *failif, const char *mode, guint kernels, guint rounds, GError **error)
{
	bool counted = g_strcmp0(mode, "counted") == 0;

	for (guint i = 0; i < failif->conditions->len; i++) {
		const Condition *condition = failif->conditions->pdata[i];
		g_autofree char *refusal = metric_refusal(condition->metric, counted, kernels);

		if (refusal)
			return error_set(error, KHOTEST_ERROR_INPUT, "--fail-if '%s': %s %s", condition->text,
					 condition->metric->id, refusal);
		if (!counted && rounds && rounds < STATISTICS_MIN_PAIRS)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--fail-if '%s' is decided by %d pairs at least: --runs auto, or "
					 "--runs %d at least",
					 condition->text, STATISTICS_MIN_PAIRS, STATISTICS_MIN_PAIRS);
	}
	return true;
}

bool failif_check_pair(const FailIf *failif, GError **error)
{
	for (guint i = 0; i < failif->conditions->len; i++) {
		const Condition *condition = failif->conditions->pdata[i];
		const Metric *count = metric_counted(condition->metric);

		if (!figure_is_counted(condition->metric->figure))
			return error_set(
				error, KHOTEST_ERROR_INPUT,
				"--fail-if '%s' is about a time, and one run against another decides nothing of "
				"that: 'khotest compare --runs auto --fail-if ...' runs as many as it takes%s%s",
				condition->text,
				count != condition->metric ? "; of counted runs one is enough, by " : "",
				count != condition->metric ? count->id : "");
	}
	return true;
}

ExitStatus failif_exit(const FailIf *failif, const Comparison *comparison, ExitStatus status)
{
	g_autoptr(GArray) answers = conditions_ask(failif->conditions, comparison);
	guint bad = conditions_count(answers, CONDITION_MET);

	if (status == EXIT_ERROR || conditions_count(answers, CONDITION_UNKNOWN))
		return EXIT_ERROR;
	if (failif->unsure)
		bad += conditions_count(answers, CONDITION_OPEN);
	return bad ? EXIT_FAIL : status;
}

ExitStatus failif_exit_of_one_each(const FailIf *failif, const char *const *words, GPtrArray *results,
				   ExitStatus status)
{
	g_autoptr(Comparison) comparison = comparison_of_one_each(words, results);
	g_autoptr(GString) said = g_string_new(NULL);

	comparison->conditions = failif->conditions;
	conditions_put(said, comparison, "");
	if (said->len)
		log_info("%.*s", (int)said->len - 1, said->str);
	return failif_exit(failif, comparison, status);
}
