// SPDX-License-Identifier: GPL-2.0-or-later
/* What words for the sides of a comparison mean, and what they are called. Argument: the folder patches/. */
#include <base/error.h>
#include <campaign/side.h>
#include <study/comparison.h>

#include <string.h>

static const char *patches;

static void test_words(void)
{
	static const struct {
		const char *word, *kernel, *series, *tree, *image;
	} cases[] = {
		{ "central", "7.1", "central", "base-tree", NULL },
		{ "./my.mbox", "7.1", "./my.mbox", "base-tree", NULL },
		{ "fixes/my.mbox", "7.1", "fixes/my.mbox", "base-tree", NULL },
		{ "7.2/upstream", "7.2", "upstream", NULL, NULL },
		{ "7.2/./my.patch", "7.2", "./my.patch", NULL, NULL },
		{ "7.2", "7.2", "stock", NULL, NULL },
		{ "tree:../linux@fix", "7.1", NULL, "../linux@fix", NULL },
		{ "image:/boot/vmlinuz", "7.1", NULL, NULL, "/boot/vmlinuz" },
	};
	static const char *const bad[] = { "tree:", "image:", "7.1/stock,7.2", "7.1/stock[quiet]" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		RunRequest request = { .kernel = "7.1", .tree = "base-tree" };
		g_autoptr(GError) error = NULL;
		g_autoptr(ChainLink) link = side_apply(cases[i].word, patches, &request, &error);

		g_test_message("%s", cases[i].word);
		g_assert_no_error(error);
		g_assert_cmpstr(request.kernel, ==, cases[i].kernel);
		g_assert_cmpstr(request.series, ==, cases[i].series);
		g_assert_cmpstr(request.tree, ==, cases[i].tree);
		g_assert_cmpstr(request.image, ==, cases[i].image);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		RunRequest request = { .kernel = "7.1" };
		g_autoptr(GError) error = NULL;

		g_assert_null(side_apply(bad[i], patches, &request, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	}
}

static void test_names(void)
{
	static const char *const words[] = { "central",
					     "tree:/a/linux@base",
					     "tree:/a/linux@topic/fix",
					     "tree:/b/linux@base",
					     "image:/x/bzImage",
					     "tree:.",
					     NULL };
	static const char *const names[] = { "central",		"tree:/a/linux@base",
					     "linux@topic/fix", "tree:/b/linux@base",
					     "bzImage",		"tree:." };
	g_autoptr(Comparison) comparison = comparison_new(words);

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];

		g_assert_cmpstr(side->word, ==, words[i]);
		g_assert_cmpstr(side->name, ==, names[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	patches = argv[1];
	g_test_add_func("/side/words", test_words);
	g_test_add_func("/side/names", test_names);
	return g_test_run();
}
