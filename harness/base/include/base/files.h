/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <glib.h>
#include <stdbool.h>

/*
 * Files, whole and atomic. Errors name the path and what the system said.
 */

/* Writes a temporary file beside path, syncs it and renames it over path: readers see the old file or the new one. */
bool files_write(const char *path, const void *data, gsize length, GError **error);

/* The same without the sync: whole whatever becomes of this process, but not of the machine. */
bool files_write_fast(const char *path, const void *data, gsize length, GError **error);

/* The whole file; GBytes so that binary content keeps its length. A pipe or a device is an error. */
GBytes *files_read(const char *path, GError **error);

/* Whether that waits for nobody: a pipe may have no writer, and a device no end. */
bool files_can_open(const char *path);

/*
 * Where folder/name really is, which may be a folder too. NULL if nothing is there, or if a ".." or a symbolic link
 * leads out of folder: whoever gave us the folder does not choose which other files of this user's are read. folder
 * itself may be a link. Caller frees.
 */
char *files_find_below(const char *folder, const char *name);

/* mkdir -p */
bool files_mkdirs(const char *path, GError **error);

/* rm -r; a path that does not exist is fine. Symbolic links are removed, not followed. */
bool files_remove_tree(const char *path, GError **error);

/* Lower-case hexadecimal SHA-256 of a file's content; cancellable may be NULL. Caller frees. */
char *files_sha256(const char *path, GError **error);

/* Copies one regular file's content, sparse or not, atomically. */
bool files_copy(const char *from, const char *to, GError **error);

/*
 * The same file under another name, which must be new, without taking room for it; a copy
 * where the file system, or the system's policy, allows no link. For files that nobody writes again.
 */
bool files_share(const char *from, const char *to, GError **error);

/*
 * Bytes that this process may still write on the file system of path, or of its
 * nearest parent that exists; G_MAXUINT64 if that cannot be told.
 */
guint64 files_free_bytes(const char *path);

/*
 * Whether folder could be made and written into, without making it: that much as
 * permissions and mounts tell. INPUT with what stands in the way.
 */
bool files_can_write(const char *folder, GError **error);

/*
 * HOST unless the folder itself, and not a link to it, is this user's, and nobody else may write there: one with a name
 * that is known in a place where all may write can be somebody else's trap.
 */
bool files_check_ours(const char *folder, GError **error);

/*
 * Opens a file of ours for writing, made if it is not there; flags: such as O_APPEND. A symbolic link in its place is
 * refused: in a directory that somebody else gave us it may lead to any file of this user's. The caller closes it. -1
 * with the error set.
 */
int files_open_own(const char *path, int flags, GError **error);

/*
 * An exclusive lock on path (created if missing), held until the returned
 * descriptor is closed or the process ends. wait=false: -1 with no error set if
 * another process holds it.
 */
int files_lock(const char *path, bool wait, GError **error);

/* Whether somebody holds that lock. Makes and changes nothing. */
bool files_locked(const char *path);

#endif
