// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether lib/test_kho.c got back what it had preserved. */
#include "look.h"

#include <string.h>

/*
 * lib/test_kho.c saves in a kernel that got nothing of its kind, and restores
 * (and saves nothing) in the next: so every second kernel has something to say.
 */
static void run(const Look *look)
{
	const Hop *hop = look->hop, *previous = look->previous;
	const char *here = hop_config(hop, "TEST_KEXEC_HANDOVER");
	const char *there = previous ? hop_config(previous, "TEST_KEXEC_HANDOVER") : NULL;

	if (hop->log && hop->log->kho_test == 0)
		look_add(look, "kho-test-failed",
			 "lib/test_kho.c could not restore the data that was handed over to it");
	if (hop->index == 0 || (hop->log && hop->log->kho_test >= 0)) {
		look_saw(look);
		return;
	}
	if (!look_has_handover(look) || !look_has_config(look) || !look_has_log(look))
		return;
	/* whether it restored anything, it may have said in what was lost */
	if (!previous || !there || !previous->log || (previous->log->kho_test < 0 && previous->log->lost_records)) {
		look_blind(look, "log and configuration of the kernel before it are not known");
		return;
	}
	look_saw(look);
	if (previous->log->kho_test < 0 && strcmp(here, "y") == 0 && strcmp(there, "y") == 0)
		look_add(look, "kho-test-missing",
			 "CONFIG_TEST_KEXEC_HANDOVER=y in both kernels, but test_kho restored nothing: no data reached "
			 "it");
}

const Check check_testdata = {
	.id = "testdata",
	.title = "the data of lib/test_kho.c",
	.needs = "logs and configurations of the kernel and of the one before it",
	.proves = "the memory of lib/test_kho.c came through, where both kernels have it",
	.not_proves = "that what others preserved came through",
	.scope = CHECK_OF_KHO,
	.run = run,
};
