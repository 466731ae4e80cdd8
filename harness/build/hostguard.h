/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_HOSTGUARD_H
#define BUILD_HOSTGUARD_H

#include <glib.h>
#include <stdbool.h>

/* What a build needs of its host, asked before the work starts. */

/* HOST, with the arithmetic, unless the file system of path has so many bytes left. what: "the kernel source". */
bool hostguard_space(const char *path, guint64 needed, const char *what, GError **error);

#endif
