// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/style.h>
#include <string.h>

static char **row(const char *a, const char *b)
{
	char **cells = g_new0(char *, 2);

	cells[0] = g_strdup(a);
	cells[1] = g_strdup(b);
	return cells;
}

static void test_table(void)
{
	static const char *const headers[] = { "name", ">n", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *text = NULL;
	g_autofree char *markdown = NULL;

	table_add(table, row("a|b", "1"));
	table_rule(table);
	table_add(table, row("žluť", NULL));
	table_add(table, row("long name", "1234"));
	text = table_to_text(table);
	markdown = table_to_markdown(table);
	g_assert_cmpstr(text, ==,
			"name          n\n"
			"---------  ----\n"
			"a|b           1\n"
			"---------  ----\n"
			"žluť\n"
			"long name  1234\n");
	g_assert_cmpstr(markdown, ==,
			"| name      |    n |\n"
			"| --------- | ---: |\n"
			"| a\\|b      |    1 |\n"
			"| žluť      |      |\n"
			"| long name | 1234 |\n");
}

/* As the table of 'khotest compare' has them. */
static Table *wide_table(void)
{
	static const char *const headers[] = { "kernel", "verdict",	 "zone", ">CMA of scratch, 1st",
					       ">2nd",	 ">host memory", NULL };
	Table *table = table_new(headers);

	TABLE_ROW(table, g_strdup("7.1"), g_strdup("PASS"), g_strdup("node 0 DMA32"), g_strdup("20 of 20"),
		  g_strdup("20 of 20"), g_strdup("3.4G"));
	TABLE_ROW(table, NULL, NULL, g_strdup("node 0 Normal"), g_strdup("3224 of 3224"), g_strdup("3224 of 3224"),
		  NULL);
	return table;
}

static void check_width(const char *text, glong columns)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		g_assert_cmpint(g_utf8_strlen(*line, -1), <=, columns);
}

/* Folded between words, the widest column first. */
static void test_folded(void)
{
	g_autoptr(Table) table = wide_table();
	g_autofree char *wide = table_to_text(table), *same = NULL, *text = NULL;

	table_set_columns(79);
	same = table_to_text(table);
	table_set_columns(60);
	text = table_to_text(table);
	table_set_columns(0);
	g_assert_cmpstr(same, ==, wide);
	check_width(text, 60);
	g_assert_cmpstr(text, ==,
			"                           CMA of\n"
			"                         scratch,\n"
			"kernel  verdict  zone         1st           2nd  host memory\n"
			"------  -------  ------  --------  ------------  -----------\n"
			"7.1     PASS     node 0  20 of 20      20 of 20         3.4G\n"
			"                 DMA32\n"
			"                 node 0   3224 of  3224 of 3224\n"
			"                 Normal      3224\n");
}

/* Too narrow for that: the other columns below, behind the first again. */
static void test_blocks(void)
{
	g_autoptr(Table) table = wide_table();
	g_autofree char *text = NULL;

	table_set_columns(26);
	text = table_to_text(table);
	table_set_columns(0);
	check_width(text, 26);
	g_assert_cmpstr(text, ==,
			"kernel  verdict  zone\n"
			"------  -------  ------\n"
			"7.1     PASS     node 0\n"
			"                 DMA32\n"
			"                 node 0\n"
			"                 Normal\n"
			"\n"
			"          CMA of\n"
			"        scratch,\n"
			"kernel       1st       2nd\n"
			"------  --------  --------\n"
			"7.1     20 of 20  20 of 20\n"
			"7.1      3224 of   3224 of\n"
			"            3224      3224\n"
			"\n"
			"kernel  host memory\n"
			"------  -----------\n"
			"7.1            3.4G\n");
}

/* Two columns name a row: both come again. What is left out of a name is the row's above, but not behind what is not.
 */
static void test_naming(void)
{
	static const char *const headers[] = { "kernel", "series", "verdict", ">memory", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *text = NULL, *narrow = NULL;

	table_set_naming(table, 2);
	TABLE_ROW(table, g_strdup("7.1"), g_strdup("stock"), g_strdup("PASS"), g_strdup("3.4G"));
	TABLE_ROW(table, NULL, NULL, g_strdup("more"), NULL);
	TABLE_ROW(table, NULL, g_strdup("unfixed"), g_strdup("FAIL"), g_strdup("3.5G"));
	table_rule(table);
	TABLE_ROW(table, g_strdup("7.2"), NULL, g_strdup("PASS"), g_strdup("3.6G"));
	table_set_columns(25);
	text = table_to_text(table);
	table_set_columns(16);
	narrow = table_to_text(table);
	table_set_columns(0);
	check_width(narrow, 16);
	g_assert_cmpstr(text, ==,
			"kernel  series   verdict\n"
			"------  -------  -------\n"
			"7.1     stock    PASS\n"
			"                 more\n"
			"        unfixed  FAIL\n"
			"------  -------  -------\n"
			"7.2              PASS\n"
			"\n"
			"kernel  series   memory\n"
			"------  -------  ------\n"
			"7.1     stock      3.4G\n"
			"7.1     unfixed    3.5G\n"
			"------  -------  ------\n"
			"7.2                3.6G\n");
	/* no room for both and another */
	g_assert_nonnull(strstr(narrow, "\nseries   memory\n"));
	g_assert_nonnull(strstr(narrow, "\nunfixed    3.5G\n"));
}

/* A word that is longer than the terminal is wide stays whole: a path, to be copied. */
static void test_long_word(void)
{
	static const char *const headers[] = { "run", "verdict", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *text = NULL;

	TABLE_ROW(table, g_strdup("results/runs/20261127-082407-7.1-stock-1G"), g_strdup("PASS"));
	table_set_columns(20);
	text = table_to_text(table);
	table_set_columns(0);
	g_assert_cmpstr(text, ==,
			"run                                        verdict\n"
			"-----------------------------------------  -------\n"
			"results/runs/20261127-082407-7.1-stock-1G  PASS\n");
}

/* A name that is thousands of words: in no time, in the width, and not to its end. */
static void test_many_words(void)
{
	static const char *const headers[] = { "run", "series", ">n", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autoptr(GString) name = g_string_new(NULL);
	g_autofree char *text = NULL, *markdown = NULL;

	for (guint i = 0; i < 100000; i++)
		g_string_append(name, "a ");
	TABLE_ROW(table, g_strdup("one"), g_strdup(name->str), g_strdup("1"));
	TABLE_ROW(table, g_strdup("two"), g_strdup("two"), g_strdup("2"));
	table_set_columns(40);
	text = table_to_text(table);
	table_set_columns(0);
	markdown = table_to_markdown(table);
	check_width(text, 40);
	g_assert_nonnull(strstr(text, "..."));
	g_assert_cmpuint(strlen(text), <, 2000);
	g_assert_nonnull(strstr(markdown, name->str));
}

/* A name is a name in Markdown too; what has marks of its own keeps them. */
static void test_marks(void)
{
	static const char *const headers[] = { "<b>", ">n", NULL };
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *markdown = NULL, *own = NULL;

	table_add(table, row("`a`\nb_c", "[1, 2]"));
	markdown = table_to_markdown(table);
	g_assert_cmpstr(markdown, ==,
			"| \\<b\\>      |      n |\n"
			"| ---------- | -----: |\n"
			"| \\`a\\` b\\_c | [1, 2] |\n");
	table_set_markdown(table);
	own = table_to_markdown(table);
	g_assert_nonnull(strstr(own, "| <b> "));
	g_assert_nonnull(strstr(own, "| `a`"));
}

/* The same calls make both: what is a mark of Markdown is none of theirs, and empty lines stay empty. */
static void test_styles(void)
{
	static const char lines[] = "a_b\n\nc\n";
	g_autoptr(GString) text = g_string_new(NULL), indented = g_string_new(NULL), markdown = g_string_new(NULL);

	style_put(text, &style_text, style_text.bullet, lines);
	style_put(indented, &style_indented, style_indented.bullet, lines);
	style_put(markdown, &style_markdown, style_markdown.bullet, lines);
	style_put(markdown, &style_markdown, "", "d_e");
	g_assert_cmpstr(text->str, ==, lines);
	g_assert_cmpstr(indented->str, ==, "  a_b\n\n  c\n");
	g_assert_cmpstr(markdown->str, ==, "- a\\_b\n\n- c\nd\\_e");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/table/both-formats", test_table);
	g_test_add_func("/table/folded", test_folded);
	g_test_add_func("/table/blocks", test_blocks);
	g_test_add_func("/table/naming", test_naming);
	g_test_add_func("/table/long-word", test_long_word);
	g_test_add_func("/table/many-words", test_many_words);
	g_test_add_func("/table/marks", test_marks);
	g_test_add_func("/table/styles", test_styles);
	return g_test_run();
}
