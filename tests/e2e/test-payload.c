// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user's payload in both kernels of a handover, as it should be and with each thing that can go
 * wrong with a hook. Arguments: khotest, the payload's folder, folder for run directories.
 */
#include "tool.h"

#include <string.h>

static JsonObject *run_payload(const char *payload, const char *break_what, int status)
{
	const char *const words[] = { "run",	  "--series", "central",
				      "-m",	  "1G",	      "--payload",
				      payload,	  "-o",	      tool_argument(1),
				      "--format", "json",     break_what ? "--break" : NULL,
				      break_what, NULL };
	g_auto(SpawnResult) result = { 0 };

	tool_run(words, NULL, &result);
	if (result.status != status)
		g_test_message("%s%s", result.out, result.err);
	g_assert_cmpint(result.status, ==, status);
	return tool_json(&result);
}

static JsonObject *run_provoke(const char *word)
{
	const char *const words[] = { "run", "--series", "central",  "-m",   "1G", "--payload",	     "provoke",
				      "-a",  word,	 "--format", "json", "-o", tool_argument(1), NULL };
	g_auto(SpawnResult) result = { 0 };

	tool_run(words, NULL, &result);
	g_assert_cmpint(result.status, ==, 1);
	return tool_json(&result);
}

static JsonObject *run(const char *break_what, int status)
{
	return run_payload(tool_argument(0), break_what, status);
}

static void check_reason(JsonObject *result, const char *id, const char *text)
{
	JsonArray *reasons = json_get_array(result, "reasons");
	JsonObject *first;

	g_assert_cmpuint(json_array_get_length(reasons), >, 0);
	first = json_array_get_object_element(reasons, 0);
	g_test_message("%s", json_get_string(first, "text"));
	g_assert_cmpstr(json_get_string(first, "id"), ==, id);
	g_assert_nonnull(strstr(json_get_string(first, "text"), text));
}

/* Hooks of a kernel that came to their end, each with its tests: "setup 3; before 3; ". */
static char *hooks_of(JsonObject *result, guint hop)
{
	JsonObject *kernel = json_array_get_object_element(json_get_array(result, "hops"), hop);
	JsonArray *payloads = json_get_array(kernel, "payloads");
	GString *text = g_string_new(NULL);

	for (guint i = 0; payloads && i < json_array_get_length(payloads); i++) {
		JsonObject *hook = json_array_get_object_element(payloads, i);

		g_string_append_printf(text, "%s %u; ", json_get_string(hook, "hook"),
				       json_array_get_length(json_get_array(hook, "tests")));
	}
	return g_string_free(text, FALSE);
}

static void test_fine(void)
{
	g_autoptr(JsonObject) result = run(NULL, 0);
	g_autofree char *first = hooks_of(result, 0), *second = hooks_of(result, 1);
	JsonArray *gaps = json_get_array(result, "gaps");

	g_assert_cmpstr(first, ==, "setup 3; before 3; ");
	g_assert_cmpstr(second, ==, "after 3; last 3; ");
	/* what was skipped is not covered */
	g_assert_cmpuint(json_array_get_length(gaps), ==, 3);
	g_assert_nonnull(strstr(json_array_get_string_element(gaps, 0), "skipped nothing to do: only hook before has"));
}

static void test_failed(void)
{
	g_autoptr(JsonObject) result = run("data", 1);

	check_reason(result, "payload-failed",
		     "second kernel: payload words, hook after: bytes (at offset 4096: found 0x12, expected 0x34)");
}

static void test_killed(void)
{
	g_autoptr(JsonObject) result = run("kill", 1);

	check_reason(result, "payload-killed",
		     "second kernel: the hook after of payload words was killed by signal 11");
}

static void test_hung(void)
{
	g_autoptr(JsonObject) result = run("hang", 1);
	g_autofree char *second = hooks_of(result, 1);

	check_reason(result, "payload-hung",
		     "second kernel: the hook after of payload words was not done after 5.0 s, and it was killed");
	/* the others are run all the same */
	g_assert_nonnull(strstr(second, "last 3; "));
}

static void test_reset(void)
{
	g_autoptr(JsonObject) result = run("reset", 1);
	g_auto(GStrv) notes = json_get_strings(result, "notes");

	check_reason(result, "guest-reset", "second kernel");
	g_assert_true(g_strv_contains((const char *const *)notes,
				      "when the run ended, the second kernel was in the hook after of payload words"));
}

/* A newline, and a newline, and a newline: the run ends, and what there is can be reported. */
static void test_flood(void)
{
	g_autofree char *folder = g_path_get_dirname(tool_argument(0)),
			*flood = g_build_filename(folder, "flood", NULL);
	g_autoptr(JsonObject) result = run_payload(flood, NULL, 1);

	check_reason(result, "guest-flood", "first kernel wrote and wrote to its console");
}

static void check_title(JsonObject *result, const char *class, const char *text)
{
	JsonObject *title = json_get_object(result, "title");

	g_assert_cmpstr(json_get_string(title, "class"), ==, class);
	g_assert_cmpstr(json_get_string(title, "text"), ==, text);
}

/* Failures on purpose: named; and refused by a kernel that cannot do them. */
static void test_provoke(void)
{
	g_autoptr(JsonObject) lkdtm = run_provoke("provoke.what=BUG"), cold = run_provoke("provoke.what=cold-boot");

	check_reason(lkdtm, "payload-failed",
		     "BUG (this kernel has no /sys/kernel/debug/provoke-crash/DIRECT: it was "
		     "built without CONFIG_LKDTM");
	check_title(lkdtm, "payload", "payload provoke failed in after: BUG");
	check_reason(cold, "cold-boot", "came up through its firmware again");
	check_title(cold, "cold-boot", "cold boot instead of kexec");
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/payload/fine", test_fine);
	g_test_add_func("/payload/failed", test_failed);
	g_test_add_func("/payload/killed", test_killed);
	g_test_add_func("/payload/hung", test_hung);
	g_test_add_func("/payload/reset", test_reset);
	g_test_add_func("/payload/flood", test_flood);
	g_test_add_func("/payload/provoke", test_provoke);
	return g_test_run();
}
