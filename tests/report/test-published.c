// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/published.h>

#include <math.h>

static const Published *find(double pages, double ns)
{
	guint n;
	const Published *all = published_all(&n);

	for (guint i = 0; i < n; i++)
		if (fabs(all[i].pages - pages) < 1 && fabs(all[i].ns - ns) < 1)
			return &all[i];
	return NULL;
}

/* Worked out by hand from what the sources say. */
static void test_arithmetic(void)
{
	const Published *zone = find(89391104, 2001575000), *first = find(26214400, 1486e6);
	const Published *again = find(26214400, 273520000);

	g_assert_nonnull(zone);
	g_assert_nonnull(first);
	g_assert_nonnull(again);
	g_assert_cmpfloat_with_epsilon(published_per_page(zone), 22.391, 0.001);
	g_assert_cmpfloat_with_epsilon(published_per_page(first), 56.686, 0.001);
	g_assert_cmpfloat_with_epsilon(published_per_page(again), 10.434, 0.001);
}

/* A figure without a source or a machine is none; a struct page takes neither a cycle nor a microsecond. */
static void test_all(void)
{
	guint n;
	const Published *all = published_all(&n);

	g_assert_cmpuint(n, >, 0);
	for (guint i = 0; i < n; i++) {
		g_assert_true(*all[i].what && *all[i].machine && *all[i].source);
		g_assert_cmpfloat(published_per_page(&all[i]), >, 1);
		g_assert_cmpfloat(published_per_page(&all[i]), <, 1000);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/published/arithmetic", test_arithmetic);
	g_test_add_func("/published/all", test_all);
	return g_test_run();
}
