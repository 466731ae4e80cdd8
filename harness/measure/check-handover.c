// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel got handover data, and of the kernel before it. */
#include "look.h"

/*
 * What a kernel that found handover data leaves open: kho_mem_retrieve() may have failed behind that without a word,
 * and kho_in_kexec_metadata() says of whom the data are wherever it has that (kernel/liveupdate/kexec_handover.c).
 * NULL: nothing.
 */
static const char *what_is_unheard(const Hop *hop)
{
	if (!hop->complete || !hop->kho_present)
		return NULL;
	if (!hop->kho_in)
		return "it found handover data, and has nothing of them in debugfs (kho/in): what became of them is "
		       "not "
		       "known";
	return hop->kho_metadata && hop->log && !hop->log->kho_from && !hop->log->lost_records &&
			       !hop->log->metadata_refused
		       ? "its log does not say whose handover data it has, although they say so themselves "
			 "(kexec-metadata)"
		       : NULL;
}

static void run(const Look *look)
{
	const Hop *hop = look->hop;
	const char *unheard = NULL;

	if (look->refused)
		look_add(look, "handover-refused", "it says that it cannot use the handover data: %s", look->refused);
	else if (look->no_handover)
		look_add(look, "not-kho-boot", "%s", look->no_handover);
	else if (look->handed_over && hop->complete && !hop->kho_present)
		look_add(look, "not-kho-boot", "it found handover data, but has no kho/ in debugfs: KHO failed in it");
	else if (look->handed_over && (unheard = what_is_unheard(hop)))
		look_blind(look, "%s", unheard);
	if (hop->index == 0 || look->refused || (look->handed_over && look->previous && !unheard))
		look_saw(look);
}

const Check check_handover = {
	.id = "handover",
	.title = "the handover to it",
	.needs = "the kernel's log, and release and log of the one before it",
	.proves = "the kernel found handover data, of the kernel before it and with the count that was due",
	.not_proves = "that what was handed over is whole",
	.scope = CHECK_OF_MEMORY,
	.run = run,
};
