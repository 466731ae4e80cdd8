// SPDX-License-Identifier: GPL-2.0
/* The same for CMA areas, which only mm/ knows: mm/cma.h, since 6.15 with ranges. */
#include <linux/kbuild.h>
#include <linux/cma.h>
#include <linux/mm.h>

#include <cma.h>

int main(void);

int main(void)
{
	DEFINE(cma_size, sizeof(struct cma));
	OFFSET(cma_name, cma, name);
	DEFINE(cma_name_size, sizeof(((struct cma *)0)->name));
	OFFSET(cma_count, cma, count);
	OFFSET(cma_nranges, cma, nranges);
	OFFSET(cma_ranges, cma, ranges);
	DEFINE(cma_range_size, sizeof(struct cma_memrange));
	OFFSET(cma_range_base, cma_memrange, base_pfn);
	OFFSET(cma_range_count, cma_memrange, count);
	return 0;
}
