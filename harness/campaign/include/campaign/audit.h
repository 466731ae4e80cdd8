/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_AUDIT_H
#define CAMPAIGN_AUDIT_H

#include <evaluate/result.h>
#include <run/request.h>

/*
 * The series with the overlay on top that brings the audit's instruments. As it is where
 * that is there already, and for a finished kernel, or a tree that no series goes on (NULL):
 * these bring their own or have none. Caller frees.
 */
char *audit_series(const RunRequest *request);

/* One run, which has to leave audit records: its Result. Caller unrefs. Errors: as perform_run(); FAILED without any.
 */
GPtrArray *audit_run(const Paths *paths, const RunRequest *request, GError **error);

/* Runs that are over: Result. Caller unrefs. Errors: INPUT, also for one without audit records. */
GPtrArray *audit_load(const char *const *paths, GError **error);

/*
 * What the audits come to beside the verdict of what was run (VERDICT_PASS where nothing
 * was): VERDICT_ERROR where one cannot be relied on, or a run that passed has an audit
 * that is not whole.
 */
VerdictKind audit_outcome(const GPtrArray *results, VerdictKind verdict);

#endif
