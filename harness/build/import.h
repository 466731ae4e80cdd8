/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_IMPORT_H
#define BUILD_IMPORT_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * A tarball into a git tree, in one pass: libarchive unpacks into the input of
 * git fast-import, and git checks the result out. The tree appears at path only
 * when it is whole. message: subject of the one commit. ret_base: its id, the
 * same for the same content.
 */
bool import_tarball(const char *tarball, const char *path, const char *message, GCancellable *cancel, char **ret_base,
		    GError **error);

/* "a/b" without its first part, the folder that release tarballs wrap everything in; NULL for that folder itself. */
const char *import_strip(const char *name);

#endif
