// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * struct pages, from the kernel's own memory: mem_section -> section_mem_map
 * (include/linux/mmzone.h). What of them is read is in the note VMCOREINFO, with where the
 * sections are; how many sections a page has follows from their size. Only where mem_section
 * is one array, which no x86 kernel has, boot/layout has to say so.
 */
#define FLAG_BITS_MASK 4095ull /* section_mem_map has flags below; memory maps begin on pages */
#define PAGE_STRUCT_MAX 256u
#define ORDER_MAX 20u /* more than any block of the allocator has */

struct Pages {
	Kcore *kcore;
	uint64_t mem_section, section_size, map_at, section_bits, extreme, per_root, page_shift;
	uint64_t size, refs_at, type_at, private_at; /* of struct page */
	uint64_t buddy;				     /* page_type of the first page of a free block */
	/* the section that was looked up last */
	bool known;
	uint64_t section, map;
};

static bool read_notes(Pages *pages)
{
	const struct {
		const char *name;
		int base;
		uint64_t *value;
	} notes[] = {
		{ "SYMBOL(mem_section)", 16, &pages->mem_section },
		{ "SIZE(mem_section)", 10, &pages->section_size },
		{ "OFFSET(mem_section.section_mem_map)", 10, &pages->map_at },
		{ "NUMBER(SECTION_SIZE_BITS)", 10, &pages->section_bits },
		{ "PAGESIZE", 10, &pages->page_shift },
		{ "SIZE(page)", 10, &pages->size },
		{ "OFFSET(page._refcount)", 10, &pages->refs_at },
		{ "OFFSET(page._mapcount)", 10, &pages->type_at },
		{ "OFFSET(page.private)", 10, &pages->private_at },
		{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", 10, &pages->buddy },
	};
	uint64_t page_bytes;

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (!kcore_note(pages->kcore, notes[i].name, notes[i].base, notes[i].value))
			return false;
	page_bytes = pages->page_shift;
	if (!page_bytes || !pages->section_size || pages->size > PAGE_STRUCT_MAX ||
	    pages->refs_at + sizeof(uint32_t) > pages->size || pages->type_at + sizeof(uint32_t) > pages->size ||
	    pages->private_at + sizeof(uint64_t) > pages->size)
		return false;
	pages->page_shift = (uint64_t)__builtin_ctzll(page_bytes);
	if (!kcore_layout(pages->kcore, "extreme", &pages->extreme))
		pages->extreme = 1;
	if (!kcore_layout(pages->kcore, "sections_per_root", &pages->per_root))
		pages->per_root = page_bytes / pages->section_size;
	return pages->per_root > 0;
}

Pages *pages_new(Kcore *kcore)
{
	Pages *pages = calloc(1, sizeof(*pages));

	if (pages)
		pages->kcore = kcore;
	if (pages && read_notes(pages))
		return pages;
	free(pages);
	kcore_close(kcore);
	return NULL;
}

void pages_free(Pages *pages)
{
	if (!pages)
		return;
	kcore_close(pages->kcore);
	free(pages);
}

/* Where the struct page of page frame 0 would be, as the section sees it. */
static int find_map(Pages *pages, uint64_t section)
{
	uint64_t root = section / pages->per_root, place = section % pages->per_root, at = pages->mem_section, map;
	int failed = 0;

	if (pages->known && pages->section == section)
		return 0;
	if (pages->extreme)
		failed = kcore_read(pages->kcore, pages->mem_section + root * sizeof(uint64_t), &at, sizeof(at));
	else
		place = section;
	if (!failed && !at)
		failed = ENODATA;
	if (!failed)
		failed = kcore_read(pages->kcore, at + place * pages->section_size + pages->map_at, &map, sizeof(map));
	if (failed)
		return failed;
	pages->known = true;
	pages->section = section;
	pages->map = map & ~FLAG_BITS_MASK;
	return 0;
}

static int read_page(Pages *pages, uint64_t pfn, char page[static PAGE_STRUCT_MAX])
{
	int failed = find_map(pages, pfn >> (pages->section_bits - pages->page_shift));

	return failed ? failed : kcore_read(pages->kcore, pages->map + pfn * pages->size, page, pages->size);
}

int pages_read(Pages *pages, uint64_t pfn, uint32_t *ret_refs, uint32_t *ret_type)
{
	char page[PAGE_STRUCT_MAX];
	int failed = read_page(pages, pfn, page);

	if (failed)
		return failed;
	memcpy(ret_refs, page + pages->refs_at, sizeof(*ret_refs));
	memcpy(ret_type, page + pages->type_at, sizeof(*ret_type));
	return 0;
}

uint64_t pages_free_block(Pages *pages, uint64_t pfn)
{
	char page[PAGE_STRUCT_MAX];
	uint32_t type;
	uint64_t order;

	if (read_page(pages, pfn, page) != 0)
		return 0;
	memcpy(&type, page + pages->type_at, sizeof(type));
	memcpy(&order, page + pages->private_at, sizeof(order));
	if (type != (uint32_t)pages->buddy || order > ORDER_MAX || pfn & ((1ull << order) - 1))
		return 0;
	return 1ull << order;
}
