// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether it is the kernel that was due: its place in the chain, nonce, release, boot id. */
#include "look.h"

#include <string.h>

/* Three say which release it is: the build, the log's first line, and user space. */
static void check_release(const Look *look)
{
	const Hop *hop = look->hop;
	const char *due = look->wanted.release, *banner = hop->log ? hop->log->release : NULL;

	if (!hop->release)
		return;
	if (due && strcmp(hop->release, due) != 0)
		look_add(look, "records-contradict", "its user space says release %s, and %s was built to be run",
			 hop->release, due);
	if (banner && strcmp(hop->release, banner) != 0)
		look_add(look, "records-contradict",
			 "its user space says release %s, and its log begins with that of %s", hop->release, banner);
}

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
	check_release(look);
	if (look->same_boot)
		look_add(look, "not-kho-boot", "user space says the boot id of the %s: it did not boot anew",
			 hop_name(previous->index));
	if (hop->index == 0 || (hop->boot_id && previous && previous->boot_id))
		look_saw(look);
	else
		look_blind(look, "not both boot ids are known");
}

const Check check_identity = {
	.id = "identity",
	.title = "which kernel it is",
	.needs = "the record hello of the kernel, and the boot id of the one before it",
	.proves = "the kernel is the one that was due: it has the nonce that it was given and the release that was "
		  "built, "
		  "and it booted anew",
	.not_proves = "how it was started; the check handover looks at that",
	.run = run,
};
