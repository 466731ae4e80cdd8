/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * Calls func(data) in a thread of its own: for calls that may wait for ever, and that nothing interrupts. True: it has
 * come back, and data is the caller's again. False: it has not within that time, or until cancelled (NULL: nobody
 * does); the thread is left behind, and frees data when it comes back: the caller must not look at it any more.
 */
bool aside_call(const char *name, void (*func)(gpointer data), gpointer data, GDestroyNotify free_data,
		gint64 timeout_us, GCancellable *cancel);

/* func(data) in a thread of its own, while the caller does something else. */
typedef struct AsideJob AsideJob;
AsideJob *aside_begin(const char *name, GThreadFunc func, gpointer data);

/*
 * Waits for it, as long as it takes, and returns what func has. The default main context, which must be this thread's,
 * is turned meanwhile, so that what hangs on it goes on: a connection to a libvirt daemon is closed where nobody
 * answers its keepalive messages. Frees the job.
 */
gpointer aside_end(AsideJob *job);

#endif
