// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/count.h>
#include <run/marks.h>

/* Lines as nm(1) writes them; names that begin or end alike are among them. */
static const char map[] = "ffffffff81201000 t run_init_process\n"
			  "ffffffff814ba120 t kernel_init\n"
			  "ffffffff81a60000 D memblock_free_all\n"
			  "ffffffff81a80240 T x86_64_start_kernel\n"
			  "ffffffff81a80300 T __pfx_memmap_init_range\n"
			  "ffffffff81a9c8c0 T kho_memory_init\n"
			  "ffffffff81aa14d0 T memmap_init_range\n"
			  "ffffffff81aa20d0 T page_alloc_init_late\n"
			  "ffffffff81aa2820 T memblock_free_pages\n"
			  "ffffffff81aa91a0 T memblock_free_all\n"
			  "ffffffff81aa91f0 T memblock_free_all_of_it\n";

static guint64 address_of(const GArray *marks, const char *name)
{
	for (guint i = 0; i < marks->len; i++)
		if (g_str_equal(g_array_index(marks, VmMark, i).name, name))
			return g_array_index(marks, VmMark, i).address;
	return 0;
}

static void test_found(void)
{
	g_autofree char *missing = NULL;
	g_autoptr(GArray) marks = marks_find(map, &missing);

	g_assert_cmpstr(missing, ==, "");
	g_assert_cmpuint(marks->len, ==, 7);
	g_assert_cmphex(address_of(marks, COUNT_ENTRY), ==, 0xffffffff81a80240);
	g_assert_cmphex(address_of(marks, COUNT_MEMMAP), ==, 0xffffffff81aa14d0);
	g_assert_cmphex(address_of(marks, COUNT_FREE), ==, 0xffffffff81aa91a0);
	g_assert_cmphex(address_of(marks, COUNT_INIT), ==, 0xffffffff81201000);
	/* every mark waits for one that stands before it */
	for (guint i = 0; i < marks->len; i++) {
		const VmMark *mark = &g_array_index(marks, VmMark, i);
		bool known = i == 0;

		for (guint j = 0; j < i; j++)
			known |= g_strcmp0(g_array_index(marks, VmMark, j).name, mark->after) == 0;
		g_assert_true(known);
	}
}

static void test_missing(void)
{
	g_autofree char *some = NULL, *all = NULL;
	g_autoptr(GArray) marks = marks_find("ffffffff81a80240 T x86_64_start_kernel\n"
					     "ffffffff81aa91a0 T memblock_free_all\n",
					     &some);
	g_autoptr(GArray) none = marks_find("", &all);

	g_assert_cmpuint(marks->len, ==, 2);
	g_assert_nonnull(strstr(some, "memmap_init_range()"));
	g_assert_null(strstr(some, "memblock_free_all()"));
	g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/run/marks/found", test_found);
	g_test_add_func("/run/marks/missing", test_missing);
	return g_test_run();
}
