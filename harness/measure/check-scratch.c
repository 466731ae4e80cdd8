// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether scratch regions have memory, and are those of the kernel before; in the first one, whether there is KHO. */
#include "look.h"

#include <string.h>

static void check_kho(const Look *look)
{
	const Hop *hop = look->hop;
	const char *config = hop_config(hop, "KEXEC_HANDOVER");
	const char *release = hop->release ? hop->release : "release unknown";

	if (look->kho == KHO_GAVE_UP)
		look_add(look, "no-scratch",
			 "KHO gave up because it could not reserve its scratch memory; give the machine more memory, "
			 "or less to kho_scratch=");
	else if (look->kho == KHO_NONE && config && strcmp(config, "y") != 0)
		judge_add(look->judge, "kernel-without-kho",
			  "%s (%s): built without CONFIG_KEXEC_HANDOVER=y: nothing to judge", hop_name(hop->index),
			  release);
	else if (look->kho == KHO_NONE)
		judge_add(look->judge, "kernel-without-kho",
			  "%s (%s): has no kho/ in debugfs; it takes kho=on on the command line, "
			  "CONFIG_KEXEC_HANDOVER=y, and from 6.19 on CONFIG_KEXEC_HANDOVER_DEBUGFS=y",
			  hop_name(hop->index), release);
}

static void check_regions(const Look *look)
{
	const Hop *hop = look->hop, *previous = look->previous;
	guint64 bytes = 0;

	for (guint i = 0; i < hop->scratch->len; i++)
		bytes += g_array_index(hop->scratch, ScratchRegion, i).bytes;
	if (!bytes)
		look_add(look, "no-scratch", "KHO is on, but its %u scratch regions have no memory at all",
			 hop->scratch->len);
	if (!look->handed_over) {
		look_saw(look);
		return;
	}
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
		check_kho(look);
	if (hop->scratch)
		check_regions(look);
	else if (look->scratch_known)
		look_saw(look);
	/* a kernel that died before it could list its scratch is judged by how it died */
	else if (hop->complete)
		look_add(look, "records-damaged", "debugfs has kho/, but no list of scratch regions came of it");
}

const Check check_scratch = {
	.id = "scratch",
	.title = "its scratch regions",
	.scope = CHECK_OF_MEMORY,
	.run = run,
};
