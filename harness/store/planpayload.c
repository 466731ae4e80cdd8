// SPDX-License-Identifier: GPL-2.0-or-later
#include "planpayload.h"

void planpayloads_put(const GPtrArray *payloads, JsonBuilder *b)
{
	json_begin_array(b, "payloads");
	for (guint i = 0; i < payloads->len; i++) {
		const PayloadPlan *payload = payloads->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "name", payload->name);
		json_put_string(b, "path", payload->path);
		json_put_string(b, "sha256", payload->sha256);
		json_put_strings(b, "hooks", (const char *const *)payload->hooks);
		json_put_int(b, "timeout_ns", payload->timeout_ns);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static PayloadPlan *get_payload(JsonObject *object)
{
	PayloadPlan *payload = g_new0(PayloadPlan, 1);

	payload->name = g_strdup(json_get_string(object, "name"));
	payload->path = g_strdup(json_get_string(object, "path"));
	payload->sha256 = g_strdup(json_get_string(object, "sha256"));
	payload->hooks = json_get_strings(object, "hooks");
	payload->timeout_ns = json_get_int(object, "timeout_ns");
	return payload;
}

GPtrArray *planpayloads_get(JsonObject *object)
{
	GPtrArray *payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payloadplan_free);
	JsonArray *array = json_get_array(object, "payloads");

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_OBJECT(node) && json_get_string(json_node_get_object(node), "name"))
			g_ptr_array_add(payloads, get_payload(json_node_get_object(node)));
	}
	return payloads;
}
