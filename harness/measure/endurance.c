// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/endurance.h>

#include <measure/zoneinfo.h>

static gint64 preserved_pages(const Hop *hop)
{
	return hop->preserved && !hop->preserved->unknown ? (gint64)hop->preserved->pages : -1;
}

/* What the allocator of each zone was given: all memory but what is reserved, and what is preserved and not restored.
 */
static gint64 managed_pages(const Hop *hop)
{
	gint64 pages = 0;

	if (!hop->zones)
		return -1;
	for (guint i = 0; i < hop->zones->len; i++)
		pages += (gint64)((const ZoneSpan *)hop->zones->pdata[i])->managed;
	return pages;
}

static const EnduranceFigure figures[] = {
	{ "preserved", "memory preserved for the next kernel", 1, "more preserved", true, preserved_pages },
	{ "managed", "memory that the allocator was given", -1, "less for the allocator", false, managed_pages },
};

const EnduranceFigure *endurance_figures(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(figures);
	return figures;
}

guint endurance_sort(const Hop *hop)
{
	guint restored = hop->log && hop->log->kho_test >= 0;

	return (hop->release ? g_str_hash(hop->release) : 0) << 1 | restored;
}
