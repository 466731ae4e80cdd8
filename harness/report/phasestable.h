/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PHASESTABLE_H
#define REPORT_PHASESTABLE_H

#include <evaluate/result.h>
#include <report/table.h>

/* A table with a column for each of the first so many selectors (evaluate/figure.h) behind the first, whose header
 * that is. Caller frees. */
Table *selectortable_new(const char *header, guint columns);

/*
 * The phases of the first and the second kernel, and where a run has more, the
 * median of the third and all after it. NULL if there is no kernel whose phases
 * could be told. Caller frees.
 */
Table *phasestable_new(const Result *result);

#endif
