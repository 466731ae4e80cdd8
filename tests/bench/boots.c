// SPDX-License-Identifier: GPL-2.0-or-later
#include "boots.h"

#include "../e2e/tool.h"

#include <base/files.h>

JsonObject *boots_run(const Boots *boots, const char *hops, double *ret_seconds)
{
	const char *const words[] = { "run",	     "--series", "stock",     "--profile", "timing", "-m",
				      boots->memory, "-p",	 boots->cpus, "--hops",	   hops,     "-o",
				      boots->folder, "--format", "json",      "-q",	   NULL };
	g_auto(SpawnResult) run = { 0 };
	gint64 began = g_get_monotonic_time();

	tool_run(words, NULL, &run);
	if (ret_seconds)
		*ret_seconds = (double)(g_get_monotonic_time() - began) / 1e6;
	g_assert_cmpint(run.status, ==, 0);
	return tool_json(&run);
}

char *boots_rundir(const Boots *boots, JsonObject *result)
{
	return g_build_filename(boots->folder, json_get_string(result, "id"), NULL);
}

void boots_remove(const Boots *boots, JsonObject *result)
{
	g_autofree char *rundir = boots_rundir(boots, result);
	g_autoptr(GError) error = NULL;

	files_remove_tree(rundir, &error);
	g_assert_no_error(error);
}

guint boots_kernels(JsonObject *result)
{
	return json_array_get_length(json_get_array(result, "hops"));
}

gint64 boots_init_ns(JsonObject *result, guint kernel)
{
	return json_get_int(json_array_get_object_element(json_get_array(result, "hops"), kernel), "boot_to_init_ns");
}
