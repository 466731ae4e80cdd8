// SPDX-License-Identifier: GPL-2.0-or-later
/* Which checks are asked of a run: what its guest can answer, and what the user has left on. */
#include "judge.h"

#include <base/error.h>
#include <string.h>

static bool is_in(const char *const *ids, const char *id)
{
	return ids && g_strv_contains(ids, id);
}

bool check_is_among(const Check *check, const char *const *ids)
{
	return !ids || is_in(ids, check->id);
}

/* The ids of all, with commas. Caller frees. */
static char *all_ids(void)
{
	GString *text = g_string_new(NULL);
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint i = 0; i < n; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", checks[i]->id);
	return g_string_free(text, FALSE);
}

static bool is_known(const char *id)
{
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint i = 0; i < n; i++)
		if (strcmp(checks[i]->id, id) == 0)
			return true;
	return false;
}

/* "a,b" "c": a, b and c. NULL with the error set if one of them is none. Caller frees. */
static char **split(const char *const *words, const char *option, GError **error)
{
	g_autofree char *joined = words ? g_strjoinv(",", (char **)words) : g_strdup("");
	g_auto(GStrv) ids = g_strsplit(joined, ",", -1);

	for (char **id = ids; *id; id++) {
		g_autofree char *all = NULL;

		g_strstrip(*id);
		if (is_known(*id))
			continue;
		all = all_ids();
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s: there is no check '%s'; there are: %s ('khotest checks' says what each looks at)",
			  option, *id, all);
		return NULL;
	}
	return g_steal_pointer(&ids);
}

bool checks_choose(const char *const *base, const char *const *only, const char *const *without, char ***ret,
		   GError **error)
{
	g_autoptr(GStrvBuilder) left = g_strv_builder_new();
	g_auto(GStrv) on = split(only, "--check", error), off = on ? split(without, "--no-check", error) : NULL;
	g_auto(GStrv) chosen = NULL;
	guint n;
	const Check *const *checks = checks_all(&n);

	*ret = NULL;
	if (!off)
		return false;
	if (!on[0] && !off[0])
		return true;
	for (guint i = 0; i < n; i++)
		if (check_is_among(checks[i], on[0] ? (const char *const *)on : base) &&
		    !is_in((const char *const *)off, checks[i]->id))
			g_strv_builder_add(left, checks[i]->id);
	chosen = g_strv_builder_end(left);
	if (!chosen[0])
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--no-check leaves no check that could be asked: there is nothing to judge");
	*ret = g_steal_pointer(&chosen);
	return true;
}

bool checks_asked(const Judge *judge, const char *id)
{
	return !judge->evidence->wanted.checks || is_in(judge->evidence->wanted.checks, id);
}

static void settle(Judge *judge, CheckResult *result, const Check *check)
{
	const Wanted *wanted = &judge->evidence->wanted;

	if (!checks_asked(judge, check->id)) {
		result->state = CHECK_OFF;
		result->why = g_strdup("it was switched off, by --check or --no-check");
	} else if (check->record && !is_in(wanted->collects, check->record)) {
		/* whoever asks for it by name has to be told that nobody can answer */
		result->state = wanted->checks ? CHECK_BLIND : CHECK_LATER;
		if (wanted->checks)
			result->why =
				g_strdup_printf("the guest of this run did not send the record %s yet", check->record);
	}
}

/* A check that is asked and not known would be one that nobody misses. */
static void refuse_unknown(Judge *judge)
{
	const char *const *ids = judge->evidence->wanted.checks;

	for (; ids && *ids; ids++)
		if (!is_known(*ids))
			judge_add(judge, "incomplete",
				  "plan.json asks the check '%s', which this khotest does not have: a newer one has it",
				  *ids);
}

void checks_settle(Judge *judge)
{
	g_autoptr(GString) off = g_string_new(NULL);
	guint n;
	const Check *const *checks = checks_all(&n);

	refuse_unknown(judge);
	for (guint c = 0; c < n; c++) {
		for (guint hop = 0; hop < judge->verdict->hops; hop++)
			settle(judge, judge_result(judge, (int)hop, c), checks[c]);
		if (!checks_asked(judge, checks[c]->id))
			g_string_append_printf(off, "%s%s", off->len ? ", " : "", checks[c]->id);
	}
	if (!off->len)
		return;
	g_string_prepend(off, "checks that were switched off: ");
	judge_add_text(judge->verdict->gaps, off->str);
}
