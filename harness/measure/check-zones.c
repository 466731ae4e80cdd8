// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the allocator was given each page once: a zone never manages more pages than it
 * has. Whoever frees the pages of scratch or of late struct pages twice counts them twice.
 */
#include "look.h"

#include <measure/zoneinfo.h>

static void run(const Look *look)
{
	const GArray *wrong = look->result->rows;

	if (!look->hop->zones) {
		look_blind(look, "/proc/zoneinfo did not come whole");
		return;
	}
	look_saw(look);
	for (guint i = 0; wrong && i < wrong->len; i++) {
		const CheckRow *row = &g_array_index(wrong, CheckRow, i);

		look_add(look, "zone-overcounted",
			 "%s has %" G_GUINT64_FORMAT " pages, and manages %" G_GUINT64_FORMAT " more", row->where,
			 row->expected, row->excess);
	}
}

/* The zones that are wrong, and no others. */
static GArray *rows(const Evidence *evidence, const Hop *hop)
{
	GArray *wrong = NULL;

	for (guint i = 0; hop->zones && i < hop->zones->len; i++) {
		const ZoneSpan *span = hop->zones->pdata[i];

		if (span->managed <= span->present)
			continue;
		if (!wrong)
			wrong = checkrows_new();
		checkrows_add(wrong, g_strdup_printf("node %d %s", span->node, span->zone), "pages managed",
			      span->present, span->present, span->managed - span->present);
	}
	return wrong;
}

const Check check_zones = {
	.id = "zones",
	.title = "the sizes of its zones",
	.needs = "/proc/zoneinfo",
	.proves = "the allocator manages no more pages of a zone than it has",
	.not_proves = "that none is missing, or was given to it twice in place of another",
	.run = run,
	.rows = rows,
};
