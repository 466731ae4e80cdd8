// SPDX-License-Identifier: GPL-2.0-or-later
#include "planhop.h"
#include "planpayload.h"

#include <base/error.h>
#include <base/json.h>

#include <string.h>

/* The members that are plain strings: written, read and freed alike. */
static const struct {
	const char *name;
	gsize offset;
} strings[] = {
	{ "mode", G_STRUCT_OFFSET(Plan, mode) },
	{ "expect", G_STRUCT_OFFSET(Plan, expect) },
	{ "expect_reason", G_STRUCT_OFFSET(Plan, expect_reason) },
	{ "initramfs", G_STRUCT_OFFSET(Plan, initramfs) },
	{ "initramfs_sha256", G_STRUCT_OFFSET(Plan, initramfs_sha256) },
	{ "machine", G_STRUCT_OFFSET(Plan, machine) },
	{ "accelerator", G_STRUCT_OFFSET(Plan, accelerator) },
	{ "accelerator_why", G_STRUCT_OFFSET(Plan, accelerator_why) },
	{ "connect", G_STRUCT_OFFSET(Plan, connect) },
	{ "break", G_STRUCT_OFFSET(Plan, break_what) },
};

Plan *plan_new(void)
{
	Plan *plan = g_new0(Plan, 1);

	plan->hops = g_ptr_array_new_with_free_func((GDestroyNotify)planhop_free);
	plan->payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payloadplan_free);
	return plan;
}

void plan_free(Plan *plan)
{
	if (!plan)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(G_STRUCT_MEMBER(char *, plan, strings[i].offset));
	g_strfreev(plan->asked);
	g_strfreev(plan->collects);
	g_strfreev(plan->checks);
	g_ptr_array_unref(plan->hops);
	g_ptr_array_unref(plan->payloads);
	machine_clear(&plan->guest);
	g_free(plan);
}

PlanHop *plan_add_hop(Plan *plan, const char *nonce)
{
	PlanHop *hop = g_new0(PlanHop, 1);

	hop->nonce = g_strdup(nonce);
	g_ptr_array_add(plan->hops, hop);
	return hop;
}

guint plan_hops(const Plan *plan)
{
	return plan ? plan->hops->len : 0;
}

const PlanHop *plan_hop(const Plan *plan, guint n)
{
	static const PlanHop unknown;

	return n < plan_hops(plan) ? plan->hops->pdata[n] : &unknown;
}

const char **plan_nonces(const Plan *plan)
{
	const char **nonces = g_new0(const char *, plan_hops(plan) + 1);

	for (guint i = 0; i < plan_hops(plan); i++)
		nonces[i] = plan_hop(plan, i)->nonce;
	return nonces;
}

bool plan_is_counted(const Plan *plan)
{
	return plan && g_strcmp0(plan->mode, "counted") == 0;
}

static bool has(char **words, const char *word)
{
	return words && g_strv_contains((const char *const *)words, word);
}

bool plan_collects(const Plan *plan, guint n, const char *record)
{
	return plan && has(plan->collects, record) && !has(plan_hop(plan, n)->lacks, record);
}

bool plan_same_kernel(const Plan *plan, guint m, guint n)
{
	const PlanHop *a = plan_hop(plan, m), *b = plan_hop(plan, n);

	/* before they are built, kernels have names alone */
	return g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->series, b->series) == 0 &&
	       g_strcmp0(a->sha256, b->sha256) == 0;
}

bool plan_is_mixed(const Plan *plan)
{
	for (guint i = 1; i < plan_hops(plan); i++)
		if (!plan_same_kernel(plan, 0, i))
			return true;
	return false;
}

char *plan_kernel(const Plan *plan, guint n)
{
	const PlanHop *hop = plan_hop(plan, n);
	const char *name = hop->name ? hop->name : "-";

	/* of a finished image nobody knows a series */
	return hop->series && hop->profile ? g_strdup_printf("%s/%s", name, hop->series) : g_strdup(name);
}

char *plan_kernels(const Plan *plan, const char *separator)
{
	GString *text = g_string_new(NULL);
	guint n = plan_is_mixed(plan) ? plan_hops(plan) : MIN(plan_hops(plan), 1);

	for (guint i = 0; i < n; i++) {
		g_autofree char *kernel = plan_kernel(plan, i);

		g_string_append_printf(text, "%s%s", i ? separator : "", kernel);
	}
	return g_string_free(text, FALSE);
}

char *plan_to_json(const Plan *plan)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", PLAN_SCHEMA);
	json_put_strings(b, "asked", (const char *const *)plan->asked);
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		json_put_string(b, strings[i].name, G_STRUCT_MEMBER(char *, plan, strings[i].offset));
	json_put_strings(b, "collects", (const char *const *)plan->collects);
	planpayloads_put(plan->payloads, b);
	if (plan->checks)
		json_put_strings(b, "checks", (const char *const *)plan->checks);
	json_begin_object(b, "guest");
	machine_put(&plan->guest, b);
	json_builder_end_object(b);
	json_begin_array(b, "hops");
	for (guint i = 0; i < plan->hops->len; i++)
		planhop_put(plan->hops->pdata[i], b);
	json_builder_end_array(b);
	json_put_int(b, "timeout_ns", plan->timeout_ns);
	json_put_int(b, "silence_ns", plan->silence_ns);
	json_put_int(b, "pace_ppm", plan->pace_ppm);
	json_builder_end_object(b);
	return json_text(b, true);
}

/* Schema 1: one kernel, which each nonce stands for; how the later ones find their command line is not said. */
static void read_hops_1(JsonObject *object, Plan *plan)
{
	g_auto(GStrv) nonces = json_get_strings(object, "nonces");

	for (char **nonce = nonces; *nonce; nonce++) {
		PlanHop *hop = planhop_get(object, 1);

		hop->nonce = g_strdup(*nonce);
		if (plan->hops->len)
			g_clear_pointer(&hop->cmdline, g_free);
		g_ptr_array_add(plan->hops, hop);
	}
}

static void read_hops(JsonObject *object, gint64 schema, Plan *plan)
{
	JsonArray *hops = json_get_array(object, "hops");

	if (schema == 1) {
		read_hops_1(object, plan);
		return;
	}
	for (guint i = 0; hops && i < json_array_get_length(hops); i++) {
		JsonNode *node = json_array_get_element(hops, i);

		if (JSON_NODE_HOLDS_OBJECT(node))
			g_ptr_array_add(plan->hops, planhop_get(json_node_get_object(node), schema));
	}
}

/* A kernel that nothing could be told apart by is none. */
static bool is_whole(const Plan *plan)
{
	for (guint i = 0; i < plan->hops->len; i++)
		if (!plan_hop(plan, i)->nonce)
			return false;
	/* and a choice of no check at all would let everything pass */
	return plan->hops->len && plan->guest.memory_bytes && plan->guest.nodes && (!plan->checks || plan->checks[0]);
}

Plan *plan_from_json(const char *text, gssize length, GError **error)
{
	g_autoptr(JsonObject) object = json_parse_object(text, length, "plan.json", error);
	g_autoptr(Plan) plan = plan_new();
	gint64 schema;

	if (!object || !json_check_schema(object, PLAN_SCHEMA, "plan.json", error))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		G_STRUCT_MEMBER(char *, plan, strings[i].offset) = g_strdup(json_get_string(object, strings[i].name));
	plan->asked = json_get_strings(object, "asked");
	plan->collects = json_get_strings(object, "collects");
	g_ptr_array_unref(plan->payloads);
	plan->payloads = planpayloads_get(object);
	if (json_get_array(object, "checks"))
		plan->checks = json_get_strings(object, "checks");
	schema = json_get_int(object, "schema");
	read_hops(object, schema, plan);
	plan->guest = machine_get(schema == 1 ? object : json_get_object(object, "guest"));
	plan->timeout_ns = json_get_int(object, "timeout_ns");
	plan->silence_ns = json_get_int(object, "silence_ns");
	plan->pace_ppm = json_object_has_member(object, "pace_ppm") ? json_get_int(object, "pace_ppm") : 0;
	/* before there was another mode, none was written */
	if (!plan->mode)
		plan->mode = g_strdup("wall");
	if (!is_whole(plan)) {
		error_set(error, KHOTEST_ERROR_FAILED,
			  "plan.json lacks hops with nonces, memory, or any check: the run directory is damaged");
		return NULL;
	}
	return g_steal_pointer(&plan);
}
