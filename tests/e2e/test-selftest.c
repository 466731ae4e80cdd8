// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own selftests on the kernel that the other tests use: as they are, and with
 * names and options that cannot be. Arguments: khotest, folder for run directories.
 */
#include "tool.h"

#include <string.h>

/* Hooks of a kernel, and how each ended: "before 0; ". */
static char *hooks_of(JsonObject *test, guint hop)
{
	JsonObject *kernel = json_array_get_object_element(json_get_array(test, "hops"), hop);
	JsonArray *hooks = json_get_array(kernel, "payloads");
	GString *text = g_string_new(NULL);

	for (guint i = 0; hooks && i < json_array_get_length(hooks); i++) {
		JsonObject *hook = json_array_get_object_element(hooks, i);

		g_string_append_printf(text, "%s %d; ", json_get_string(hook, "hook"),
				       (int)json_get_int(hook, "status"));
	}
	return g_string_free(text, FALSE);
}

static void test_all(void)
{
	const char *const words[] = { "selftest", "-m",	  "1G", "--no-test-config", "-o", tool_argument(0),
				      "--format", "json", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(JsonObject) all = NULL;
	JsonArray *tests;
	guint staged = 0, whole = 0;

	tool_run(words, NULL, &result);
	if (result.status != 0)
		g_test_message("%s%s", result.out, result.err);
	g_assert_cmpint(result.status, ==, 0);
	all = tool_json(&result);
	g_assert_cmpstr(json_get_string(all, "verdict"), ==, "PASS");
	tests = json_get_array(all, "tests");
	for (guint i = 0; i < json_array_get_length(tests); i++) {
		JsonObject *test = json_array_get_object_element(tests, i);
		g_autofree char *first = hooks_of(test, 0), *second = hooks_of(test, 1);

		g_assert_cmpstr(json_get_string(test, "outcome"), ==, "PASS");
		if (strcmp(first, "before 0; ") == 0 && strcmp(second, "after 0; ") == 0)
			staged++;
		else if (strcmp(first, "setup 0; ") == 0 && strcmp(second, "last 0; ") == 0)
			whole++;
		else
			g_assert_cmpstr(json_get_string(test, "name"), ==, "kho");
	}
	g_assert_cmpuint(staged, >=, 2);
	g_assert_cmpuint(whole, >=, 1);
}

static void refused(const char *one, const char *two, const char *text)
{
	const char *const words[] = { "selftest", "-m", "1G", "-o", tool_argument(0), one, two, NULL };
	g_auto(SpawnResult) result = { 0 };

	tool_run(words, NULL, &result);
	g_assert_cmpint(result.status, ==, 99);
	if (!strstr(result.err, text))
		g_error("'%s' is not in '%s'", text, result.err);
}

static void test_refused(void)
{
	refused("no_such_test", NULL, "it has kho, liveupdate, luo_kexec_simple");
	refused("--hops", "1", "needs 2 kernels");
	refused("--image", "/dev/null", "give --kernel or --tree");
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/selftest/all", test_all);
	g_test_add_func("/selftest/refused", test_refused);
	return g_test_run();
}
