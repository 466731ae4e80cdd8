// SPDX-License-Identifier: GPL-2.0-or-later
/* Page tables of four or five levels: Intel SDM, volume 3A, 4.5. */
#include "x86_64.h"

#define PAGE_SHIFT 12
#define LEVEL_BITS 9
#define PRESENT 1u
#define LARGE (1u << 7)
#define ADDRESS G_GUINT64_CONSTANT(0x000ffffffffff000)

bool paging_translate(const ArchCpu *cpu, guint64 address, ArchRead read, gpointer user, guint64 *ret_physical,
		      guint64 *ret_left)
{
	guint64 table = cpu->root, entry = 0;
	guint shift = PAGE_SHIFT + LEVEL_BITS * (cpu->wide ? 4 : 3);

	if (!cpu->paging || !cpu->long_mode)
		return false;
	for (;; shift -= LEVEL_BITS) {
		guint64 index = address >> shift & ((1u << LEVEL_BITS) - 1);

		if (!read(table + index * sizeof(entry), &entry, sizeof(entry), user) || !(entry & PRESENT))
			return false;
		if (shift == PAGE_SHIFT || (entry & LARGE && shift <= PAGE_SHIFT + 2 * LEVEL_BITS))
			break;
		table = entry & ADDRESS;
	}
	/* bit 12 of a large page's entry is one of its attributes */
	*ret_physical = (entry & ADDRESS & ~((G_GUINT64_CONSTANT(1) << shift) - 1)) |
			(address & ((G_GUINT64_CONSTANT(1) << shift) - 1));
	if (ret_left)
		*ret_left = (G_GUINT64_CONSTANT(1) << shift) - (address & ((G_GUINT64_CONSTANT(1) << shift) - 1));
	return true;
}
