// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/cancel.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>

#define LOCK_INTERVAL_US (G_USEC_PER_SEC / 20)
/* Most have it for a moment only, and many runs side by side need not tell of each other. */
#define SAY_AFTER_US (G_USEC_PER_SEC / 2)

int lock_wait(const char *path, const char *busy, GCancellable *cancel, GError **error)
{
	g_autoptr(GError) local = NULL;
	gint64 say_at = g_get_monotonic_time() + SAY_AFTER_US;
	int fd;

	while ((fd = files_lock(path, false, &local)) < 0) {
		if (local) {
			g_propagate_error(error, g_steal_pointer(&local));
			return -1;
		}
		if (cancel_check(cancel, error))
			return -1;
		if (g_get_monotonic_time() >= say_at) {
			log_info("%s: waiting for it", busy);
			say_at = G_MAXINT64;
		}
		g_usleep(LOCK_INTERVAL_US);
	}
	return fd;
}
