/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <gio/gio.h>

/*
 * Turns SIGINT, SIGTERM and SIGHUP into a cancelled GCancellable. A SIGHUP that is ignored already, as under nohup,
 * stays ignored. SIGCHLD is not, whatever the parent made of it: children have an exit status.
 *
 * Call once, first thing in main(), before any other thread exists: the signals
 * are blocked in every thread and taken by one thread of its own, so that
 * nothing has to run a main loop to notice them. A second signal ends the
 * process at once, with its terminal as it was. Children must unblock signals (spawn_run() does).
 */
GCancellable *cancel_install(void);

/* true and a KHOTEST_ERROR_CANCELLED once cancelled; false otherwise. cancel may be NULL. */
gboolean cancel_check(GCancellable *cancel, GError **error);

/* "done", "failed", or "interrupted" where that is why: how the progress of something ends. Static. */
const char *cancel_outcome(GCancellable *cancel, gboolean ok);

/*
 * Once from is cancelled, to is too: for what has further reasons to stop.
 * g_cancellable_disconnect(from, what this returns) ends it.
 */
gulong cancel_forward(GCancellable *from, GCancellable *to);

#endif
