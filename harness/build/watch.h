/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_WATCH_H
#define BUILD_WATCH_H

#include <glib.h>

/*
 * Progress of a file that another process is writing: a thread looks at its size
 * a few times a second. Between start and stop nobody else may log.
 */
typedef struct Watch Watch;

/* total: its final size in bytes, 0 if not known. */
Watch *watch_start(const char *path, guint64 total);

/* Of a file whose final size is found out on the way: find_total(data) is asked until it is not 0. data outlives it. */
typedef guint64 (*WatchTotalFunc)(const char *data);
Watch *watch_start_unknown(const char *path, WatchTotalFunc find_total, const char *data);

void watch_stop(Watch *watch);

#endif
