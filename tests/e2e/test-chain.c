// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real chains of kernels that are not alike: one that is handed over, with words that
 * only one of its kernels has, and one that is refused, since the second kernel's ABI
 * string is another.
 *
 * Arguments: khotest, the folder of the series other-abi, a folder for run directories.
 */
#include "tool.h"

#include <string.h>

/* The chain, run; skips the test and returns NULL where this host cannot. */
static JsonObject *run_chain(const char *chain, int status)
{
	const char *const words[] = { "run", "--chain",	       chain, "-m", "1G", "--format", "json",
				      "-o",  tool_argument(1), "-q",  NULL };
	g_auto(SpawnResult) run = { 0 };

	tool_run(words, NULL, &run);
	if (run.status == 77) {
		g_test_skip(run.err);
		return NULL;
	}
	if (run.status != status)
		g_test_message("%s", run.err);
	g_assert_cmpint(run.status, ==, status);
	return tool_json(&run);
}

/* What result.json has of a kernel. */
static JsonObject *kernel_at(JsonObject *result, guint hop)
{
	JsonArray *hops = json_get_array(result, "hops");

	g_assert_cmpuint(hop, <, json_array_get_length(hops));
	return json_get_object(json_array_get_object_element(hops, hop), "kernel");
}

/* A record of a hop, as text. Caller frees. */
static char *record(JsonObject *result, const char *hop, const char *name)
{
	g_autofree char *path =
		g_build_filename(tool_argument(1), json_get_string(result, "id"), "hops", hop, name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void test_handed_over(void)
{
	g_autoptr(JsonObject) result = run_chain("7.1[quiet],7.1/central,7.1[loglevel=6]", 0);
	g_autofree char *first = NULL, *second = NULL, *third = NULL;

	if (!result)
		return;
	g_assert_cmpstr(json_get_string(kernel_at(result, 0), "series"), ==, "stock");
	g_assert_cmpstr(json_get_string(kernel_at(result, 1), "series"), ==, "central");
	g_assert_cmpstr(json_get_string(kernel_at(result, 1), "handover"), ==, "handed over");
	g_assert_cmpstr(json_get_string(kernel_at(result, 2), "series"), ==, "stock");
	g_assert_cmpstr(json_get_string(kernel_at(result, 2), "handover"), ==, "handed over");
	first = record(result, "0", "proc/cmdline");
	second = record(result, "1", "proc/cmdline");
	third = record(result, "2", "proc/cmdline");
	g_assert_nonnull(strstr(first, " khotest.own quiet\n"));
	g_assert_null(strstr(second, "khotest.own"));
	g_assert_nonnull(strstr(third, " khotest.own loglevel=6\n"));
	g_assert_null(strstr(third, "quiet"));
	g_assert_true(json_get_bool(json_get_object(result, "expected"), "met"));
}

static void test_refused(void)
{
	g_autofree char *folder = g_canonicalize_filename(tool_argument(0), NULL);
	g_autofree char *chain = g_strdup_printf("7.1,7.1/%s,7.1/%s", folder, folder);
	g_autoptr(JsonObject) result = run_chain(chain, 1);
	JsonObject *expected;

	if (!result)
		return;
	expected = json_get_object(result, "expected");
	g_assert_cmpstr(json_get_string(expected, "reason"), ==, "handover-refused");
	g_assert_true(json_get_bool(expected, "met"));
	g_assert_cmpstr(json_get_string(kernel_at(result, 1), "handover_expected"), ==, "refused");
	g_assert_cmpstr(json_get_string(kernel_at(result, 1), "handover"), ==, "refused");
	/* from there on the chain goes on */
	g_assert_cmpstr(json_get_string(kernel_at(result, 2), "handover_expected"), ==, "handed-over");
	g_assert_cmpstr(json_get_string(kernel_at(result, 2), "handover"), ==, "handed over");
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/chain/handed-over", test_handed_over);
	g_test_add_func("/chain/refused", test_refused);
	return g_test_run();
}
