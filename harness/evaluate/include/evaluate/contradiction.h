/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_CONTRADICTION_H
#define EVALUATE_CONTRADICTION_H

#include <evaluate/result.h>

/*
 * Where a result contradicts itself: records that say different things of one
 * kernel, whatever the verdict; and a PASS beside a figure or a pageblock that is
 * not as it must be. Whoever shows a verdict in colour asks here first: what is
 * contradicted is not green.
 *
 * char *: a sentence each, with its kernel; empty where all fits. Caller unrefs.
 */
GPtrArray *result_contradictions(const Result *result);

/* Those of the results (Result) that contradict themselves. */
guint results_contradicted(const GPtrArray *results);

#endif
