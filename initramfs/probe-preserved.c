// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * What this kernel preserves for the next one, page by page: kho_out.fdt
 * (kernel/liveupdate/kexec_handover.c; its first member in 7.1 to 7.3) is the tree that
 * the next kernel will be given, and its property "preserved-memory-map" the root of a
 * radix tree in which each bit that is set is a preserved page of some order
 * (include/linux/kho/abi/kexec_handover.h, since "kho-v3"). debugfs has that tree only in
 * a kernel that came through firmware.
 */
#define ABI_MAX 32u
#define FDT_MAX 65536u /* bytes; the kernel gives it one page */
#define RUNS_MAX 1024u /* stretches of pages that are listed; all of them are counted */

/* The Devicetree Specification, 5.4: tokens of the structure block, big-endian and aligned to four bytes. */
enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9 };
#define FDT_MAGIC 0xd00dfeedu

typedef struct {
	const Kcore *kcore;
	unsigned page_shift;
	char abi[ABI_MAX];
	uint64_t root;	     /* physical address */
	uint64_t counts[64]; /* preserved pages by their order */
	/* a stretch of pages of the same order that is not written out yet, as page frame numbers */
	uint64_t run_pfn, run_count;
	unsigned run_order;
	uint64_t runs; /* stretches in all */
	Buffer list;
} Walk;

/* ---- the tree that the next kernel will be given ---- */

static uint32_t be32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

/* The two properties of the root node; the kernel writes the address in its own byte order. */
static void take_property(Walk *walk, const char *name, const char *value, uint32_t length)
{
	if (strcmp(name, "compatible") == 0 && length > 0 && length <= sizeof(walk->abi) && !value[length - 1])
		memcpy(walk->abi, value, length);
	else if (strcmp(name, "preserved-memory-map") == 0 && length == sizeof(walk->root))
		memcpy(&walk->root, value, length);
}

/* The root's properties come before its nodes. data is followed by a NUL. */
static int read_fdt(Walk *walk, const char *data, uint32_t size)
{
	uint32_t at = be32(data + 8), end, strings = be32(data + 12);

	if (strings > size || at > size)
		return EBADMSG;
	end = size - at < be32(data + 36) ? size : at + be32(data + 36);
	for (unsigned depth = 0; at + 4 <= end;) {
		uint32_t token = be32(data + at), length, name;

		at += 4;
		if (token == FDT_END || token == FDT_END_NODE)
			break;
		if (token == FDT_BEGIN_NODE) {
			if (depth++)
				break;
			at += ((uint32_t)strlen(data + at) + 4) & ~3u;
		} else if (token == FDT_PROP && at + 8 <= end) {
			length = be32(data + at);
			name = be32(data + at + 4);
			at += 8;
			if (length > end - at || name >= size - strings)
				return EBADMSG;
			take_property(walk, data + strings + name, data + at, length);
			at += (length + 3) & ~3u;
		} else if (token != FDT_NOP) {
			return EBADMSG;
		}
	}
	return walk->root && *walk->abi ? 0 : EBADMSG;
}

static int find_root(Walk *walk)
{
	uint64_t kho_out, fdt;
	char header[40], *data;
	uint32_t size;
	int failed;

	if (!kcore_symbol(walk->kcore, "kho_out", &kho_out))
		return ENODATA;
	failed = kcore_read(walk->kcore, kho_out, &fdt, sizeof(fdt));
	if (failed)
		return failed;
	/* KHO is off, or gave up: this kernel hands nothing over */
	if (!fdt)
		return ENOENT;
	failed = kcore_read(walk->kcore, fdt, header, sizeof(header));
	if (failed)
		return failed;
	size = be32(header + 4);
	if (be32(header) != FDT_MAGIC || size < sizeof(header) || size > FDT_MAX)
		return EBADMSG;
	data = calloc(1, size + 1);
	failed = data ? kcore_read(walk->kcore, fdt, data, size) : ENOMEM;
	if (!failed)
		failed = read_fdt(walk, data, size);
	free(data);
	return failed;
}

/* ---- the preserved pages ---- */

static void end_run(Walk *walk)
{
	if (!walk->run_count)
		return;
	if (walk->runs++ < RUNS_MAX)
		buffer_printf(&walk->list, "%llx %llx %u\n", (unsigned long long)walk->run_pfn,
			      (unsigned long long)walk->run_count, walk->run_order);
	walk->run_count = 0;
}

static void add_page(Walk *walk, uint64_t pfn, unsigned order)
{
	walk->counts[order]++;
	if (walk->run_count && walk->run_order == order && walk->run_pfn + (walk->run_count << order) == pfn) {
		walk->run_count++;
		return;
	}
	end_run(walk);
	walk->run_pfn = pfn;
	walk->run_count = 1;
	walk->run_order = order;
}

/* The key of a page: its frame number shifted by its order, below one bit whose place says the order. */
static int add_key(Walk *walk, uint64_t key)
{
	unsigned order_0 = 64 - walk->page_shift, top;

	if (!key)
		return EBADMSG;
	top = 63 - (unsigned)__builtin_clzll(key);
	if (top > order_0)
		return EBADMSG;
	add_page(walk, (key & ~(1ull << top)) << (order_0 - top), order_0 - top);
	return 0;
}

static int walk_leaf(Walk *walk, const uint64_t *words, uint64_t key)
{
	int failed = 0;

	for (unsigned i = 0; !failed && i < (1u << walk->page_shift) / sizeof(uint64_t); i++)
		for (uint64_t left = words[i]; !failed && left; left &= left - 1)
			failed = add_key(walk, key | (i * 64u + (unsigned)__builtin_ctzll(left)));
	return failed;
}

/* Each node is a page: level 0 a bitmap, those above it the physical addresses of what is below. */
static int walk_node(Walk *walk, uint64_t phys, unsigned level, uint64_t key)
{
	size_t size = 1u << walk->page_shift;
	uint64_t *words = malloc(size);
	unsigned shift = level ? (level - 1) * (walk->page_shift - 3) + walk->page_shift + 3 : 0;
	int failed = words ? kcore_read_physical(walk->kcore, phys, words, size) : ENOMEM;

	if (!failed && !level)
		failed = walk_leaf(walk, words, key);
	for (uint64_t i = 0; !failed && level && i < size / sizeof(uint64_t); i++)
		if (words[i])
			failed = walk_node(walk, words[i], level - 1, key | i << shift);
	free(words);
	return failed;
}

/* KHO_TREE_MAX_DEPTH: a key has one bit more than a frame number, a leaf takes eight bits a byte of its page. */
static unsigned tree_depth(unsigned page_shift)
{
	unsigned table = page_shift - 3, bitmap = page_shift + 3;

	return (64 - page_shift - bitmap + 1 + table - 1) / table + 1;
}

static int count_pages(Walk *walk)
{
	/* what the tree looked like before is another matter, and what it may look like later nobody knows */
	if (strcmp(walk->abi, "kho-v3") != 0 && strcmp(walk->abi, "kho-v4") != 0)
		return EPROTONOSUPPORT;
	return walk_node(walk, walk->root, tree_depth(walk->page_shift) - 1, 0);
}

int preserved_read(const Kcore *kcore, Buffer *out)
{
	Walk walk = { .kcore = kcore };
	uint64_t page_shift = 0;
	int failed =
		kcore_layout(kcore, "page_shift", &page_shift) && page_shift >= 12 && page_shift <= 16 ? 0 : EINVAL;

	walk.page_shift = (unsigned)page_shift;
	if (!failed)
		failed = find_root(&walk);
	if (!failed)
		failed = count_pages(&walk);
	end_run(&walk);
	if (!failed) {
		buffer_printf(out, "# khotest preserved 1 page_shift=%u abi=%s\n", walk.page_shift, walk.abi);
		for (unsigned order = 0; order < 64; order++)
			if (walk.counts[order])
				buffer_printf(out, "order %u %llu\n", order, (unsigned long long)walk.counts[order]);
		buffer_printf(out, "runs %llu\n", (unsigned long long)walk.runs);
		if (walk.list.length)
			buffer_add(out, walk.list.data, walk.list.length);
	}
	buffer_clear(&walk.list);
	return failed;
}
