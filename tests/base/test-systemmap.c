// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/systemmap.h>

static const char map[] = "0000000000000000 A fixed_percpu_data\nffffffff81000000 T _text\n"
			  "ffffffff81000100 t first\nffffffff81000180 D data\nffffffff81000200 T last\n"
			  "no line of nm\nffffffff82000000 D twice\nffffffff82000100 T twice\n"
			  "ffffffff82000200 B last_of_all";

static void test_at(void)
{
	static const struct {
		guint64 address;
		const char *name;
	} cases[] = {
		{ 0xffffffff81000100, "first+0x0" },
		{ 0xffffffff810001ff, "first+0xff" },
		{ 0xffffffff81000210, "last+0x10" },
		{ 0x7c00, NULL }, /* firmware, and the kernel before it is at its own address */
		{ 0xffffffffa0000000, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = systemmap_at(map, cases[i].address);

		g_assert_cmpstr(name, ==, cases[i].name);
	}
	g_assert_null(systemmap_at("", 1));
}

static void test_find(void)
{
	g_assert_cmphex(systemmap_find(map, "data", NULL), ==, 0xffffffff81000180);
	g_assert_cmphex(systemmap_find(map, "data", SYSTEMMAP_CODE), ==, 0);
	g_assert_cmphex(systemmap_find(map, "twice", NULL), ==, 0xffffffff82000000);
	g_assert_cmphex(systemmap_find(map, "twice", SYSTEMMAP_CODE), ==, 0xffffffff82000100);
	/* names that begin or end alike, and a last line that is not ended */
	g_assert_cmphex(systemmap_find(map, "las", NULL), ==, 0);
	g_assert_cmphex(systemmap_find(map, "ast", NULL), ==, 0);
	g_assert_cmphex(systemmap_find(map, "last_of_all", "B"), ==, 0xffffffff82000200);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/systemmap/at", test_at);
	g_test_add_func("/systemmap/find", test_find);
	return g_test_run();
}
