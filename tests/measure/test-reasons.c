// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The one table of reasons: a unit test gives each of them.
 */
#include <measure/reason.h>

#include <stdbool.h>
#include <string.h>

static char *read_text(const char *path)
{
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

/* Whether a line asks for it, and not for its absence. */
static bool is_asked_for(char **lines, const char *id)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", id);

	for (char **line = lines; *line; line++)
		if (strstr(*line, quoted) && !strstr(*line, "assert_null"))
			return true;
	return false;
}

static void test_given(void)
{
	static const char *const tests[] = { "verdict", "end", "blocks", "payload", "endurance", "harm" };
	guint n;
	const KnownReason *reasons = reasons_all(&n);

	for (guint i = 0; i < n; i++) {
		bool given = false;

		for (gsize t = 0; t < G_N_ELEMENTS(tests); t++) {
			g_autofree char *path = g_strdup_printf(ROOT "/tests/measure/test-%s.c", tests[t]);
			g_autofree char *text = read_text(path);
			g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

			given |= is_asked_for(lines, reasons[i].id);
		}
		if (!given)
			g_error("no test in tests/measure gives the reason %s", reasons[i].id);
	}
}

static void test_table(void)
{
	guint n;
	const KnownReason *reasons = reasons_all(&n);

	/* each id once, and no verdict of PASS has a reason */
	for (guint i = 0; i < n; i++) {
		g_assert_true(reason_find(reasons[i].id) == &reasons[i]);
		g_assert_cmpint(reasons[i].kind, !=, VERDICT_PASS);
		g_assert_null(strpbrk(reasons[i].meaning, "|\n"));
		/* what the host did is never the guest's FAIL */
		g_assert_false(reasons[i].of == OF_HOST && reasons[i].kind == VERDICT_FAIL);
	}
	g_assert_null(reason_find("guest-panics"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reasons/table", test_table);
	g_test_add_func("/reasons/given", test_given);
	return g_test_run();
}
