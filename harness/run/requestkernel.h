/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REQUESTKERNEL_H
#define RUN_REQUESTKERNEL_H

#include <run/request.h>

/* The part of a request that is about its kernel. */

/* What to build. Points into all three. */
KernelSpec requestkernel_spec(const RunRequest *request, const Paths *paths, const Prepared *prepared);

/*
 * Name, source, series and fragments, read but not tried. Words of -a that nothing asks
 * an option for are warned of. Errors: INPUT.
 */
bool requestkernel_resolve(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

/* kernel_check() for prepared->cached and ->outlook, and what the plan can have by then. Errors: INPUT, HOST,
 * CANCELLED. */
bool requestkernel_check(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

/* What the plan says of the kernel. Errors: INPUT. */
bool requestkernel_take(const RunRequest *request, const Kernel *kernel, Plan *plan, GError **error);

/* What was asked of the kernel's configuration. Errors: INPUT. */
bool requestkernel_asked(const KernelSpec *spec, Plan *plan, GError **error);

/*
 * Warns of words of append (or NULL) that a kernel with that .config (a path, or NULL: not known) will ignore: an
 * option can be switched on by another one, and one that was asked for can be unknown to the kernel.
 */
void requestkernel_warn(const char *append, const char *config);

#endif
