// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The payloads that preserve data, in a chain of three kernels: each byte is there in the kernels that were handed over
 * to. And the negative control: one bit that was changed behind their back is found, by offset. Arguments: khotest,
 * folder for run directories.
 */
#include "tool.h"

#include <string.h>

#define BASE "run", "--kernel", "7.1", "--series", "stock", "-m", "1G", "--format", "json", "-o", tool_argument(0)

static JsonObject *run(const char *const *words, int status)
{
	g_auto(SpawnResult) result = { 0 };

	tool_run(words, NULL, &result);
	if (result.status != status)
		g_test_message("%s%s", result.out, result.err);
	g_assert_cmpint(result.status, ==, status);
	return tool_json(&result);
}

/* A test of a kernel whose name begins so; the test program ends if there is none. */
static JsonObject *find_test(JsonObject *result, guint hop, const char *payload, const char *name)
{
	JsonObject *kernel = json_array_get_object_element(json_get_array(result, "hops"), hop);
	JsonArray *hooks = json_get_array(kernel, "payloads");

	for (guint i = 0; hooks && i < json_array_get_length(hooks); i++) {
		JsonObject *hook = json_array_get_object_element(hooks, i);
		JsonArray *tests = json_get_array(hook, "tests");

		if (strcmp(json_get_string(hook, "payload"), payload) != 0)
			continue;
		for (guint k = 0; k < json_array_get_length(tests); k++) {
			JsonObject *test = json_array_get_object_element(tests, k);

			if (g_str_has_prefix(json_get_string(test, "name"), name))
				return test;
		}
	}
	g_error("kernel %u has no test of payload %s that begins with '%s'", hop, payload, name);
}

static void check_test(JsonObject *result, guint hop, const char *payload, const char *name, const char *rest)
{
	JsonObject *test = find_test(result, hop, payload, name);

	g_assert_cmpstr(json_get_string(test, "state"), ==, "ok");
	g_test_message("%s", json_get_string(test, "name"));
	g_assert_nonnull(strstr(json_get_string(test, "name"), rest));
}

static void test_whole(void)
{
	const char *const words[] = { BASE, "--hops", "3", "--payload", "memfd", "--payload", "reserve-mem", NULL };
	g_autoptr(JsonObject) result = run(words, 0);

	g_assert_cmpstr(json_get_string(result, "verdict"), ==, "PASS");
	for (guint hop = 1; hop < 3; hop++) {
		check_test(result, hop, "memfd", "memfd big:", "in huge pages, retrieved, checksum 0x");
		check_test(result, hop, "memfd", "memfd sparse:", "3 pages of it written, retrieved");
		check_test(result, hop, "memfd", "memfd sealed: its seals", "no write is taken");
		check_test(result, hop, "memfd", "memfd many:", "100 in one session");
		check_test(result, hop, "memfd", "memfd unused:", "never retrieved, free again");
		check_test(result, hop, "memfd",
			   "memfd travels:", hop == 1 ? "through 1 handover," : "through 2 handovers,");
		check_test(result, hop, "reserve-mem", "region khotest: at 0x", "as before");
		check_test(result, hop, "reserve-mem", "region khotest: 32.0 MiB verified", "checksum 0x");
	}
	/* what nobody finished is not there in the kernel after the next */
	check_test(result, 2, "memfd", "session khotest-open.0", "gone (ENOENT)");
}

/* The reason of that payload in the second kernel. */
static const char *reason_of(JsonObject *result, const char *payload)
{
	JsonArray *reasons = json_get_array(result, "reasons");
	g_autofree char *begin = g_strdup_printf("second kernel: payload %s, hook after: ", payload);

	for (guint i = 0; i < json_array_get_length(reasons); i++) {
		JsonObject *reason = json_array_get_object_element(reasons, i);
		const char *text = json_get_string(reason, "text");

		if (g_str_has_prefix(text, begin)) {
			g_assert_cmpstr(json_get_string(reason, "id"), ==, "payload-failed");
			g_test_message("%s", text);
			return text;
		}
	}
	g_error("no reason is about payload %s in the second kernel", payload);
}

/* The offset that hook before says it has damaged: "... the byte at offset 123 (0x7b) ..." */
static char *damaged_offset(JsonObject *result, const char *payload, const char *test)
{
	JsonArray *lines = json_get_array(find_test(result, 0, payload, test), "lines");

	for (guint i = 0; i < json_array_get_length(lines); i++) {
		const char *at = strstr(json_array_get_string_element(lines, i), "byte at offset ");

		if (at)
			return g_strndup(at + 5, strcspn(at + 5, ")") + 1);
	}
	g_error("hook before of payload %s does not say what it damaged", payload);
}

static void test_damaged(void)
{
	const char *const words[] = { BASE, "--payload", "memfd", "--payload", "reserve-mem", "--break", "data", NULL };
	g_autoptr(JsonObject) result = run(words, 1);
	static const char *const payloads[][2] = {
		{ "memfd", "memfd pages: damaged" },
		{ "reserve-mem", "region khotest: damaged" },
	};

	for (guint i = 0; i < 2; i++) {
		const char *text = reason_of(result, payloads[i][0]);
		g_autofree char *offset = damaged_offset(result, payloads[i][0], payloads[i][1]);

		g_test_message("damaged: %s", offset);
		g_assert_nonnull(strstr(text, offset));
		g_assert_nonnull(strstr(text, "bytes that differ: 1, in 1 of"));
		/* nothing else is wrong */
		g_assert_null(strchr(text, ';'));
	}
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/data/whole", test_whole);
	g_test_add_func("/data/damaged", test_damaged);
	return g_test_run();
}
