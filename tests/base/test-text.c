// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/text.h>

#include <string.h>

#define INSTEAD "\xef\xbf\xbd" /* U+FFFD */

static void test_clean(void)
{
	static const char *const cases[][2] = {
		{ "plain, \t and\nlines", "plain, \t and\nlines" },
		{ "\x1b[31mred\x1b]0;title\x07", INSTEAD "[31mred" INSTEAD "]0;title" INSTEAD },
		{ "a\rb\x7f\x08", "a" INSTEAD "b" INSTEAD INSTEAD },
		{ "\xc2\x9b"
		  "31m",
		  INSTEAD "31m" }, /* CSI as one character of C1 */
		{ "\xff\xfe", INSTEAD INSTEAD },
		{ "\xef\xbf\xbf", INSTEAD },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *clean = text_clean(cases[i][0]);

		g_assert_cmpstr(clean, ==, cases[i][1]);
	}
	g_free(text_clean(NULL));
}

static void test_markup(void)
{
	g_autofree char *markup = text_markup("<b a='1'>&\x1b\x01</b>");

	g_assert_cmpstr(markup, ==, "&lt;b a=&apos;1&apos;&gt;&amp;" INSTEAD INSTEAD "&lt;/b&gt;");
}

/* Nothing of a guest's is a mark, or a line of its own; intervals keep their brackets. */
static void test_markdown(void)
{
	static const char *const cases[][2] = {
		{ "kho_memory_init", "kho\\_memory\\_init" },
		{ "-22.9% [-25.0%, -20.1%] (exact)", "-22.9% [-25.0%, -20.1%] (exact)" },
		{ "a\n# b\tc", "a \\# b c" },
		{ "[x](http://y) [z]", "\\[x\\](http://y) \\[z\\]" },
		{ "![x][y]", "!\\[x\\]\\[y\\]" },
		{ "[x]: http://y", "\\[x\\]: http://y" },
		{ "<b> **c** `d` | ~e~ \\", "\\<b\\> \\*\\*c\\*\\* \\`d\\` \\| \\~e\\~ \\\\" },
		{ "\x1b", INSTEAD },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *markdown = text_markdown(cases[i][0]);

		g_assert_cmpstr(markdown, ==, cases[i][1]);
	}
}

static void test_fence(void)
{
	g_autofree char *none = text_fence("a"), *three = text_fence("a\n```\n`b`"), *end = text_fence("`````");

	g_assert_cmpstr(none, ==, "```");
	g_assert_cmpstr(three, ==, "````");
	g_assert_cmpstr(end, ==, "``````");
}

/* What is no UTF-8 leaves the document one that others can read. */
static void test_json(void)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	const char *const list[] = { "\xff", "\x1b", NULL };
	g_autofree char *text = NULL;
	g_autoptr(JsonObject) back = NULL;

	json_builder_begin_object(b);
	json_put_string(b, "one", "a\xff");
	json_put_strings(b, "more", list);
	json_builder_end_object(b);
	text = json_text(b, false);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	back = json_parse_object(text, -1, "text", NULL);
	g_assert_cmpstr(json_get_string(back, "one"), ==, "a" INSTEAD);
}

/* A shell reads every word as what it was. */
static void test_shell(void)
{
	static const char *const words[] = { "",    "plain", "init.later>1%", "a;b",	 "a|b",	 "a&b",
					     "x<y", "(",     "`id`",	      "*.patch", "a?",	 "#1",
					     "~/x", "a\tb",  "it's",	      "$HOME",	 "a\nb", "stock;central" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *quoted = text_shell(words[i]), *line = g_strdup_printf("printf %%s x%s", quoted);
		const char *argv[] = { "sh", "-c", line, NULL };
		g_autofree char *said = NULL;

		g_assert_true(g_spawn_sync("/", (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &said, NULL, NULL,
					   NULL));
		g_assert_cmpstr(said + 1, ==, words[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/shell", test_shell);
	g_test_add_func("/text/clean", test_clean);
	g_test_add_func("/text/markup", test_markup);
	g_test_add_func("/text/json", test_json);
	g_test_add_func("/text/markdown", test_markdown);
	g_test_add_func("/text/fence", test_fence);
	return g_test_run();
}
