// SPDX-License-Identifier: GPL-2.0-or-later
#include "planhop.h"

#include <string.h>

/* The members that are plain strings: written, read and freed alike. */
static const struct {
	const char *name;
	const char *name_1; /* in schema 1, as a member of the whole plan; NULL: it had none */
	gsize offset;
} strings[] = {
	{ "name", "kernel_name", G_STRUCT_OFFSET(PlanHop, name) },
	{ "release", "kernel_release", G_STRUCT_OFFSET(PlanHop, release) },
	{ "source", "kernel_source", G_STRUCT_OFFSET(PlanHop, source) },
	{ "commit", "kernel_commit", G_STRUCT_OFFSET(PlanHop, commit) },
	{ "version", "kernel_version", G_STRUCT_OFFSET(PlanHop, version) },
	{ "pinned", NULL, G_STRUCT_OFFSET(PlanHop, pinned) },
	{ "sha256", "kernel_sha256", G_STRUCT_OFFSET(PlanHop, sha256) },
	{ "image", "kernel_image", G_STRUCT_OFFSET(PlanHop, image) },
	{ "key", "kernel_key", G_STRUCT_OFFSET(PlanHop, key) },
	{ "vmlinux", NULL, G_STRUCT_OFFSET(PlanHop, vmlinux) },
	{ "layout", NULL, G_STRUCT_OFFSET(PlanHop, layout) },
	{ "symbols", NULL, G_STRUCT_OFFSET(PlanHop, symbols) },
	{ "config", NULL, G_STRUCT_OFFSET(PlanHop, config) },
	{ "series", "series", G_STRUCT_OFFSET(PlanHop, series) },
	{ "profile", "profile", G_STRUCT_OFFSET(PlanHop, profile) },
	{ "cmdline", "cmdline", G_STRUCT_OFFSET(PlanHop, cmdline) },
	{ "append", "append", G_STRUCT_OFFSET(PlanHop, append) },
	{ "nonce", NULL, G_STRUCT_OFFSET(PlanHop, nonce) },
	{ "handover", NULL, G_STRUCT_OFFSET(PlanHop, handover) },
};

#define STRING(hop, i) G_STRUCT_MEMBER(char *, (hop), strings[i].offset)

void planhop_free(PlanHop *hop)
{
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(STRING(hop, i));
	g_strfreev(hop->config_asked);
	g_strfreev(hop->abi);
	g_strfreev(hop->touches);
	g_strfreev(hop->lacks);
	g_free(hop);
}

void planhop_put(const PlanHop *hop, JsonBuilder *b)
{
	json_builder_begin_object(b);
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		json_put_string(b, strings[i].name, STRING(hop, i));
	if (hop->commit)
		json_put_bool(b, "dirty", hop->dirty);
	json_put_strings(b, "config_asked", (const char *const *)hop->config_asked);
	if (hop->abi)
		json_put_strings(b, "abi", (const char *const *)hop->abi);
	if (hop->touches)
		json_put_strings(b, "touches", (const char *const *)hop->touches);
	if (hop->lacks)
		json_put_strings(b, "lacks", (const char *const *)hop->lacks);
	json_builder_end_object(b);
}

/* Of a file in the run directory: a path that leads out of it is none. */
static void drop_outside(char **path)
{
	g_auto(GStrv) parts = *path ? g_strsplit(*path, "/", -1) : NULL;

	if (parts && (g_path_is_absolute(*path) || g_strv_contains((const char *const *)parts, "..")))
		g_clear_pointer(path, g_free);
}

PlanHop *planhop_get(JsonObject *object, gint64 schema)
{
	PlanHop *hop = g_new0(PlanHop, 1);

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
		const char *name = schema == 1 ? strings[i].name_1 : strings[i].name;

		STRING(hop, i) = name ? g_strdup(json_get_string(object, name)) : NULL;
	}
	drop_outside(&hop->symbols);
	drop_outside(&hop->config);
	hop->dirty = json_get_bool(object, schema == 1 ? "kernel_dirty" : "dirty");
	hop->config_asked = json_get_strings(object, "config_asked");
	hop->abi = json_get_array(object, "abi") ? json_get_strings(object, "abi") : NULL;
	hop->touches = json_get_array(object, "touches") ? json_get_strings(object, "touches") : NULL;
	hop->lacks = json_get_array(object, "lacks") ? json_get_strings(object, "lacks") : NULL;
	return hop;
}
