/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_USAGE_H
#define BASE_USAGE_H

#include <gio/gio.h>
#include <stdbool.h>

/* What something on the disk takes, and when it was used last. */
typedef struct {
	guint64 bytes; /* with all below it; a file with several names is shared out among them */
	gint64 used;   /* of the entry itself, seconds since 1970 */
} Usage;

/* Looks at a file or a folder; links are not followed. Errors: FAILED if it is not there, CANCELLED. */
bool usage_read(const char *path, GCancellable *cancel, Usage *ret_usage, GError **error);

/* It is used now: its time of change is that of its last use. What cannot be marked stays as it was. */
void usage_mark(const char *path);

#endif
