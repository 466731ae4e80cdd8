/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PAYLOADJSON_H
#define REPORT_PAYLOADJSON_H

#include <base/json.h>

/* The member payloads[] of a hop in result.json: what its hooks (HookRun) came to; nothing where there are none. */
void payloadjson_put(JsonBuilder *b, const GPtrArray *hooks);

#endif
