/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include <base/json.h>
#include <evaluate/result.h>

/* Whether any kernel of the run was instrumented: nothing below says anything otherwise. */
bool result_has_audit(const Result *result);

/* Whether every kernel that the run should have had sent records that could be used. */
bool result_audit_is_whole(const Result *result);

/* Whether the records of a kernel contradict each other: no finding is sure then. */
bool result_audit_is_unsound(const Result *result);

/*
 * For people: a table of the callers of init_pageblock_migratetype() for each
 * kernel, what each caller does, where scratch and CMA part, and what follows for
 * a check of scratch in that function. Caller frees.
 */
char *result_audit_to_text(const Result *result);
char *result_audit_to_markdown(const Result *result);

/* "kernel 7.1 series central (7.1.13-central), 1G, 2 CPUs, 1 node, tcg"; the run's name if it has no plan. */
char *result_title(const Result *result);

/* "0x100000000-0x1a0000000  1280 pageblocks  node 0 Normal  Movable". Caller frees. */
char *audit_span_text(const BlockMap *map, const BlockSpan *span);

/* The member "audit" of a hop in result.json (docs/rundir.md); nothing if audit is NULL. */
void audit_put_json(JsonBuilder *builder, const Audit *audit);

#endif
