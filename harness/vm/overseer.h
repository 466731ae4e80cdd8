/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_OVERSEER_H
#define VM_OVERSEER_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * Calls into libvirt, to the emulator's monitor and to its debugging port wait for an answer, some of them for ever: an
 * emulator that somebody has stopped, or that is stuck, gives none. So a thread of its own watches whoever makes such
 * calls. If that one has shown no sign of life for too long, or is to be interrupted and shows none, it ends the
 * emulator, and with that the call.
 */
typedef struct Overseer Overseer;

/*
 * mark: what the emulator has on its command line and no other process has. limit_ns: the longest that may pass between
 * two signs of life.
 */
Overseer *overseer_new(const char *mark, gint64 limit_ns, GCancellable *cancel);

/* A sign of life. */
void overseer_beat(Overseer *overseer);

/* Whether it has ended the emulator. */
bool overseer_has_ended(Overseer *overseer);

/* The emulator is not looked after any more. NULL is fine. */
void overseer_free(Overseer *overseer);

#endif
