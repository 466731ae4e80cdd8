/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_DEADLINE_H
#define RUN_DEADLINE_H

#include <run/request.h>

/*
 * How long a run may take, from the start of its machine: so many kernels in such a guest, on a host of that pace
 * (run/pace.h), and all hooks of the payloads (Payload). ns.
 */
gint64 deadline_ns(const Machine *guest, guint hops, double pace, const GPtrArray *payloads);

/*
 * The same of a run that somebody else is to settle, such as a process; never less than what it will settle on,
 * whatever it runs the guest with. A deadline that was asked for is that. ns.
 */
gint64 deadline_of_request(const RunRequest *request, const Paths *paths);

#endif
