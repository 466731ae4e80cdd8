// SPDX-License-Identifier: GPL-2.0
/*
 * Where a kernel keeps the type of a pageblock, from its own headers: compiled to
 * assembly by that kernel's kbuild, after it was built and with its configuration,
 * as arch/x86/kernel/asm-offsets.c is. The probe needs it to read the types from
 * /proc/kcore (initramfs/probe-pageblocks.c): mem_section, its usage, and in that
 * pageblock_flags (include/linux/mmzone.h; get_pfnblock_bitmap_bitidx() in
 * mm/page_alloc.c). Nothing of this goes into the kernel.
 */
#include <linux/kbuild.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pageblock-flags.h>

int main(void);

int main(void)
{
	DEFINE(page_shift, PAGE_SHIFT);
	DEFINE(section_size_bits, SECTION_SIZE_BITS);
#ifdef CONFIG_SPARSEMEM_EXTREME
	DEFINE(extreme, 1);
#else
	DEFINE(extreme, 0);
#endif
	DEFINE(sections_per_root, SECTIONS_PER_ROOT);
	DEFINE(section_size, sizeof(struct mem_section));
	OFFSET(section_mem_map, mem_section, section_mem_map);
	OFFSET(section_usage, mem_section, usage);
	DEFINE(section_valid, SECTION_HAS_MEM_MAP | SECTION_IS_ONLINE);
	OFFSET(usage_flags, mem_section_usage, pageblock_flags);

	DEFINE(pageblock_order, pageblock_order);
	DEFINE(pageblock_bits, NR_PAGEBLOCK_BITS);
	/* 7.2 has other names; before 6.17 isolation was a type and not a bit beside it */
#ifdef PAGEBLOCK_MIGRATETYPE_MASK
	DEFINE(type_mask, PAGEBLOCK_MIGRATETYPE_MASK);
	DEFINE(isolate_mask, PAGEBLOCK_ISO_MASK);
#else
	DEFINE(type_mask, MIGRATETYPE_MASK);
#ifdef MIGRATETYPE_AND_ISO_MASK
	DEFINE(isolate_mask, MIGRATETYPE_AND_ISO_MASK & ~MIGRATETYPE_MASK);
#else
	DEFINE(isolate_mask, 0);
#endif
#endif
	DEFINE(type_Unmovable, MIGRATE_UNMOVABLE);
	DEFINE(type_Movable, MIGRATE_MOVABLE);
	DEFINE(type_Reclaimable, MIGRATE_RECLAIMABLE);
	DEFINE(type_HighAtomic, MIGRATE_HIGHATOMIC);
#ifdef CONFIG_CMA
	DEFINE(type_CMA, MIGRATE_CMA);
#endif
#ifdef CONFIG_MEMORY_ISOLATION
	DEFINE(type_Isolate, MIGRATE_ISOLATE);
#endif
	return 0;
}
