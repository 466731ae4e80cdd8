// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The next kernel needs the initramfs that this one was booted with, and the
 * kernel frees that memory after unpacking it: as it should, for how it is freed
 * is part of what is tested (retain_initrd would hide it). But the files are still
 * there, and FILES_LIST says in which order and with which modes they were packed:
 * "100755 bin/busybox", one a line, the list itself among them. That is all that
 * harness/build/initramfs.c has put into the headers beside names and sizes, so
 * the same bytes come out.
 */
#define FILES_LIST "/etc/khotest.files"

/* One header of the "newc" format, Documentation/driver-api/early-userspace/buffer-format.rst; name and padding follow.
 */
static void add_header(Buffer *archive, unsigned inode, unsigned mode, size_t size, const char *name)
{
	static const char zeros[4];

	buffer_printf(archive, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode, mode, 0u, 0u, 1u,
		      0u, size, 0u, 0u, 0u, 0u, strlen(name) + 1, 0u);
	buffer_add(archive, name, strlen(name) + 1);
	buffer_add(archive, zeros, -archive->length & 3);
}

/* What follows the header: a file's content, a link's target, nothing for a folder. 0 or the errno. */
static int read_body(Buffer *body, unsigned mode, const char *path)
{
	char target[256];
	ssize_t length;

	if (S_ISDIR(mode))
		return 0;
	if (!S_ISLNK(mode))
		return buffer_read(body, path, SIZE_MAX / 2);
	length = readlink(path, target, sizeof(target));
	if (length < 0)
		return errno;
	buffer_add(body, target, (size_t)length);
	return 0;
}

/* One line of the list. Header and content are each padded to four bytes. 0 or the errno. */
static int add_entry(Buffer *archive, const char *root, unsigned inode, const char *line)
{
	static const char zeros[4];
	Buffer path = { 0 }, body = { 0 };
	char *name = NULL;
	unsigned mode = (unsigned)strtoul(line, &name, 8);
	int failed;

	if (*name++ != ' ' || !*name)
		return EINVAL;
	buffer_printf(&path, "%s/%s", root, name);
	failed = read_body(&body, mode, path.data);
	if (!failed) {
		add_header(archive, inode, mode, body.length, name);
		buffer_add(archive, body.data ? body.data : "", body.length);
		buffer_add(archive, zeros, -archive->length & 3);
	}
	buffer_clear(&path);
	buffer_clear(&body);
	return failed;
}

static bool write_out(const Buffer *archive, const char *out)
{
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int failed = fd < 0 ? errno : buffer_write_fd(fd, archive->data, archive->length);

	if (fd >= 0 && close(fd) < 0 && !failed)
		failed = errno;
	if (failed)
		probe_complain(failed, "cannot write the next initramfs to %s", out);
	return !failed;
}

bool initrd_rebuild(const char *root, const char *out)
{
	Buffer archive = { 0 }, list = { 0 }, list_path = { 0 };
	unsigned inode = 0;
	int failed;
	bool ok;

	buffer_printf(&list_path, "%s" FILES_LIST, root);
	failed = buffer_read(&list, list_path.data, FRAME_PAYLOAD_MAX);
	if (failed)
		probe_complain(failed, "cannot read %s, the list of what the initramfs holds", list_path.data);
	for (char *line = list.data, *end; !failed && line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		failed = add_entry(&archive, root, ++inode, line);
		if (failed)
			probe_complain(failed, "cannot pack '%s' for the next kernel", line);
	}
	if (!failed)
		add_header(&archive, 0, 0, 0, "TRAILER!!!");
	ok = !failed && write_out(&archive, out);
	buffer_clear(&archive);
	buffer_clear(&list);
	buffer_clear(&list_path);
	return ok;
}
