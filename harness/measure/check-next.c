// SPDX-License-Identifier: GPL-2.0-or-later
/* How the kernel was left: for the next one, or because it was the last. */
#include "look.h"

static void run(const Look *look)
{
	const Hop *hop = look->hop;
	bool last = (guint)hop->index + 1 >= look->evidence->hops_wanted;

	if (!last && hop->kexec_status < 0)
		look_blind(look, "what kexec -s -l came to is not recorded");
	else if (!hop->last_word)
		look_blind(look, "its last word did not come");
	else
		look_saw(look);
}

const Check check_next = {
	.id = "next",
	.title = "how it was left",
	.needs = "what kexec -s -l came to, and the last word of the kernel",
	.proves = "the kernel took the next one and was left for it, or came to its end as the last",
	.not_proves = "what came of kexec -e; the next kernel shows that",
	.run = run,
};
