// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 'khotest publish', on directories made of recordings: what a folder gets, and that
 * a matrix does not write over another one's files. Arguments: khotest, two recordings
 * with different times to /init.
 */
#include "../e2e/tool.h"

#include <base/files.h>
#include <store/comparedir.h>
#include <store/matrixdir.h>

#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder, *published;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
	f->folder = g_dir_make_tmp("khotest-publish-XXXXXX", NULL);
	f->published = g_build_filename(f->folder, "published", NULL);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	g_assert_true(files_remove_tree(f->folder, NULL));
	g_free(f->folder);
	g_free(f->published);
}

static void link_run(const char *runs, const char *name, int which)
{
	g_autofree char *link = g_build_filename(runs, name, NULL);

	g_assert_cmpint(symlink(tool_argument(which), link), ==, 0);
}

/* A matrix of that plan with one cell that is done. */
static char *make_matrix(const Fixture *f, const char *plan)
{
	static const char *const asked[] = { "khotest", "matrix", NULL };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	char *two[] = { (char *)"2", NULL };
	Cell cell = {
		.id = (char *)"a",
		.block = (char *)"block",
		.kernel = (char *)"7.1",
		.series = (char *)"central",
		.profile = (char *)"check",
		.mode = (char *)"wall",
		.guest.memory_bytes = G_GUINT64_CONSTANT(4) << 30,
		.guest.numa = two,
		.guest.cpus = 2,
		.hops = 2,
		.repeat = 1,
		.expect = (char *)"PASS",
	};
	char *path = g_build_filename(f->folder, plan, NULL);
	g_autofree char *runs = g_build_filename(path, "runs", NULL);
	g_autoptr(MatrixDir) dir = NULL;
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(cells, cell_copy(&cell));
	dir = matrixdir_create(
		path,
		&(MatrixPlan){
			.name = plan, .summary = "a question", .text = "[plan]\n", .asked = asked, .cells = cells },
		&error);
	g_assert_no_error(error);
	link_run(runs, "run", 0);
	g_assert_true(
		matrixdir_note_attempt(dir, &(Attempt){ .cell = cell.id, .run = (char *)"run", .wall_ns = 7 }, &error));
	return path;
}

static char *make_comparison(const Fixture *f, guint rounds)
{
	static const char *const series[] = { "central", "other", NULL }, *const asked[] = { "khotest", "compare",
											     NULL };
	char *path = g_build_filename(f->folder, "central-other", NULL);
	g_autoptr(CompareDir) dir = comparedir_create(path, series, asked, true, NULL);
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);

	for (guint round = 0; round <= rounds; round++)
		for (guint side = 0; side < 2; side++) {
			g_autofree char *name = g_strdup_printf("r%u-%u", round, side);

			link_run(runs, name, (int)side);
			g_assert_true(comparedir_note_run(dir, &(CompareRun){ round, side, side, name }, NULL));
		}
	g_assert_true(comparedir_note_end(dir, "rounds", NULL));
	return path;
}

static void publish(const Fixture *f, const char *directory, SpawnResult *ret_result)
{
	const char *const words[] = { "publish", directory, f->published, NULL };

	tool_run(words, NULL, ret_result);
}

static char *published(const Fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->published, name, NULL);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("%s was not made", path);
	return text;
}

static void put_file(const Fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->published, name, NULL);

	g_assert_true(files_write(path, "x", 1, NULL));
}

static bool has_file(const Fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->published, name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_matrix(Fixture *f, gconstpointer data)
{
	static const char *const files[] = { "verdicts.md", "matrix.json", "made.md", "some.plan" };
	g_autofree char *some = make_matrix(f, "some"), *other = make_matrix(f, "other");
	g_autofree char *before = NULL, *after = NULL;
	g_auto(SpawnResult) first = { 0 }, again = { 0 }, refused = { 0 };

	publish(f, some, &first);
	g_assert_cmpint(first.status, ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
		g_free(published(f, files[i]));
	/* what it had before, and has no longer, does not stand beside what it has; what is somebody's does */
	put_file(f, "audit.md");
	put_file(f, "map-7.1-8G-1n.svg");
	put_file(f, "README.md");
	publish(f, some, &again);
	g_assert_cmpint(again.status, ==, 0);
	g_assert_false(has_file(f, "audit.md"));
	g_assert_false(has_file(f, "map-7.1-8G-1n.svg"));
	g_assert_true(has_file(f, "README.md"));
	before = published(f, "made.md");
	publish(f, other, &refused);
	g_assert_cmpint(refused.status, ==, 99);
	g_assert_nonnull(strstr(refused.err, "the files of another matrix"));
	after = published(f, "made.md");
	g_assert_cmpstr(before, ==, after);
}

/* In one folder with a matrix; the Markdown has the sentence it is about, and one line for all others. */
static void test_comparison(Fixture *f, gconstpointer data)
{
	g_autofree char *matrix = make_matrix(f, "some"), *comparison = make_comparison(f, 3);
	const char *const words[] = { "compare", "--report", comparison, "--format", "json", NULL };
	g_autofree char *markdown = NULL, *json = NULL, *made = NULL;
	g_auto(SpawnResult) first = { 0 }, second = { 0 }, report = { 0 };
	const char *sentence;

	publish(f, matrix, &first);
	publish(f, comparison, &second);
	g_assert_cmpint(second.status, ==, 0);
	g_free(published(f, "verdicts.md"));
	g_free(published(f, "central-other.csv"));
	made = published(f, "central-other-made.md");
	g_assert_nonnull(strstr(made, "6 runs of one command"));
	json = published(f, "central-other.json");
	tool_run(words, NULL, &report);
	g_assert_cmpstr(g_strchomp(json), ==, g_strchomp(report.out));
	markdown = published(f, "central-other.md");
	sentence = strstr(markdown, "\n- time to /init, second kernel, at 1G: other ");
	g_assert_nonnull(sentence);
	g_assert_null(strstr(strchr(sentence + 1, '\n'), ", at 1G: other "));
	g_assert_nonnull(strstr(sentence, "\n- difference seen too between central and other in: "));
}

/* Only a sweep's files depend on what is asked for. */
static void test_metrics(Fixture *f, gconstpointer data)
{
	g_autofree char *matrix = make_matrix(f, "some"), *comparison = make_comparison(f, 3);
	const char *const paths[] = { matrix, comparison };

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		const char *const words[] = { "publish", "--metric", "scratch1", paths[i], f->published, NULL };
		g_auto(SpawnResult) refused = { 0 };

		tool_run(words, NULL, &refused);
		g_assert_cmpint(refused.status, ==, 99);
		g_assert_nonnull(strstr(refused.err, "is no sweep"));
	}
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add("/publish/matrix", Fixture, NULL, set_up, test_matrix, tear_down);
	g_test_add("/publish/comparison", Fixture, NULL, set_up, test_comparison, tear_down);
	g_test_add("/publish/metrics", Fixture, NULL, set_up, test_metrics, tear_down);
	return g_test_run();
}
