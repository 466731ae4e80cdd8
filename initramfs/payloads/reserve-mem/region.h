/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REGION_H
#define REGION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * Where a region of reserve_mem= lies. No file says so in words; but what KHO hands over of it is an FDT, which debugfs
 * has as it is: kho/out/sub_fdts/memblock is what this kernel hands over, kho/in/sub_fdts/memblock what it was given.
 * mm/memblock.c writes it, and include/linux/kho/abi/memblock.h describes it: a node with the region's name, whose
 * properties "start" and "size" are 64-bit integers in the byte order of the machine. The form of an FDT is that
 * of the Devicetree Specification, chapter 5.
 */

#define REGION_OUT "/sys/kernel/debug/kho/out/sub_fdts/memblock"
#define REGION_IN "/sys/kernel/debug/kho/in/sub_fdts/memblock"
#define FDT_MOST 65536
#define FDT_MAGIC 0xd00dfeedu

enum {
	FDT_BEGIN_NODE = 1,
	FDT_END_NODE = 2,
	FDT_PROP = 3,
	FDT_NOP = 4,
};

typedef struct {
	uint64_t start, size;
} Region;

static inline uint32_t fdt_word(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* A property of the node: its value, if that is one of the two. Returns whether it was. */
static inline bool region_property(const char *name, const unsigned char *value, uint32_t length, Region *region)
{
	uint64_t *to = strcmp(name, "start") == 0 ? &region->start : strcmp(name, "size") == 0 ? &region->size : NULL;

	if (!to || length != sizeof(*to))
		return false;
	memcpy(to, value, sizeof(*to));
	return true;
}

/* Pure. fdt has `bytes` bytes and a zero behind them. Whether the region is there, with both its numbers. */
static inline bool region_parse(const unsigned char *fdt, uint32_t bytes, const char *name, Region *ret_region)
{
	uint32_t at, strings, length;
	unsigned int found = 0;
	bool inside = false;

	if (bytes < 40 || fdt_word(fdt) != FDT_MAGIC)
		return false;
	at = fdt_word(fdt + 8);
	strings = fdt_word(fdt + 12);
	while (at < bytes && bytes - at >= 4) {
		uint32_t token = fdt_word(fdt + at);

		at += 4;
		if (token == FDT_BEGIN_NODE) {
			if (at >= bytes)
				return false;
			inside = strcmp((const char *)fdt + at, name) == 0;
			at += ((uint32_t)strlen((const char *)fdt + at) + 4) & ~3u;
		} else if (token == FDT_PROP) {
			if (bytes - at < 8)
				return false;
			length = fdt_word(fdt + at);
			if (length > bytes - at - 8 || fdt_word(fdt + at + 4) >= bytes ||
			    strings >= bytes - fdt_word(fdt + at + 4))
				return false;
			if (inside)
				found += region_property((const char *)fdt + strings + fdt_word(fdt + at + 4),
							 fdt + at + 8, length, ret_region);
			at += 8 + ((length + 3) & ~3u);
		} else if (token == FDT_END_NODE) {
			inside = false;
		} else if (token != FDT_NOP) {
			break;
		}
	}
	return found == 2;
}

/* Reads one of the two files. */
static inline bool region_read(const char *path, const char *name, Region *ret_region)
{
	static unsigned char fdt[FDT_MOST + 1];
	FILE *file = fopen(path, "re");
	size_t bytes = file ? fread(fdt, 1, FDT_MOST, file) : 0;

	if (file)
		fclose(file);
	fdt[bytes] = 0;
	return region_parse(fdt, (uint32_t)bytes, name, ret_region);
}

#endif
