// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages, read back with a parser of their own: well-formed, nothing of a guest's
 * becomes markup, and each figure is that of result.json, with none missing.
 * Argument: the folder of recordings.
 */
#include "htmlchart.h"
#include "htmlwriter.h"
#include "mapcolour.h"
#include "page.h"

#include "../recorded.h"

#include <base/files.h>
#include <base/json.h>
#include <evaluate/contradiction.h>
#include <page/html.h>
#include <page/plot.h>
#include <report/run.h>
#include <string.h>

static const char *recordings;

static GHashTable *numbers_of(const Result *result)
{
	GHashTable *numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *text = result_to_json(result);
	g_autoptr(JsonNode) root = json_from_string(text, NULL);

	page_flatten(numbers, result->id, "", root);
	return numbers;
}

/* Figures that a page must have where result.json has them. */
static bool must_be_shown(const char *member)
{
	static const char *const suffixes[] = { ".found_cma_pageblocks",
						".expected_cma_pageblocks",
						".found",
						".expected",
						".boot_to_init_ns",
						".ms",
						".bytes",
						".phys",
						".kho_count",
						".host_faults" };

	/* what took how long, and where the two spans between kernels are */
	if ((strstr(member, ".phases.") && g_str_has_suffix(member, ".ns")) ||
	    (g_str_has_prefix(member, "timeline.spans.") && g_str_has_suffix(member, "_ns")))
		return true;
	if (g_str_has_prefix(member, "handover.") || strcmp(member, "wall_ns") == 0 ||
	    strcmp(member, "host.peak_rss_bytes") == 0)
		return true;
	if (g_str_has_prefix(member, "drift.") &&
	    (g_str_has_suffix(member, ".least") || g_str_has_suffix(member, ".most") ||
	     g_str_has_suffix(member, ".slope.estimate")))
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_prefix(member, "hops.") && g_str_has_suffix(member, suffixes[i]) &&
		    !strstr(member, ".audit.") && !strstr(member, ".phases."))
			return true;
	return false;
}

static void compare_figures(const Page *page, GHashTable *numbers)
{
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, page->figures);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		g_assert_true(g_hash_table_contains(numbers, key));
		g_assert_cmpstr(value, ==, g_hash_table_lookup(numbers, key));
	}
	g_hash_table_iter_init(&iter, numbers);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (must_be_shown(strchr(key, ' ') + 1) && !g_hash_table_contains(page->figures, key))
			g_error("%s is in result.json and not on the page", (char *)key);
}

static void test_recording(gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	Result *result = result_load(data, &error);
	g_autoptr(GHashTable) numbers = NULL;
	g_autofree char *html = NULL;
	g_autoptr(Page) page = NULL;

	g_assert_no_error(error);
	g_ptr_array_add(results, result);
	numbers = numbers_of(result);
	html = html_of_results(results);
	page = page_parse(html);
	compare_figures(page, numbers);
	page_check_links(page);
	g_assert_cmpuint(page->scripts, ==, 1);
	g_assert_nonnull(strstr(page->text->str, verdict_kind_name(result->verdict->kind)));
	for (guint i = 0; i < result->verdict->reasons->len; i++)
		g_assert_nonnull(strstr(page->text->str, ((Reason *)result->verdict->reasons->pdata[i])->text));
}

static void add_row(Result *result, guint hop, const char *check, const char *where, guint64 found)
{
	CheckResult *one = (CheckResult *)verdict_check(result->verdict, hop, check_find(check));

	if (!one->rows)
		one->rows = checkrows_new();
	checkrows_add(one->rows, g_strdup(where), "apples", 3, found, 0);
}

/* Rows of whatever check are in every format, and a PASS beside one that is not met is none. */
static void test_rows(void)
{
	g_autofree char *path = g_build_filename(recordings, "pass-central-4g-2n", NULL), *text = NULL, *json = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	Result *result = result_load(path, &error);
	g_autoptr(GHashTable) numbers = NULL;
	g_autoptr(GPtrArray) contradictions = NULL;
	g_autofree char *html = NULL, *several = NULL, *last = NULL;
	g_autoptr(Page) page = NULL;

	g_assert_no_error(error);
	g_ptr_array_add(results, result);
	json = result_to_json(result);
	g_assert_null(strstr(json, "\"checks\""));
	add_row(result, 1, "log", "on the tree", 3);
	add_row(result, 1, "next", "in the basket", 3);
	add_row(result, 1, "next", "below it", 2);
	numbers = numbers_of(result);
	last = g_strdup_printf("%s hops.1.checks.1.rows.1.found", result->id);
	g_assert_true(g_hash_table_contains(numbers, last));
	html = html_of_results(results);
	page = page_parse(html);
	compare_figures(page, numbers);
	text = result_to_text(result);
	g_assert_nonnull(strstr(text, "apples, on the tree "));
	g_assert_nonnull(strstr(text, "2 of 3"));
	several = results_to_text(results);
	g_assert_nonnull(strstr(several, "apples, below it "));
	contradictions = result_contradictions(result);
	g_assert_cmpuint(contradictions->len, ==, 1);
	g_assert_cmpstr(contradictions->pdata[0], ==, "second kernel: apples, below it: 2 of 3");
}

/* Several at once: each run's figures are under its own name. */
static void test_several(void)
{
	static const char *const names[] = { "fail-unfixed-100g", "pass-central-4g-2n", "panic" };
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *html = NULL;
	g_autoptr(Page) page = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(recordings, names[i], NULL);
		Result *result = result_load(path, NULL);
		g_autofree char *text = result_to_json(result);
		g_autoptr(JsonNode) root = json_from_string(text, NULL);

		g_ptr_array_add(results, result);
		page_flatten(numbers, result->id, "", root);
	}
	/* a run twice over: a kind with two runs has a chart or says why not */
	g_ptr_array_add(results, result_load(((Result *)results->pdata[0])->path, NULL));
	html = html_of_results(results);
	page = page_parse(html);
	page_check_links(page);
	g_assert_nonnull(strstr(page->text->str, "3 of 4 as expected"));
	g_assert_nonnull(strstr(page->text->str, "How the runs spread"));
	g_assert_true(strstr(html, "role=\"img\"") || strstr(page->text->str, "There are no charts on this page"));
	/* members that a run lacks stand in the overview as unknown: only those that both have are compared */
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, page->figures);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (*(char *)value)
			g_assert_cmpstr(value, ==, g_hash_table_lookup(numbers, key));
		else
			g_assert_cmpstr(g_hash_table_contains(numbers, key) ? g_hash_table_lookup(numbers, key) : "",
					==, "");
}

/* A guest may print anything. */
static void test_hostile_console(void)
{
	static const char evil[] = "[    0.000001] Linux version 7.1\n"
				   "[    0.000002] <script>alert(\"&amp;\")</script> ]]> --> \x01\xff\x1b[31mred\n"
				   "[    0.000003] BUG: <img src=x onerror='alert(1)'>\n";
	g_autofree char *folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL);
	g_autofree char *console = g_build_filename(folder, "console.log", NULL);
	g_autofree char *journal = g_build_filename(folder, "journal.jsonl", NULL);
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *html = NULL;
	g_autoptr(Page) page = NULL;

	g_assert_true(files_write(console, evil, sizeof(evil) - 1, NULL));
	g_assert_true(files_write(journal, "{\"ns\":1,\"event\":\"begin\"}\n", 25, NULL));
	g_ptr_array_add(results, result_load(folder, NULL));
	html = html_of_results(results);
	page = page_parse(html);
	page_check_links(page);
	g_assert_cmpuint(page->scripts, ==, 1);
	g_assert_null(strstr(html, "<script>alert"));
	g_assert_null(strstr(html, "<img"));
	g_assert_nonnull(strstr(page->text->str, "<script>alert(\"&amp;\")</script> ]]> -->"));
	g_assert_nonnull(strstr(page->text->str, "BUG: <img src=x onerror='alert(1)'>"));
	/* the third line of console.log, by that number */
	g_assert_nonnull(strstr(html, "id=\"r1L3\" class=\"complaint\""));
	g_assert_true(g_hash_table_contains(page->links, "#r1L3"));
	g_assert_true(files_remove_tree(folder, NULL));
}

static void test_writer(void)
{
	g_autoptr(HtmlWriter) w = htmlwriter_new();
	g_autofree char *text = NULL;

	html_open(w, "p", "class", NULL, "title", "\"a' <b>&", NULL);
	html_text(w, "1 < 2 \x02");
	html_void(w, "br", NULL);
	html_element(w, "b", NULL, NULL);
	text = htmlwriter_finish(w);
	g_assert_cmpstr(text, ==, "<p title=\"&quot;a&apos; &lt;b&gt;&amp;\">1 &lt; 2 \xef\xbf\xbd<br/><b></b></p>");
}

/* What ends a string of gnuplot, and what its shell would run, does not come through. */
static void test_plot_string(void)
{
	g_autofree char *text = plot_string("a'\n`id`\\ \"b\" <c> ž");

	g_assert_cmpstr(text, ==, "'a`id` \"b\" <c> ž'");
}

/* The recorded run, under a series of that name. */
static Result *renamed(const char *folder, const char *name, const char *series)
{
	g_autofree char *path = recorded_copy(folder, name), *file = g_build_filename(path, "plan.json", NULL);
	g_autofree char *before = NULL, *member = g_strdup_printf("\"series\" : \"%s\"", series);
	g_autoptr(GString) plan = NULL;

	g_assert_true(g_file_get_contents(file, &before, NULL, NULL));
	plan = g_string_new(before);
	g_assert_cmpuint(g_string_replace(plan, "\"series\" : \"central\"", member, 0), >, 0);
	g_assert_true(g_file_set_contents(file, plan->str, -1, NULL));
	return recorded_result(path);
}

static guint count_of(const char *text, const char *what)
{
	guint n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

/* gnuplot takes the name of a tic for a format, in which "%<" is none: no chart would be drawn. */
static void test_per_cent(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL), *html = NULL;
	g_autofree char *program = g_find_program_in_path("gnuplot");
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *charts = NULL;
	const char *spread;

	recorded_path = g_build_filename(recordings, "pass-central-4g-2n", NULL);
	for (guint i = 0; i < 2; i++)
		g_ptr_array_add(results, renamed(folder, i ? "b" : "a", "fix-50%d"));
	html = html_of_results(results);
	spread = strstr(html, "<section id=\"spread\">");
	g_assert_nonnull(spread);
	charts = g_strndup(spread, (gsize)(strstr(spread, "</section>") - spread));
	if (program) {
		g_assert_null(strstr(html, "could not be drawn"));
		g_assert_cmpuint(count_of(charts, "role=\"img\""), >, 2);
		g_assert_cmpuint(count_of(charts, "fix-50%d</text>"), ==, count_of(charts, "role=\"img\""));
	}
	g_assert_true(files_remove_tree(folder, NULL));
	g_clear_pointer((char **)&recorded_path, g_free);
}

/* What gnuplot does not take costs that chart, and not those after it; without gnuplot there are none, and once why. */
static void test_failed_chart(void)
{
	static const char *const scripts[] = { "no command of it\n", "plot 1\n" };
	g_autofree char *program = g_find_program_in_path("gnuplot"), *path = g_strdup(g_getenv("PATH"));

	for (guint with = 0; with < 2; with++) {
		g_autoptr(HtmlPage) page = htmlpage_new();
		g_autofree char *html = NULL;

		if (with && !program)
			continue;
		g_setenv("PATH", with ? path : "/nonexistent", TRUE);
		for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++)
			html_chart(page, 240, "words", NULL, scripts[i]);
		html = htmlpage_finish(page, "title");
		g_assert_cmpuint(count_of(html, "role=\"img\""), ==, with ? 2 : 0);
		g_assert_cmpuint(count_of(html, "could not be drawn: gnuplot ended with"), ==, with);
		g_assert_cmpuint(count_of(html, "install it (Debian: gnuplot-nox)"), ==, !with);
	}
	g_setenv("PATH", path, TRUE);
}

/* Names of one picture cannot meet those of another. */
static void test_inline_svg(void)
{
	g_autofree char *svg =
		chart_inline_svg("<?xml?>\n<svg aria-labelledby=\"title description\"><title id=\"title\"/>"
				 "<use xlink:href='#a' id='b'/><g fill=\"url(#c)\"/></svg>",
				 7);

	g_assert_cmpstr(svg, ==,
			"<svg aria-labelledby=\"p7-title p7-description\"><title id=\"p7-title\"/>"
			"<use xlink:href='#p7-a' id='p7-b'/><g fill=\"url(#p7-c)\"/></svg>");
}

/* Maps are drawn for a white ground: the page has each of their colours for a dark one too. */
static void test_map_in_the_dark(void)
{
	g_autofree char *path = g_build_filename(recordings, "audit-nid-only-1g", NULL);
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *html = NULL, *map = NULL;
	const char *dark, *at;

	g_ptr_array_add(results, result_load(path, NULL));
	html = html_of_results(results);
	dark = strstr(html, ".mapped [fill=");
	g_assert_nonnull(dark);
	for (MapKind kind = 0; kind < MAP_KINDS; kind++) {
		g_autofree char *rule = g_strdup_printf(".mapped [fill=\"#%06x\"] {", map_colour(kind));

		g_assert_nonnull(strstr(dark, rule));
	}
	/* and those that are not of a kind: ground, letters, outlines */
	at = strstr(html, "<figure class=\"mapped\">");
	g_assert_nonnull(at);
	map = g_strndup(at, (gsize)(strstr(at, "<details") - at));
	for (at = map; (at = strstr(at, "=\"#")); at += 3) {
		const char *name = at;
		g_autofree char *rule = NULL;

		while (name[-1] != ' ')
			name--;
		rule = g_strdup_printf(".mapped [%.*s\"] {", (int)(at + strlen("=\"#000000") - name), name);
		g_assert_nonnull(strstr(dark, rule));
	}
	/* heading and legend are text of the page, which wraps */
	g_assert_nonnull(strstr(map, "</svg>scratch, not CMA</li>"));
	g_assert_null(strstr(map,
			     ">One cell is one pageblock of 2M, one row 256M of physical address space; addresses at "
			     "the left. Memory that is not there is left out.</text>"));
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_test_add_func("/html/writer", test_writer);
	g_test_add_func("/html/chart-string", test_plot_string);
	g_test_add_func("/html/per-cent", test_per_cent);
	g_test_add_func("/html/failed-chart", test_failed_chart);
	g_test_add_func("/html/inline-svg", test_inline_svg);
	g_test_add_func("/html/map-in-the-dark", test_map_in_the_dark);
	g_test_add_func("/html/hostile-console", test_hostile_console);
	g_test_add_func("/html/several", test_several);
	g_test_add_func("/html/rows", test_rows);
	dir = g_dir_open(recordings, 0, NULL);
	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_strdup_printf("/html/recording/%s", name);
		char *folder = g_build_filename(recordings, name, NULL);

		if (g_file_test(folder, G_FILE_TEST_IS_DIR))
			g_test_add_data_func_full(path, folder, test_recording, g_free);
		else
			g_free(folder);
	}
	return g_test_run();
}
