/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_ABOUT_H
#define EVALUATE_ABOUT_H

#include <evaluate/result.h>

/* What a result is called, and what of it there is to show. */

/* "8G, 2 CPUs, 2 nodes, tcg". Caller frees. */
char *result_machine(const Plan *plan);

/* "kernel 7.1 series central (7.1.13-central), 1G, 2 CPUs, 1 node, tcg"; the run's name if it has no plan. */
char *result_title(const Result *result);

/*
 * "kernel 7.1 series central (7.1.13-central)", and of a chain whose kernels are not alike "kernels 7.1/central,
 * 7.2/upstream". Only of a result with a plan. Caller frees.
 */
char *result_kernels(const Result *result);

/* For columns of a table: "7.1" and "central"; "7.1/central, 7.2/upstream" and "chain"; NULL plan: "-". Caller frees.
 */
char *result_kernel_cell(const Plan *plan);
char *result_series_cell(const Plan *plan);

/* "second kernel"; where kernels are not alike "second kernel, 7.2/upstream". Caller frees. */
char *result_hop_title(const Result *result, guint hop);

/* Of one kernel; NULL if it was not instrumented. */
const Audit *result_audit(const Result *result, guint hop);

/* Whether any kernel of the run was instrumented: nothing below says anything otherwise. */
bool result_has_audit(const Result *result);

/* Whether every kernel that the run should have had sent records that could be used. */
bool result_audit_is_whole(const Result *result);

/* Whether the records of a kernel contradict each other: no finding is sure then. */
bool result_audit_is_unsound(const Result *result);

#endif
