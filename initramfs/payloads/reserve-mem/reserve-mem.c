// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Payload "reserve-mem": a region that the command line reserves, reserve_mem=SIZE:ALIGN:khotest, and
 * that each kernel hands to the next.
 *
 *   reserve-mem before   fills the region with what only this kernel writes
 *   reserve-mem after    in the next kernel: it lies where it lay, and has each byte
 *
 * User space comes at it through /dev/mem. Nothing is written down but the content itself, which follows
 * from the number of the kernel.
 */
#include "content.h"
#include "region.h"

#include <errno.h>
#include <fcntl.h>

#define NAME "khotest"

/* What the kernel of that number writes. */
static Content content_of(const Region *region, int hop)
{
	return (Content){ .seed = pattern_mix(0x72736d656d + (uint64_t)hop), .size = region->size };
}

/* The region in memory; NULL after a result that says why not. */
static unsigned char *map_region(const Region *region, bool write)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	unsigned char *memory;

	if (fd < 0 && errno == ENOENT) {
		ktap_skip("reserve-mem", "no /dev/mem: it needs CONFIG_DEVMEM=y (kconfigs/devmem.config)");
		return NULL;
	}
	memory = fd < 0 ? MAP_FAILED
			: mmap(NULL, region->size, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED, fd,
			       (off_t)region->start);
	if (memory == MAP_FAILED) {
		ktap_note("%s of /dev/mem at 0x%llx says: %s", fd < 0 ? "open()" : "mmap()",
			  (unsigned long long)region->start, strerror(errno));
		ktap_result(false, "reserve-mem: the region can be reached");
	}
	if (fd >= 0)
		close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

/* One bit of one byte, behind the back of what made the content: the next kernel must find it. */
static void damage(unsigned char *memory, const Region *region)
{
	uint64_t offset = region->size / 3 | 1;

	memory[offset] ^= 1;
	ktap_note("KHOTEST_BREAK=data: region %s: the byte at offset %llu (0x%llx) is now 0x%02x, and was 0x%02x", NAME,
		  (unsigned long long)offset, (unsigned long long)offset, memory[offset], memory[offset] ^ 1);
	ktap_result(true, "region %s: damaged on purpose", NAME);
}

static bool find(const char *path, Region *ret_region)
{
	if (region_read(path, NAME, ret_region))
		return true;
	ktap_note("%s has no region %s%s", path, NAME, access(path, F_OK) < 0 ? ": it is not there" : "");
	ktap_note("the kernel's log says why, at \"reserve_mem\" and \"KHO\"");
	return ktap_result(false, "region %s: handed over", NAME);
}

static int hook_before(int hop)
{
	const char *broken = getenv("KHOTEST_BREAK");
	unsigned char *memory;
	Region region = { 0 };
	Content content;
	uint64_t checksum;
	double begin;

	if (!find(REGION_OUT, &region))
		return ktap_end();
	memory = map_region(&region, true);
	if (!memory)
		return ktap_end();
	content = content_of(&region, hop);
	begin = content_clock();
	checksum = content_make(&content, memory);
	tell_speed("made", region.size, content_clock() - begin);
	ktap_result(true, "region %s: %s at 0x%llx filled, checksum 0x%016llx", NAME, size_text(region.size),
		    (unsigned long long)region.start, (unsigned long long)checksum);
	if (broken && strcmp(broken, "data") == 0 && hop == 0)
		damage(memory, &region);
	return ktap_end();
}

static int hook_after(int hop)
{
	Region region = { 0 }, was = { 0 };
	const unsigned char *memory;
	Damage damage = { 0 };
	Content content;
	uint64_t checksum;
	double begin;

	if (!find(REGION_IN, &was) || !find(REGION_OUT, &region))
		return ktap_end();
	ktap_note("it is at 0x%llx with %llu bytes, and was at 0x%llx with %llu bytes in the kernel before",
		  (unsigned long long)region.start, (unsigned long long)region.size, (unsigned long long)was.start,
		  (unsigned long long)was.size);
	ktap_result(region.start == was.start && region.size == was.size, "region %s: at 0x%llx as before", NAME,
		    (unsigned long long)was.start);
	memory = map_region(&was, false);
	if (!memory)
		return ktap_end();
	content = content_of(&was, hop - 1);
	begin = content_clock();
	checksum = content_verify(&content, memory, &damage);
	if (damage.bytes)
		content_tell(&content, &damage, NAME);
	else
		tell_speed("verified", was.size, content_clock() - begin);
	ktap_result(!damage.bytes, "region %s: %s verified, checksum 0x%016llx", NAME, size_text(was.size),
		    (unsigned long long)checksum);
	return ktap_end();
}

int main(int argc, char **argv)
{
	int hop = env_number("KHOTEST_HOP");

	ktap_begin();
	if (argc == 2 && strcmp(argv[1], "before") == 0)
		return hook_before(hop);
	if (argc == 2 && strcmp(argv[1], "after") == 0)
		return hook_after(hop);
	fprintf(stderr, "usage: reserve-mem before|after\n");
	return 2;
}
