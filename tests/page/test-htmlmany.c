// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages over a comparison and over a sweep, made of recordings: each number that is on
 * them is that of the JSON, and those that matter are there. Arguments: two recordings
 * of two kernels, and one of more.
 */
#include "../recorded.h"
#include "page.h"

#include <base/files.h>
#include <page/html.h>
#include <report/conditions.h>
#include <report/published.h>
#include <report/run.h>
#include <report/storedcomparison.h>
#include <report/sweep.h>

#include <string.h>
#include <unistd.h>

#define MORE_KERNELS 2

static const char *recordings[3];

static void add_numbers(GHashTable *numbers, const char *run, char *json)
{
	g_autofree char *owned = json;
	g_autoptr(JsonNode) root = json_from_string(owned, NULL);

	g_assert_nonnull(root);
	page_flatten(numbers, run, "", root);
}

/* How many of the page's figures are of that run; each is what the JSON says. */
static guint compare_figures(const Page *page, GHashTable *numbers, const char *run)
{
	GHashTableIter iter;
	gpointer key, value;
	guint of = 0;

	g_hash_table_iter_init(&iter, page->figures);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const char *expected = g_hash_table_lookup(numbers, key);

		if (!expected)
			g_error("%s is on the page and not in the JSON", (char *)key);
		g_assert_cmpstr(value, ==, expected);
		of += g_str_has_prefix(key, run) && ((char *)key)[strlen(run)] == ' ';
	}
	return of;
}

static void must_have(const Page *page, const char *run, const char *member)
{
	g_autofree char *key = g_strdup_printf("%s %s", run, member);

	if (!g_hash_table_contains(page->figures, key))
		g_error("%s is not on the page", key);
}

static void link_run(const char *runs, const char *name, int which)
{
	g_autofree char *link = g_build_filename(runs, name, NULL);

	g_assert_cmpint(symlink(recordings[which], link), ==, 0);
}

/* Sides take turns at being the first two recordings; more_kernels: all runs are the third. */
static void make_comparison(const char *path, guint rounds, bool more_kernels)
{
	static const char *const series[] = { "a<b>", "central", NULL }, *const asked[] = { "khotest", "compare",
											    NULL };
	g_autoptr(CompareDir) dir = comparedir_create(path, series, asked, true, NULL);
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);

	for (guint round = 0; round < rounds; round++)
		for (guint side = 0; side < 2; side++) {
			g_autofree char *name = g_strdup_printf("r%u-%u", round, side);

			link_run(runs, name, more_kernels ? MORE_KERNELS : (int)((round + side) % 2));
			g_assert_true(comparedir_note_run(dir, &(CompareRun){ round, side, side, name }, NULL));
		}
}

/* The page of a comparison that make_comparison() made, and what its JSON and that of its runs have. */
typedef struct {
	char *folder;
	StoredComparison *stored;
	GPtrArray *results;
	GHashTable *numbers;
	Page *page;
} Shown;

static Shown show_comparison(guint rounds, bool more_kernels)
{
	Shown shown = { .folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL),
			.numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
	g_autofree char *path = g_build_filename(shown.folder, "comparison", NULL);
	g_autofree char *html = NULL;

	make_comparison(path, rounds, more_kernels);
	shown.stored = storedcomparison_load(path, NULL);
	g_assert_nonnull(shown.stored);
	shown.results = storedcomparison_results(shown.stored);
	add_numbers(shown.numbers, "comparison", storedcomparison_to_json(shown.stored));
	for (guint i = 0; i < shown.results->len; i++)
		add_numbers(shown.numbers, ((Result *)shown.results->pdata[i])->id,
			    result_to_json(shown.results->pdata[i]));
	html = html_of_comparison(shown.stored);
	shown.page = page_parse(html);
	page_check_links(shown.page);
	return shown;
}

static void shown_clear(Shown *shown)
{
	g_assert_true(files_remove_tree(shown->folder, NULL));
	g_free(shown->folder);
	storedcomparison_free(shown->stored);
	g_ptr_array_unref(shown->results);
	g_hash_table_unref(shown->numbers);
	page_free(shown->page);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shown, shown_clear)

static void test_comparison(void)
{
	g_auto(Shown) shown = show_comparison(8, false);

	g_assert_cmpuint(shown.page->scripts, ==, 1);
	/* two figures of the table, at the least, with all of their numbers */
	g_assert_cmpuint(compare_figures(shown.page, shown.numbers, "comparison"), >, 20);
	must_have(shown.page, "comparison", "findings.0.difference.estimate");
	must_have(shown.page, "comparison", "findings.1.ratio.high");
	for (guint i = 0; i < shown.results->len; i++)
		must_have(shown.page, ((Result *)shown.results->pdata[i])->id, "hops.1.boot_to_init_ns");
	g_assert_nonnull(strstr(shown.page->text->str, "a<b> against central"));
	g_assert_nonnull(strstr(shown.page->text->str, "NOT COMPARABLE, shown anyway"));
	g_assert_nonnull(strstr(shown.page->text->str, "note: it was cut off: 7 whole rounds"));
}

/* --fail-if: what is met stands in the head of the page, and is marked among its sentences. */
static void test_conditions(void)
{
	static const char *const asked[] = { "init2>-100%", "init2>1000%", NULL };
	g_auto(Shown) shown = show_comparison(8, false);
	g_autoptr(GPtrArray) conditions = conditions_parse(asked, NULL);
	g_autofree char *html = NULL;

	g_assert_null(strstr(shown.page->text->str, "condition met"));
	shown.stored->comparison->conditions = conditions;
	html = html_of_comparison(shown.stored);
	shown.stored->comparison->conditions = NULL;
	g_assert_nonnull(strstr(html, "<span class=\"verdict FAIL\">1 condition met</span>"));
	g_assert_nonnull(strstr(html, "<li class=\"unmet\">init2&gt;-100%: met: "));
	g_assert_nonnull(strstr(html, "<li>init2&gt;1000%: not met: "));
}

/* Later kernels: whether they agree with the second one has figures too, for each side. */
static void test_agreement(void)
{
	static const char *const members[] = { "figures.0.first.median", "figures.0.later.median",
					       "figures.0.ratio.estimate", "first_host_faults", "later_host_faults" };
	g_auto(Shown) shown = show_comparison(3, true);

	compare_figures(shown.page, shown.numbers, "comparison");
	for (guint side = 0; side < 2; side++)
		for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
			g_autofree char *member = g_strdup_printf("agreement.%u.%s", side, members[i]);

			must_have(shown.page, "comparison", member);
		}
	g_assert_nonnull(strstr(shown.page->text->str, "Repeated handovers and fresh boots"));
}

/* With two rounds there is no interval, in the page and in the JSON; and how the runs came out is in its head. */
static void test_few(void)
{
	g_auto(Shown) shown = show_comparison(3, false);

	compare_figures(shown.page, shown.numbers, "comparison");
	must_have(shown.page, "comparison", "findings.0.difference.smallest");
	must_have(shown.page, "comparison", "findings.0.difference.largest");
	g_assert_cmpstr(g_hash_table_lookup(shown.numbers, "comparison findings.0.difference.low"), ==, "");
	g_assert_nonnull(strstr(shown.page->text->str, "too few for an interval: 95% take 6 pairs"));
	g_assert_nonnull(strstr(shown.page->text->str, "central: FAIL scratch-not-cma 2 of 3, PASS 1 of 3"));
}

/* Cut off before a round was whole: a page that says so. */
static void test_early(void)
{
	g_auto(Shown) shown = show_comparison(1, false);

	g_assert_cmpuint(g_hash_table_size(shown.page->figures), ==, 0);
	g_assert_nonnull(strstr(shown.page->text->str, "No round of a\\<b\\>, central is whole"));
}

/* A sweep of memory with so many points, of one series; docs/matrix.md has the files. */
static void make_sweep(const char *path, guint points)
{
	g_autofree char *runs = g_build_filename(path, "runs", NULL),
			*cells = g_build_filename(path, "cells.json", NULL),
			*journal = g_build_filename(path, "journal.jsonl", NULL);
	g_autoptr(GString) json = g_string_new(
		"{\"schema\":1,\"plan\":\"memory\",\"summary\":\"\",\"asked\":[\"khotest\",\"sweep\"],\"cells\":[");
	g_autoptr(GString) lines = g_string_new(NULL);

	g_assert_true(files_mkdirs(runs, NULL));
	for (guint i = 0; i < points; i++) {
		g_autofree char *name = g_strdup_printf("run-%u", i);

		link_run(runs, name, (int)(i % 2));
		g_string_append_printf(
			json,
			"%s{\"id\":\"c%u\",\"block\":\"memory-%u\",\"kernel\":\"7.1\",\"series\":\"s\",\"profile\":"
			"\"check\","
			"\"mode\":\"wall\",\"expect\":\"PASS\",\"memory_bytes\":%u,\"nodes\":1,\"cpus\":2,\"hops\":2,"
			"\"repeat\":1,\"alone\":true}",
			i ? "," : "", i, (i + 1) << 20, (i + 1) << 20);
		g_string_append_printf(
			lines, "{\"event\":\"attempt\",\"cell\":\"c%u\",\"run\":\"%s\",\"status\":0,\"wall_ns\":1}\n",
			i, name);
	}
	g_string_append(json, "]}");
	g_assert_true(files_write(cells, json->str, json->len, NULL));
	g_assert_true(files_write(journal, lines->str, lines->len, NULL));
}

/* Recordings of two kernels, as if they were of one. */
static void make_one_kernel(const MatrixResult *matrix)
{
	for (guint i = 0; i < matrix->cells->len; i++) {
		const Plan *plan = matrixcell_result(matrix->cells->pdata[i])->plan;

		for (guint n = 0; n < plan_hops(plan); n++) {
			PlanHop *hop = plan->hops->pdata[n];

			g_free(hop->sha256);
			hop->sha256 = g_strdup("0123456789abcdef");
		}
	}
}

static void test_sweep(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "sweep", NULL);
	g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(MatrixResult) matrix = NULL;
	g_autoptr(Sweep) sweep = NULL;
	g_autofree char *html = NULL;
	g_autoptr(Page) page = NULL;

	make_sweep(path, 5);
	matrix = matrixresult_load(path, &error);
	g_assert_no_error(error);
	make_one_kernel(matrix);
	g_assert_true(matrix_is_sweep(matrix));
	sweep = sweep_new(matrix, NULL, &error);
	g_assert_no_error(error);
	add_numbers(numbers, "sweep", sweep_to_json(sweep));
	html = html_of_sweep(matrix, sweep);
	page = page_parse(html);
	page_check_links(page);
	g_assert_cmpuint(compare_figures(page, numbers, "sweep"), ==, g_hash_table_size(page->figures));
	for (guint i = 0; i < 5; i++) {
		g_autofree char *member = g_strdup_printf("figures.1.curves.0.runs.%u.value", i);

		must_have(page, "sweep", member);
	}
	must_have(page, "sweep", "figures.0.curves.0.fit.slope_low");
	g_assert_nonnull(strstr(page->text->str, "ns a page ["));
	g_assert_nonnull(strstr(page->text->str, "Published elsewhere"));
	g_assert_true(files_remove_tree(folder, NULL));
}

/* A point that KVM ran, in a sweep without: it is in no figure, and every format says so. */
static void test_sweep_elsewhere(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "sweep", NULL), *runs = g_build_filename(path, "runs", NULL);
	g_autofree char *link = g_build_filename(runs, "run-3", NULL), *run = NULL;
	const char *note = "1 run is left out, as figures of different things cannot be compared: c3: accelerator: tcg "
			   "and kvm";
	g_autoptr(GError) error = NULL;
	g_autoptr(MatrixResult) matrix = NULL;
	g_autoptr(Sweep) sweep = NULL;
	g_autofree char *html = NULL, *json = NULL, *text = NULL, *brief = NULL;

	make_sweep(path, 5);
	g_assert_cmpint(unlink(link), ==, 0);
	recorded_path = recordings[1];
	run = recorded_elsewhere(runs, "run-3");
	matrix = matrixresult_load(path, &error);
	g_assert_no_error(error);
	make_one_kernel(matrix);
	sweep = sweep_new(matrix, NULL, &error);
	g_assert_no_error(error);
	for (guint f = 0; f < sweep->figures->len; f++) {
		const SweepFigure *figure = sweep->figures->pdata[f];
		const SweepCurve *curve = figure->curves->pdata[0];

		g_assert_cmpuint(curve->y->len, <=, 4);
	}
	g_assert_cmpstr(sweep->left_out, ==, note);
	html = html_of_sweep(matrix, sweep);
	json = sweep_to_json(sweep);
	text = sweep_to_text(sweep);
	brief = sweep_to_brief(sweep);
	g_assert_nonnull(strstr(html, note));
	g_assert_nonnull(strstr(json, note));
	g_assert_nonnull(strstr(text, note));
	g_assert_nonnull(strstr(brief, note));
	g_assert_true(files_remove_tree(folder, NULL));
}

/* A kernel that was built anew between two sessions is called the same, and is another one. */
static void test_sweep_rebuilt(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "sweep", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(MatrixResult) matrix = NULL;
	g_autoptr(Sweep) sweep = NULL;
	const Plan *other;

	make_sweep(path, 5);
	matrix = matrixresult_load(path, &error);
	g_assert_no_error(error);
	make_one_kernel(matrix);
	other = matrixcell_result(matrix->cells->pdata[3])->plan;
	for (guint n = 0; n < plan_hops(other); n++)
		((PlanHop *)other->hops->pdata[n])->sha256[0] = 'f';
	sweep = sweep_new(matrix, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(sweep->left_out, ==,
			"1 run is left out, as figures of different things cannot be compared: c3: kernel 1: SHA-256 "
			"0123456789ab and f123456789ab");
	g_assert_true(files_remove_tree(folder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 4);
	for (gsize i = 0; i < G_N_ELEMENTS(recordings); i++)
		recordings[i] = argv[i + 1];
	g_test_add_func("/html/comparison", test_comparison);
	g_test_add_func("/html/conditions", test_conditions);
	g_test_add_func("/html/comparison-agreement", test_agreement);
	g_test_add_func("/html/comparison-few", test_few);
	g_test_add_func("/html/comparison-early", test_early);
	g_test_add_func("/html/sweep", test_sweep);
	g_test_add_func("/html/sweep-elsewhere", test_sweep_elsewhere);
	g_test_add_func("/html/sweep-rebuilt", test_sweep_rebuilt);
	return g_test_run();
}
