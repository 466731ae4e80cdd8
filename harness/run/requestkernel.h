/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REQUESTKERNEL_H
#define RUN_REQUESTKERNEL_H

#include <run/request.h>

/* The part of a request that is about its kernels. */

void requestkernel_free(PreparedKernel *kernel);

/*
 * Which kernels there are, and for each its name, source, series and fragments, read but not tried. Adds the plan's
 * hops' names, not the hops. Words of -a that nothing asks an option for are warned of. Errors: INPUT.
 */
bool requestkernel_resolve(const Paths *paths, Prepared *prepared, GError **error);

/*
 * kernel_check() for each kernel and its outlook, and what the plan can have by then. Errors: INPUT, HOST,
 * CANCELLED.
 */
bool requestkernel_check(const Paths *paths, Prepared *prepared, GError **error);

/* Builds each, or finds it; the plan has all of it then. Errors: INPUT, HOST, FAILED, CANCELLED. */
bool requestkernel_build(const Paths *paths, GCancellable *cancel, Prepared *prepared, GError **error);

#endif
