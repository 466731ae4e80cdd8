/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include <base/json.h>
#include <evaluate/result.h>

/*
 * For people: a table of the callers of init_pageblock_migratetype() for each
 * kernel, what each caller does, where scratch and CMA part, and what follows for
 * a check of scratch in that function. Caller frees.
 */
char *result_audit_to_text(const Result *result);
char *result_audit_to_markdown(const Result *result);

/* "0x100000000-0x1a0000000  1280 pageblocks  node 0 Normal  Movable". Caller frees. */
char *audit_span_text(const BlockMap *map, const BlockSpan *span);

/* The member "audit" of a hop in result.json (docs/rundir.md); nothing if audit is NULL. */
void audit_put_json(JsonBuilder *builder, const Audit *audit);

#endif
