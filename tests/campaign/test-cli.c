// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What 'khotest matrix --report', 'compare --report' and 'list' say of directories that
 * are there, made of recordings. Arguments: khotest, the folder of recordings.
 */
#include "../e2e/tool.h"

#include <base/files.h>
#include <store/comparedir.h>
#include <store/matrixdir.h>

#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder, *matrix, *comparison;
} Sandbox;

static void link_recording(const char *runs, const char *name, const char *recording)
{
	g_autofree char *target = g_build_filename(tool_argument(0), recording, NULL);
	g_autofree char *link = g_build_filename(runs, name, NULL);

	g_assert_cmpint(symlink(target, link), ==, 0);
}

/* Two cells: one passes, one was skipped. */
static void make_matrix(const char *path)
{
	static const char *const asked[] = { "khotest", "matrix", "some", NULL };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autoptr(MatrixDir) dir = NULL;
	g_autofree char *runs = NULL;
	Attempt judged = { .cell = (char *)"a", .run = (char *)"pass", .outcome = VERDICT_PASS, .wall_ns = 7 };
	Attempt skipped = { .cell = (char *)"b",
			    .outcome = VERDICT_SKIP,
			    .wall_ns = 7,
			    .said = (char *)"no space left on the file system" };

	for (const char *id = "ab"; *id; id++) {
		Cell model = {
			.block = (char *)"block",
			.kernel = (char *)"7.1",
			.series = (char *)"central",
			.profile = (char *)"check",
			.mode = (char *)"wall",
			.guest.memory_bytes = (guint64)(*id == 'a' ? 1024 : 1025) << 20,
			.guest.cpus = 2,
			.hops = 2,
			.repeat = 1,
			.expect = (char *)"PASS",
		};
		Cell *cell = cell_copy(&model);

		cell->id = g_strndup(id, 1);
		g_ptr_array_add(cells, cell);
	}
	dir = matrixdir_create(
		path,
		&(MatrixPlan){
			.name = "some", .summary = "a question", .text = "[plan]\n", .asked = asked, .cells = cells },
		NULL);
	g_assert_nonnull(dir);
	runs = matrixdir_file(dir, MATRIX_RUNS);
	link_recording(runs, "pass", "pass-central-4g-2n");
	g_assert_true(matrixdir_note_attempt(dir, &judged, NULL));
	g_assert_true(matrixdir_note_attempt(dir, &skipped, NULL));
}

static void make_comparison(const char *path)
{
	static const char *const series[] = { "unfixed", "central", NULL }, *const asked[] = { "khotest", "compare",
											       NULL };
	static const char *const of[] = { "fail-unfixed-100g", "pass-central-4g-2n" };
	g_autoptr(CompareDir) dir = comparedir_create(path, series, asked, true, NULL);
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);

	for (guint round = 0; round < 3; round++)
		for (guint side = 0; side < 2; side++) {
			g_autofree char *name = g_strdup_printf("r%u-%u", round, side);

			link_recording(runs, name, of[side]);
			g_assert_true(comparedir_note_run(dir, &(CompareRun){ round, side, side, name }, NULL));
		}
}

static void set_up(Sandbox *s, gconstpointer data)
{
	s->folder = g_dir_make_tmp("khotest-cli-XXXXXX", NULL);
	s->matrix = g_build_filename(s->folder, "matrices", "m", NULL);
	s->comparison = g_build_filename(s->folder, "comparisons", "c", NULL);
	make_matrix(s->matrix);
	make_comparison(s->comparison);
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	g_assert_true(files_remove_tree(s->folder, NULL));
	g_free(s->folder);
	g_free(s->matrix);
	g_free(s->comparison);
}

static guint lines_of(const char *text)
{
	guint lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void run(const char *const *words, int status, SpawnResult *ret)
{
	tool_run(words, NULL, ret);
	g_assert_cmpint(ret->status, ==, status);
	g_test_message("%s", ret->out);
}

/* A skipped cell has no verdict: the matrix is no success, and says how to go on. */
static void test_matrix(Sandbox *s, gconstpointer data)
{
	g_auto(SpawnResult) whole = { 0 }, brief = { 0 };
	g_autofree char *resume = g_strdup_printf("--resume %s", s->matrix);

	run((const char *const[]){ "matrix", "--report", s->matrix, NULL }, 77, &whole);
	g_assert_nonnull(strstr(whole.out, "\nb: skipped: no space left on the file system (no run directory)\n"));
	g_assert_nonnull(strstr(whole.out, resume));
	/* a size is never shown as another one */
	g_assert_nonnull(strstr(whole.out, " 1025M"));
	run((const char *const[]){ "matrix", "--report", s->matrix, "-q", NULL }, 77, &brief);
	g_assert_cmpuint(lines_of(brief.out), ==, 2);
	g_assert_nonnull(strstr(brief.out, "2 cells: 1 as expected, 1 skipped."));
	g_assert_cmpstr(brief.err, ==, "");
}

static void test_compare(Sandbox *s, gconstpointer data)
{
	g_auto(SpawnResult) whole = { 0 }, brief = { 0 };
	const char *const common[] = { "compare", "--report", s->comparison, NULL };

	run(common, 0, &whole);
	g_assert_nonnull(strstr(whole.out, "\nunfixed: FAIL scratch-not-cma 3 of 3, as expected\n"
					   "central: PASS 3 of 3, as expected, 3 with gaps\n"));
	run((const char *const[]){ "compare", "--report", s->comparison, "-q", NULL }, 0, &brief);
	g_assert_nonnull(strstr(brief.out, "unfixed: FAIL scratch-not-cma 3 of 3, as expected\n"));
	g_assert_cmpuint(lines_of(brief.out), <=, 4);
	g_assert_cmpstr(brief.err, ==, "");
}

static void test_list(Sandbox *s, gconstpointer data)
{
	g_autofree char *matrices = g_path_get_dirname(s->matrix), *comparisons = g_path_get_dirname(s->comparison);
	g_auto(SpawnResult) first = { 0 }, second = { 0 }, none = { 0 };

	run((const char *const[]){ "list", "matrices", matrices, NULL }, 0, &first);
	g_assert_nonnull(strstr(first.out, s->matrix));
	g_assert_nonnull(strstr(first.out, "1 as expected, 1 skipped"));
	run((const char *const[]){ "list", "comparisons", comparisons, NULL }, 0, &second);
	g_assert_nonnull(strstr(second.out, "unfixed, central"));
	g_assert_nonnull(strstr(second.out, "6 of 6 runs as expected; cut-off"));
	run((const char *const[]){ "list", "sweeps", comparisons, NULL }, 0, &none);
	g_assert_true(g_str_has_prefix(none.out, "No sweeps below "));
	g_assert_cmpuint(lines_of(none.out), ==, 2);
}

static void check_resume(const char *const *more, const char *says)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_auto(SpawnResult) result = { 0 };

	g_ptr_array_add(words, (gpointer) "bisect");
	g_ptr_array_add(words, (gpointer) "--resume=/nonexistent");
	for (; *more; more++)
		g_ptr_array_add(words, (gpointer)*more);
	g_ptr_array_add(words, NULL);
	run((const char *const *)words->pdata, 99, &result);
	if (!strstr(result.err, says))
		g_error("'%s' lacks '%s'", result.err, says);
}

/* Who goes on may not ask for something else: the places that were tried would be of another question. */
static void test_bisect_resume(void)
{
	static const struct {
		const char *words[4], *named;
	} others[] = {
		{ { "-m", "8G", NULL }, "--memory" },
		{ { "--memory=8G", NULL }, "--memory" },
		{ { "-q", "--series", "stock", NULL }, "--series" },
		{ { "--hops", "3", NULL }, "--hops" },
		{ { "--bad-if", "guest-panic", NULL }, "--bad-if" },
		{ { "-o", "elsewhere", NULL }, "--output" },
		{ { "--dry-run", NULL }, "--dry-run" },
	};
	static const char *const how[] = { "-vj",   "3",       "-qv",	       "-v",	       "--quiet", "--format",
					   "json",  "--trust", "--timeout=5m", "--exit-style", "khotest", "--connect",
					   "embed", NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *says = g_strdup_printf("%s does not go with --resume, which goes on", others[i].named);

		check_resume(others[i].words, says);
	}
	check_resume(how, "is not the directory of a bisection");
}

/* What is missing is what is named: a folder, and not a file of a moment; a journal, and not its end. */
static void test_report(Sandbox *s, gconstpointer data)
{
	g_autofree char *whole = g_build_filename(tool_argument(0), "pass-central-1g", NULL);
	g_autofree char *run_dir = g_build_filename(s->folder, "run", NULL);
	g_autofree char *page = g_build_filename(s->folder, "nosuch", "x.html", NULL);
	g_autofree char *journal = g_build_filename(run_dir, "journal.jsonl", NULL);
	g_autofree char *says = g_strdup_printf("cannot write %s: there is no folder %s/nosuch\n", page, s->folder);
	g_auto(SpawnResult) html = { 0 }, text = { 0 };

	run((const char *const[]){ "report", whole, "--html", page, NULL }, 99, &html);
	g_assert_nonnull(strstr(html.err, says));
	g_assert_true(spawn_check((const char *const[]){ "cp", "-r", whole, run_dir, NULL }, NULL, NULL, NULL, NULL));
	g_assert_cmpint(unlink(journal), ==, 0);
	run((const char *const[]){ "report", run_dir, NULL }, 99, &text);
	g_assert_nonnull(strstr(text.out, "its journal is missing"));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add("/cli/matrix", Sandbox, NULL, set_up, test_matrix, tear_down);
	g_test_add("/cli/compare", Sandbox, NULL, set_up, test_compare, tear_down);
	g_test_add("/cli/report", Sandbox, NULL, set_up, test_report, tear_down);
	g_test_add("/cli/list", Sandbox, NULL, set_up, test_list, tear_down);
	g_test_add_func("/cli/bisect-resume", test_bisect_resume);
	return g_test_run();
}
