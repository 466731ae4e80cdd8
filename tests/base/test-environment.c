// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/setting.h>
#include <glib.h>
#include <string.h>

/* Every variable that the sources read, and every one of ours that they set, has a row in docs/environment.md. */

static const char *project;

/* Adds the names in one file; found: set of names. */
static void scan(const char *path, GHashTable *found)
{
	g_autoptr(GRegex) regex =
		g_regex_new("\\b(?:g_)?(?|getenv\\(\"([A-Z_]+)\"|setenv\\(\"(KHOTEST_[A-Z_]+)\")", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		char *name = g_match_info_fetch(match, 1);

		g_hash_table_add(found, name);
	}
}

static void walk(const char *folder, GHashTable *found)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			walk(path, found);
		else if (g_str_has_suffix(name, ".c") || g_str_has_suffix(name, ".h"))
			scan(path, found);
	}
}

/* Settings are not read by name; each has a row with all that the table says. */
static void add_settings(GHashTable *found, const char *text)
{
	guint n;
	const Setting *rows = settings_all(&n);

	for (guint i = 0; i < n; i++) {
		g_autofree char *option = rows[i].option ? g_strdup_printf("`%s`", rows[i].option) : g_strdup("");
		g_autofree char *row = g_strdup_printf("| `%s` | `%s` | %s | %s | %s |\n", rows[i].key,
						       rows[i].variable, option, rows[i].meaning, rows[i].without);

		if (!strstr(text, row))
			g_error("docs/environment.md lacks this row:\n%s", row);
		g_hash_table_add(found, g_strdup(rows[i].variable));
	}
}

static void test_documented(void)
{
	static const char *const folders[] = { "harness", "initramfs", "tests" };
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *path = g_build_filename(project, "docs", "environment.md", NULL);
	g_autofree char *text = NULL;
	GHashTableIter iter;
	gpointer name;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *folder = g_build_filename(project, folders[i], NULL);

		walk(folder, found);
	}
	g_assert_true(g_hash_table_contains(found, "KHOTEST_SOURCES"));
	g_assert_true(g_hash_table_contains(found, "KHOTEST_HOP"));
	add_settings(found, text);
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		g_autofree char *row = g_strdup_printf("| `%s` |", (const char *)name);

		if (!strstr(text, row))
			g_error("%s is in the sources and has no row in %s", (const char *)name, path);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	project = argv[1];
	g_test_add_func("/environment/documented", test_documented);
	return g_test_run();
}
