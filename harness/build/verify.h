/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_VERIFY_H
#define BUILD_VERIFY_H

#include <gio/gio.h>

/*
 * The SHA-256 of a large file, shown as it is read, in lower-case hexadecimal; with
 * copy, what was read is in the file copy then, which is removed when something
 * fails. Caller frees; NULL on error.
 * Errors: FAILED with path and reason, HOST for a full disk, CANCELLED.
 */
char *verify_sha256(const char *path, const char *copy, GCancellable *cancel, GError **error);

#endif
