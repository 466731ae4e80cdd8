// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The payloads that make memory scarce, and that pin it. Arguments: khotest, "pressure" or "pin", folder for run
 * directories. "pin" needs a kernel of its own (kconfigs/io-uring.config), and is no test but a
 * benchmark for that.
 */
#include "tool.h"

#include <string.h>

/* options: pairs of an option and its value, NULL at the end. */
static JsonObject *run(const char *memory, const char *const *options, int status)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	const char *const always[] = {
		"run", "--series",	 "central",  "-m",  memory, "--payload", tool_argument(0),
		"-o",  tool_argument(1), "--format", "json"
	};
	g_auto(SpawnResult) result = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(always); i++)
		g_ptr_array_add(words, (gpointer)always[i]);
	for (; *options; options++)
		g_ptr_array_add(words, (gpointer)*options);
	g_ptr_array_add(words, NULL);
	tool_run((const char *const *)words->pdata, NULL, &result);
	if (result.status != status)
		g_test_message("%s%s", result.out, result.err);
	g_assert_cmpint(result.status, ==, status);
	return tool_json(&result);
}

/* The first reason of a FAIL. */
static void check_reason(JsonObject *result, const char *text)
{
	JsonObject *first = json_array_get_object_element(json_get_array(result, "reasons"), 0);

	g_test_message("%s", json_get_string(first, "text"));
	g_assert_cmpstr(json_get_string(first, "id"), ==, "payload-failed");
	g_assert_nonnull(strstr(json_get_string(first, "text"), text));
}

/* "setup 10; before 2; ": the tests of each hook of that kernel. */
static void check_hooks(JsonObject *result, guint hop, const char *expected)
{
	JsonObject *kernel = json_array_get_object_element(json_get_array(result, "hops"), hop);
	JsonArray *payloads = json_get_array(kernel, "payloads");
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < json_array_get_length(payloads); i++) {
		JsonObject *hook = json_array_get_object_element(payloads, i);

		g_string_append_printf(text, "%s %u; ", json_get_string(hook, "hook"),
				       json_array_get_length(json_get_array(hook, "tests")));
	}
	g_assert_cmpstr(text->str, ==, expected);
}

/* Little memory, and in pieces: the next kernel is loaded and handed over to all the same. */
static void test_pressure(void)
{
	static const char *const options[] = { NULL };
	g_autoptr(JsonObject) result = run("512M", options, 0);

	check_hooks(result, 0, "setup 10; before 2; ");
	check_hooks(result, 1, "after 10; last 2; ");
}

/* What is beyond what may be made is taken first, without being written to: one test more, of 1G. */
static void test_ballast(void)
{
	static const char *const options[] = { "--hops", "1", "-a", "pressure.most=128M pressure.free=96M", NULL };
	g_autoptr(JsonObject) result = run("1G", options, 0);

	check_hooks(result, 0, "setup 11; last 2; ");
}

/* A process that may have 256 files makes no slab to speak of, and says so. */
static void test_no_files(void)
{
	static const char *const options[] = { "--hops", "1", "--break", "pressure", NULL };
	g_autoptr(JsonObject) result = run("512M", options, 1);

	check_reason(result, "hook setup: slab (");
	check_reason(result, "Too many open files");
}

/* All but CMA can be pinned; what that is, the run says too. */
static void test_pin(void)
{
	static const char *const options[] = { NULL };
	g_autoptr(JsonObject) result = run("1G", options, 0);
	JsonObject *second = json_array_get_object_element(json_get_array(result, "hops"), 1);

	check_hooks(result, 0, "setup 3; ");
	check_hooks(result, 1, "after 3; ");
	g_assert_cmpint(json_get_int(second, "unpinnable_bytes"), >=, json_get_int(second, "scratch_bytes"));
	g_assert_cmpint(json_get_int(second, "scratch_ppm"), >, 0);
}

/* Memory of the zone Movable cannot be pinned either, and what is expected does not know of it. */
static void test_movable(void)
{
	static const char *const options[] = { "--hops", "1", "-a", "movablecore=300M", NULL };
	g_autoptr(JsonObject) result = run("1G", options, 1);

	check_reason(result, "what is free outside of CMA can be pinned");
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	if (strcmp(tool_argument(0), "pin") == 0) {
		g_test_add_func("/pin/handover", test_pin);
		g_test_add_func("/pin/movable", test_movable);
	} else {
		g_test_add_func("/pressure/handover", test_pressure);
		g_test_add_func("/pressure/ballast", test_ballast);
		g_test_add_func("/pressure/no-files", test_no_files);
	}
	return g_test_run();
}
