// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bisection of a series of two patches on real machines: the second is found, by its verdict; what was tried is
 * believed afterwards; and another fault than the one that is asked for is none.
 *
 * Arguments: khotest, the series, folder for bisections.
 */
#include "tool.h"

#include <base/files.h>

#include <string.h>

/* This host cannot run the machines: then the later tests need not try. */
static bool skipped;

static char *place(const char *name)
{
	return g_build_filename(tool_argument(1), name, NULL);
}

static JsonObject *element(JsonObject *object, const char *array, guint at)
{
	return json_array_get_object_element(json_get_array(object, array), at);
}

static void check_found(const SpawnResult *run)
{
	g_autoptr(JsonObject) found = NULL;

	g_assert_cmpint(run->status, ==, 0);
	found = tool_json(run);
	g_assert_true(json_object_get_boolean_member(found, "sure"));
	g_assert_cmpuint(json_array_get_length(json_get_array(found, "suspects")), ==, 1);
	g_assert_nonnull(strstr(json_get_string(element(found, "suspects", 0), "title"), "die when it comes up"));
	/* the bad end, and what is good before it: the kernel without patches is not needed */
	g_assert_cmpuint(json_array_get_length(json_get_array(found, "steps")), ==, 2);
	g_assert_cmpstr(json_get_string(element(found, "steps", 0), "kind"), ==, "bad");
	g_assert_cmpstr(json_get_string(element(found, "steps", 1), "kind"), ==, "good");
}

static void test_patches(void)
{
	g_autofree char *output = place("patches");
	const char *const words[] = { "bisect", "--patches", tool_argument(0), "-m",   "512M", "-q",
				      "-o",	output,	     "--format",       "json", NULL };
	g_auto(SpawnResult) run = { 0 };

	g_assert_true(files_remove_tree(tool_argument(1), NULL));
	g_assert_true(files_mkdirs(tool_argument(1), NULL));
	tool_run(words, NULL, &run);
	if (run.status == 77) {
		skipped = true;
		g_test_skip(run.err);
		return;
	}
	check_found(&run);
}

/* It is done: going on says the same, and runs nothing. */
static void test_again(void)
{
	g_autofree char *output = place("patches"), *runs = place("patches/runs");
	const char *const words[] = { "bisect", "--resume", output, "-q", "--format", "json", NULL };
	g_auto(SpawnResult) run = { 0 };

	if (skipped) {
		g_test_skip("the first test was");
		return;
	}
	g_assert_true(files_remove_tree(runs, NULL));
	tool_run(words, NULL, &run);
	check_found(&run);
	g_assert_false(g_file_test(runs, G_FILE_TEST_EXISTS));
}

/* It dies, but not so: the bad end is not bad, and nothing could be found. */
static void test_other_fault(void)
{
	g_autofree char *output = place("other");
	const char *const words[] = { "bisect", "--patches", tool_argument(0),	"-m", "512M", "-q", "-o",
				      output,	"--bad-if",  "scratch-not-cma", NULL };
	g_auto(SpawnResult) run = { 0 };

	if (skipped) {
		g_test_skip("the first test was");
		return;
	}
	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 99);
	g_assert_nonnull(strstr(run.err, "guest-panic"));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bisect/patches", test_patches);
	g_test_add_func("/bisect/again", test_again);
	g_test_add_func("/bisect/other-fault", test_other_fault);
	return g_test_run();
}
