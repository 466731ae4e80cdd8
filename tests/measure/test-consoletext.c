// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/consoletext.h>

#include <string.h>

static GPtrArray *lines_of(const char *const *texts)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (; *texts; texts++)
		g_ptr_array_add(lines, g_strdup(*texts));
	return lines;
}

static void test_clean(void)
{
	static const char *const cases[][2] = {
		{ "plain\ttext", "plain\ttext" },
		{ "\x1b[2J\x1b[1;1Hdrawn", "drawn" },
		{ "\x1b", "" },
		{ "\x1b[1;31", "" },
		{ "a\x1b"
		  "7b\r",
		  "ab" },
		{ "a\x07"
		  "b",
		  "ab" },
		{ "half \xc3", "half \xef\xbf\xbd" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *clean = console_clean(cases[i][0]);

		g_assert_cmpstr(clean, ==, cases[i][1]);
	}
}

static void test_stamps(void)
{
	g_assert_cmpstr(console_text("[    1.234567] said"), ==, "said");
	g_assert_cmpstr(console_text("[    1.234567][   C0] said"), ==, "said");
	g_assert_cmpstr(console_text("[    1.234567] [other] said"), ==, "[other] said");
	g_assert_cmpstr(console_text("no stamp"), ==, "no stamp");
}

/* What happened and where; without registers, code and guesses, and without what is blank. */
static void test_excerpt(void)
{
	static const char *const texts[] = { "[    1.000000] all well",
					     "[    1.000001] WARNING: mm/memblock.c:1 at foo+0x1/0x2",
					     "[    1.000001] Modules linked in:",
					     "[    1.000001] RIP: 0010:foo+0x1/0x2",
					     "[    1.000001] RAX: 0000000000000000 RBX: 0",
					     "[    1.000001]  ? guess+0x1/0x2",
					     "",
					     "[    1.000001]  bar+0x1/0x2",
					     NULL };
	g_autoptr(GPtrArray) array = lines_of(texts);
	const ConsoleLines lines = console_lines_of(array);
	g_autoptr(GPtrArray) excerpt = console_excerpt(&lines, 0, lines.len, 10),
			     before = console_excerpt(&lines, 0, 1, 10);

	g_assert_cmpuint(excerpt->len, ==, 3);
	g_assert_cmpstr(excerpt->pdata[0], ==, texts[1]);
	g_assert_cmpstr(excerpt->pdata[1], ==, texts[3]);
	g_assert_cmpstr(excerpt->pdata[2], ==, texts[7]);
	g_assert_cmpuint(before->len, ==, 0);
}

/* Of a long one how it began, and how it ended: eight lines, the one between them included. */
static void test_long_excerpt(void)
{
	g_autoptr(GPtrArray) array = g_ptr_array_new_with_free_func(g_free), excerpt = NULL, just = NULL;
	ConsoleLines lines;

	g_ptr_array_add(array, g_strdup("Oops: 0000 [#1]"));
	for (guint i = 1; i < 100; i++)
		g_ptr_array_add(array, g_strdup_printf("line %u", i));
	lines = console_lines_of(array);
	excerpt = console_excerpt(&lines, 0, 100, 8);
	g_assert_cmpuint(excerpt->len, ==, 8);
	g_assert_cmpstr(excerpt->pdata[0], ==, "Oops: 0000 [#1]");
	g_assert_cmpstr(excerpt->pdata[5], ==, "line 5");
	g_assert_cmpstr(excerpt->pdata[6], ==, "(93 lines left out)");
	g_assert_cmpstr(excerpt->pdata[7], ==, "line 99");
	just = console_excerpt(&lines, 0, 8, 8);
	g_assert_cmpuint(just->len, ==, 8);
	g_assert_cmpstr(just->pdata[7], ==, "line 7");
}

/* A chain: the third kernel's own last line is no new kernel's, although the one before it lived longer. */
static void test_new_kernel(void)
{
	static const char *const texts[] = { "[    0.000000] Linux version 7.1.13",
					     "[    3.190000] kexec_core: Starting new kernel",
					     "[    0.000000] Linux version 7.1.13",
					     "[    2.000000] all well",
					     "[    2.090000] kexec_core: Starting new kernel",
					     "[    0.100000] a clock that begins anew",
					     NULL };
	g_autoptr(GPtrArray) array = lines_of(texts);
	ConsoleLines lines = console_lines_of(array);

	g_assert_cmpint(console_find_new_kernel(&lines, 1), ==, 2);
	g_assert_cmpint(console_find_new_kernel(&lines, 4), ==, 5);
	lines.len = 5;
	g_assert_cmpint(console_find_new_kernel(&lines, 4), ==, -1);
}

static void test_banner(void)
{
	static const struct {
		const char *line;
		bool banner;
	} lines[] = {
		{ "Linux version 7.1.13", true },
		{ "[    0.000000] Linux version 7.1.13", true },
		{ "[    0.000000][    T0] Linux version 7.1.13", true },
		/* behind the last word of a kernel that died within it */
		{ "[    1.500000] kho: pre[    0.000000] Linux version 7.1.13", true },
		{ "kho: pre[    0.000000][    T0] Linux version 7.1.13", true },
		/* somebody speaks of one */
		{ "[    2.500000] payload: Linux version 7.1.13", false },
		{ "before: Linux version 7.1.13", false },
		{ "[    2.500000] x [Linux version 7.1.13]", false },
		{ "", false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_test_message("%s", lines[i].line);
		g_assert_cmpint(console_is_banner(lines[i].line), ==, lines[i].banner);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/consoletext/clean", test_clean);
	g_test_add_func("/consoletext/stamps", test_stamps);
	g_test_add_func("/consoletext/excerpt", test_excerpt);
	g_test_add_func("/consoletext/long-excerpt", test_long_excerpt);
	g_test_add_func("/consoletext/new-kernel", test_new_kernel);
	g_test_add_func("/consoletext/banner", test_banner);
	return g_test_run();
}
