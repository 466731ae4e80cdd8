// SPDX-License-Identifier: GPL-2.0-or-later
#include "kinds.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <uring.h>

#define PAGE_TABLE_REACH ((Bytes)2 << 20) /* what one lowest page table maps */
#define PIECES_MOST 12000		  /* a hole in a mapping makes two of one, and 65530 are possible */
#define REGIONS_MOST 256

/* Mappings, or files: pieces that every second of is given back. */
typedef struct {
	char *start;
	Bytes length;
	int ring; /* of pinned memory */
} Region;

typedef struct {
	Region regions[REGIONS_MOST];
	int n;
} Regions;

static Region *regions_add(Regions *regions, char *start, Bytes length)
{
	Region *region = &regions->regions[regions->n];

	if (start == MAP_FAILED)
		return NULL;
	if (regions->n == REGIONS_MOST) {
		munmap(start, (size_t)length);
		errno = ENOBUFS;
		return NULL;
	}
	regions->n++;
	*region = (Region){ .start = start, .length = length, .ring = -1 };
	return region;
}

static Bytes regions_length(const Regions *regions)
{
	Bytes length = 0;

	for (int i = 0; i < regions->n; i++)
		length += regions->regions[i].length;
	return length;
}

static Bytes round_up(Bytes value, Bytes to)
{
	return (value + to - 1) / to * to;
}

/* The least piece of which there are not too many. */
static Bytes piece_for(Bytes length, Bytes least)
{
	return round_up(length / PIECES_MOST + 1, least);
}

static void unmap_every_second(const Regions *regions, Bytes least)
{
	Bytes piece = piece_for(regions_length(regions), least);

	for (int i = 0; i < regions->n; i++)
		for (Bytes at = piece; at + piece <= regions->regions[i].length; at += 2 * piece)
			munmap(regions->regions[i].start + at, (size_t)piece);
}

static char *map(Bytes length, int protection)
{
	return mmap(NULL, (size_t)length, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/*
 * ---- slab: pipes with long rings of buffers, and empty files ----
 *
 * Objects of 100 to 4096 bytes, whose slabs are of 32 KiB where such pieces are to be
 * had, and of single pages where not. For larger objects there is no way without two
 * pages in one piece, and the kernel would rather kill than do without.
 */

#define SLAB_BATCH 256
#define SPARE_PIPES 16
#define SLAB_UNIT_MOST ((Bytes)8192) /* what one pipe with its file can come to */
#define SLAB_UNIT_LEAST ((Bytes)512) /* ... or less, while it fills gaps in slabs that are there */

static struct {
	int (*pipes)[2];
	int n, room;
	int slots; /* of a pipe's ring, 40 bytes each: 64 come from kmalloc-4k, 32 from kmalloc-2k */
} slab = { .slots = 64 };

static void slab_file_name(char name[static 64], int pipe)
{
	snprintf(name, 64, KINDS_FOLDER "/%d", pipe);
}

static int slab_make_one(void)
{
	int *ends = slab.pipes[slab.n];
	char name[64];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	slab.n++;
	fcntl(ends[0], F_SETPIPE_SZ, slab.slots * PAGE_BYTES);
	slab_file_name(name, slab.n - 1);
	return mknod(name, S_IFREG | 0600, 0) < 0 ? errno : 0;
}

static void slab_undo_one(void)
{
	char name[64];

	slab.n--;
	close(slab.pipes[slab.n][0]);
	close(slab.pipes[slab.n][1]);
	slab_file_name(name, slab.n);
	unlink(name);
}

static int slab_make_batch(int units)
{
	int failed = 0;

	if (slab.n + units > slab.room) {
		void *more = realloc(slab.pipes, sizeof(slab.pipes[0]) * (size_t)(slab.n + units) * 2);

		if (!more)
			return ENOMEM;
		slab.pipes = more;
		slab.room = (slab.n + units) * 2;
	}
	for (int i = 0; i < units && !failed; i++)
		failed = slab_make_one();
	/* whoever looks at memory, or makes another kind, needs files too */
	for (int i = 0; failed == EMFILE && slab.n > 0 && i < SPARE_PIPES; i++)
		slab_undo_one();
	return failed;
}

/* How much an object takes nobody knows before: in batches, looking each time. */
static int slab_make(Bytes bytes)
{
	Memory memory = memory_read();
	Bytes before = memory.slab, most = memory.fixed - memory.reserve - bytes * 2;
	int failed = 0;

	for (Bytes units = 0; !failed && units < bytes / SLAB_UNIT_LEAST; units += SLAB_BATCH) {
		Bytes left = before + bytes - memory.slab;

		if (left <= 0 || (most > 0 && memory.fixed - memory.reserve < most))
			break;
		failed = slab_make_batch(left / SLAB_UNIT_MOST < SLAB_BATCH ? (int)(left / SLAB_UNIT_MOST) + 1
									    : SLAB_BATCH);
		memory = memory_read();
	}
	return failed;
}

static int slab_make_again(Bytes bytes)
{
	slab.slots = 32;
	return slab_make(bytes);
}

static void slab_halve(void)
{
	char name[64];

	for (int i = 1; i < slab.n; i += 2) {
		close(slab.pipes[i][0]);
		close(slab.pipes[i][1]);
		slab_file_name(name, i);
		unlink(name);
	}
}

/* ---- page tables: one page of zeroes, mapped once in each 2 MiB ---- */

static Regions tables;

static int tables_make(Bytes bytes)
{
	Bytes length = bytes / PAGE_BYTES * PAGE_TABLE_REACH;
	char *start = map(length + PAGE_TABLE_REACH, PROT_READ);
	char *aligned = start == MAP_FAILED ? start : (char *)round_up((Bytes)start, PAGE_TABLE_REACH);

	if (!regions_add(&tables, aligned, length))
		return errno;
	for (Bytes at = 0; at < length; at += PAGE_TABLE_REACH)
		*(volatile char *)(aligned + at);
	return 0;
}

static void tables_halve(void)
{
	unmap_every_second(&tables, PAGE_TABLE_REACH);
}

/* ---- files in memory ---- */

#define BLOCK_BYTES ((Bytes)1 << 20)

typedef struct {
	int fd;
	Bytes length;
} MemoryFile;

static MemoryFile cache = { -1, 0 }, memfd = { -1, 0 };

static int file_write(MemoryFile *file, Bytes bytes)
{
	static char block[BLOCK_BYTES];

	if (file->fd < 0)
		return errno;
	if (!block[0])
		memset(block, 0xa5, sizeof(block));
	for (Bytes left = round_up(bytes, PAGE_BYTES), wrote; left > 0; left -= wrote) {
		wrote = write(file->fd, block, (size_t)(left < BLOCK_BYTES ? left : BLOCK_BYTES));
		if (wrote <= 0)
			return wrote < 0 ? errno : ENOSPC;
		file->length += wrote;
	}
	return 0;
}

static void file_halve(const MemoryFile *file)
{
	Bytes piece = piece_for(file->length, PAGE_BYTES);

	for (Bytes at = piece; at + piece <= file->length; at += 2 * piece)
		fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, piece);
}

static int cache_make(Bytes bytes)
{
	if (cache.fd < 0)
		cache.fd = open(KINDS_FOLDER "/cache", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return file_write(&cache, bytes);
}

static void cache_halve(void)
{
	file_halve(&cache);
}

static int memfd_make(Bytes bytes)
{
	if (memfd.fd < 0)
		memfd.fd = memfd_create("pressure", MFD_CLOEXEC);
	return file_write(&memfd, bytes);
}

static void memfd_halve(void)
{
	file_halve(&memfd);
}

/*
 * ---- ballast ----
 *
 * fallocate() on a tmpfs takes pages and leaves them as they are until somebody reads or writes them
 * (shmem_fallocate() in mm/shmem.c): an emulated machine loses that memory, and its host gives none.
 */

static int ballast_make(Bytes bytes)
{
	int fd;

	/* huge pages, where the kernel has them: single ones would take minutes, and a node of a tree each */
	if ((mkdir(BALLAST_FOLDER, 0755) < 0 && errno != EEXIST) ||
	    (mount("ballast", BALLAST_FOLDER, "tmpfs", 0, "size=0,huge=always") < 0 &&
	     mount("ballast", BALLAST_FOLDER, "tmpfs", 0, "size=0") < 0))
		return errno;
	fd = open(BALLAST_FOLDER "/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && fallocate(fd, 0, 0, round_up(bytes, PAGE_BYTES)) == 0 ? 0 : errno;
}

/* ---- mlocked ---- */

static Regions locked;

static int locked_make(Bytes bytes)
{
	Bytes length = round_up(bytes, PAGE_BYTES);
	Region *region = regions_add(&locked, map(length, PROT_READ | PROT_WRITE), length);

	return region && mlock(region->start, (size_t)length) == 0 ? 0 : errno;
}

static void locked_halve(void)
{
	unmap_every_second(&locked, PAGE_BYTES);
}

/* ---- pinned ---- */

#define PINNED_PIECE ((Bytes)64 << 10)

static Regions pinned;

/* Nobody has touched it: it comes into being while it is pinned, and not in CMA. */
static int pinned_make(Bytes bytes)
{
	static struct iovec buffers[URING_BUFFERS_MOST];
	Bytes length = round_up(bytes < (Bytes)1 << 30 ? bytes : (Bytes)1 << 30, PINNED_PIECE);
	unsigned int n = (unsigned int)(length / PINNED_PIECE);
	int ring = uring_new();
	Region *region;

	if (ring < 0)
		return errno;
	region = regions_add(&pinned, map(length, PROT_READ | PROT_WRITE), length);
	if (!region)
		return errno;
	for (unsigned int i = 0; i < n; i++)
		buffers[i] = (struct iovec){ region->start + i * PINNED_PIECE, (size_t)PINNED_PIECE };
	region->ring = ring;
	return uring_pin(ring, buffers, n) < 0 ? errno : 0;
}

static void pinned_halve(void)
{
	for (int i = 0; i < pinned.n; i++) {
		const Region *region = &pinned.regions[i];

		for (Bytes piece = 1; (piece + 1) * PINNED_PIECE <= region->length; piece += 2)
			if (uring_unpin_one(region->ring, (unsigned int)piece) == 0)
				munmap(region->start + piece * PINNED_PIECE, (size_t)PINNED_PIECE);
	}
}

#define COUNTED(member) offsetof(Memory, member)

Kind kinds[KINDS] = {
	{ "slab", true, COUNTED(slab), slab_make, slab_halve, 0, 0, 0, 0 },
	{ "page tables", true, COUNTED(page_tables), tables_make, tables_halve, 0, 0, 0, 0 },
	{ "page cache", false, COUNTED(shmem), cache_make, cache_halve, 0, 0, 0, 0 },
	{ "pinned", true, COUNTED(pinned), pinned_make, pinned_halve, 0, 0, 0, 0 },
	{ "mlocked", false, COUNTED(mlocked), locked_make, locked_halve, 0, 0, 0, 0 },
	{ "memfd", false, COUNTED(shmem), memfd_make, memfd_halve, 0, 0, 0, 0 },
};

Kind slab_again = { "slab again", true, COUNTED(slab), slab_make_again, NULL, 0, 0, 0, 0 };
Kind ballast = { "ballast", false, COUNTED(shmem), ballast_make, NULL, 0, 0, 0, 0 };
