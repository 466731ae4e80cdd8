// SPDX-License-Identifier: GPL-2.0-or-later
#include "watch.h"

#include <base/log.h>

#include <glib/gstdio.h>
#include <stdbool.h>

#define INTERVAL_US (G_USEC_PER_SEC / 4)
#define MIB (1024.0 * 1024.0)

struct Watch {
	char *path;
	guint64 total;
	WatchTotalFunc find_total; /* NULL: total is all there is to know */
	const char *data;
	GThread *thread;
	GMutex lock;
	GCond wake;
	bool stop;
};

static gpointer watch_thread(gpointer data)
{
	Watch *watch = data;

	g_mutex_lock(&watch->lock);
	while (!watch->stop) {
		GStatBuf info;

		g_cond_wait_until(&watch->wake, &watch->lock, g_get_monotonic_time() + INTERVAL_US);
		if (watch->stop || g_stat(watch->path, &info) < 0)
			continue;
		if (!watch->total && watch->find_total)
			watch->total = watch->find_total(watch->data);
		if (watch->total)
			log_progress_update("%.1f of %.1f MiB", (double)info.st_size / MIB, (double)watch->total / MIB);
		else
			log_progress_update("%.1f MiB", (double)info.st_size / MIB);
	}
	g_mutex_unlock(&watch->lock);
	return NULL;
}

static Watch *start(const char *path, guint64 total, WatchTotalFunc find_total, const char *data)
{
	Watch *watch = g_new0(Watch, 1);

	watch->path = g_strdup(path);
	watch->total = total;
	watch->find_total = find_total;
	watch->data = data;
	g_mutex_init(&watch->lock);
	g_cond_init(&watch->wake);
	watch->thread = g_thread_new("watch", watch_thread, watch);
	return watch;
}

Watch *watch_start(const char *path, guint64 total)
{
	return start(path, total, NULL, NULL);
}

Watch *watch_start_unknown(const char *path, WatchTotalFunc find_total, const char *data)
{
	return start(path, 0, find_total, data);
}

void watch_stop(Watch *watch)
{
	g_mutex_lock(&watch->lock);
	watch->stop = true;
	g_cond_signal(&watch->wake);
	g_mutex_unlock(&watch->lock);
	g_thread_join(watch->thread);
	g_mutex_clear(&watch->lock);
	g_cond_clear(&watch->wake);
	g_free(watch->path);
	g_free(watch);
}
