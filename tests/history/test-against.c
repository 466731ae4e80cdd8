// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recorded runs (tests/golden/recordings) against each other, and as the index
 * reads them. Argument: the folder of recordings.
 */
#include <history/against.h>
#include <history/readrun.h>

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

/* A run against itself: nothing has changed, nothing stands in the way. */
static void test_same(void)
{
	g_autoptr(Result) now = load("fail-unfixed-100g"), before = load("fail-unfixed-100g");
	g_autoptr(Against) against = against_new(now, before);
	g_autofree char *text = against_to_text(against);

	g_assert_null(against->difference);
	g_assert_cmpuint(against->gone->len, ==, 0);
	g_assert_cmpuint(against->come->len, ==, 0);
	g_assert_cmpuint(against->zones->len, >, 0);
	g_assert_cmpuint(against->metrics->len, >, 0);
	for (guint i = 0; i < against->metrics->len; i++) {
		const AgainstMetric *one = &g_array_index(against->metrics, AgainstMetric, i);

		g_assert_cmpint(one->before, ==, one->now);
	}
	g_assert_null(strstr(text, "CHANGED"));
	g_assert_nonnull(strstr(text, "One pair of runs is no measurement"));
}

/* Another machine, another series, another verdict: all of it is named. */
static void test_different(void)
{
	g_autoptr(Result) now = load("pass-central-4g-2n"), before = load("fail-unfixed-100g");
	g_autoptr(Against) against = against_new(now, before);
	g_autofree char *text = against_to_text(against), *markdown = against_to_markdown(against),
			*json = against_to_json(against);
	const AgainstZone *zone = NULL;

	g_assert_nonnull(against->difference);
	g_assert_nonnull(strstr(against->difference, "memory: 100G and 4G"));
	g_assert_cmpuint(against->come->len, ==, 0);
	g_assert_cmpuint(against->gone->len, >=, 1);
	g_assert_cmpstr(((const Reason *)against->gone->pdata[0])->id, ==, "scratch-not-cma");
	g_assert_nonnull(strstr(text, "NOT COMPARABLE: "));
	g_assert_nonnull(strstr(text, "verdict: CHANGED"));
	g_assert_nonnull(strstr(text, "gone: scratch-not-cma"));
	g_assert_nonnull(strstr(markdown, "- gone: scratch-not-cma"));
	g_assert_nonnull(strstr(json, "\"reasons_gone\" : [\n    \"scratch-not-cma\""));
	/* node 1 is only in the second: unknown before, not 0 */
	for (guint i = 0; i < against->zones->len; i++) {
		const AgainstZone *one = &g_array_index(against->zones, AgainstZone, i);

		if (one->node == 1)
			zone = one;
	}
	g_assert_nonnull(zone);
	g_assert_cmpint(zone->found_before, ==, -1);
	g_assert_cmpint(zone->found, >, 0);
}

/* Markdown takes no word of a run for a mark; a terminal shows it as it is. */
static void test_marks(void)
{
	g_autoptr(Result) now = load("pass-central-4g-2n"), before = load("fail-unfixed-100g");
	g_autoptr(Against) against = against_new(now, before);
	Reason *reason = against->gone->pdata[0];
	g_autofree char *text = NULL, *markdown = NULL;

	g_free(reason->text);
	reason->text = g_strdup("__free_pages_core and *__init_x*");
	text = against_to_text(against);
	markdown = against_to_markdown(against);
	g_assert_nonnull(strstr(text, "gone: scratch-not-cma: __free_pages_core and *__init_x*\n"));
	g_assert_nonnull(
		strstr(markdown, "- gone: scratch-not-cma: \\_\\_free\\_pages\\_core and \\*\\_\\_init\\_x\\*\n"));
}

/* A run that panicked has figures of one kernel only. */
static void test_unknown(void)
{
	g_autoptr(Result) now = load("panic"), before = load("fail-unfixed-100g");
	g_autoptr(Against) against = against_new(now, before);
	bool seen = false;

	for (guint i = 0; i < against->metrics->len; i++) {
		const AgainstMetric *one = &g_array_index(against->metrics, AgainstMetric, i);

		if (strcmp(one->metric->id, "init2") != 0)
			continue;
		seen = true;
		g_assert_cmpint(one->before, >, 0);
		g_assert_cmpint(one->now, ==, -1);
	}
	g_assert_true(seen);
	g_assert_nonnull(against->come->len ? against->come->pdata[0] : NULL);
}

/* What the index keeps is what the result says. */
static void test_readrun(void)
{
	g_autoptr(Result) result = load("fail-unfixed-100g");
	g_autoptr(IndexedRun) run = readrun(result->path, NULL);
	g_autoptr(IndexedRun) none = readrun(recordings, NULL);
	const Hop *second = result_said(result, 1);

	g_assert_null(run->problem);
	g_assert_cmpstr(run->verdict, ==, "FAIL");
	g_assert_cmpstr(run->series, ==, "unfixed");
	g_assert_cmpstr(run->image, ==, plan_hop(result->plan, 0)->sha256);
	g_assert_true(g_str_has_prefix(run->date, "20"));
	g_assert_cmpint(indexedrun_value(run, "init2"), ==, second->boot_to_init_ns);
	g_assert_cmpint(indexedrun_value(run, "blackout"), ==, result_blackout(result, 1));
	g_assert_cmpuint(run->parts->len, >, 5);
	g_assert_nonnull(none->problem);
	g_assert_cmpuint(none->values->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	recordings = argv[1];
	g_test_add_func("/against/same", test_same);
	g_test_add_func("/against/different", test_different);
	g_test_add_func("/against/marks", test_marks);
	g_test_add_func("/against/unknown", test_unknown);
	g_test_add_func("/against/readrun", test_readrun);
	return g_test_run();
}
