// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether all that the kernel sent is here, as it was sent. */
#include "look.h"

static void run(const Look *look)
{
	const Hop *hop = look->hop;

	if (hop->damaged->len)
		look_add(look, "records-damaged", "%u of its records cannot be used, the first: %s", hop->damaged->len,
			 (char *)hop->damaged->pdata[0]);
	else if (look->evidence->end == END_DONE && !hop->complete)
		look_add(look, "records-damaged", "its records are not complete: the manifest never came");
	else if (hop->complete && !hop->log)
		look_add(look, "records-damaged", "no kernel log came from it");
	else if (hop->complete)
		look_saw(look);
	if (hop->log && hop->log->lost_records)
		look_add(look, "records-damaged",
			 "its log has lost lines, and what they said is not known; log_buf_len=16M on the command line "
			 "makes it larger");
}

const Check check_records = {
	.id = "records",
	.title = "whether its records are whole",
	.needs = "the record manifest, which each kernel sends after its other records",
	.proves = "every record of the kernel is here as it was sent, and no line of its log was overwritten",
	.not_proves = "that the kernel told the truth in them",
	.run = run,
};
