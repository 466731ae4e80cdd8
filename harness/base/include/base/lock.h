/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <gio/gio.h>

/*
 * files_lock() that waits until it is free or cancelled, and says who is in the way, unless that is over at once:
 * "another khotest is fetching a source". -1 on error: FAILED, CANCELLED.
 */
int lock_wait(const char *path, const char *busy, GCancellable *cancel, GError **error);

#endif
