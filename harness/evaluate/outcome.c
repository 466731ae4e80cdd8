// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/outcome.h>

#include <string.h>

const char *outcome_words(Outcome outcome)
{
	static const char *const words[] = {
		[OUTCOME_UNKNOWN] = "not known", [OUTCOME_DONE] = "handed over",
		[OUTCOME_REFUSED] = "refused",	 [OUTCOME_UNHEEDED] = "as if nothing had been handed over",
		[OUTCOME_BROKEN] = "breaks",
	};

	return words[outcome];
}

/* Which kernel a reason is about: that of its check; of what is of the run, the one that it ended in. */
static guint hop_of(const Result *result, const Reason *reason)
{
	const JournalEvent *end = journal_find(result->journal, JOURNAL_END);

	return reason->check ? reason->hop : end && end->hop > 0 ? (guint)end->hop : 0;
}

static Outcome outcome_by(const Reason *reason)
{
	if (strcmp(reason->id, "handover-refused") == 0)
		return OUTCOME_REFUSED;
	return strcmp(reason->id, "not-kho-boot") == 0 ? OUTCOME_UNHEEDED : OUTCOME_BROKEN;
}

Outcome outcome_of(const Result *result, guint hop, const Reason **ret_reason)
{
	const GPtrArray *reasons = result->verdict->reasons;
	const Hop *said = result_said(result, hop);
	Outcome outcome = OUTCOME_UNKNOWN;

	*ret_reason = NULL;
	/* what is graver comes first, and a refusal beside which something is wrong is none that can be relied on */
	for (guint i = 0; i < reasons->len; i++) {
		const Reason *reason = reasons->pdata[i];

		if (reason->known->kind != VERDICT_FAIL || hop_of(result, reason) != hop ||
		    (outcome != OUTCOME_UNKNOWN && outcome_by(reason) <= outcome))
			continue;
		outcome = outcome_by(reason);
		*ret_reason = reason;
	}
	if (*ret_reason)
		return outcome;
	for (guint i = 0; i < reasons->len; i++)
		if (((const Reason *)reasons->pdata[i])->known->kind != VERDICT_FAIL)
			return OUTCOME_UNKNOWN;
	return said && said->hello ? OUTCOME_DONE : OUTCOME_UNKNOWN;
}
