/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_AUDITPARTS_H
#define MEASURE_AUDITPARTS_H

#include <measure/audit.h>

/* The parts of audit_read(). */

/* Fills spans, scratch_lost, cma_elsewhere and the two counts. Errors: FAILED (touched does not fit the rest). */
bool auditspan_fill(Audit *audit, const Hop *hop, const GArray *touches, GError **error);

/* Fills callers from sites and spans. */
void auditcaller_fill(Audit *audit);

/* Fills problems and notes. */
void auditcheck_fill(Audit *audit, const Hop *hop);

#endif
