// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix with real cells: a plan that holds, expectations that are not met in
 * both directions, a harness that fails, and an end by SIGKILL that is resumed.
 *
 * Arguments: khotest, folder for matrix directories.
 */
#include "tool.h"

#include <base/files.h>

#include <signal.h>
#include <string.h>

#define START_WAIT_US (300 * G_USEC_PER_SEC)

/* A new name below the folder for matrix directories. Caller frees. */
static char *new_path(const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%08x", name, g_random_int());

	return g_build_filename(tool_argument(0), file, NULL);
}

static char *write_plan(const char *name, const char *text)
{
	g_autofree char *path = new_path(name);
	char *plan = g_strconcat(path, ".plan", NULL);
	g_autoptr(GError) error = NULL;

	files_mkdirs(tool_argument(0), &error);
	g_assert_no_error(error);
	files_write(plan, text, strlen(text), &error);
	g_assert_no_error(error);
	return plan;
}

static JsonObject *cell_of(JsonObject *matrix, const char *id)
{
	JsonArray *cells = json_get_array(matrix, "cells");

	for (guint i = 0; i < json_array_get_length(cells); i++) {
		JsonObject *cell = json_array_get_object_element(cells, i);

		if (g_strcmp0(json_get_string(json_get_object(cell, "cell"), "id"), id) == 0)
			return cell;
	}
	g_error("no cell %s", id);
}

static void check_cell(JsonObject *matrix, const char *id, const char *verdict, const char *state, guint attempts)
{
	JsonObject *cell = cell_of(matrix, id);

	g_assert_cmpstr(json_get_string(cell, "verdict"), ==, verdict);
	g_assert_cmpstr(json_get_string(cell, "state"), ==, state);
	g_assert_cmpuint(json_array_get_length(json_get_array(cell, "attempts")), ==, attempts);
}

/* Runs a plan to its end; NULL, and the test is skipped, where the host cannot. */
static JsonObject *run_plan(const char *plan, const char *path, int status)
{
	const char *const words[] = { "matrix", plan, "-o", path, "--format", "json", "-q", NULL };
	g_auto(SpawnResult) run = { 0 };

	tool_run(words, NULL, &run);
	if (run.status == 77) {
		g_test_skip(run.err);
		return NULL;
	}
	g_assert_cmpint(run.status, ==, status);
	return tool_json(&run);
}

static void test_smoke(void)
{
	g_autofree char *path = new_path("smoke");
	g_autofree char *kept = g_build_filename(path, "matrix.json", NULL);
	g_autoptr(JsonObject) matrix = run_plan("smoke", path, 0);
	const char *const words[] = { "matrix", "--report", path, "--format", "json", NULL };
	g_auto(SpawnResult) again = { 0 };
	g_autoptr(GBytes) bytes = NULL;
	JsonObject *unfixed;

	if (!matrix)
		return;
	check_cell(matrix, "check/7.1/stock/1G/1n/2p", "PASS", "as expected", 1);
	check_cell(matrix, "check/7.1/unfixed/1G/1n/2p", "FAIL", "as expected", 1);
	check_cell(matrix, "check/7.1/central/1G/1n/2p", "PASS", "as expected", 1);
	unfixed = cell_of(matrix, "check/7.1/unfixed/1G/1n/2p");
	g_assert_cmpint(json_get_int(unfixed, "expected_cma_pageblocks"), >, 0);
	g_assert_cmpint(json_get_int(unfixed, "found_cma_pageblocks"), <,
			json_get_int(unfixed, "expected_cma_pageblocks"));
	/* from its files, the same again */
	tool_run(words, NULL, &again);
	g_assert_cmpint(again.status, ==, 0);
	bytes = files_read(kept, NULL);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), again.out, again.out_length);
}

/* What should pass fails, what should fail passes, and what fails does so for another reason. */
static void test_unmet(void)
{
	g_autofree char *plan = write_plan("unmet", "[plan]\nsummary=wrong in each direction\n"
						    "[a]\nkernels=7.1\nseries=unfixed;central\nmemory=1G\n"
						    "expect.unfixed=PASS\nexpect.central=FAIL scratch-not-cma\n"
						    "[b]\nkernels=7.1\nseries=unfixed\nmemory=1G\n"
						    "expect=FAIL guest-panic\n");
	g_autofree char *path = new_path("unmet");
	g_autoptr(JsonObject) matrix = run_plan(plan, path, 1);

	if (!matrix)
		return;
	check_cell(matrix, "a/7.1/unfixed/1G/1n/2p", "FAIL", "not as expected", 1);
	check_cell(matrix, "a/7.1/central/1G/1n/2p", "PASS", "not as expected", 1);
	check_cell(matrix, "b/7.1/unfixed/1G/1n/2p", "FAIL", "not as expected", 1);
}

/*
 * Without KHO there is nothing to judge: an error, tried twice. A series that does
 * not apply makes no kernel. The other cell has its verdict all the same.
 */
static void test_error(void)
{
	static const char patch[] = "From: A <a@example.org>\nSubject: [PATCH] none\n\n---\n--- a/Makefile\n"
				    "+++ b/Makefile\n@@ -1,1 +1,1 @@\n-no such line\n+another\n";
	g_autofree char *series = new_path("broken.patch");
	g_autofree char *text = g_strdup_printf("[plan]\nsummary=nothing to judge\n"
						"[broken]\nkernels=7.1\nseries=%s\nmemory=1G\n"
						"[off]\nkernels=7.1\nseries=stock\nmemory=1G\nappend=kho=off\n"
						"[on]\nkernels=7.1\nseries=stock\nmemory=1G\n",
						series);
	g_autofree char *plan = write_plan("error", text);
	g_autofree char *path = new_path("error");
	g_autofree char *broken = g_strdup_printf("broken/7.1/%s/1G/1n/2p", series);
	g_autoptr(JsonObject) matrix = NULL;

	g_assert_true(files_write(series, patch, strlen(patch), NULL));
	matrix = run_plan(plan, path, 99);
	if (!matrix)
		return;
	check_cell(matrix, "off/7.1/stock/1G/1n/2p", "ERROR", "error", 2);
	check_cell(matrix, "on/7.1/stock/1G/1n/2p", "PASS", "as expected", 1);
	check_cell(matrix, broken, NULL, "error", 0);
	g_assert_nonnull(strstr(json_get_string(cell_of(matrix, broken), "why"), "could not be built"));
}

static guint count_attempts(const char *path);

/* A guest that no host has room for has no verdict: that is no success, and it is tried again. */
static void test_skipped(void)
{
	g_autofree char *plan = write_plan("skipped", "[plan]\nsummary=one of them is too large\n"
						      "[a]\nkernels=7.1\nseries=stock\nmemory=1G;32T\n");
	g_autofree char *path = new_path("skipped");
	const char *const words[] = { "matrix", plan, "-o", path, "-q", NULL };
	const char *const again[] = { "matrix", "--resume", path, "--format", "json", "-q", NULL };
	g_auto(SpawnResult) run = { 0 }, rest = { 0 };
	g_autoptr(JsonObject) matrix = NULL;

	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 77);
	g_assert_nonnull(strstr(run.out, "1 skipped"));
	g_assert_cmpuint(count_attempts(path), ==, 2);
	tool_run(again, NULL, &rest);
	g_assert_cmpint(rest.status, ==, 77);
	g_assert_cmpuint(count_attempts(path), ==, 3);
	matrix = tool_json(&rest);
	check_cell(matrix, "a/7.1/stock/1G/1n/2p", "PASS", "as expected", 1);
	check_cell(matrix, "a/7.1/stock/32T/1n/2p", "SKIP", "skipped", 2);
}

static guint count_attempts(const char *path)
{
	g_autofree char *journal = g_build_filename(path, "journal.jsonl", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) parts = NULL;

	if (!g_file_get_contents(journal, &text, NULL, NULL))
		return 0;
	parts = g_strsplit(text, "\"event\":\"attempt\"", -1);
	return MAX(g_strv_length(parts), 1) - 1; /* an empty text has no part at all */
}

/* Ends the process, as the kernel would for want of memory, once a cell has its verdict and another runs. */
static bool kill_on_the_way(const char *path, GError **error)
{
	const char *const argv[] = { tool_path(), "matrix", "smoke", "-o", path, "-j", "1", "-q", NULL };
	g_autoptr(GSubprocess) child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);
	gint64 give_up = g_get_monotonic_time() + START_WAIT_US;

	g_assert_nonnull(child);
	while (count_attempts(path) == 0 && g_subprocess_get_identifier(child)) {
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(20000);
	}
	g_usleep(2 * G_USEC_PER_SEC);
	g_subprocess_force_exit(child);
	g_subprocess_wait(child, NULL, error);
	return g_subprocess_get_if_signaled(child);
}

static void test_resume(void)
{
	g_autofree char *path = new_path("resume");
	const char *const words[] = { "matrix", "--resume", path, "--format", "json", "-q", NULL };
	g_auto(SpawnResult) rest = { 0 };
	g_autoptr(JsonObject) matrix = NULL;
	g_autoptr(GError) error = NULL;
	guint before, machines = tool_machines();

	if (!kill_on_the_way(path, &error)) {
		g_assert_no_error(error);
		g_test_skip("the matrix ended by itself: this host cannot run it");
		return;
	}
	tool_wait_for_machines(machines);
	before = count_attempts(path);
	g_assert_cmpuint(before, >, 0);
	g_assert_cmpuint(before, <, 3);
	tool_run(words, NULL, &rest);
	g_assert_cmpint(rest.status, ==, 0);
	g_assert_cmpuint(count_attempts(path), ==, 3);
	matrix = tool_json(&rest);
	g_assert_cmpint(json_get_int(matrix, "as_expected"), ==, 3);
	check_cell(matrix, "check/7.1/stock/1G/1n/2p", "PASS", "as expected", 1);
	check_cell(matrix, "check/7.1/unfixed/1G/1n/2p", "FAIL", "as expected", 1);
	check_cell(matrix, "check/7.1/central/1G/1n/2p", "PASS", "as expected", 1);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/matrix/smoke", test_smoke);
	g_test_add_func("/matrix/unmet", test_unmet);
	g_test_add_func("/matrix/error", test_error);
	g_test_add_func("/matrix/skipped", test_skipped);
	g_test_add_func("/matrix/resume", test_resume);
	return g_test_run();
}
