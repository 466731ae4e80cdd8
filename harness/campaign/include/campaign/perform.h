/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PERFORM_H
#define CAMPAIGN_PERFORM_H

#include <evaluate/result.h>
#include <run/request.h>

/*
 * One run from request to result: prepare, execute, evaluate, result.json. Where
 * the run directory exists, a failure of the harness is in the result (verdict
 * ERROR or SKIP) and not an error, unless it was cancelled. *host: NULL, or the one that an
 * earlier call left there; the caller closes it. Errors: INPUT, HOST, FAILED, CANCELLED.
 */
Result *perform_run(const Paths *paths, const RunRequest *request, VmHost **host, GError **error);

#endif
