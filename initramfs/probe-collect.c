// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_SEQUENCE "/run/khotest.kmsg" /* number of the last record of /dev/kmsg that was sent */
#define KHO_FOLDER "/sys/kernel/debug/kho"
#define AUDIT_FOLDER "/sys/kernel/debug/khotest/"
#define NAME_MAX_BYTES 200u /* what FRAME_HEADER_MAX leaves for a name */
#define RECORD_MAX 16384u   /* more than PRINTK_MESSAGE_MAX in kernel/printk/internal.h, or read() says EINVAL */

/* In the order of their worth, should the guest die in the middle. */
static const char *const files[] = {
	"/proc/cmdline",   "/proc/pagetypeinfo", "/proc/zoneinfo",  "/proc/meminfo",
	"/proc/buddyinfo", "/proc/iomem",	 "/proc/config.gz",
};

/* Only a kernel with the "audit" patches has these. */
static const struct {
	const char *path;
	const char *name;
} audit_files[] = {
	{ AUDIT_FOLDER "pageblocks", FRAME_AUDIT_PAGEBLOCKS },
	{ AUDIT_FOLDER "sites", FRAME_AUDIT_SITES },
	{ AUDIT_FOLDER "touched", FRAME_AUDIT_TOUCHED },
};

/* Frame name of a path: no leading slash, and '_' for what a name may not contain. False if it is too long. */
static bool name_of(const char *path, char name[static NAME_MAX_BYTES + 1])
{
	size_t length = strlen(path + 1);

	if (length > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i <= length; i++) {
		unsigned char c = (unsigned char)path[i + 1];

		name[i] = (char)(!c || (isascii(c) && isalnum(c)) || strchr("._/-", c) ? c : '_');
	}
	return true;
}

/* Sends what could be read, and notes both that and what could not. */
static void send(const char *name, const Buffer *content, int failed, Buffer *manifest)
{
	uint32_t crc;

	if (!failed || content->length > 0) {
		channel_send(name, content->data, content->length, &crc);
		buffer_printf(manifest, "%s %zu %08x\n", name, content->length, crc);
	}
	if (failed)
		buffer_printf(manifest, "!%s %d %s\n", name, failed, strerror(failed));
}

/* A file that does not exist is passed over. */
static void send_file_as(const char *path, const char *name, Buffer *manifest)
{
	Buffer content = { 0 };
	int failed = buffer_read(&content, path, FRAME_PAYLOAD_MAX);

	if (failed != ENOENT)
		send(name, &content, failed, manifest);
	buffer_clear(&content);
}

static void send_file(const char *path, Buffer *manifest)
{
	char name[NAME_MAX_BYTES + 1];

	if (name_of(path, name))
		send_file_as(path, name, manifest);
	else
		buffer_printf(manifest, "!%.*s... %d %s\n", 40, path + 1, ENAMETOOLONG, strerror(ENAMETOOLONG));
}

/* Every regular file below a folder, in the order of their names, so that equal kernels send equal streams. */
static void send_folder(const char *folder, Buffer *manifest)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0) {
		buffer_printf(manifest, "!%s %d %s\n", folder + 1, errno, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		const char *entry = entries[i]->d_name;
		Buffer path = { 0 };
		struct stat st;

		buffer_printf(&path, "%s/%s", folder, entry);
		if (strcmp(entry, ".") != 0 && strcmp(entry, "..") != 0 && lstat(path.data, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				send_folder(path.data, manifest);
			else if (S_ISREG(st.st_mode))
				send_file(path.data, manifest);
		}
		buffer_clear(&path);
		free(entries[i]);
	}
	free(entries);
}

/*
 * The kernel's log from a sequence number on. One read() gives one record,
 * "PRIORITY,SEQUENCE,..."; EPIPE says that records were overwritten under us (their
 * sequence numbers will show the gap), EAGAIN that there are no more
 * (Documentation/ABI/testing/dev-kmsg). *sequence: of the record after the last one.
 */
static int read_kmsg(Buffer *log, unsigned long long *sequence)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int failed = fd < 0 ? errno : 0;
	char record[RECORD_MAX + 1];

	while (!failed) {
		ssize_t n = read(fd, record, RECORD_MAX);
		unsigned long long number;
		const char *comma;

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0 && errno != EAGAIN)
			failed = errno;
		if (n <= 0)
			break;
		record[n] = '\0';
		comma = strchr(record, ',');
		number = comma ? strtoull(comma + 1, NULL, 10) : 0;
		if (number < *sequence)
			continue;
		*sequence = number + 1;
		if (log->length + (size_t)n > FRAME_PAYLOAD_MAX)
			failed = EFBIG;
		else
			buffer_add(log, record, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	return failed;
}

static void send_kmsg(Buffer *manifest)
{
	unsigned long long sequence = 0;
	Buffer log = { 0 }, last = { 0 };
	int failed = read_kmsg(&log, &sequence), fd;

	send(FRAME_KMSG, &log, failed, manifest);
	buffer_printf(&last, "%llu", sequence);
	fd = open(LAST_SEQUENCE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	failed = fd < 0 ? errno : buffer_write_fd(fd, last.data, last.length);
	if (failed)
		probe_complain(failed, "cannot write " LAST_SEQUENCE);
	if (fd >= 0)
		close(fd);
	buffer_clear(&last);
	buffer_clear(&log);
}

/* Without the number the whole log is sent again: the host looks at the sequence numbers. */
void collect_rest(void)
{
	Buffer log = { 0 }, last = { 0 };
	unsigned long long sequence;
	int failed;

	buffer_read(&last, LAST_SEQUENCE, 32);
	sequence = last.data ? strtoull(last.data, NULL, 10) : 0;
	failed = read_kmsg(&log, &sequence);
	if (failed)
		probe_complain(failed, "cannot read the rest of /dev/kmsg");
	else
		channel_send(FRAME_KMSG_REST, log.data ? log.data : "", log.length, NULL);
	channel_drain();
	buffer_clear(&last);
	buffer_clear(&log);
}

void collect_scratch_end(void)
{
	Buffer content = { 0 }, owners = { 0 };
	int failed = scratch_pages_read(&content, &owners);

	if (!failed)
		channel_send(FRAME_SCRATCH_PAGES_END, content.data, content.length, NULL);
	else if (failed != ENOENT)
		probe_complain(failed, "cannot read what lives in scratch");
	if (owners.length)
		channel_send(FRAME_SCRATCH_OWNERS, owners.data, owners.length, NULL);
	channel_drain();
	buffer_clear(&content);
	buffer_clear(&owners);
}

/* What only a kernel tells whose structures are known: boot/layout is in the initramfs of a kernel that was built for
 * it. */
static void send_kcore(Buffer *manifest)
{
	static const struct {
		const char *name;
		int (*read)(const Kcore *kcore, Buffer *out);
	} records[] = { { FRAME_PAGEBLOCKS, pageblocks_read }, { FRAME_CMA, cma_areas_read } };
	Kcore *kcore = NULL;
	int failed = access("/boot/layout", F_OK) == 0 ? kcore_open(&kcore) : ENOENT;

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		Buffer content = { 0 };
		int unread = kcore ? records[i].read(kcore, &content) : failed;

		if (unread != ENOENT)
			send(records[i].name, &content, unread, manifest);
		buffer_clear(&content);
	}
	kcore_close(kcore);
}

void collect_preserved(void)
{
	Buffer content = { 0 };
	Kcore *kcore = NULL;
	int failed = kcore_open(&kcore);

	if (failed == ENOENT)
		return;
	if (!failed)
		failed = preserved_read(kcore, &content);
	if (failed)
		buffer_printf(&content, "!%d %s\n", failed, strerror(failed));
	channel_send(FRAME_PRESERVED, content.data, content.length, NULL);
	channel_drain();
	buffer_clear(&content);
	kcore_close(kcore);
}

/* What lives in scratch. Without scratch, or where the kernel does not tell, there is no such record. */
static void send_scratch_pages(Buffer *manifest)
{
	Buffer content = { 0 };
	int failed = scratch_pages_read(&content, NULL);

	if (failed != ENOENT)
		send(FRAME_SCRATCH_PAGES, &content, failed, manifest);
	buffer_clear(&content);
}

void collect(void)
{
	Buffer manifest = { 0 };
	struct stat st;
	bool kho = stat(KHO_FOLDER, &st) == 0 && S_ISDIR(st.st_mode);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		send_file(files[i], &manifest);
	if (kho)
		send_folder(KHO_FOLDER, &manifest);
	for (size_t i = 0; i < sizeof(audit_files) / sizeof(audit_files[0]); i++)
		send_file_as(audit_files[i].path, audit_files[i].name, &manifest);
	send_kcore(&manifest);
	send_scratch_pages(&manifest);
	send_kmsg(&manifest);
	buffer_printf(&manifest, "kho=%s\n", kho ? "present" : "absent");
	channel_send(FRAME_MANIFEST, manifest.data, manifest.length, NULL);
	channel_drain();
	buffer_clear(&manifest);
}
