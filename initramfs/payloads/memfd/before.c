// SPDX-License-Identifier: GPL-2.0-or-later
/* The next kernel is loaded: memfds are made and preserved for it. */
#include "items.h"

#include <linux/memfd.h>
#include <sys/syscall.h>

#define GIB (UINT64_C(1) << 30)
#define PAGE UINT64_C(4096)
#define MANY 100

typedef struct {
	int device, hop;
	uint64_t budget; /* memory that may be used, in bytes */
	uint64_t big;	 /* of the biggest, as asked for; 0: by the budget */
	bool huge;	 /* memfds can have huge pages */
	Record record;
	int damaged_fd; /* of the memfd that KHOTEST_BREAK=data is about; -1 */
	const Item *damaged;
} Before;

/* How big a memfd is: a part of what is free, or fixed. */
typedef struct {
	const char *session, *name;
	Fate fate;
	uint64_t size;	 /* of a fixed one, and else the most */
	unsigned int of; /* one of so many parts of the free memory; 0: fixed */
	uint64_t position;
	uint32_t seals;
	bool sparse, huge, damaged, biggest;
} Recipe;

static const Recipe recipes[] = {
	{ "one", "one", FATE_TAKEN, 3 * PAGE + 123, 0 },
	{ "kinds", "empty", FATE_SHUFFLED, 0, 0 },
	{ "kinds", "byte", FATE_SHUFFLED, 1, 0, .position = 1 },
	{ "kinds", "sparse", FATE_SHUFFLED, GIB, 32, .sparse = true },
	{ "kinds", "sealed", FATE_SHUFFLED, 5 * PAGE, 0,
	  .seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL },
	{ "kinds", "pages", FATE_SHUFFLED, 64 * MIB, 32, .damaged = true },
	{ "kinds", "big", FATE_SHUFFLED, GIB, 3, .huge = true, .biggest = true },
	{ "unused", "unused", FATE_UNUSED, 64 * MIB, 32 },
	{ "open", "open", FATE_OPEN, MIB, 0 },
	{ "left", "left", FATE_LEFT, MIB, 0 },
};

static const Recipe traveller = { "travels", "travels", FATE_TRAVELS, 64 * MIB, 32 };

static uint64_t recipe_size(const Before *before, const Recipe *recipe)
{
	uint64_t size = recipe->size;

	if (recipe->of && recipe->size > before->budget / recipe->of)
		size = before->budget / recipe->of;
	if (recipe->biggest && before->big)
		size = before->big;
	if (size >= 2 * MIB)
		size &= ~(2 * MIB - 1);
	return size;
}

static Item *add_item(Before *before, const Recipe *recipe)
{
	Item *item = &before->record.item[before->record.items];

	*item = (Item){
		.token = 1 + before->record.items,
		.size = recipe_size(before, recipe),
		.position = recipe->position,
		.seals = recipe->seals,
		.fate = recipe->fate,
		.sparse = recipe->sparse,
		.huge = recipe->huge && before->huge,
		.born = (uint32_t)before->hop,
	};
	item->seed = pattern_mix(0x6d656d6664 + item->token * 1000 + item->born);
	snprintf(item->session, sizeof(item->session), "%s", recipe->session);
	snprintf(item->name, sizeof(item->name), "%s", recipe->name);
	before->record.items++;
	return item;
}

/* Whether memfds that are written from now on get huge pages where they can; not madvise(), which a small kernel lacks.
 */
static bool use_huge(bool yes)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "we");
	bool ok = file && fputs(yes ? "always\n" : "never\n", file) >= 0;

	return file && fclose(file) == 0 && ok;
}

/* Makes the memfd of an item with its content; -errno. */
static int make_memfd(Item *item)
{
	Content content = item_content(item);
	int fd = memfd_create(item->name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	unsigned char *memory;

	if (fd < 0 || ftruncate(fd, (off_t)item->size) < 0)
		return -errno;
	if (item->size) {
		memory = content_map(fd, item->size, true);
		if (!memory)
			return -errno;
		use_huge(item->huge);
		item->checksum = content_make(&content, memory);
		use_huge(false);
		munmap(memory, item->size);
	}
	if (lseek(fd, (off_t)item->position, SEEK_SET) < 0 || (item->seals && fcntl(fd, F_ADD_SEALS, item->seals) < 0))
		return -errno;
	return fd;
}

/* Preserves what is there already; says so as a result. Takes fd over. */
static void preserve(Before *before, int session, Item *item, int fd)
{
	double begin = content_clock();
	int failed = luo_preserve(session, fd, item->token);

	tell_speed("preserved", item->size, content_clock() - begin);
	if (failed)
		ktap_note("PRESERVE_FD on session %s says %s", luo_name(item->session, before->hop), luo_error(failed));
	ktap_result(!failed, "memfd %s: %s%s%s preserved", item->name, size_text(item->size),
		    item->sparse ? ", 3 pages of it written," : "", item->huge ? " in huge pages" : "");
	if (before->damaged == item)
		before->damaged_fd = fd;
	else
		close(fd);
}

static void make_item(Before *before, int session, const Recipe *recipe)
{
	Item *item = add_item(before, recipe);
	uint64_t huge_before = memory_of("ShmemHugePages"), huge;
	double begin = content_clock();
	int fd = make_memfd(item);

	if (fd < 0) {
		ktap_note("making it failed with %s; %s of memory are free, %s of them CMA", luo_error(fd),
			  size_text(memory_of("MemFree")), size_text(memory_of("CmaFree")));
		ktap_result(false, "memfd %s: %s made", item->name, size_text(item->size));
		before->record.items--;
		return;
	}
	tell_speed("made", item->size, content_clock() - begin);
	huge = memory_of("ShmemHugePages") - huge_before;
	if (item->huge)
		ktap_note("%s of it are in huge pages", size_text(huge));
	item->huge = item->huge && huge > item->size / 2;
	if (recipe->damaged)
		before->damaged = item;
	preserve(before, session, item, fd);
}

/* A new session; -1 after a result that says why not. */
static int make_session(const Before *before, const char *name)
{
	int session = luo_create(before->device, luo_name(name, before->hop));

	if (session >= 0)
		return session;
	ktap_note("CREATE_SESSION says %s", luo_error(session));
	ktap_result(false, "session %s: made", luo_name(name, before->hop));
	return -1;
}

static void make_sessions(Before *before)
{
	const char *name = "";
	int session = -1;

	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		if (strcmp(name, recipes[i].session) != 0)
			session = make_session(before, name = recipes[i].session);
		if (session >= 0)
			make_item(before, session, &recipes[i]);
	}
}

/* One session with many memfds, which are one result. */
static void make_many(Before *before)
{
	int session = make_session(before, "many"), failed = 0;
	uint64_t bytes = 0, checksum = 0;

	for (unsigned int i = 0; session >= 0 && i < MANY; i++) {
		Recipe recipe = { "many", "many", FATE_SHUFFLED, .size = 1 + i * i * 7 % (9 * PAGE) };
		Item *item = add_item(before, &recipe);
		int fd = make_memfd(item), error = fd < 0 ? fd : luo_preserve(session, fd, item->token);

		if (error && !failed++)
			ktap_note("number %u, of %s: %s", i, size_text(item->size), luo_error(error));
		bytes += item->size;
		checksum += item->checksum;
		if (fd >= 0)
			close(fd);
	}
	if (session >= 0)
		ktap_result(!failed, "memfd many: %u in one session, %s in all, preserved", MANY, size_text(bytes));
}

/* What came from the kernel before, and goes on: the process that "after" left behind has it. */
static int fetch_traveller(Before *before, Item *item)
{
	int keeper[2], pid, fd;

	if (!run_read("keeper", keeper, sizeof(keeper)) || !run_read("travels", item, sizeof(*item)))
		return -ENOENT;
	pid = (int)syscall(SYS_pidfd_open, keeper[0], 0);
	fd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pid, keeper[1], 0);
	item->token = 1 + before->record.items;
	return fd < 0 ? -errno : fd;
}

static void make_traveller(Before *before)
{
	int session = make_session(before, traveller.session), fd;
	Item *item = &before->record.item[before->record.items];

	if (session < 0)
		return;
	if (before->hop == 0) {
		make_item(before, session, &traveller);
		return;
	}
	fd = fetch_traveller(before, item);
	if (fd < 0) {
		ktap_note("it cannot be had from the process that took it over: %s", luo_error(fd));
		ktap_result(false, "memfd travels: preserved again");
		return;
	}
	before->record.items++;
	preserve(before, session, item, fd);
}

/* What no kernel takes, or must not take. */
static void make_refused(Before *before)
{
	int session = make_session(before, "refused"), fd = memfd_create("refused", MFD_CLOEXEC), failed, other;

	if (session < 0)
		return;
	if (fd < 0 || ftruncate(fd, 1) < 0 || (failed = luo_preserve(session, fd, 7)) < 0) {
		ktap_note("a memfd of one byte could not be preserved");
		ktap_result(false, "what is wrong is refused");
		return;
	}
	other = memfd_create("other", MFD_CLOEXEC);
	failed = luo_preserve(session, other, 7);
	ktap_note("PRESERVE_FD says %s", failed ? luo_error(failed) : "nothing");
	ktap_result(failed == -EEXIST, "token twice in a session: refused (EEXIST)");
	failed = luo_preserve(session, before->device, 8);
	ktap_note("PRESERVE_FD says %s", failed ? luo_error(failed) : "nothing");
	ktap_result(failed == -ENOENT, "file that is no memfd: refused (ENOENT)");
	failed = luo_create(before->device, luo_name("refused", before->hop));
	ktap_note("CREATE_SESSION says %s", failed < 0 ? luo_error(failed) : "nothing");
	ktap_result(failed == -EEXIST, "name of a session twice: refused (EEXIST)");
	failed = luo_open();
	ktap_note("open() says %s", failed < 0 ? luo_error(failed) : "nothing");
	ktap_result(failed == -EBUSY, LUO_DEVICE " twice: refused (EBUSY)");
	close(session); /* which takes the memfd back */
	close(other);
	close(fd);
}

/* A memfd of two huge pages from a pool; -1 where this kernel has none. */
static int make_hugetlb_memfd(Item *item)
{
	FILE *pool = fopen("/proc/sys/vm/nr_hugepages", "we");
	int fd = memfd_create("hugetlb", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB);
	Content content = item_content(item);
	void *memory = NULL;

	if (pool) {
		fputs("2\n", pool);
		fclose(pool);
	}
	if (fd >= 0 && ftruncate(fd, (off_t)item->size) == 0)
		memory = content_map(fd, item->size, true);
	if (!memory) {
		close(fd);
		return -1;
	}
	item->checksum = content_make(&content, memory);
	munmap(memory, item->size);
	return fd;
}

/*
 * Kernels up to 7.3 refuse huge pages of a pool (memfd_luo_can_preserve() of mm/memfd_luo.c), and say so with ENOENT.
 * One that takes them must give them back.
 */
static void make_hugetlb(Before *before)
{
	static const Recipe recipe = { "hugetlb", "hugetlb", FATE_TAKEN, 4 * MIB };
	Item *item = add_item(before, &recipe);
	int fd = make_hugetlb_memfd(item), session, failed;

	before->record.items--;
	if (fd < 0) {
		ktap_note("this kernel has no huge pages in a pool (-f hugetlb): no memfd of them was made");
		return;
	}
	session = make_session(before, recipe.session);
	if (session < 0)
		return;
	failed = luo_preserve(session, fd, item->token);
	close(fd);
	if (!failed) {
		before->record.items++;
		ktap_result(true, "memfd hugetlb: %s preserved", size_text(item->size));
		return;
	}
	ktap_note("PRESERVE_FD says %s", luo_error(failed));
	ktap_result(failed == -ENOENT, "memfd hugetlb: refused (ENOENT)");
}

static bool make_record(Before *before)
{
	Record *record = &before->record;
	int session = make_session(before, "record"), fd = memfd_create("record", MFD_CLOEXEC), failed;

	if (session < 0)
		return false;
	record->magic = RECORD_MAGIC;
	record->hop = (uint32_t)before->hop;
	record->checksum = record_checksum(record);
	failed = fd < 0 || write(fd, record, sizeof(*record)) != sizeof(*record)
			 ? -errno
			 : luo_preserve(session, fd, RECORD_TOKEN);
	close(fd);
	if (failed)
		ktap_note("%s", luo_error(failed));
	return ktap_result(!failed, "record of %u memfds: preserved", record->items);
}

/* One bit of one byte, after its checksum was written down: the next kernel must find it. */
static void damage(const Before *before)
{
	const Item *item = before->damaged;
	uint64_t offset = item ? item->size / 3 | 1 : 0;
	unsigned char *memory =
		item && before->damaged_fd >= 0 ? content_map(before->damaged_fd, item->size, true) : NULL;

	if (!memory) {
		ktap_result(false, "memfd pages: damaged on purpose");
		return;
	}
	memory[offset] ^= 1;
	ktap_note("KHOTEST_BREAK=data: memfd %s: the byte at offset %llu (0x%llx) is now 0x%02x, and was 0x%02x",
		  item->name, (unsigned long long)offset, (unsigned long long)offset, memory[offset],
		  memory[offset] ^ 1);
	ktap_result(true, "memfd %s: damaged on purpose", item->name);
	munmap(memory, item->size);
}

/* memfd.bytes=SIZE on the command line: how big the biggest shall be. */
static uint64_t asked_bytes(void)
{
	FILE *file = fopen("/proc/cmdline", "re");
	char line[4096] = "", *word, *end;
	unsigned long long bytes = 0;

	if (file && fgets(line, sizeof(line), file) && (word = strstr(line, "memfd.bytes="))) {
		bytes = strtoull(word + strlen("memfd.bytes="), &end, 0);
		bytes <<= *end == 'G' ? 30 : *end == 'M' ? 20 : *end == 'K' ? 10 : 0;
	}
	if (file)
		fclose(file);
	return bytes;
}

int hook_before(void)
{
	static Before before = { .damaged_fd = -1 };
	const char *broken = getenv("KHOTEST_BREAK");
	Bytes cma = memory_of("CmaFree"), all = memory_of("MemFree");

	before.hop = env_number("KHOTEST_HOP");
	before.device = luo_open();
	ktap_begin();
	if (before.device < 0) {
		if (luo_why_not(before.device)) {
			ktap_skip("memfd", luo_why_not(before.device));
		} else {
			ktap_note("open(" LUO_DEVICE ") says %s", luo_error(before.device));
			ktap_result(false, "memfd: the kernel preserves");
		}
		return ktap_end();
	}
	/* Preserved memory is never CMA. */
	before.budget = all > cma ? (uint64_t)(all - cma) : 0;
	before.big = asked_bytes();
	before.huge = use_huge(true) && use_huge(false);
	ktap_note("%s of memory are free, beside %s of CMA; %ld processors", size_text(before.budget), size_text(cma),
		  sysconf(_SC_NPROCESSORS_ONLN));
	make_refused(&before);
	make_traveller(&before);
	make_sessions(&before);
	make_many(&before);
	make_hugetlb(&before);
	make_record(&before);
	if (broken && strcmp(broken, "data") == 0 && before.hop == 0)
		damage(&before);
	close(before.device);
	if (luo_hold() < 0)
		ktap_result(false, "process that holds the sessions: %s", luo_error(errno));
	return ktap_end();
}
