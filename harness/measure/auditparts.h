/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_AUDITPARTS_H
#define MEASURE_AUDITPARTS_H

#include <measure/audit.h>

/* The parts of audit_read(). */

/* Errors: FAILED (touched does not fit the rest). */
bool auditcheck_touches(const AuditSites *sites, guint order, const GArray *touches, GError **error);

/* Fills callers from sites and spans. */
void auditcaller_fill(Audit *audit);

/* Adds to the problems of the map. */
void auditcheck_fill(Audit *audit);

#endif
