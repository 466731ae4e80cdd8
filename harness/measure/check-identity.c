// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether it is the kernel that was due: its place in the chain, nonce, boot id. */
#include "look.h"

#include <string.h>

static void run(const Look *look)
{
	const Hop *hop = look->hop, *previous = look->previous;
	const Evidence *evidence = look->evidence;

	if (evidence->wanted.known && (guint)hop->index >= evidence->hops_wanted) {
		look_add(look, "records-contradict", "there are records of it, and plan.json has a chain of %u",
			 evidence->hops_wanted);
		return;
	}
	if (!hop->hello)
		return;
	if (evidence->wanted.known && strcmp(hop->nonce, evidence->nonces[hop->index]) != 0)
		look_add(look, "wrong-nonce", "user space said nonce %s, and %s was given to it", hop->nonce,
			 evidence->nonces[hop->index]);
	if (hop->index == 0 || (hop->boot_id && previous && previous->boot_id))
		look_saw(look);
	else
		look_blind(look, "not both boot ids are known");
}

const Check check_identity = {
	.id = "identity",
	.title = "which kernel it is",
	.needs = "the record hello of the kernel, and the boot id of the one before it",
	.proves = "the kernel is the one that was due: it has the nonce that it was given, and it booted anew",
	.not_proves = "how it was started; the check handover looks at that",
	.run = run,
};
