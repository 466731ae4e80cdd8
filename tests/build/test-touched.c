// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that patches change, by the patches alone. */
#include "sandbox.h"

#include <build/series.h>

static const char patch[] =
	"--- a/mm/page_alloc.c\n+++ b/mm/page_alloc.c\n"
	"@@ -10,6 +10,8 @@ static bool __init early_page(unsigned long pfn)\n \tint a;\n+\tcall(a);\n"
	"@@ -90,6 +92,9 @@ struct zone *zone_of(struct page *page)\n }\n \n"
	"+static inline void added_here(void)\n+{\n+\treturn;\n+}\n \n int follows(int a)\n {\n"
	"--- a/mm/Kconfig\n+++ b/mm/Kconfig\n@@ -1 +1,2 @@ config NOT_A_FUNCTION(x)\n+\tdepends on Y\n"
	"--- a/include/linux/x.h\n+++ b/include/linux/x.h\n@@ -5,1 +5,2 @@ struct page;\n+bool only_declared(void);\n";

static void test_touched(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL, *names = NULL;
	g_autoptr(Series) series = NULL;
	g_auto(GStrv) touched = NULL;

	sandbox_write(sandbox, "own/1.patch", patch);
	path = sandbox_path(sandbox, "own");
	series = series_load(PATCHES, "7.1", path, NULL, NULL, &error);
	g_assert_no_error(error);
	touched = series_touches(series);
	names = g_strjoinv(" ", touched);
	g_assert_cmpstr(names, ==, "added_here early_page");
}

/* Ours: the one function that the fix is about is among them, and the guard in Kconfig is none. */
static void test_ours(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = series_load(PATCHES, "7.1", "central", NULL, NULL, &error);
	g_auto(GStrv) touched = NULL;

	g_assert_no_error(error);
	touched = series_touches(series);
	g_assert_true(g_strv_contains((const char *const *)touched, "kho_scratch_overlap"));
	for (char **name = touched; *name; name++)
		g_test_message("%s", *name);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	sandbox_add("/touched/patch", test_touched);
	g_test_add_func("/touched/ours", test_ours);
	return g_test_run();
}
