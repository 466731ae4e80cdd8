// SPDX-License-Identifier: GPL-2.0-or-later
/* How fast a host is known to be: learned from runs, kept for each accelerator, and nothing of it believed blindly. */
#include <base/files.h>
#include <run/pace.h>

#include <glib/gstdio.h>

#define GIB (G_GUINT64_CONSTANT(1) << 30)

static const Machine small = { .memory_bytes = GIB, .cpus = 2 };

static char *folder_new(void)
{
	return g_dir_make_tmp("khotest-pace-XXXXXX", NULL);
}

static void folder_end(char *folder)
{
	files_remove_tree(folder, NULL);
	g_free(folder);
}

static void learn(const char *cache, double factor)
{
	pace_learn(cache, "tcg", &small, (gint64)(factor * (double)pace_boot_ns(&small)));
}

static void test_learn(void)
{
	char *cache = folder_new();
	Pace pace = pace_read(cache, "tcg");

	g_assert_cmpuint(pace.runs, ==, 0);
	g_assert_cmpfloat(pace.factor, ==, 1.0);
	/* the middle of them: one bad moment is no slow host */
	learn(cache, 2.0);
	learn(cache, 40.0);
	learn(cache, 2.5);
	pace = pace_read(cache, "tcg");
	g_assert_cmpuint(pace.runs, ==, 3);
	g_assert_cmpfloat_with_epsilon(pace.factor, 2.5, 0.001);
	/* another accelerator is another host */
	g_assert_cmpuint(pace_read(cache, "kvm").runs, ==, 0);
	/* the latest count */
	for (guint i = 0; i < PACE_KEPT; i++)
		learn(cache, 0.7);
	pace = pace_read(cache, "tcg");
	g_assert_cmpuint(pace.runs, ==, PACE_KEPT);
	g_assert_cmpfloat_with_epsilon(pace.factor, 0.7, 0.001);
	/* what no host can be is not kept */
	learn(cache, 1000);
	learn(cache, 0);
	pace_learn(cache, "tcg", &small, -1);
	g_assert_cmpfloat_with_epsilon(pace_read(cache, "tcg").factor, 0.7, 0.001);
	folder_end(cache);
}

static void test_damaged(void)
{
	static const char *const texts[] = { "", "[]", "{\"tcg\": 3}", "{\"tcg\": [[1], {}, \"x\", null, -5, 1e300]}",
					     "{\"tcg\": [99999999999]}" };
	char *cache = folder_new();
	g_autofree char *path = g_build_filename(cache, "pace.json", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
		g_assert_cmpuint(pace_read(cache, "tcg").runs, ==, 0);
		g_assert_cmpfloat(pace_read(cache, "tcg").factor, ==, 1.0);
	}
	/* and is written anew */
	learn(cache, 3.0);
	g_assert_cmpuint(pace_read(cache, "tcg").runs, ==, 1);
	g_assert_cmpuint(pace_read("/nonexistent", "tcg").runs, ==, 0);
	folder_end(cache);
}

static void test_scale(void)
{
	const Machine large = { .memory_bytes = 100 * GIB, .cpus = 2 };

	g_assert_cmpint(pace_scale(1000, 1.0), ==, 1000);
	g_assert_cmpint(pace_scale(1000, 8.0), ==, 8000);
	/* a fast host has bad moments too */
	g_assert_cmpint(pace_scale(1000, 0.05), ==, 500);
	g_assert_cmpint(pace_step_ns(&large, STEP_BOOT, 1.0), >, pace_step_ns(&small, STEP_BOOT, 1.0));
	g_assert_cmpint(pace_step_ns(&small, STEP_BOOT, 4.0), ==, 4 * pace_step_ns(&small, STEP_BOOT, 1.0));
	g_assert_cmpint(pace_step_ns(&small, STEP_OVER, 1.0), ==, 0);
	for (StepKind step = STEP_BOOT; step < STEP_OVER; step++)
		g_assert_cmpint(pace_step_ns(&small, step, 0.01), >, pace_boot_ns(&small));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pace/learn", test_learn);
	g_test_add_func("/pace/damaged", test_damaged);
	g_test_add_func("/pace/scale", test_scale);
	return g_test_run();
}
