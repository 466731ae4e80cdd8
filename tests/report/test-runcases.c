// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs as test cases: JUnit and KTAP. Argument: the folder of recordings. */
#include <report/run.h>

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
	g_assert_true(g_str_has_prefix(ktap, "KTAP version 1\n1..2\n  # Subtest: 7.1-central-1G\n  KTAP version 1\n"));
	g_assert_nonnull(strstr(ktap, "\nok 1 7.1-central-1G\n"));
	g_assert_nonnull(strstr(ktap, "\nnot ok 2 7.1-unfixed-100G\n"));
	junit = results_to_junit(results);
	g_assert_cmpuint(count(junit, "<testsuite "), ==, 2);
	g_assert_cmpuint(count(junit, "</testsuite>"), ==, 2);
	g_assert_cmpuint(count(junit, "<testcase "), ==, cases_of(results->pdata[0]) + cases_of(results->pdata[1]));
	g_assert_cmpuint(count(junit, "<failure "), ==, 1);
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_test_add_func("/runcases/ktap", test_ktap);
	g_test_add_func("/runcases/several", test_several);
	g_test_add_func("/runcases/junit", test_junit);
	return g_test_run();
}
