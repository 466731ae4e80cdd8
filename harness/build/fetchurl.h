/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_FETCHURL_H
#define BUILD_FETCHURL_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * Downloads an address into the file path with curl, and shows how far it is. What
 * is in the file already is taken for the beginning: the download goes on there,
 * also after a connection that was cut or stood still, as long as each try brings
 * something new. A server that cannot go on in the middle is asked for the whole.
 * What came is left in the file when it fails, for the next time; whether it is
 * right is for the caller to find out. name: what people see.
 * Errors: HOST (no curl), INPUT ($KHOTEST_STALL), FAILED with what the server or curl said, CANCELLED.
 */
bool fetchurl(const char *address, const char *path, const char *name, GCancellable *cancel, GError **error);

/*
 * The size that the whole file has, from the header lines that curl wrote: those of
 * the last answer, after any redirects. 0 if they do not say. Pure.
 */
guint64 fetchurl_total(const char *headers);

/*
 * $KHOTEST_STALL in nanoseconds, or what it is without: how long a download may stand still. Errors: INPUT.
 */
bool fetchurl_stall(gint64 *ret_ns, GError **error);

#endif
