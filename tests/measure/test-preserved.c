// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of what a kernel preserves. */
#include <measure/preserved.h>

static void test_counts(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Preserved) preserved = preserved_parse("# khotest preserved 1 page_shift=12 abi=kho-v3\n"
							 "order 0 3\norder 9 2\nruns 3\n"
							 "968 1 0\n96e 2 0\n40000 2 9\n",
							 &error);

	g_assert_no_error(error);
	g_assert_cmpstr(preserved->abi, ==, "kho-v3");
	g_assert_cmpuint(preserved->pages, ==, 3 + 2 * 512);
	g_assert_cmpuint(preserved_bytes(preserved), ==, (3 + 2 * 512) * 4096);
	g_assert_cmpuint(preserved->stretches, ==, 3);
	g_assert_cmpuint(preserved->runs->len, ==, 3);
	g_assert_cmpuint(g_array_index(preserved->runs, PreservedRun, 2).pfn, ==, 0x40000);
	g_assert_cmpuint(g_array_index(preserved->runs, PreservedRun, 2).order, ==, 9);
	g_assert_null(preserved->unknown);
}

/* Nothing preserved is no page; a kernel that cannot tell says why. */
static void test_none(void)
{
	g_autoptr(Preserved) none = preserved_parse("# khotest preserved 1 page_shift=12 abi=kho-v4\nruns 0\n", NULL);
	g_autoptr(Preserved) unknown = preserved_parse("!93 Protocol not supported\n", NULL);

	g_assert_cmpuint(none->pages, ==, 0);
	g_assert_cmpstr(unknown->unknown, ==, "Protocol not supported");
}

static void test_damaged(void)
{
	static const char *const texts[] = {
		"",
		"runs 0\n",
		"# khotest preserved 2 page_shift=12 abi=kho-v3\n",
		"# khotest preserved 1 page_shift=12\n",
		"# khotest preserved 1 page_shift=12 abi=kho-v3\norder 0 2",
		"# khotest preserved 1 page_shift=12 abi=kho-v3\norder 0\n",
		"# khotest preserved 1 page_shift=12 abi=kho-v3\norder 53 1\n",
		"# khotest preserved 1 page_shift=12 abi=kho-v3\norder 0 18446744073709551615\n",
		"# khotest preserved 1 page_shift=12 abi=kho-v3\n968 1\n",
		"!\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(preserved_parse(texts[i], &error));
		g_assert_nonnull(error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/preserved/counts", test_counts);
	g_test_add_func("/preserved/none", test_none);
	g_test_add_func("/preserved/damaged", test_damaged);
	return g_test_run();
}
