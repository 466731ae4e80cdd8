// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/table.h>

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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/table/both-formats", test_table);
	return g_test_run();
}
