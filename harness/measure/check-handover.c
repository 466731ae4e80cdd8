// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel got handover data, and of the kernel before it. */
#include "look.h"

static void run(const Look *look)
{
	const Hop *hop = look->hop;

	if (look->refused)
		look_add(look, "handover-refused", "it says that it cannot use the handover data: %s", look->refused);
	else if (look->no_handover)
		look_add(look, "not-kho-boot", "%s", look->no_handover);
	else if (look->handed_over && hop->complete && !hop->kho_present)
		look_add(look, "not-kho-boot", "it found handover data, but has no kho/ in debugfs: KHO failed in it");
	if (hop->index == 0 || look->refused || (look->handed_over && look->previous))
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
