/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_PLANPAYLOAD_H
#define STORE_PLANPAYLOAD_H

#include <base/json.h>
#include <measure/payload.h>

/* The member payloads[] of plan.json; read, it is empty where there is none. Caller unrefs. */
void planpayloads_put(const GPtrArray *payloads, JsonBuilder *b);
GPtrArray *planpayloads_get(JsonObject *object);

#endif
