// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What lives in scratch, page by page: /proc/kpageflags (fs/proc/page.c;
 * Documentation/admin-guide/mm/pagemap.rst), and /proc/kpagecount of what is mapped. A page
 * without any flag is either free, on the list of a CPU, or memory that the kernel has
 * taken for itself: only its struct page tells, which /proc/kcore has.
 */
#define KHO_OUT "/sys/kernel/debug/kho/out/"
#define OWNERS "/sys/kernel/debug/page_owner"
#define OWNERS_MOST 64u
#define OWNER_MAX 8192u /* of one report */
#define PAGES_AT_ONCE 32768u
#define RUN_MAX 96u /* bytes of a line: six numbers of 64 bits at most, in hexadecimal */
#define STEP 512u   /* pages after which it is worth a look whether a free block begins */
#define SETTLE_US 20000u
#define NO_TYPE UINT32_MAX /* page_type of a page that has none (include/linux/page-flags.h) */

/* What says whose a page is. The others say what is being done with it, and change at any time. */
#define FLAGS_SENT                                                                                                     \
	(KPF_BIT(KPF_UPTODATE) | KPF_BIT(KPF_LRU) | KPF_BIT(KPF_SLAB) | KPF_BIT(KPF_BUDDY) | KPF_BIT(KPF_MMAP) |       \
	 KPF_BIT(KPF_ANON) | KPF_BIT(KPF_SWAPBACKED) | KPF_BIT(KPF_COMPOUND_HEAD) | KPF_BIT(KPF_COMPOUND_TAIL) |       \
	 KPF_BIT(KPF_HUGE) | KPF_BIT(KPF_UNEVICTABLE) | KPF_BIT(KPF_HWPOISON) | KPF_BIT(KPF_NOPAGE) |                  \
	 KPF_BIT(KPF_OFFLINE) | KPF_BIT(KPF_ZERO_PAGE) | KPF_BIT(KPF_PGTABLE) | KPF_BIT(KPF_RESERVED) |                \
	 KPF_BIT(KPF_MLOCKED))

/* A page with none of these tells nothing. */
#define FLAGS_THAT_TELL                                                                                                \
	(KPF_BIT(KPF_UPTODATE) | KPF_BIT(KPF_LRU) | KPF_BIT(KPF_SLAB) | KPF_BIT(KPF_BUDDY) | KPF_BIT(KPF_MMAP) |       \
	 KPF_BIT(KPF_ANON) | KPF_BIT(KPF_SWAPBACKED) | KPF_BIT(KPF_HUGE) | KPF_BIT(KPF_NOPAGE) |                       \
	 KPF_BIT(KPF_OFFLINE) | KPF_BIT(KPF_ZERO_PAGE) | KPF_BIT(KPF_PGTABLE) | KPF_BIT(KPF_RESERVED))

typedef struct {
	uint64_t flags;
	int64_t maps, refs; /* -1: not asked for */
	uint32_t type;	    /* with refs: page_type, which is -1 - the number of mappings where there is none */
} Page;

typedef struct {
	Buffer *out;
	Buffer *owners; /* NULL: not asked for */
	int owner_fd;	/* -1: nobody keeps it */
	unsigned owners_left;
	Pages *pages; /* NULL: struct pages cannot be read */
	int flags_fd, count_fd;
	/* equal pages that are not written out yet */
	uint64_t run_pfn, run_count;
	Page run;
} Reader;

static int read_numbers(int fd, uint64_t pfn, uint64_t count, uint64_t *numbers)
{
	char *at = (char *)numbers;
	size_t length = count * sizeof(uint64_t);
	off_t offset = (off_t)(pfn * sizeof(uint64_t));

	while (length > 0) {
		ssize_t n = pread(fd, at, length, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return ENODATA;
		at += n;
		offset += n;
		length -= (size_t)n;
	}
	return 0;
}

static void put_number(Buffer *out, int64_t number)
{
	if (number < 0)
		buffer_add(out, " -", 2);
	else
		buffer_printf(out, " %llx", (unsigned long long)number);
}

static void end_run(Reader *reader)
{
	Buffer *out = reader->out;

	if (!reader->run_count)
		return;
	buffer_printf(out, "%llx %llx %llx", (unsigned long long)reader->run_pfn, (unsigned long long)reader->run_count,
		      (unsigned long long)reader->run.flags);
	put_number(out, reader->run.maps);
	put_number(out, reader->run.refs);
	put_number(out, reader->run.refs < 0 ? -1 : (int64_t)reader->run.type);
	buffer_add(out, "\n", 1);
	reader->run_count = 0;
}

static bool is_same(const Page *a, const Page *b)
{
	return a->flags == b->flags && a->maps == b->maps && a->refs == b->refs && a->type == b->type;
}

static void add_page(Reader *reader, uint64_t pfn, const Page *page)
{
	if (!reader->run_count || !is_same(&reader->run, page) || reader->run_pfn + reader->run_count != pfn) {
		end_run(reader);
		reader->run_pfn = pfn;
		reader->run = *page;
	}
	reader->run_count++;
}

static bool tells_nothing(const Page *page)
{
	return !(page->flags & FLAGS_THAT_TELL);
}

/* Neither free nor anything that is known: the kernel's own, or on its way to be something. */
static bool is_unknown(const Page *page)
{
	return tells_nothing(page) && page->refs >= 0 &&
	       (page->refs > 0 || page->type != NO_TYPE ||
		page->flags & (KPF_BIT(KPF_COMPOUND_HEAD) | KPF_BIT(KPF_COMPOUND_TAIL)));
}

/* The same for all that nothing can move. */
static bool is_wrong(const Page *page)
{
	if (page->flags & (KPF_BIT(KPF_RESERVED) | KPF_BIT(KPF_BUDDY) | KPF_BIT(KPF_HUGE) | KPF_BIT(KPF_NOPAGE)))
		return false;
	return page->flags & (KPF_BIT(KPF_SLAB) | KPF_BIT(KPF_PGTABLE)) || is_unknown(page) ||
	       (page->flags & KPF_BIT(KPF_MMAP) && !(page->flags & (KPF_BIT(KPF_LRU) | KPF_BIT(KPF_ANON) |
								    KPF_BIT(KPF_SWAPBACKED) | KPF_BIT(KPF_UPTODATE))));
}

/*
 * Who allocated it. The file's offset is a page frame, and read(2) gives the report of the
 * first from there on that somebody has (read_page_owner() of mm/page_owner.c).
 */
static void add_owner(Reader *reader, uint64_t pfn, const Page *page)
{
	char report[OWNER_MAX], name[32];
	ssize_t n;

	if (reader->owner_fd < 0 || !reader->owners_left || page->flags & KPF_BIT(KPF_COMPOUND_TAIL) || !is_wrong(page))
		return;
	n = pread(reader->owner_fd, report, sizeof(report) - 1, (off_t)pfn);
	report[n > 0 ? n : 0] = '\0';
	snprintf(name, sizeof(name), "\nPFN 0x%llx ", (unsigned long long)pfn);
	if (!strstr(report, name))
		return;
	if (!reader->owners->length)
		buffer_printf(reader->owners, "# khotest scratch-owners 1\n");
	buffer_add(reader->owners, report, (size_t)n);
	reader->owners_left--;
}

static int look_closer(const Reader *reader, uint64_t pfn, Page *page)
{
	uint64_t number;
	int failed = 0;

	page->maps = page->refs = -1;
	page->type = NO_TYPE;
	if (page->flags & KPF_BIT(KPF_MMAP)) {
		failed = read_numbers(reader->count_fd, pfn, 1, &number);
		page->maps = (int64_t)number;
	} else if (tells_nothing(page) && reader->pages) {
		uint32_t refs;

		failed = pages_read(reader->pages, pfn, &refs, &page->type);
		page->refs = refs;
	}
	return failed;
}

/*
 * A page that was given away a moment ago has no flags yet. Who still has none after a
 * while was taken by the kernel for itself.
 */
static int settle(const Reader *reader, uint64_t pfn, uint64_t count, Page *pages)
{
	bool waited = false;
	int failed = 0;

	for (uint64_t i = 0; !failed && i < count; i++) {
		uint64_t flags;

		if (!is_unknown(&pages[i]))
			continue;
		if (!waited)
			usleep(SETTLE_US);
		waited = true;
		failed = read_numbers(reader->flags_fd, pfn + i, 1, &flags);
		pages[i].flags = flags & FLAGS_SENT;
		if (!failed)
			failed = look_closer(reader, pfn + i, &pages[i]);
	}
	return failed;
}

/*
 * Flags of pages one after the other. Of a free block its first page says how large it is:
 * the kernel would look that up for each of its pages anew, and nearly all of scratch is free.
 */
static int read_flags(const Reader *reader, uint64_t pfn, uint64_t count, uint64_t *flags)
{
	int failed = 0;

	for (uint64_t i = 0, n; !failed && i < count; i += n) {
		uint64_t left = count - i, step = STEP - (pfn + i) % STEP;

		n = reader->pages ? pages_free_block(reader->pages, pfn + i) : 0;
		if (n) {
			n = n < left ? n : left;
			for (uint64_t j = 0; j < n; j++)
				flags[i + j] = KPF_BIT(KPF_BUDDY);
			continue;
		}
		n = step < left ? step : left;
		failed = read_numbers(reader->flags_fd, pfn + i, n, flags + i);
	}
	return failed;
}

static int read_chunk(Reader *reader, uint64_t pfn, uint64_t count)
{
	static uint64_t flags[PAGES_AT_ONCE];
	static Page pages[PAGES_AT_ONCE];
	int failed = read_flags(reader, pfn, count, flags);

	for (uint64_t i = 0; !failed && i < count; i++) {
		pages[i].flags = flags[i] & FLAGS_SENT;
		failed = look_closer(reader, pfn + i, &pages[i]);
	}
	if (!failed)
		failed = settle(reader, pfn, count, pages);
	for (uint64_t i = 0; !failed && i < count; i++) {
		add_page(reader, pfn + i, &pages[i]);
		add_owner(reader, pfn + i, &pages[i]);
	}
	return failed;
}

/* Region by region, in the order of debugfs, each from its first page frame on. */
static int read_region(Reader *reader, uint64_t phys, uint64_t bytes, unsigned page_shift)
{
	uint64_t pfn = phys >> page_shift, end = (phys + bytes) >> page_shift;
	int failed = 0;

	while (!failed && pfn < end) {
		uint64_t count = end - pfn < PAGES_AT_ONCE ? end - pfn : PAGES_AT_ONCE;

		/* a record that was longer than the host takes would be lost as a whole */
		if (reader->out->length + (count + 1) * RUN_MAX > FRAME_PAYLOAD_MAX)
			failed = EFBIG;
		else
			failed = read_chunk(reader, pfn, count);
		pfn += count;
	}
	end_run(reader);
	return failed;
}

/* Both have a hexadecimal number a line, the n-th of the one belonging to the n-th of the other. */
static int read_regions(Reader *reader, const char *phys, const char *bytes, unsigned page_shift)
{
	int failed = 0;

	while (!failed && *phys && *bytes) {
		char *phys_end, *bytes_end;
		uint64_t from = strtoull(phys, &phys_end, 16), length = strtoull(bytes, &bytes_end, 16);

		if (*phys_end != '\n' || *bytes_end != '\n')
			return EINVAL;
		failed = read_region(reader, from, length, page_shift);
		phys = phys_end + 1;
		bytes = bytes_end + 1;
	}
	return failed;
}

static int open_files(Reader *reader)
{
	Kcore *kcore;

	reader->flags_fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (reader->flags_fd < 0)
		return errno;
	reader->count_fd = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	if (reader->count_fd < 0)
		return errno;
	/* without it, what can be told is told */
	if (kcore_open(&kcore) == 0)
		reader->pages = pages_new(kcore);
	return 0;
}

static void close_files(Reader *reader)
{
	if (reader->flags_fd >= 0)
		close(reader->flags_fd);
	if (reader->count_fd >= 0)
		close(reader->count_fd);
	if (reader->owner_fd >= 0)
		close(reader->owner_fd);
	pages_free(reader->pages);
}

/* The files of debugfs: 7.4 has other names. ENOENT: there is no KHO. */
static int read_lists(Buffer *phys, Buffer *bytes)
{
	static const char *const names[][2] = { { KHO_OUT "scratch_phys", KHO_OUT "scratch_len" },
						{ KHO_OUT "bootmem_phys", KHO_OUT "bootmem_len" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int failed = buffer_read(phys, names[i][0], FRAME_PAYLOAD_MAX);

		if (failed != ENOENT)
			return failed ? failed : buffer_read(bytes, names[i][1], FRAME_PAYLOAD_MAX);
	}
	return ENOENT;
}

int scratch_pages_read(Buffer *out, Buffer *owners)
{
	Reader reader = { .out = out,
			  .owners = owners,
			  .owner_fd = owners ? open(OWNERS, O_RDONLY | O_CLOEXEC) : -1,
			  .owners_left = OWNERS_MOST,
			  .flags_fd = -1,
			  .count_fd = -1 };
	Buffer phys = { 0 }, bytes = { 0 };
	unsigned page_shift = (unsigned)__builtin_ctzl((unsigned long)sysconf(_SC_PAGESIZE));
	int failed = read_lists(&phys, &bytes);

	if (!failed)
		failed = open_files(&reader);
	if (!failed) {
		buffer_printf(out, "# khotest scratch-pages 1 page_shift=%u flags=%llx struct_pages=%d\n", page_shift,
			      (unsigned long long)FLAGS_SENT, reader.pages != NULL);
		failed = read_regions(&reader, phys.data ? phys.data : "", bytes.data ? bytes.data : "", page_shift);
	}
	close_files(&reader);
	buffer_clear(&phys);
	buffer_clear(&bytes);
	return failed;
}
