// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs as test cases: JUnit, KTAP, TAP, KCIDB. Argument: the folder of recordings. */
#include <base/json.h>
#include <report/kcidb.h>
#include <report/run.h>
#include <report/tap.h>

#include <string.h>

static const char *recordings;

static Result *load(const char *name)
{
	g_autofree char *path = g_build_filename(recordings, name, NULL);
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

/* Every line of the text that has that in it. */
static guint count(const char *text, const char *what)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = 0;

	for (guint i = 0; lines[i]; i++)
		n += strstr(lines[i], what) != NULL;
	return n;
}

/* A case for each check of each kernel, whatever came of the run, and one more. */
static guint cases_of(const Result *result)
{
	guint n, asked = 0;
	const Check *const *checks = checks_all(&n);

	/* recordings are older than checks that need a record of their own */
	for (guint c = 0; c < n; c++)
		asked += !checks[c]->record;
	return asked * result_kernels_wanted(result) + 1;
}

static void test_ktap(void)
{
	g_autoptr(Result) pass = load("pass-central-1g-4-kernels"), fail = load("fail-unfixed-100g"),
			  cut = load("cut-off"), old = load("without-kho");
	g_autofree char *none = result_to_ktap(old);
	g_autofree char *good = result_to_ktap(pass), *bad = result_to_ktap(fail), *unknown = result_to_ktap(cut);
	g_autofree char *plan = g_strdup_printf("KTAP version 1\n1..%u\nok 1 first kernel: records\n", cases_of(pass));

	g_assert_true(g_str_has_prefix(good, plan));
	g_assert_cmpuint(count(good, "ok "), ==, cases_of(pass));
	g_assert_cmpuint(count(good, "not ok "), ==, 0);
	g_assert_nonnull(strstr(good, ": pageblocks"));
	g_assert_nonnull(strstr(good, "fourth kernel: "));
	/* what failed is the check that saw it, and no other; what this recording does not show is skipped */
	g_assert_cmpuint(count(bad, "not ok "), ==, 1);
	g_assert_nonnull(strstr(bad, "\n# scratch-not-cma: second kernel: 20 of 3244 scratch pageblocks are CMA"));
	g_assert_nonnull(strstr(bad, " second kernel: pageblocks\n"));
	g_assert_nonnull(strstr(bad, "ok 7 first kernel: pageblocks # SKIP which pageblock has which type"));
	g_assert_nonnull(strstr(none, " first kernel: scratch # ERROR kernel-without-kho: "));
	/* of a run that was cut off nothing is said that did not come */
	g_assert_nonnull(strstr(unknown, " the run # ERROR incomplete: the run was cut off"));
	g_assert_nonnull(strstr(unknown, "second kernel: pageblocks # SKIP nothing came that shows it"));
}

static void test_several(void)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *ktap = NULL, *junit = NULL;

	g_ptr_array_add(results, load("pass-central-1g"));
	g_ptr_array_add(results, load("fail-unfixed-100g"));
	ktap = results_to_ktap(results);
	g_assert_true(g_str_has_prefix(ktap, "KTAP version 1\n1..2\n  KTAP version 1\n  # Subtest: 7.1-central-1G\n"));
	g_assert_nonnull(strstr(ktap, "\nok 1 7.1-central-1G\n"));
	g_assert_nonnull(strstr(ktap, "\nnot ok 2 7.1-unfixed-100G\n"));
	junit = results_to_junit(results);
	g_assert_cmpuint(count(junit, "<testsuite "), ==, 2);
	g_assert_cmpuint(count(junit, "</testsuite>"), ==, 2);
	g_assert_cmpuint(count(junit, "<testcase "), ==, cases_of(results->pdata[0]) + cases_of(results->pdata[1]));
	g_assert_cmpuint(count(junit, "<failure "), ==, 1);
}

/* Runs of one kernel and series: whoever keys by names has to tell them apart, and a reader of the table too. */
static void test_alike(void)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *ktap = NULL, *junit = NULL, *tap = NULL, *text = NULL, *markdown = NULL;

	g_ptr_array_add(results, load("pass-central-1g"));
	g_ptr_array_add(results, load("pass-central-1g-harm"));
	ktap = results_to_ktap(results);
	junit = results_to_junit(results);
	tap = results_to_tap(results);
	g_assert_nonnull(strstr(ktap, "\nok 1 7.1-central-1G\n"));
	g_assert_nonnull(strstr(ktap, "\nok 2 7.1-central-1G-2\n"));
	g_assert_cmpuint(count(junit, "<testsuite name=\"khotest.7.1-central-1G\""), ==, 1);
	g_assert_cmpuint(count(junit, "<testsuite name=\"khotest.7.1-central-1G-2\""), ==, 1);
	g_assert_nonnull(strstr(tap, "7.1-central-1G-2"));
	text = results_to_text(results);
	markdown = results_to_markdown(results);
	g_assert_nonnull(strstr(text, "central, pass-central-1g "));
	g_assert_nonnull(strstr(text, "central, pass-central-1g-harm"));
	/* what is said of one of them names it */
	g_assert_nonnull(strstr(text, "\nnote, central, pass-central-1g-harm"));
	g_assert_null(strstr(markdown, "\nnote"));
}

/* A place that a kernel does not have is nothing that it lacks. */
static void test_no_row(void)
{
	g_autoptr(Result) result = load("pass-central-4g-2n");
	GArray *rows = verdict_check(result->verdict, 1, check_find(CHECK_PAGEBLOCKS))->rows;
	g_autofree char *before = result_to_text(result), *after = NULL;

	g_array_remove_index(rows, rows->len - 1);
	after = result_to_text(result);
	g_assert_cmpuint(count(before, " 67 of 67 "), ==, 1);
	g_assert_cmpuint(count(after, " 67 of 67 "), ==, 1);
	g_assert_cmpuint(count(after, "0 of 67"), ==, 0);
}

static void on_error(GMarkupParseContext *context, GError *error, gpointer data)
{
	g_test_message("%s", error->message);
	g_test_fail();
}

/* It is XML, whatever a kernel says, and its sums are right. */
static void test_junit(void)
{
	static const GMarkupParser parser = { .error = on_error };
	g_autoptr(Result) panic = load("panic");
	g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
	g_autofree char *junit = NULL, *sums = NULL;
	Reason *reason;

	g_assert_cmpuint(panic->verdict->reasons->len, >, 0);
	reason = panic->verdict->reasons->pdata[0];
	g_free(reason->text);
	reason->text = g_strdup("<oops> & \"more\"");
	junit = result_to_junit(panic);
	g_assert_true(g_markup_parse_context_parse(context, junit, -1, NULL));
	g_assert_true(g_markup_parse_context_end_parse(context, NULL));
	sums = g_strdup_printf("tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"", count(junit, "<testcase "),
			       count(junit, "<failure "), count(junit, "<error "), count(junit, "<skipped "));
	g_assert_nonnull(strstr(junit, sums));
	g_assert_nonnull(strstr(junit, "guest-panic: &lt;oops&gt; &amp; &quot;more&quot;"));
}

/* What a guest said, whatever that is: a directive, a line of its own, bytes that are no text. */
static void spoil(Result *result)
{
	Reason *reason = result->verdict->reasons->pdata[0];

	g_free(reason->text);
	reason->text = g_strdup("# SKIP \"x\\\"\nok 1 - mine\nBail out! \x1b\xff\n  ...");
}

static void test_tap(void)
{
	g_autoptr(Result) panic = load("panic");
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autofree char *tap = NULL, *several = NULL, *plan = NULL,
			*begin = g_strdup_printf("TAP version 13\n1..%u\n", cases_of(panic));

	spoil(panic);
	tap = result_to_tap(panic);
	g_assert_true(g_str_has_prefix(tap, begin));
	g_assert_true(g_utf8_validate(tap, -1, NULL));
	/* nothing that the guest said begins a line; what it said is one string */
	g_assert_null(strstr(tap, "\nok 1 - mine"));
	g_assert_null(strstr(tap, "\nBail out!"));
	g_assert_nonnull(strstr(tap, "# SKIP \\\"x\\\\\\\"\\u000aok 1 - mine\\u000aBail out! \\u001b"));
	g_ptr_array_add(results, load("pass-central-1g"));
	g_ptr_array_add(results, load("fail-unfixed-100g"));
	several = results_to_tap(results);
	plan = g_strdup_printf("TAP version 13\n1..%u\nok 1 - 7.1-central-1G: first kernel: records\n",
			       cases_of(results->pdata[0]) + cases_of(results->pdata[1]));
	g_assert_true(g_str_has_prefix(several, plan));
	g_assert_cmpuint(count(several, "not ok "), ==, 1);
	/* it is what its series should come out as */
	g_assert_cmpuint(count(several, "# TODO fails as expected"), ==, 1);
}

/* In Markdown nothing of it is a mark, nor the end of the fence around the last lines. */
static void test_markdown(void)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	Result *panic = load("panic");
	g_autofree char *one = NULL, *several = NULL;
	Reason *reason = panic->verdict->reasons->pdata[0];

	spoil(panic);
	g_ptr_array_add(panic->verdict->last_lines, g_strdup("````"));
	g_ptr_array_add(panic->verdict->last_lines, g_strdup("<b>\x1b[31m"));
	one = result_to_markdown(panic);
	g_assert_nonnull(strstr(one, ": \\# SKIP \"x\\\\\" ok 1 - mine Bail out! "));
	g_assert_nonnull(strstr(one, "\n\n`````\n"));
	g_assert_nonnull(strstr(one, "\n````\n<b>\xef\xbf\xbd[31m\n`````\n"));
	g_free(reason->text);
	reason->text = g_strdup("<img src=x> [a](http://b) **c**");
	g_ptr_array_add(results, panic);
	g_ptr_array_add(results, load("pass-central-1g"));
	several = results_to_markdown(results);
	g_assert_null(strstr(several, " <img"));
	g_assert_nonnull(strstr(several, ": \\<img src=x\\> \\[a\\](http://b) \\*\\*c\\*\\*\n"));
}

/* What an id looks like in kcidb_io/schema/v05_03.py, and that there is none twice. */
static void check_object(JsonObject *object, GHashTable *ids)
{
	const char *id = json_get_string(object, "id");

	g_assert_cmpstr(json_get_string(object, "origin"), ==, "my_ci");
	g_assert_nonnull(id);
	g_assert_true(g_str_has_prefix(id, "my_ci:"));
	g_assert_true(g_hash_table_add(ids, g_strdup(id)));
}

static void no_null(JsonArray *array, guint index, JsonNode *node, gpointer data);

static void no_null_member(JsonObject *object, const char *name, JsonNode *node, gpointer data)
{
	no_null(NULL, 0, node, NULL);
}

/* "No properties can be null." */
static void no_null(JsonArray *array, guint index, JsonNode *node, gpointer data)
{
	g_assert_false(JSON_NODE_HOLDS_NULL(node));
	if (JSON_NODE_HOLDS_OBJECT(node))
		json_object_foreach_member(json_node_get_object(node), no_null_member, NULL);
	if (JSON_NODE_HOLDS_ARRAY(node))
		json_array_foreach_element(json_node_get_array(node), no_null, NULL);
}

/* Each object of a list, and of what it is one. of: NULL, or the member that names an object before. */
static void check_list(JsonObject *all, const char *name, const char *of, GHashTable *ids)
{
	JsonArray *array = json_get_array(all, name);

	g_assert_cmpuint(json_array_get_length(array), >, 0);
	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonObject *object = json_array_get_object_element(array, i);

		check_object(object, ids);
		g_assert_true(!of || g_hash_table_contains(ids, json_get_string(object, of)));
	}
}

static void check_tests(JsonArray *tests)
{
	for (guint i = 0; i < json_array_get_length(tests); i++) {
		JsonObject *test = json_array_get_object_element(tests, i);

		g_assert_true(g_regex_match_simple("^(FAIL|ERROR|MISS|PASS|DONE|SKIP)$",
						   json_get_string(test, "status"), 0, 0));
		g_assert_true(
			g_regex_match_simple("^khotest([.][a-zA-Z0-9_-]+)*$", json_get_string(test, "path"), 0, 0));
	}
}

static void test_kcidb(void)
{
	static const char *const names[] = { "fail-unfixed-100g", "pass-central-1g", "chain-handed-over-1g", "cut-off",
					     "panic" };
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *text = NULL, *again = NULL;
	g_autoptr(JsonObject) all = NULL;
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(results, load(names[i]));
	spoil(results->pdata[results->len - 1]);
	text = results_to_kcidb(results, "my_ci");
	again = results_to_kcidb(results, "my_ci");
	g_assert_cmpstr(text, ==, again);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	all = json_parse_object(text, -1, "kcidb", &error);
	g_assert_no_error(error);
	g_assert_cmpint(json_get_int(json_get_object(all, "version"), "major"), ==, 5);
	json_object_foreach_member(all, no_null_member, NULL);
	check_list(all, "checkouts", NULL, ids);
	check_list(all, "builds", "checkout_id", ids);
	check_list(all, "tests", "build_id", ids);
	check_tests(json_get_array(all, "tests"));
	g_assert_nonnull(strstr(text, "\"path\" : \"khotest.pageblocks\""));
	/* a verdict of ours is no log: of these five one has a kernel that said something */
	g_assert_cmpuint(count(text, "\"log_excerpt\""), ==, 1);
	g_assert_nonnull(strstr(text, "\"log_excerpt\" : \"first kernel: Kernel panic - not syncing"));
	g_assert_true(kcidb_is_origin("my_ci2"));
	g_assert_false(kcidb_is_origin("My CI") || kcidb_is_origin(""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_test_add_func("/runcases/ktap", test_ktap);
	g_test_add_func("/runcases/several", test_several);
	g_test_add_func("/runcases/alike", test_alike);
	g_test_add_func("/runcases/no-row", test_no_row);
	g_test_add_func("/runcases/junit", test_junit);
	g_test_add_func("/runcases/tap", test_tap);
	g_test_add_func("/runcases/markdown", test_markdown);
	g_test_add_func("/runcases/kcidb", test_kcidb);
	return g_test_run();
}
