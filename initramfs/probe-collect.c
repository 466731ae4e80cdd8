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
 * All of the kernel's log. One read() gives one record; EPIPE says that records
 * were overwritten under us (their sequence numbers will show the gap), EAGAIN that
 * there are no more (Documentation/ABI/testing/dev-kmsg).
 */
static void send_kmsg(Buffer *manifest)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int failed = fd < 0 ? errno : 0;
	char record[RECORD_MAX];
	Buffer log = { 0 };

	while (!failed) {
		ssize_t n = read(fd, record, sizeof(record));

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0 && errno != EAGAIN)
			failed = errno;
		if (n <= 0)
			break;
		if (log.length + (size_t)n > FRAME_PAYLOAD_MAX)
			failed = EFBIG;
		else
			buffer_add(&log, record, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	send(FRAME_KMSG, &log, failed, manifest);
	buffer_clear(&log);
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
	send_kmsg(&manifest);
	buffer_printf(&manifest, "kho=%s\n", kho ? "present" : "absent");
	channel_send(FRAME_MANIFEST, manifest.data, manifest.length, NULL);
	channel_drain();
	buffer_clear(&manifest);
}
