// SPDX-License-Identifier: GPL-2.0-or-later
/* In the next kernel: all that was preserved is retrieved and verified, in the ways that a session can end. */
#include "items.h"

typedef struct {
	int device, hop;
	Record record;
	int keeper[2]; /* pid, and the file descriptor of what travels */
} After;

/* A session of the kernel that was so many before this one, which must not be there any more. */
static void check_gone(const After *after, const char *name, int back)
{
	int session = luo_retrieve_session(after->device, luo_name(name, after->hop - back));

	if (session >= 0)
		close(session);
	if (session != -ENOENT)
		ktap_note("RETRIEVE_SESSION says %s", session < 0 ? luo_error(session) : "nothing: it is there");
	ktap_result(session == -ENOENT, "session %s, of the kernel %s: gone (ENOENT)",
		    luo_name(name, after->hop - back), back == 1 ? "before, which closed it" : "before that one");
}

/* The record, which says what there must be. */
static bool take_record(After *after)
{
	Record *record = &after->record;
	int session = luo_retrieve_session(after->device, luo_name("record", after->hop - 1)), fd;
	ssize_t got;

	if (session < 0) {
		ktap_note("RETRIEVE_SESSION of %s says %s", luo_name("record", after->hop - 1), luo_error(session));
		return ktap_result(false, "record of what was preserved: retrieved");
	}
	fd = luo_retrieve(session, RECORD_TOKEN);
	if (fd < 0) {
		ktap_note("RETRIEVE_FD says %s", luo_error(fd));
		return ktap_result(false, "record of what was preserved: retrieved");
	}
	got = pread(fd, record, sizeof(*record), 0);
	if (got != sizeof(*record) || record->magic != RECORD_MAGIC || record->items > ITEMS_MOST ||
	    record->checksum != record_checksum(record)) {
		ktap_note("%zd of %zu bytes read; magic 0x%llx, %u items, or its checksum is wrong", got,
			  sizeof(*record), (unsigned long long)record->magic, record->items);
		return ktap_result(false, "record of what was preserved: intact");
	}
	luo_finish(session);
	close(session);
	close(fd);
	return ktap_result(true, "record of %u memfds: retrieved, intact", record->items);
}

/* Size, position and content; what is wrong is noted. */
static bool check_file(const Item *item, int fd, uint64_t *ret_checksum)
{
	Content content = item_content(item);
	double begin = content_clock();
	Damage damage = { 0 };
	struct stat is = { 0 };
	void *memory = NULL;
	off_t position;
	bool ok = true;

	*ret_checksum = 0;
	if (fstat(fd, &is) < 0 || (uint64_t)is.st_size != item->size) {
		ktap_note("%s: %lld bytes long, expected %llu", item->name, (long long)is.st_size,
			  (unsigned long long)item->size);
		return false;
	}
	position = lseek(fd, 0, SEEK_CUR);
	if (position != (off_t)item->position) {
		ktap_note("%s: the file's position is %lld, expected %llu", item->name, (long long)position,
			  (unsigned long long)item->position);
		ok = false;
	}
	if (!item->size)
		return ok;
	memory = content_map(fd, item->size, false);
	if (!memory) {
		ktap_note("%s: mmap() says %s", item->name, luo_error(errno));
		return false;
	}
	*ret_checksum = content_verify(&content, memory, &damage);
	munmap(memory, item->size);
	if (damage.bytes)
		content_tell(&content, &damage, item->name);
	else if (*ret_checksum != item->checksum)
		ktap_note("%s: checksum 0x%016llx, and 0x%016llx when it was made", item->name,
			  (unsigned long long)*ret_checksum, (unsigned long long)item->checksum);
	else
		tell_speed("verified", item->size, content_clock() - begin);
	return ok && !damage.bytes && *ret_checksum == item->checksum;
}

/* 7.1 keeps seals; a kernel before it gives back a file that cannot be sealed. */
static void check_seals(const Item *item, int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	bool refused = pwrite(fd, "", 1, 0) < 0 && errno == EPERM;

	if (!luo_kernel_is(7, 1) && seals == F_SEAL_SEAL) {
		ktap_skip("memfd sealed: its seals", "this kernel does not keep seals (mm/memfd_luo.c)");
		return;
	}
	ktap_note("seals 0x%x, expected 0x%x; a write is %srefused", seals, item->seals, refused ? "" : "not ");
	ktap_result(seals == (int)item->seals && refused, "memfd sealed: its seals, and no write is taken");
}

/* What was preserved is an ordinary file again. */
static void check_usable(const Item *item, int fd)
{
	uint64_t end = item->size + PATTERN_PAGE;
	unsigned char byte = 0, zero = 1;
	bool ok = ftruncate(fd, (off_t)end) == 0 && pwrite(fd, "k", 1, (off_t)end - 1) == 1 &&
		  pread(fd, &byte, 1, (off_t)end - 1) == 1 && pread(fd, &zero, 1, (off_t)item->size) == 1;

	if (!ok)
		ktap_note("%s", luo_error(errno));
	ktap_result(ok && byte == 'k' && zero == 0, "memfd %s: it grows, and takes what is written", item->name);
}

/* Again by the same token: the same file. */
static void check_twice(int session, const Item *item, int fd)
{
	int again = luo_retrieve(session, item->token);
	struct stat one = { 0 }, two = { 0 };
	bool same = again >= 0 && fstat(fd, &one) == 0 && fstat(again, &two) == 0 && one.st_ino == two.st_ino &&
		    one.st_dev == two.st_dev;

	if (again < 0)
		ktap_note("RETRIEVE_FD says %s", luo_error(again));
	ktap_result(same, "memfd %s: retrieved once more, it is the same file", item->name);
	if (again >= 0)
		close(again);
	again = luo_retrieve(session, ~item->token);
	ktap_note("RETRIEVE_FD says %s", again < 0 ? luo_error(again) : "nothing");
	ktap_result(again == -ENOENT, "token that nobody used: refused (ENOENT)");
}

/* One file, as a result. Returns its file descriptor; -1. */
static int take_file(const After *after, int session, const Item *item)
{
	int fd = luo_retrieve(session, item->token);
	uint64_t checksum = 0;
	char born[64] = "";
	bool ok = fd >= 0 && check_file(item, fd, &checksum);

	if (fd < 0)
		ktap_note("RETRIEVE_FD of token %llu says %s", (unsigned long long)item->token, luo_error(fd));
	if (item->fate == FATE_TRAVELS)
		snprintf(born, sizeof(born), ", through %d handover%s", after->hop - (int)item->born,
			 after->hop - (int)item->born == 1 ? "" : "s");
	ktap_result(ok, "memfd %s: %s%s%s, retrieved%s, checksum 0x%016llx", item->name, size_text(item->size),
		    item->sparse ? ", 3 pages of it written" : "", item->huge ? " in huge pages" : "", born,
		    (unsigned long long)checksum);
	return fd;
}

static void take_many(int session, const Item *items, unsigned int n)
{
	uint64_t bytes = 0, checksum = 0, one;
	unsigned int failed = 0;

	/* 37 and the number of items have no divisor in common: each has its turn. */
	for (unsigned int i = 0; i < n; i++) {
		const Item *item = &items[i * 37 % n];
		int fd = luo_retrieve(session, item->token);

		if (fd < 0)
			ktap_note("number %u: RETRIEVE_FD says %s", (unsigned int)(item - items), luo_error(fd));
		if (fd < 0 || !check_file(item, fd, &one)) {
			ktap_note("that is number %u of %u", (unsigned int)(item - items), n);
			failed++;
		}
		checksum += fd < 0 ? 0 : one;
		bytes += item->size;
		if (fd >= 0)
			close(fd);
	}
	ktap_result(!failed,
		    "memfd many: %u in one session, %s in all, retrieved out of order, checksums' sum 0x%016llx", n,
		    size_text(bytes), (unsigned long long)checksum);
}

static void finish(int session, const char *name, int hop)
{
	int failed = luo_finish(session);

	if (failed)
		ktap_note("FINISH says %s", luo_error(failed));
	ktap_result(!failed, "session %s: finished", luo_name(name, hop));
	close(session);
}

/* What is free, on lists of the processors too: freed pages stay there for a while, and MemFree does not count them. */
static uint64_t free_memory(void)
{
	Memory memory = memory_read();

	return (uint64_t)(memory.free + memory.cpu_lists);
}

/*
 * Nobody asks for its files; finishing gives their memory back. Counters of the kernel lag behind by some hundred
 * pages, so that an eighth may not be seen yet.
 */
static void finish_unused(const After *after, int session, const Item *item)
{
	uint64_t free_before = free_memory(), free_after;
	bool ok;

	finish(session, item->session, after->hop - 1);
	free_after = free_memory();
	ok = free_after >= free_before && free_after - free_before >= item->size - item->size / 8;
	ktap_note("free memory was %s, and is %s", size_text(free_before), size_text(free_after));
	ktap_result(ok, "memfd unused: %s, never retrieved, free again once its session is finished",
		    size_text(item->size));
}

static void take_in_turn(After *after, int session, const Item *items, unsigned int n)
{
	bool backwards = items->fate == FATE_SHUFFLED;

	for (unsigned int i = 0; i < n; i++) {
		const Item *item = &items[backwards ? n - 1 - i : i];
		int fd = take_file(after, session, item);

		if (fd < 0)
			continue;
		if (item->seals)
			check_seals(item, fd);
		if (strcmp(item->name, "one") == 0)
			check_twice(session, item, fd);
		if (item->fate == FATE_TRAVELS) {
			after->keeper[1] = fd;
			run_write("travels", item, sizeof(*item));
			continue;
		}
		if (strcmp(item->name, "one") == 0) {
			finish(session, item->session, after->hop - 1);
			check_usable(item, fd);
		}
		if (item->fate != FATE_OPEN)
			close(fd);
	}
}

static void take_session(After *after, const Item *items, unsigned int n)
{
	const char *name = items->session;
	int session;

	if (items->fate == FATE_LEFT)
		return;
	session = luo_retrieve_session(after->device, luo_name(name, after->hop - 1));
	if (session < 0) {
		ktap_note("RETRIEVE_SESSION says %s", luo_error(session));
		ktap_result(false, "session %s: retrieved, with %u memfds", luo_name(name, after->hop - 1), n);
		return;
	}
	if (items->fate == FATE_UNUSED) {
		finish_unused(after, session, items);
	} else if (strcmp(name, "many") == 0) {
		take_many(session, items, n);
		finish(session, name, after->hop - 1);
	} else {
		take_in_turn(after, session, items, n);
		/* "one" was finished while its file was open; what stays open is kept until the jump */
		if (items->fate != FATE_OPEN && strcmp(name, "one") != 0)
			finish(session, name, after->hop - 1);
	}
}

int hook_after(void)
{
	static After after = { .keeper = { -1, -1 } };

	after.hop = env_number("KHOTEST_HOP");
	after.device = luo_open();
	ktap_begin();
	if (after.device < 0) {
		if (luo_why_not(after.device)) {
			ktap_skip("memfd", luo_why_not(after.device));
		} else {
			ktap_note("open(" LUO_DEVICE ") says %s", luo_error(after.device));
			ktap_result(false, "memfd: the kernel took over what was preserved");
		}
		return ktap_end();
	}
	if (!take_record(&after))
		return ktap_end();
	for (unsigned int i = 0, n; i < after.record.items; i += n) {
		const Item *first = &after.record.item[i];

		for (n = 1; i + n < after.record.items && strcmp(first->session, first[n].session) == 0; n++)
			;
		take_session(&after, first, n);
	}
	check_gone(&after, "refused", 1);
	if (after.hop >= 2) {
		check_gone(&after, "open", 2);
		check_gone(&after, "left", 2);
	}
	close(after.device);
	after.keeper[0] = luo_hold();
	if (after.keeper[0] < 0 || !run_write("keeper", after.keeper, sizeof(after.keeper)))
		ktap_result(false, "process that holds what travels: %s", luo_error(errno));
	return ktap_end();
}
