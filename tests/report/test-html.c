// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages, read back with a parser of their own: well-formed, nothing of a guest's
 * becomes markup, and each figure is that of result.json, with none missing.
 * Argument: the folder of recordings.
 */
#include "htmlchart.h"
#include "htmlwriter.h"

#include <base/files.h>
#include <base/json.h>
#include <report/html.h>
#include <string.h>

static const char *recordings;

/* What is of interest in a page. */
typedef struct {
	GPtrArray *runs;     /* char *: data-run of each open element, "" where it has none */
	GHashTable *figures; /* char * "RUN MEMBER" -> char * value */
	GString *text;	     /* all but style and script */
	GHashTable *ids, *links;
	guint scripts;
	guint twice; /* ids that occur again */
	bool quiet;
} Page;

static const char *attribute(const char **names, const char **values, const char *name)
{
	for (guint i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return values[i];
	return NULL;
}

static const char *run_around(const Page *page)
{
	for (guint i = page->runs->len; i > 0; i--)
		if (*(const char *)page->runs->pdata[i - 1])
			return page->runs->pdata[i - 1];
	return "";
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names, const char **values,
		     gpointer data, GError **error)
{
	Page *page = data;
	const char *run = attribute(names, values, "data-run"), *of = attribute(names, values, "data-of");
	const char *id = attribute(names, values, "id"), *link = attribute(names, values, "href");

	g_ptr_array_add(page->runs, g_strdup(run ? run : ""));
	page->scripts += strcmp(element, "script") == 0;
	page->quiet = strcmp(element, "script") == 0 || strcmp(element, "style") == 0;
	if (of) {
		char *key = g_strdup_printf("%s %s", run_around(page), of);
		const char *value = attribute(names, values, "value"),
			   *before = g_hash_table_lookup(page->figures, key);

		if (before)
			g_assert_cmpstr(before, ==, value);
		g_hash_table_replace(page->figures, key, g_strdup(value));
	}
	if (id)
		page->twice += !g_hash_table_add(page->ids, g_strdup(id));
	if (link && strcmp(element, "a") == 0)
		g_hash_table_add(page->links, g_strdup(link));
}

static void on_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
	Page *page = data;

	g_ptr_array_remove_index(page->runs, page->runs->len - 1);
	page->quiet = false;
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
	Page *page = data;

	if (!page->quiet)
		g_string_append_len(page->text, text, (gssize)length);
}

static Page *page_parse(const char *html)
{
	static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end, .text = on_text };
	Page *page = g_new0(Page, 1);
	g_autoptr(GError) error = NULL;
	GMarkupParseContext *context;

	page->runs = g_ptr_array_new_with_free_func(g_free);
	page->figures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	page->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	page->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	page->text = g_string_new(NULL);
	context = g_markup_parse_context_new(&parser, 0, page, NULL);
	g_markup_parse_context_parse(context, html, -1, &error);
	g_assert_no_error(error);
	g_markup_parse_context_end_parse(context, &error);
	g_assert_no_error(error);
	g_markup_parse_context_free(context);
	return page;
}

static void page_free(Page *page)
{
	g_ptr_array_unref(page->runs);
	g_hash_table_unref(page->figures);
	g_hash_table_unref(page->ids);
	g_hash_table_unref(page->links);
	g_string_free(page->text, TRUE);
	g_free(page);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* All numbers and nulls below a node, as "RUN MEMBER" -> value; "" for null. */
static void flatten(GHashTable *numbers, const char *run, const char *path, JsonNode *node)
{
	if (JSON_NODE_HOLDS_OBJECT(node)) {
		g_autoptr(GList) names = json_object_get_members(json_node_get_object(node));

		for (GList *name = names; name; name = name->next) {
			g_autofree char *inner =
				g_strdup_printf("%s%s%s", path, *path ? "." : "", (const char *)name->data);

			flatten(numbers, run, inner, json_object_get_member(json_node_get_object(node), name->data));
		}
	} else if (JSON_NODE_HOLDS_ARRAY(node)) {
		JsonArray *array = json_node_get_array(node);

		for (guint i = 0; i < json_array_get_length(array); i++) {
			g_autofree char *inner = g_strdup_printf("%s.%u", path, i);

			flatten(numbers, run, inner, json_array_get_element(array, i));
		}
	} else if (json_node_is_null(node) || json_node_get_value_type(node) == G_TYPE_INT64) {
		g_hash_table_replace(numbers, g_strdup_printf("%s %s", run, path),
				     json_node_is_null(node)
					     ? g_strdup("")
					     : g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node)));
	}
}

static GHashTable *numbers_of(const Result *result)
{
	GHashTable *numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *text = result_to_json(result);
	g_autoptr(JsonNode) root = json_from_string(text, NULL);

	flatten(numbers, result->id, "", root);
	return numbers;
}

/* Figures that a page must have where result.json has them. */
static bool must_be_shown(const char *member)
{
	static const char *const suffixes[] = { ".found_cma_pageblocks",
						".expected_cma_pageblocks",
						".boot_to_init_ns",
						".ms",
						".bytes",
						".phys",
						".kho_count" };

	if (g_str_has_prefix(member, "handover.") || strcmp(member, "wall_ns") == 0 ||
	    strcmp(member, "host.peak_rss_bytes") == 0)
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

/* Links within a page lead somewhere, and others are none. */
static void check_links(const Page *page)
{
	GHashTableIter iter;
	gpointer link;

	g_assert_cmpuint(page->twice, ==, 0);
	g_hash_table_iter_init(&iter, page->links);
	while (g_hash_table_iter_next(&iter, &link, NULL)) {
		g_assert_cmpint(*(char *)link, ==, '#');
		g_assert_true(g_hash_table_contains(page->ids, (char *)link + 1));
	}
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
	check_links(page);
	g_assert_cmpuint(page->scripts, ==, 1);
	g_assert_nonnull(strstr(page->text->str, verdict_kind_name(result->verdict->kind)));
	for (guint i = 0; i < result->verdict->reasons->len; i++)
		g_assert_nonnull(strstr(page->text->str, ((Reason *)result->verdict->reasons->pdata[i])->text));
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
		flatten(numbers, result->id, "", root);
	}
	/* a run twice over: a kind with two runs has a chart or says why not */
	g_ptr_array_add(results, result_load(((Result *)results->pdata[0])->path, NULL));
	html = html_of_results(results);
	page = page_parse(html);
	check_links(page);
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
	check_links(page);
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
static void test_chart_string(void)
{
	g_autofree char *text = chart_string("a'\n`id`\\ \"b\" <c> ž");

	g_assert_cmpstr(text, ==, "'a`id` \"b\" <c> ž'");
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

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_test_add_func("/html/writer", test_writer);
	g_test_add_func("/html/chart-string", test_chart_string);
	g_test_add_func("/html/inline-svg", test_inline_svg);
	g_test_add_func("/html/hostile-console", test_hostile_console);
	g_test_add_func("/html/several", test_several);
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
