// SPDX-License-Identifier: GPL-2.0-or-later
/* What an audit runs, and what it makes of runs. Arguments: a recording with audit records, and one without. */
#include <base/error.h>
#include <campaign/audit.h>

#include <string.h>

static const char *with, *without;

static void test_series(void)
{
	static const struct {
		const char *series, *image, *runs;
	} cases[] = {
		{ "stock", NULL, "stock+audit" },
		{ "stock+audit", NULL, "stock+audit" },
		{ "stock", "bzImage", "stock" },
		{ NULL, NULL, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		RunRequest request = { .series = cases[i].series, .image = cases[i].image };
		g_autofree char *series = audit_series(&request);

		g_assert_cmpstr(series, ==, cases[i].runs);
	}
}

static void test_load(void)
{
	const char *const good[] = { with, with, NULL }, *const bad[] = { with, without, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) results = audit_load(good, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(results->len, ==, 2);
	g_assert_null(audit_load(bad, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "run it with --series central+audit"));
}

/* A whole audit leaves the verdict as it is; without records none is whole, which a run that failed may be. */
static void test_outcome(void)
{
	const char *const one[] = { with, NULL };
	g_autoptr(GPtrArray) results = audit_load(one, NULL);
	g_autoptr(GPtrArray) none = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);

	g_assert_cmpint(audit_outcome(results, VERDICT_PASS), ==, VERDICT_PASS);
	g_assert_cmpint(audit_outcome(results, VERDICT_FAIL), ==, VERDICT_FAIL);
	g_ptr_array_add(none, result_load(without, NULL));
	g_assert_cmpint(audit_outcome(none, VERDICT_PASS), ==, VERDICT_ERROR);
	g_assert_cmpint(audit_outcome(none, VERDICT_FAIL), ==, VERDICT_FAIL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	with = argv[1];
	without = argv[2];
	g_test_add_func("/audit/series", test_series);
	g_test_add_func("/audit/load", test_load);
	g_test_add_func("/audit/outcome", test_outcome);
	return g_test_run();
}
