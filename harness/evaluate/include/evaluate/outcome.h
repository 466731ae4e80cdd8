/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_OUTCOME_H
#define EVALUATE_OUTCOME_H

#include <evaluate/result.h>

/* What became of the handover to a kernel, by the reasons of the verdict. */
typedef enum {
	OUTCOME_UNKNOWN,  /* the host, or the harness, kept it from being seen; or it did not come to it */
	OUTCOME_DONE,	  /* handed over, and no check found anything */
	OUTCOME_REFUSED,  /* the kernel says that it cannot use the data, and came up without, and nothing else is wrong
			   */
	OUTCOME_UNHEEDED, /* it came up as if nothing had been handed over */
	OUTCOME_BROKEN,	  /* something else is wrong with it: the reason says what */
} Outcome;

/* hop: of the kernel that is handed over to. ret_reason: the gravest; NULL with OUTCOME_DONE and OUTCOME_UNKNOWN. */
Outcome outcome_of(const Result *result, guint hop, const Reason **ret_reason);

/* "handed over", "refused", "as if nothing had been handed over", "breaks", "not known". Static. */
const char *outcome_words(Outcome outcome);

#endif
