// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool fail_errno(GError **error, const char *what, const char *path)
{
	int saved = errno;

	return error_set(error, saved == ENOSPC ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_FAILED, "cannot %s %s: %s", what,
			 path, g_strerror(saved));
}

/* The folder, not what would have stood in it for a moment. */
static bool fail_create(GError **error, const char *path)
{
	int saved = errno;
	g_autofree char *folder = g_path_get_dirname(path);

	if (saved == ENOENT)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot write %s: there is no folder %s", path, folder);
	errno = saved;
	return fail_errno(error, "write", path);
}

static bool write_whole(const char *path, const void *data, gsize length, bool sync, GError **error)
{
	g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
	const char *at = data;
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0644);

	if (fd < 0)
		return fail_create(error, path);
	while (length > 0) {
		gssize n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto failed;
		at += n;
		length -= (gsize)n;
	}
	if (sync && fsync(fd) < 0)
		goto failed;
	if (close(fd) < 0) {
		fd = -1;
		goto failed;
	}
	fd = -1;
	if (g_rename(temporary, path) < 0)
		goto failed;
	return true;

failed:
	fail_errno(error, "write", path);
	if (fd >= 0)
		close(fd);
	g_unlink(temporary);
	return false;
}

bool files_write(const char *path, const void *data, gsize length, GError **error)
{
	return write_whole(path, data, length, true, error);
}

bool files_write_fast(const char *path, const void *data, gsize length, GError **error)
{
	return write_whole(path, data, length, false, error);
}

bool files_can_open(const char *path)
{
	return g_file_test(path, G_FILE_TEST_IS_REGULAR) || !g_file_test(path, G_FILE_TEST_EXISTS);
}

GBytes *files_read(const char *path, GError **error)
{
	g_autoptr(GError) local = NULL;
	char *data = NULL;
	gsize length = 0;

	if (!files_can_open(path)) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s is no regular file: save what it gives to a file first",
			  path);
		return NULL;
	}
	if (!g_file_get_contents(path, &data, &length, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s", local->message);
		return NULL;
	}
	return g_bytes_new_take(data, length);
}

char *files_find_below(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *root = realpath(folder, NULL), *real = realpath(path, NULL);
	g_autofree char *inside = g_strconcat(root ? root : "", "/", NULL);

	return root && real && g_str_has_prefix(real, inside) ? g_steal_pointer(&real) : NULL;
}

bool files_mkdirs(const char *path, GError **error)
{
	if (g_mkdir_with_parents(path, 0755) < 0)
		return fail_errno(error, "create folder", path);
	return true;
}

bool files_remove_tree(const char *path, GError **error)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
		g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
		const char *name;

		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *child = g_build_filename(path, name, NULL);

			if (!files_remove_tree(child, error))
				return false;
		}
		if (g_rmdir(path) < 0 && errno != ENOENT)
			return fail_errno(error, "remove folder", path);
		return true;
	}
	if (g_unlink(path) < 0 && errno != ENOENT)
		return fail_errno(error, "remove", path);
	return true;
}

char *files_sha256(const char *path, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree guchar *buffer = g_malloc(1 << 20);
	int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	gssize n;

	if (fd < 0) {
		fail_errno(error, "open", path);
		return NULL;
	}
	while ((n = read(fd, buffer, 1 << 20)) > 0)
		g_checksum_update(sum, buffer, n);
	if (n < 0)
		fail_errno(error, "read", path);
	close(fd);
	return n < 0 ? NULL : g_strdup(g_checksum_get_string(sum));
}

bool files_copy(const char *from, const char *to, GError **error)
{
	g_autofree char *temporary = g_strdup_printf("%s.copy-%d", to, (int)getpid());
	g_autoptr(GFile) source = g_file_new_for_path(from);
	g_autoptr(GFile) target = g_file_new_for_path(temporary);
	g_autoptr(GError) local = NULL;

	if (!g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &local)) {
		g_unlink(temporary);
		return error_set(error,
				 g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? KHOTEST_ERROR_HOST
											 : KHOTEST_ERROR_FAILED,
				 "cannot copy %s to %s: %s", from, to, local->message);
	}
	if (g_rename(temporary, to) < 0) {
		fail_errno(error, "write", to);
		g_unlink(temporary);
		return false;
	}
	return true;
}

bool files_share(const char *from, const char *to, GError **error)
{
	return link(from, to) == 0 || files_copy(from, to, error);
}

guint64 files_free_bytes(const char *path)
{
	g_autofree char *at = g_canonicalize_filename(path, NULL);
	struct statvfs info;

	while (statvfs(at, &info) < 0) {
		char *up = g_path_get_dirname(at);
		bool top = strcmp(up, at) == 0;

		g_free(at);
		at = up;
		if (top)
			return G_MAXUINT64;
	}
	return (guint64)info.f_bavail * info.f_frsize;
}

bool files_can_write(const char *folder, GError **error)
{
	g_autofree char *at = g_canonicalize_filename(folder, NULL);

	while (!g_file_test(at, G_FILE_TEST_EXISTS)) {
		char *up = g_path_get_dirname(at);

		g_free(at);
		at = up;
	}
	if (!g_file_test(at, G_FILE_TEST_IS_DIR))
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot write into %s: %s is no folder", folder, at);
	if (g_access(at, W_OK | X_OK) == 0)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "cannot write into %s: %s: %s", folder, at, g_strerror(errno));
}

bool files_check_ours(const char *folder, GError **error)
{
	struct stat look;

	if (lstat(folder, &look) < 0)
		return error_set(error, KHOTEST_ERROR_HOST, "cannot look at %s: %s", folder, g_strerror(errno));
	if (S_ISDIR(look.st_mode) && look.st_uid == geteuid() && !(look.st_mode & (S_IWGRP | S_IWOTH)))
		return true;
	return error_set(
		error, KHOTEST_ERROR_HOST,
		"%s %s: somebody else could put things there. Remove it, or have XDG_RUNTIME_DIR name a folder "
		"of your own",
		folder,
		!S_ISDIR(look.st_mode)	   ? "is no folder, but a link or a file"
		: look.st_uid != geteuid() ? "belongs to another user"
					   : "can be written to by others");
}

int files_open_own(const char *path, int flags, GError **error)
{
	int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0644);

	if (fd < 0 && errno == ELOOP)
		error_set(error, KHOTEST_ERROR_FAILED,
			  "%s is a symbolic link, and what it leads to is not written to: remove it", path);
	else if (fd < 0)
		fail_errno(error, "open", path);
	return fd;
}

int files_lock(const char *path, bool wait, GError **error)
{
	int fd = files_open_own(path, 0, error);

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			fail_errno(error, "lock", path);
		close(fd);
		return -1;
	}
	return fd;
}

bool files_locked(const char *path)
{
	int fd = g_open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return held;
}
