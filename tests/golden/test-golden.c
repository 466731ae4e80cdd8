// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recorded run directories, judged again: result and text must be what they were,
 * to the letter. With KHOTEST_REGENERATE=1 the expected files are written anew;
 * read the difference before it is committed.
 *
 * Argument: the folder that holds the recordings, one folder each, with
 * expected.json and expected.txt beside the recorded files; of an instrumented kernel
 * also expected-audit.txt, expected-audit.md and expected.svg.
 */
#include <base/files.h>
#include <evaluate/about.h>
#include <page/map.h>
#include <report/audit.h>
#include <report/run.h>

#include <string.h>

static void compare(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *expected = NULL;

	if (g_getenv("KHOTEST_REGENERATE")) {
		g_assert_true(files_write(path, text, strlen(text), &error));
		return;
	}
	bytes = files_read(path, &error);
	g_assert_no_error(error);
	expected = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_assert_cmpstr(text, ==, expected);
}

/* What 'khotest audit' prints and draws. */
static void compare_audit(const char *folder, Result *result)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(Picture) picture = NULL;
	g_autofree char *text = result_audit_to_text(result), *markdown = result_audit_to_markdown(result);
	g_autofree char *svg = NULL;

	g_ptr_array_add(results, result);
	picture = map_draw(results, &error);
	g_assert_no_error(error);
	svg = picture_to_svg(picture);
	compare(folder, "expected-audit.txt", text);
	compare(folder, "expected-audit.md", markdown);
	compare(folder, "expected.svg", svg);
}

static void test_recording(gconstpointer data)
{
	const char *folder = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(Result) result = result_load(folder, &error);
	g_autofree char *json = NULL;
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	/* the only thing that depends on where the recording lies */
	g_free(result->path);
	result->path = g_strdup("(recorded)");
	json = result_to_json(result);
	text = result_to_text(result);
	compare(folder, "expected.json", json);
	compare(folder, "expected.txt", text);
	if (result_has_audit(result))
		compare_audit(folder, result);
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_open(argv[1], 0, NULL);
	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_strdup_printf("/golden/%s", name);
		char *folder = g_build_filename(argv[1], name, NULL);

		if (g_file_test(folder, G_FILE_TEST_IS_DIR))
			g_test_add_data_func_full(path, folder, test_recording, g_free);
		else
			g_free(folder);
	}
	return g_test_run();
}
