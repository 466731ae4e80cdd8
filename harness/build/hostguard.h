/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_HOSTGUARD_H
#define BUILD_HOSTGUARD_H

#include <gio/gio.h>
#include <stdbool.h>

/* What a build needs of its host, asked before the work starts. */

/* HOST, with the arithmetic, unless the file system of path has so many bytes left. what: "the kernel source". */
bool hostguard_space(const char *path, guint64 needed, const char *what, GError **error);

/* files_lock() that says who is in the way, and waits until it is free or cancelled. -1 on error. */
int hostguard_lock(const char *path, const char *busy, GCancellable *cancel, GError **error);

#endif
