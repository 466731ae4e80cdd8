/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_PLANHOP_H
#define STORE_PLANHOP_H

#include <base/json.h>
#include <store/plan.h>

void planhop_free(PlanHop *hop);

/* Adds it to an array that has been begun. */
void planhop_put(const PlanHop *hop, JsonBuilder *builder);

/* What planhop_put() wrote; of schema 1 what the plan as a whole says of its one kernel, without its nonce. */
PlanHop *planhop_get(JsonObject *object, gint64 schema);

#endif
