// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kernels cost: unchanged inputs, a further series, and a cold build against
 * the kernel that the tree's own tools/testing/selftests/kho/vmtest.sh builds.
 *
 * Arguments: khotest, which of "warm", "switch", "cold", rounds, a folder of its own.
 */
#include "../e2e/tool.h"
#include "figures.h"

#include <base/files.h>

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define UNCHANGED_LIMIT_S 1.0
#define SWITCH_LIMIT_S 60.0
#define COLD_CPU_LIMIT 0.5

typedef struct {
	double wall;
	double cpu; /* of the child and all that it waited for */
	char *image;
} Cost;

static double children_cpu(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static Cost build(const char *series, const char *const *env)
{
	const char *const words[] = { "build", "--series", series, "-q", NULL };
	g_auto(SpawnResult) result = { 0 };
	gint64 began = g_get_monotonic_time();
	double cpu = children_cpu();
	Cost cost;

	tool_run(words, env, &result);
	g_assert_cmpint(result.status, ==, 0);
	cost.wall = (double)(g_get_monotonic_time() - began) / 1e6;
	cost.cpu = children_cpu() - cpu;
	cost.image = g_strdup(g_strstrip(result.out));
	return cost;
}

static guint64 rounds(void)
{
	return g_ascii_strtoull(tool_argument(1), NULL, 10);
}

static void bench_warm(void)
{
	g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));

	g_free(build("central", NULL).image);
	for (guint64 i = 0; i < rounds(); i++) {
		Cost cost = build("central", NULL);

		figure_add(samples, cost.wall);
		g_free(cost.image);
	}
	figure_check("kernel with unchanged inputs", " s", samples, UNCHANGED_LIMIT_S);
}

/* A copy of one of our series under a name that no build ever had: nothing of it is in the cache. */
static char *fresh_copy(const char *series, const char *folder)
{
	g_autofree char *name = g_strdup_printf("bench-%s-%08x", series, g_random_int());
	char *copy = g_build_filename(folder, name, NULL);
	g_autofree char *from = g_build_filename("patches", "7.1", series, NULL);
	const char *const argv[] = { "cp", "-R", from, copy, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_true(files_mkdirs(folder, &error));
	g_assert_true(spawn_check(argv, tool_argument(3), NULL, NULL, &error));
	return copy;
}

/* From unfixed to central and back: what a developer does all day. */
static void bench_switch(void)
{
	g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *first = fresh_copy("unfixed", tool_argument(2));

	/* not counted: everything that the two have in common */
	g_free(build(first, NULL).image);
	for (guint64 i = 0; i < rounds(); i++) {
		g_autofree char *series = fresh_copy(i % 2 ? "unfixed" : "central", tool_argument(2));
		Cost cost = build(series, NULL);

		g_test_message("round %" G_GUINT64_FORMAT ": %.1f s, %.1f s CPU", i + 1, cost.wall, cost.cpu);
		figure_add(samples, cost.wall);
		g_free(cost.image);
	}
	figure_check("kernel of a further series", " s", samples, SWITCH_LIMIT_S);
}

/*
 * CPU seconds of vmtest.sh in the tree that the kernel came from, for its kernel:
 * its machine is left out, by an emulator that does nothing (where /dev/kvm opens
 * but cannot run Linux, the real one would never end).
 */
static double vmtest_cpu(const char *tree, const char *folder)
{
	g_autofree char *no_emulator = g_build_filename(folder, "qemu-system-x86_64", NULL);
	g_autofree char *path = g_strdup_printf("PATH=%s:%s", folder, g_getenv("PATH"));
	const char *const env[] = { path, NULL };
	g_autofree char *script = g_build_filename(tree, "tools/testing/selftests/kho/vmtest.sh", NULL);
	g_autofree char *output = g_build_filename(folder, "vmtest", NULL);
	const char *const argv[] = { "bash", script, "-d", output, NULL };
	SpawnSpec spec = { .argv = argv, .env = env, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	double cpu = children_cpu();
	g_autoptr(GError) error = NULL;
	g_autofree char *image = g_build_filename(output, "arch/x86/boot/bzImage", NULL);

	g_assert_cmpint(symlink("/bin/true", no_emulator), ==, 0);
	g_assert_true(spawn_run(&spec, &result, &error));
	/* the script then finds no output of its machine, and fails; the kernel is what counts */
	g_assert_true(g_file_test(image, G_FILE_TEST_EXISTS));
	return children_cpu() - cpu;
}

static void bench_cold(void)
{
	g_autoptr(GArray) ratios = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *sources = g_build_filename(g_get_user_cache_dir(), "khotest", "sources", NULL);
	g_autofree char *sources_env = g_strdup_printf("KHOTEST_SOURCES=%s", sources);

	for (guint64 i = 0; i < rounds(); i++) {
		g_autofree char *folder = g_strdup_printf("%s/cold-%08x", tool_argument(2), g_random_int());
		g_autofree char *cache_env = g_strdup_printf("XDG_CACHE_HOME=%s", folder);
		g_autofree char *tree = g_build_filename(folder, "khotest", "trees", "7.1", NULL);
		const char *const env[] = { cache_env, sources_env, NULL };
		g_autoptr(GError) error = NULL;
		Cost cost;
		double other;

		g_assert_true(files_mkdirs(folder, &error));
		cost = build("stock", env);
		other = vmtest_cpu(tree, folder);
		g_test_message("round %" G_GUINT64_FORMAT
			       ": khotest build %.0f s CPU (%.0f s wall), vmtest.sh %.0f s CPU",
			       i + 1, cost.cpu, cost.wall, other);
		figure_add(ratios, cost.cpu / other);
		g_free(cost.image);
		g_assert_true(files_remove_tree(folder, &error));
	}
	figure_check("CPU time from tarball to kernel / vmtest.sh of the same tree", "", ratios, COLD_CPU_LIMIT);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*func)(void);
	} benches[] = { { "warm", bench_warm }, { "switch", bench_switch }, { "cold", bench_cold } };

	tool_init(&argc, &argv);
	for (gsize i = 0; i < G_N_ELEMENTS(benches); i++) {
		g_autofree char *path = g_strdup_printf("/bench/build/%s", benches[i].name);

		if (strcmp(tool_argument(0), benches[i].name) == 0)
			g_test_add_func(path, benches[i].func);
	}
	return g_test_run();
}
