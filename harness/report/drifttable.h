/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_DRIFTTABLE_H
#define REPORT_DRIFTTABLE_H

#include <evaluate/result.h>
#include <json-glib/json-glib.h>
#include <report/table.h>

/* How the figures of a chain go from kernel to kernel; NULL for one that is too short for that. */
Table *drifttable_new(const Result *result);

/* The member drift[] of result.json; nothing for a chain that is too short. */
void drifttable_put_json(JsonBuilder *b, const Result *result);

#endif
