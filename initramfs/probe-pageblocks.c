// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The type of every pageblock, from where the kernel keeps it: mem_section -> usage ->
 * pageblock_flags (include/linux/mmzone.h; get_pfnblock_bitmap_bitidx() in
 * mm/page_alloc.c). And every CMA area, from cma_areas (mm/cma.h).
 */
#define ROOT_MAX 65536u /* bytes; sections of one root take a page */
#define POINTERS_AT_ONCE 4096u
#define FLAGS_MAX 16384u /* bytes of one section's pageblock_flags, with pageblocks of two pages */
#define AREA_MAX 8192u	 /* bytes of one struct cma */

typedef struct {
	const Kcore *kcore;
	Buffer *out;
	uint64_t page_shift, section_bits, extreme, per_root, roots, section_size, map_at, usage_at, valid, flags_at,
		order, bits, type_mask, isolate_mask, mem_section;
	/* equal pageblocks that are not written out yet */
	uint64_t run_pfn, run_count, run_bits;
} Reader;

static bool read_layout(Reader *reader)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "page_shift", &reader->page_shift },	   { "section_size_bits", &reader->section_bits },
		{ "extreme", &reader->extreme },	   { "sections_per_root", &reader->per_root },
		{ "section_size", &reader->section_size }, { "section_mem_map", &reader->map_at },
		{ "section_usage", &reader->usage_at },	   { "section_valid", &reader->valid },
		{ "usage_flags", &reader->flags_at },	   { "pageblock_order", &reader->order },
		{ "pageblock_bits", &reader->bits },	   { "type_mask", &reader->type_mask },
		{ "isolate_mask", &reader->isolate_mask },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!kcore_layout(reader->kcore, numbers[i].name, numbers[i].value))
			return false;
	return reader->section_size && reader->per_root && reader->bits && 64 % reader->bits == 0 &&
	       reader->section_size * reader->per_root <= ROOT_MAX &&
	       reader->section_bits >= reader->page_shift + reader->order &&
	       (1ull << (reader->section_bits - reader->page_shift - reader->order)) * reader->bits / 8 <= FLAGS_MAX;
}

/*
 * What the running kernel says itself must be what its headers said. How many roots there
 * are it decides itself: with five levels of page tables there are more.
 */
static bool layout_fits(Reader *reader)
{
	uint64_t size, at, bits;

	return kcore_note(reader->kcore, "SIZE(mem_section)", 10, &size) && size == reader->section_size &&
	       kcore_note(reader->kcore, "OFFSET(mem_section.section_mem_map)", 10, &at) && at == reader->map_at &&
	       kcore_note(reader->kcore, "NUMBER(SECTION_SIZE_BITS)", 10, &bits) && bits == reader->section_bits &&
	       kcore_note(reader->kcore, "LENGTH(mem_section)", 10, &reader->roots) &&
	       kcore_note(reader->kcore, "SYMBOL(mem_section)", 16, &reader->mem_section);
}

static void end_run(Reader *reader)
{
	if (reader->run_count)
		buffer_printf(reader->out, "%llx %llx %llx\n", (unsigned long long)reader->run_pfn,
			      (unsigned long long)reader->run_count, (unsigned long long)reader->run_bits);
	reader->run_count = 0;
}

static void add_block(Reader *reader, uint64_t pfn, uint64_t bits)
{
	if (reader->run_count && reader->run_bits == bits &&
	    reader->run_pfn + (reader->run_count << reader->order) == pfn) {
		reader->run_count++;
		return;
	}
	end_run(reader);
	reader->run_pfn = pfn;
	reader->run_count = 1;
	reader->run_bits = bits;
}

/* One struct mem_section. The bits of a pageblock do not cross words. */
static int add_section(Reader *reader, uint64_t number, const char *section)
{
	uint64_t flags[FLAGS_MAX / sizeof(uint64_t)], map, usage;
	uint64_t blocks = 1ull << (reader->section_bits - reader->page_shift - reader->order);
	uint64_t first = number << (reader->section_bits - reader->page_shift);
	int failed;

	memcpy(&map, section + reader->map_at, sizeof(map));
	if ((map & reader->valid) != reader->valid)
		return 0;
	memcpy(&usage, section + reader->usage_at, sizeof(usage));
	failed = kcore_read(reader->kcore, usage + reader->flags_at, flags, (blocks * reader->bits + 63) / 64 * 8);
	for (uint64_t block = 0; !failed && block < blocks; block++) {
		uint64_t bit = block * reader->bits;

		add_block(reader, first + (block << reader->order),
			  flags[bit / 64] >> bit % 64 & ((1ull << reader->bits) - 1));
	}
	return failed;
}

static int add_root(Reader *reader, uint64_t root, uint64_t at)
{
	static char sections[ROOT_MAX];
	int failed = kcore_read(reader->kcore, at, sections, reader->per_root * reader->section_size);

	for (uint64_t i = 0; !failed && i < reader->per_root; i++)
		failed = add_section(reader, root * reader->per_root + i, sections + i * reader->section_size);
	return failed;
}

/*
 * With SPARSEMEM_EXTREME mem_section is an array of pointers to pages of sections: with
 * five levels of page tables a hundred thousand of them, most NULL. Else it is one array.
 */
static int add_roots(Reader *reader)
{
	uint64_t pointers[POINTERS_AT_ONCE];
	int failed = 0;

	for (uint64_t root = 0; !failed && root < reader->roots; root++) {
		uint64_t place = root % POINTERS_AT_ONCE, left = reader->roots - root;

		if (!reader->extreme) {
			failed = add_root(reader, root,
					  reader->mem_section + root * reader->per_root * reader->section_size);
			continue;
		}
		if (place == 0)
			failed = kcore_read(reader->kcore, reader->mem_section + root * sizeof(uint64_t), pointers,
					    (left < POINTERS_AT_ONCE ? left : POINTERS_AT_ONCE) * sizeof(uint64_t));
		if (!failed && pointers[place])
			failed = add_root(reader, root, pointers[place]);
	}
	return failed;
}

/* "types=Unmovable:0,Movable:1": all that the layout has of them. */
static void add_types(Reader *reader)
{
	static const char key[] = "\ntype_";
	const char *sign = " types=";

	for (const char *at = kcore_layout_text(reader->kcore); (at = strstr(at, key)); at++) {
		const char *name = at + sizeof(key) - 1;
		size_t length = strcspn(name, "=\n");

		if (strncmp(name, "mask=", 5) == 0)
			continue;
		buffer_printf(reader->out, "%s%.*s:%d", sign, (int)length, name, atoi(name + length + 1));
		sign = ",";
	}
}

int pageblocks_read(const Kcore *kcore, Buffer *out)
{
	Reader reader = { .kcore = kcore, .out = out };
	int failed;

	if (!read_layout(&reader) || !layout_fits(&reader))
		return EINVAL;
	buffer_printf(out, "# khotest pageblocks 1 page_shift=%u pageblock_order=%u type_mask=%u isolate_mask=%u",
		      (unsigned)reader.page_shift, (unsigned)reader.order, (unsigned)reader.type_mask,
		      (unsigned)reader.isolate_mask);
	add_types(&reader);
	buffer_add(out, "\n", 1);
	failed = add_roots(&reader);
	end_run(&reader);
	return failed;
}

/* ---- CMA areas ---- */

typedef struct {
	uint64_t size, name_at, name_size, count_at, nranges_at, ranges_at, range_size, base_at, pages_at;
} AreaLayout;

/* ENOENT: the kernel was built where that could not be found out. */
static int read_area_layout(const Kcore *kcore, AreaLayout *layout)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "cma_size", &layout->size },
		{ "cma_name", &layout->name_at },
		{ "cma_name_size", &layout->name_size },
		{ "cma_count", &layout->count_at },
		{ "cma_nranges", &layout->nranges_at },
		{ "cma_ranges", &layout->ranges_at },
		{ "cma_range_size", &layout->range_size },
		{ "cma_range_base", &layout->base_at },
		{ "cma_range_count", &layout->pages_at },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!kcore_layout(kcore, numbers[i].name, numbers[i].value))
			return ENOENT;
	return layout->size <= AREA_MAX && layout->range_size ? 0 : EINVAL;
}

/* The name's own line end (mm/cma.c gives one to areas without a name) and blanks would end the field. */
static void add_area(const AreaLayout *layout, const char *area, Buffer *out)
{
	uint64_t count, base, pages;
	char name[256] = "";
	int32_t ranges;

	memcpy(name, area + layout->name_at, layout->name_size < sizeof(name) ? layout->name_size : sizeof(name) - 1);
	name[strcspn(name, " \t\n")] = '\0';
	memcpy(&count, area + layout->count_at, sizeof(count));
	memcpy(&ranges, area + layout->nranges_at, sizeof(ranges));
	for (int32_t i = 0; i < ranges; i++) {
		uint64_t at = layout->ranges_at + (uint64_t)i * layout->range_size;

		if (at + layout->range_size > layout->size)
			break;
		memcpy(&base, area + at + layout->base_at, sizeof(base));
		memcpy(&pages, area + at + layout->pages_at, sizeof(pages));
		buffer_printf(out, "%s %llu %llx %llx\n", *name ? name : "-", (unsigned long long)count,
			      (unsigned long long)base, (unsigned long long)pages);
	}
}

int cma_areas_read(const Kcore *kcore, Buffer *out)
{
	static char area[AREA_MAX];
	AreaLayout layout;
	uint64_t areas, counter;
	uint32_t count = 0;
	int failed = read_area_layout(kcore, &layout);

	if (failed)
		return failed;
	buffer_printf(out, "# khotest cma 1\n");
	/* a kernel without CMA has none of these */
	if (!kcore_symbol(kcore, "cma_areas", &areas) || !kcore_symbol(kcore, "cma_area_count", &counter))
		return ENODATA;
	failed = kcore_read(kcore, counter, &count, sizeof(count));
	for (uint32_t i = 0; !failed && i < count; i++) {
		failed = kcore_read(kcore, areas + i * layout.size, area, layout.size);
		if (!failed)
			add_area(&layout, area, out);
	}
	return failed;
}
