// SPDX-License-Identifier: GPL-2.0-or-later
#include "expectation.h"

#include <string.h>

/* The string of that kind, as in "kho-v"; NULL if there is none. */
static const char *of_kind(char **abi, const char *kind)
{
	for (; *abi; abi++)
		if (g_str_has_prefix(*abi, kind))
			return *abi;
	return NULL;
}

const char *expectation_handover(char **from, char **to)
{
	static const char *const beside[] = { "luo-v", "luo-session-v", "luo-flb-v" };
	const char *kho = from ? of_kind(from, "kho-v") : NULL, *next = to ? of_kind(to, "kho-v") : NULL;

	if (!kho || !next)
		return NULL;
	if (strcmp(kho, next) != 0)
		return HANDOVER_REFUSED;
	/* where sessions are handed over in another format the next kernel panics; without any nothing happens */
	for (gsize i = 0; i < G_N_ELEMENTS(beside); i++) {
		const char *mine = of_kind(from, beside[i]), *theirs = of_kind(to, beside[i]);

		if (mine && theirs && strcmp(mine, theirs) != 0)
			return NULL;
	}
	return HANDOVER_DONE;
}

/* What each hop from the second on should come to: ids of reasons, or "" for PASS. */
static const char *outcome_of(const Prepared *prepared, guint hop)
{
	const Series *series = prepared_kernel(prepared, hop)->series;

	if (g_strcmp0(plan_hop(prepared->plan, hop)->handover, HANDOVER_REFUSED) == 0)
		return "handover-refused";
	/* what a series expects is about what a kernel gets: the first one of a chain got nothing */
	if (series && strcmp(series->expect, "FAIL") == 0)
		return series->expect_reason ? series->expect_reason : "any";
	return "";
}

void expectation_set(Prepared *prepared)
{
	Plan *plan = prepared->plan;
	const char *reason = "";

	for (guint i = 1; i < plan_hops(plan); i++) {
		PlanHop *hop = plan->hops->pdata[i];
		const char *outcome;

		g_free(hop->handover);
		hop->handover = g_strdup(expectation_handover(plan_hop(plan, i - 1)->abi, hop->abi));
		outcome = outcome_of(prepared, i);
		/* where two would fail in two ways, either may be what is seen first */
		if (*outcome)
			reason = *reason && strcmp(reason, outcome) != 0 ? "any" : outcome;
	}
	g_free(plan->expect);
	g_free(plan->expect_reason);
	plan->expect = g_strdup(*reason ? "FAIL" : "PASS");
	plan->expect_reason = *reason && strcmp(reason, "any") != 0 ? g_strdup(reason) : NULL;
}
