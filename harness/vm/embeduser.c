// SPDX-License-Identifier: GPL-2.0-or-later
#include "embeduser.h"

#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* The choice of Debian and what derives from it. Elsewhere the account comes with the driver's own package. */
#define ACCOUNT "libvirt-qemu"

/* Puts a copy of file, with one more line, over it. */
static bool overlay(const char *folder, const char *file, const char *line, GError **error)
{
	g_autofree char *base = g_path_get_basename(file);
	g_autofree char *copy = g_build_filename(folder, base, NULL);
	g_autoptr(GBytes) old = files_read(file, error);
	g_autoptr(GString) text = NULL;

	if (!old)
		return false;
	text = g_string_new_len(g_bytes_get_data(old, NULL), (gssize)g_bytes_get_size(old));
	if (text->len > 0 && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	g_string_append(text, line);
	if (!files_write(copy, text->str, text->len, error))
		return false;
	if (mount(copy, file, NULL, MS_BIND, NULL) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "mount over %s: %s", file, g_strerror(errno));
	return true;
}

/* Mounts of the host go on arriving here; none of ours go there. */
static bool enter_namespace(GError **error)
{
	if (unshare(CLONE_NEWNS) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "new mount namespace: %s", g_strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "private mounts: %s", g_strerror(errno));
	return true;
}

bool embeduser_provide(const char *folder, GError **error)
{
	g_autoptr(GError) local = NULL;
	bool user, group;

	if (geteuid() != 0 || !g_file_test("/etc/debian_version", G_FILE_TEST_EXISTS))
		return true;
	user = getpwnam(ACCOUNT) != NULL;
	group = getgrnam(ACCOUNT) != NULL;
	if (user && group)
		return true;
	if (enter_namespace(&local) &&
	    (user || overlay(folder, "/etc/passwd", ACCOUNT ":x:0:0::/nonexistent:/usr/sbin/nologin\n", &local)) &&
	    (group || overlay(folder, "/etc/group", ACCOUNT ":x:0:\n", &local)))
		return true;
	return error_set(error, KHOTEST_ERROR_HOST,
			 "libvirt's QEMU driver, run as root, wants the account '" ACCOUNT
			 "' to exist, and a stand-in for it "
			 "could not be made (%s): make it with 'adduser --system --group --no-create-home " ACCOUNT
			 "', or run as an ordinary user",
			 local->message);
}
