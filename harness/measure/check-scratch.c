// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether scratch regions have memory, and are those of the kernel before; in the first one, whether there is KHO. */
#include "look.h"

#include <string.h>

void judge_kho(Judge *judge, const Hop *first)
{
	const char *config = hop_config(first, "KEXEC_HANDOVER"), *name = hop_name(first->index);
	const char *release = first->release ? first->release : "release unknown";
	KhoState kho = kho_of(judge->evidence, first);

	if (kho == KHO_GAVE_UP)
		judge_add(judge, "no-scratch",
			  "%s: KHO gave up because it could not reserve its scratch memory; give the machine more "
			  "memory, or less to kho_scratch=",
			  name);
	else if (kho == KHO_NONE && config && strcmp(config, "y") != 0)
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): built without CONFIG_KEXEC_HANDOVER=y: nothing to judge", name, release);
	else if (kho == KHO_NONE)
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): has no kho/ in debugfs; it takes kho=on on the command line, "
			  "CONFIG_KEXEC_HANDOVER=y, and from 6.19 on CONFIG_KEXEC_HANDOVER_DEBUGFS=y",
			  name, release);
}

static void check_regions(const Look *look)
{
	const Hop *hop = look->hop, *previous = look->previous;

	if (!scratch_bytes(hop->scratch))
		look_add(look, "no-scratch", "KHO is on, but its %u scratch regions have no memory at all",
			 hop->scratch->len);
	if (hop->index == 0) {
		look_saw(look);
		return;
	}
	/* a kernel that begins anew has scratch of its own */
	if (!look_has_handover(look))
		return;
	if (!previous || !previous->scratch) {
		look_blind(look, "those of the kernel before it are not known");
		return;
	}
	look_saw(look);
	if (!scratch_equal(hop->scratch, previous->scratch))
		look_add(look, "scratch-changed", "its scratch regions are not those of the %s",
			 hop_name(previous->index));
}

static void run(const Look *look)
{
	const Hop *hop = look->hop;

	if (hop->index == 0)
		judge_kho(look->judge, hop);
	if (hop->scratch)
		check_regions(look);
	else if (look_knows_scratch(look))
		look_saw(look);
	/* a kernel that died before it could list its scratch is judged by how it died */
	else if (hop->complete && hop->kho_present)
		look_add(look, "records-damaged", "debugfs has kho/, but no list of scratch regions came of it");
}

const Check check_scratch = {
	.id = CHECK_SCRATCH,
	.title = "its scratch regions",
	.needs = "the list of scratch regions in debugfs, of the kernel and of the one before it",
	.proves = "scratch has memory, and its regions are those of the kernel before",
	.not_proves = "that this memory can be emptied; the checks pageblocks and harm look at that",
	.scope = CHECK_OF_MEMORY,
	.run = run,
};
