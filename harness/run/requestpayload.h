/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REQUESTPAYLOAD_H
#define RUN_REQUESTPAYLOAD_H

#include <run/request.h>

/* The parts of a request that are about payloads. */

/*
 * Loads them, once the chain has its kernels, and settles append and fragments, which the kernel and the command line
 * are made of. Errors: INPUT, also where one is there twice, or is not for the kernel.
 */
bool requestpayload_resolve(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

/* INPUT if the guest has less memory than one of them needs. */
bool requestpayload_check_memory(const Prepared *prepared, GError **error);

/* Makes what goes into the guest, and completes the plan. */
bool requestpayload_build(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

#endif
