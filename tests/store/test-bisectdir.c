// SPDX-License-Identifier: GPL-2.0-or-later
/* The directory of a bisection: what was tried is known to who goes on with it. */
#include <base/files.h>
#include <store/bisectdir.h>

#include <string.h>

static void note(BisectDir *dir, const char *at, BisectKind kind)
{
	g_autoptr(BisectStep) step = bisectstep_new(at);

	step->kind = kind;
	g_assert_true(bisectdir_note(dir, step, NULL));
}

/* Zeros after a power failure, where a block did not come to the disk: what is noted behind them is not done again. */
static void test_zeros(void)
{
	static const char *const asked[] = { "khotest", "bisect", NULL };
	g_autofree char *folder = g_dir_make_tmp("khotest-bisectdir-XXXXXX", NULL), *text = NULL;
	g_autofree char *path = g_build_filename(folder, "one", NULL);
	g_autoptr(BisectDir) dir = bisectdir_create(path, asked, "v0", "v9", NULL), again = NULL;
	g_autofree char *file = bisectdir_file(dir, BISECT_STEPS);
	g_autoptr(GPtrArray) steps = NULL;
	guint damaged;
	gsize length;

	note(dir, "v3", BISECT_GOOD);
	g_clear_pointer(&dir, bisectdir_free);
	g_assert_true(g_file_get_contents(file, &text, &length, NULL));
	text = g_realloc(text, length + 100);
	memset(text + length, 0, 100);
	g_assert_true(files_write(file, text, length + 100, NULL));
	again = bisectdir_open(path, true, NULL);
	note(again, "v6", BISECT_BAD);
	steps = bisectdir_steps(again, &damaged);
	g_assert_cmpuint(damaged, ==, 0);
	g_assert_cmpuint(steps->len, ==, 2);
	g_assert_cmpstr(((const BisectStep *)steps->pdata[1])->at, ==, "v6");
	g_assert_true(files_remove_tree(folder, NULL));
}

/* A line that is not as it was written: its place is tried again, and that is counted. */
static void test_damaged(void)
{
	guint damaged;
	g_autoptr(GPtrArray) steps = bisectsteps_parse("{\"at\":\"v3\",\"kind\":\"good\"}\n"
						       "{\"at\":\"v6\",\"kind\":\"bad\",\"seal\":\"00000000\"}\n",
						       &damaged);

	g_assert_cmpuint(steps->len, ==, 1);
	g_assert_cmpuint(damaged, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bisectdir/zeros", test_zeros);
	g_test_add_func("/bisectdir/damaged", test_damaged);
	return g_test_run();
}
