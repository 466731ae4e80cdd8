// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much processor time the site of many nights takes, which on an idle host is as much as it takes: made-up nights
 * of the size of those of plans/nightly.plan, with a slow-down in the middle, of which nothing is there yet, and again
 * with all of it there.
 *
 * Arguments: khotest, number of nights, seconds that the first may take, folder for the nights.
 */
#include "../e2e/tool.h"
#include "../nights.h"

#include <base/files.h>

#include <sys/resource.h>

#define CHECKS 60u
#define COUNTED 14u
#define TIMED 6u
#define REPEATS 5u

static GRand *noise;

/* Every metric of that clock, with so many values about a level. */
static char *figures_of(bool counted, double level, guint repeats)
{
	guint n;
	const Metric *metrics = metrics_all(&n);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		if (!metrics[i].clock || figure_is_counted(metrics[i].figure) != counted ||
		    (!counted && g_strcmp0(metrics[i].unit, "ns") != 0) ||
		    metrics[i].selector->kernels == FIGURE_OF_LATER)
			continue;
		g_string_append_printf(out, "%s\"%s\": [", out->len ? ", " : "", metrics[i].id);
		for (guint r = 0; r < repeats; r++)
			g_string_append_printf(out, "%s%.0f", r ? ", " : "",
					       counted ? level : level * g_rand_double_range(noise, 0.99, 1.02));
		g_string_append_c(out, ']');
	}
	return g_string_free(out, FALSE);
}

static void add(GArray *cells, GPtrArray *texts, const char *what, guint i, char *figures)
{
	TestCell cell = TEST_PASS(g_strdup_printf("%s/7.1/series-%u/8G/1n/2p", what, i), figures);

	cell.key = "QEMU 7.2.22, and some more words so that the key is as long as the real one is, with a command "
		   "line, a "
		   "configuration, a compiler and a host: console=ttyS0 kho=on dhash_entries=1 ihash_entries=1 "
		   "swiotlb=noforce";
	g_ptr_array_add(texts, (char *)cell.name);
	g_ptr_array_add(texts, figures);
	g_array_append_val(cells, cell);
}

static void write_night(const char *parent, guint number, guint of)
{
	g_autoptr(GArray) cells = g_array_new(TRUE, TRUE, sizeof(TestCell));
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDateTime) first = g_date_time_new_utc(2026, 1, 1, 1, 0, 0),
			     date = g_date_time_add_days(first, (int)number);
	g_autofree char *id = g_date_time_format(date, "%Y-%m-%d"), *path = g_build_filename(parent, id, NULL);
	g_autofree char *commit = g_strdup_printf("%040x", number), *facts = NULL, *summary = NULL;
	double level = number < of / 2 ? 1e9 : 1.03e9;
	g_autoptr(Night) night = NULL;

	for (guint i = 0; i < CHECKS; i++)
		add(cells, texts, "check", i, NULL);
	for (guint i = 0; i < COUNTED; i++)
		add(cells, texts, "cost", i, figures_of(true, level / 10 * (i + 1), 1));
	for (guint i = 0; i < TIMED; i++)
		add(cells, texts, "timing", i, figures_of(false, level * (i + 1), REPEATS));
	night = test_night(id, number ? "before" : NULL, commit, (const TestCell *)(gpointer)cells->data);
	facts = nightfacts_to_json(night->facts);
	summary = night_to_summary(night, "made up");
	g_assert_true(files_mkdirs(path, NULL));
	g_assert_true(night_write(path, NIGHT_FACTS, facts, NULL) && night_write(path, NIGHT_SUMMARY, summary, NULL));
}

static double children_s(void)
{
	struct rusage use;

	g_assert_cmpint(getrusage(RUSAGE_CHILDREN, &use), ==, 0);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static double site(const char *parent, const char *folder)
{
	const char *const words[] = { "site", "-o", parent, folder, NULL };
	double before = children_s();
	g_auto(SpawnResult) run = { 0 };

	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 0);
	return children_s() - before;
}

static void test_site(void)
{
	guint nights = (guint)g_ascii_strtoull(tool_argument(0), NULL, 10);
	double most = g_ascii_strtod(tool_argument(1), NULL), first, again;
	g_autofree char *parent = g_build_filename(tool_argument(2), "nights", NULL);
	g_autofree char *folder = g_build_filename(tool_argument(2), "site", NULL);

	g_assert_true(files_remove_tree(tool_argument(2), NULL));
	noise = g_rand_new_with_seed(100);
	for (guint i = 0; i < nights; i++)
		write_night(parent, i, nights);
	g_rand_free(noise);
	first = site(parent, folder);
	again = site(parent, folder);
	g_test_message("site of %u nights: %.2f s; again: %.2f s", nights, first, again);
	g_assert_cmpfloat(first, <, most);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/site/nights", test_site);
	return g_test_run();
}
