// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/published.h>

#define GIB_PAGES (1024.0 * 1024 / 4)
#define MS 1e6

static const Published all[] = {
	/* log of the zone of 89391104 pages, from 0.026875 to 2.028450 s */
	{ "memory map of one zone, one CPU", "virtual machine, 5.10-rc, 2020", 89391104, 2001.575 * MS,
	  "commit dc2da7b45ffe, mm: memmap defer init doesn't work as expected" },
	/* "100 GB" are taken for GiB */
	{ "memory map of device memory, first time", "virtual machine on Ice Lake, 7.1-rc3, 2026", 100 * GIB_PAGES,
	  1486 * MS, "lkml.iu.edu/hypermail/linux/kernel/2605.1/14389.html" },
	{ "... and again, mean of 30", "the same", 100 * GIB_PAGES, 273.52 * MS, "the same" },
	/* four nodes, taken for equal; the slowest of their threads */
	{ "deferred init, one thread a node", "1 TB, 4 nodes, 4.0, 2015", 256 * GIB_PAGES, 1148 * MS,
	  "lkml.iu.edu/hypermail/linux/kernel/1504.3/03018.html" },
	{ "what that saved, shutdown to login", "the same", 1024 * GIB_PAGES, 16000 * MS, "the same" },
	/* two nodes, taken for equal */
	{ "deferred init, one thread a node", "503G, 2 nodes, Xeon E5-2699 v4, 4.15-rc2", 503 * GIB_PAGES / 2,
	  5860 * MS, "mm: parallelize deferred struct page initialization within each node (ktask series)" },
	{ "... and many threads a node", "the same", 503 * GIB_PAGES / 2, 613 * MS, "the same" },
	/* its author's words are "100 GB", on a machine not described */
	{ "what deferral saves in a handover", "100 GB, 2026", 100 * GIB_PAGES, 500 * MS,
	  "reply of 2026-03-18 to [PATCH v7 2/3] kho: fix deferred init of kho scratch" },
};

const Published *published_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(all);
	return all;
}

double published_per_page(const Published *published)
{
	return published->ns / published->pages;
}

Table *published_table(void)
{
	static const char *const headers[] = { "published elsewhere", "machine", ">ns a page", "source", NULL };
	Table *table = table_new(headers);

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		TABLE_ROW(table, g_strdup(all[i].what), g_strdup(all[i].machine),
			  g_strdup_printf("%.1f", published_per_page(&all[i])), g_strdup(all[i].source));
	return table;
}
