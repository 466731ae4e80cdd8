// SPDX-License-Identifier: GPL-2.0-or-later
/* What scratch is called on the command line of kernels before and after it became bootmem. */
#include "scratchword.h"

static void test_settle(void)
{
	static const struct {
		const char *words;
		bool bootmem;
		const char *expected;
	} cases[] = {
		{ "kho_scratch=64M,256M,128M a=b", true, "kho_bootmem=64M,256M,128M a=b" },
		{ "a=b kho_bootmem=50%", false, "a=b kho_scratch=50%" },
		{ "kho_scratch=50%", false, "kho_scratch=50%" },
		{ "kho_bootmem=50%", true, "kho_bootmem=50%" },
		{ "my.kho_scratch=1 kho_scratchy=2  x", true, "my.kho_scratch=1 kho_scratchy=2  x" },
		{ NULL, true, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *settled = scratchword_settle(cases[i].words, cases[i].bootmem);

		g_assert_cmpstr(settled, ==, cases[i].expected);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scratchword/settle", test_settle);
	return g_test_run();
}
