// SPDX-License-Identifier: GPL-2.0-or-later
/* The pages of the site: well-formed, each link leads to a page that there is, and nothing of a guest's is markup. */
#include "../nights.h"
#include "page.h"

#include <page/night.h>

#include <string.h>

#define NIGHTS 12

static const GPtrArray *verdicts;
static GPtrArray *trends;

static void make_nights(void)
{
	g_autoptr(GPtrArray) nights = g_ptr_array_new();

	for (guint i = 0; i < NIGHTS; i++) {
		g_autofree char *id = g_strdup_printf("2026-11-%02u", i + 1), *counts = NULL, *times = NULL;
		g_autofree char *commit = g_strdup_printf("commit%u", i);
		double level = i < 6 ? 1e9 : 1.1e9;
		TestCell cells[] = {
			TEST_PASS("count", NULL),
			TEST_PASS("time", NULL),
			TEST_FAIL("hostile", "guest-panic", "\x1b[2J<script>alert(1)</script>&amp;\"'"),
			{ .name = NULL },
		};

		counts = g_strdup_printf("\"insn2.to_init\": [%u]", i < 6 ? 1000000 : 1031000);
		times = g_strdup_printf("\"init2\": [%.0f, %.0f, %.0f]", level, level * (1.001 + 0.0001 * i),
					level * 0.998);
		cells[0].figures = counts;
		cells[1].figures = times;
		g_ptr_array_add(nights, test_night(id, i ? "commit" : NULL, commit, cells));
	}
	verdicts = nightverdicts_of(nights);
	trends = g_ptr_array_new();
	for (gsize m = 0; m < 2; m++)
		g_ptr_array_add(trends, nighttrends_of(verdicts, metric_find(m ? "init2" : "insn2.to_init")));
}

static bool is_a_page(const char *link)
{
	if (*link == '#' || strcmp(link, NIGHTPAGE_INDEX) == 0)
		return true;
	for (guint i = 0; i < verdicts->len; i++) {
		g_autofree char *name = nightpage_of_night(((NightVerdict *)verdicts->pdata[i])->night->facts->id);

		if (strcmp(link, name) == 0)
			return true;
	}
	return strcmp(link, "trend-init2.html") == 0 || strcmp(link, "trend-insn2.to_init.html") == 0 ||
	       g_str_has_prefix(link, "runs/");
}

static Page *parse(const char *html)
{
	Page *page = page_parse(html);
	GHashTableIter iter;
	gpointer link;

	g_hash_table_iter_init(&iter, page->links);
	while (g_hash_table_iter_next(&iter, &link, NULL))
		g_assert_true(is_a_page(link));
	g_assert_cmpuint(page->twice, ==, 0);
	g_assert_cmpuint(page->scripts, ==, 1);
	return page;
}

static void test_index(void)
{
	g_autofree char *html = html_of_nights(verdicts, trends);
	g_autoptr(Page) page = parse(html);

	for (guint i = 1; i <= NIGHTS; i++) {
		g_autofree char *id = g_strdup_printf("2026-11-%02u", i);

		g_assert_nonnull(strstr(page->text->str, id));
	}
	g_assert_nonnull(strstr(page->text->str, "+3.1%, 2026-11-07"));
	g_assert_null(strstr(html, "<script>alert"));
}

static void test_empty(void)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	g_autofree char *html = html_of_nights(none, none);
	g_autoptr(Page) page = page_parse(html);

	g_assert_nonnull(strstr(page->text->str, "no night yet"));
}

static void test_night_page(void)
{
	g_autofree char *html = html_of_night(verdicts->pdata[7], NULL, "2026-11-07", "2026-11-09");
	g_autoptr(Page) page = parse(html);

	g_assert_null(strstr(html, "<script>alert"));
	g_assert_null(strchr(html, '\x1b'));
	g_assert_nonnull(strstr(page->text->str, "<script>alert(1)</script>"));
	g_assert_nonnull(strstr(page->text->str, "expected PASS"));
}

/* The page of the last of three nights; the second did not run the cell, and the third had that emulator. */
static char *third_night(const char *emulator)
{
	TestCell first[] = { TEST_PASS("count", "\"insn2.to_init\": [1000000]"), { .name = NULL } };
	TestCell second[] = { TEST_PASS("other", NULL), { .name = NULL } };
	TestCell third[] = { TEST_PASS("count", "\"insn2.to_init\": [1005000]"), { .name = NULL } };
	Night *nights[3];

	third[0].key = emulator;
	nights[0] = test_night("2026-11-01", NULL, "c1", first);
	nights[1] = test_night("2026-11-02", "c1", "c2", second);
	nights[2] = test_night("2026-11-03", "c2", "c3", third);
	return html_of_night(test_judge(nights, 3), NULL, NULL, NULL);
}

/* What a figure is shown against is what it was judged against: the last good night that had it, or nothing. */
static void test_held_against(void)
{
	g_autofree char *same = third_night(NULL), *other = third_night("QEMU 9.0");

	g_assert_nonnull(strstr(same, "title=\"2026-11-01\">+0.50%</td>"));
	g_assert_nonnull(strstr(other, "figures are not compared"));
	g_assert_null(strstr(other, "%</td>"));
}

static void test_trend_page(void)
{
	for (guint i = 0; i < trends->len; i++) {
		g_autofree char *html = html_of_nighttrends(trends->pdata[i]);
		g_autoptr(Page) page = parse(html);

		/* a change between the sixth night and the seventh, by counts and by times */
		g_assert_nonnull(strstr(page->text->str, i ? "+10." : "+3.10%"));
		g_assert_true(g_hash_table_contains(page->links, "night-2026-11-07.html"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	make_nights();
	g_test_add_func("/night-page/index", test_index);
	g_test_add_func("/night-page/empty", test_empty);
	g_test_add_func("/night-page/night", test_night_page);
	g_test_add_func("/night-page/held-against", test_held_against);
	g_test_add_func("/night-page/trend", test_trend_page);
	return g_test_run();
}
