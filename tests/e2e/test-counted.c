// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counted instructions: the same in every run of the same machine, and not the
 * same in another. Repeated handovers do the work of the first.
 *
 * Arguments: khotest, folder for run directories.
 */
#include "tool.h"

#include <base/files.h>

#include <string.h>
#include <unistd.h>

static JsonObject *counted_run(const char *profile, const char *hops, const char *append)
{
	const char *words[] = { "run",
				"--series",
				"central",
				"--profile",
				profile,
				"-m",
				"1G",
				"--mode",
				"counted",
				"--hops",
				hops,
				"--format",
				"json",
				"-q",
				"-o",
				tool_argument(0),
				append ? "-a" : NULL,
				append,
				NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;

	tool_run(words, NULL, &run);
	if (run.status != 0)
		g_test_message("%s%s", run.out, run.err);
	g_assert_cmpint(run.status, ==, 0);
	result = tool_json(&run);
	g_assert_cmpstr(json_get_string(json_get_object(result, "guest"), "mode"), ==, "counted");
	return g_steal_pointer(&result);
}

static JsonObject *instructions(JsonObject *result, guint hop)
{
	return json_get_object(json_array_get_object_element(json_get_array(result, "hops"), hop), "instructions");
}

/* The same kernel on the same machine: the same in each phase of each of the kernels, to the instruction. */
static void assert_same(JsonObject *one, JsonObject *two, guint hops)
{
	static const char *const phases[] = { "to_init", "memmap", "kho", "reserved", "freeing", "late" };

	for (guint hop = 0; hop < hops; hop++) {
		gint64 sum = 0;

		for (gsize i = 0; i < G_N_ELEMENTS(phases); i++) {
			gint64 count = json_get_int(instructions(one, hop), phases[i]);

			g_assert_cmpint(count, >, 0);
			g_assert_cmpint(count, ==, json_get_int(instructions(two, hop), phases[i]));
			sum += i ? count : 0;
		}
		/* phases do not overlap, and lie on the way to /init */
		g_assert_cmpint(sum, <, json_get_int(instructions(one, hop), "to_init"));
	}
}

static void test_same(void)
{
	g_autoptr(JsonObject) first = counted_run("check", "2", NULL);
	g_autoptr(JsonObject) second = counted_run("check", "2", NULL);
	g_autoptr(JsonObject) other = counted_run("check", "2", "loglevel=8 kho_scratch=32M,64M,64M");

	assert_same(first, second, 2);
	for (guint hop = 0; hop < 2; hop++)
		g_assert_cmpint(json_get_int(instructions(first, hop), "to_init"), !=,
				json_get_int(instructions(other, hop), "to_init"));
}

/* How far a kernel's count of a phase is from another kernel's, as a part of the other's. */
static double distance(JsonObject *kernel, JsonObject *other, const char *phase)
{
	double count = (double)json_get_int(other, phase);

	return ABS((double)json_get_int(kernel, phase) - count) / count;
}

/*
 * Later kernels do the work of the second, and not of the first. Where the sizes of memory and of scratch alone decide,
 * to the digit. Elsewhere nearly: a kernel that booted cold saves its two pages for the next one in another place than
 * one that was handed over to, and then _find_next_bit() looks at a word more or less, and free memory between such
 * pages is cut into other blocks. In profile check later kernels would do other work: lib/test_kho.c saves in one
 * kernel and restores in the next.
 */
static void test_later(void)
{
	static const char *const placed[] = { "kho", "reserved", "freeing" };
	g_autoptr(JsonObject) result = counted_run("timing", "4", NULL);
	g_autoptr(JsonObject) again = counted_run("timing", "4", NULL);
	JsonObject *first = instructions(result, 0), *second = instructions(result, 1);

	assert_same(result, again, 4);
	for (guint hop = 2; hop < 4; hop++) {
		JsonObject *later = instructions(result, hop);

		g_assert_cmpint(json_get_int(later, "memmap"), ==, json_get_int(second, "memmap"));
		g_assert_cmpint(json_get_int(later, "memmap"), !=, json_get_int(first, "memmap"));
		for (gsize i = 0; i < G_N_ELEMENTS(placed); i++) {
			g_assert_cmpfloat(distance(later, second, placed[i]), <, 0.01);
			g_assert_cmpfloat(distance(later, first, placed[i]), >, 0.02);
		}
		g_assert_cmpfloat(distance(later, second, "to_init"), <, 1e-4);
	}
}

/* The folder of the kernel that the other tests run: bzImage, config, meta.json, System.map. Caller frees. */
static char *kernel_folder(void)
{
	static const char *const words[] = { "build", "--series", "central", "--profile", "check", NULL };
	g_auto(SpawnResult) run = { 0 };

	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 0);
	return g_path_get_dirname(g_strstrip(run.out));
}

/* A cache with nothing but that kernel, whose System.map has the first mark where nothing is. Caller frees. */
static char *cache_with_wrong_map(void)
{
	g_autofree char *folder = kernel_folder();
	g_autofree char *key = g_path_get_basename(folder);
	g_autoptr(GError) error = NULL;
	char *cache = g_dir_make_tmp("counted-XXXXXX", &error);
	g_autofree char *copy = g_build_filename(cache, "khotest", "kernels", key, NULL);
	g_autofree char *map = g_build_filename(folder, "System.map", NULL);
	g_autofree char *moved = g_build_filename(copy, "System.map", NULL);
	g_autofree char *text = NULL;
	char *name;

	files_mkdirs(copy, &error);
	g_assert_no_error(error);
	for (const char *const *file = (const char *const[]){ "bzImage", "config", "meta.json", NULL }; *file; file++) {
		g_autofree char *from = g_build_filename(folder, *file, NULL);
		g_autofree char *to = g_build_filename(copy, *file, NULL);

		g_assert_cmpint(symlink(from, to), ==, 0);
	}
	g_file_get_contents(map, &text, NULL, &error);
	g_assert_no_error(error);
	name = strstr(text, " T x86_64_start_kernel\n");
	g_assert_nonnull(name);
	memcpy(name - 16, "ffffffffffffff00", 16);
	g_file_set_contents(moved, text, -1, &error);
	g_assert_no_error(error);
	return cache;
}

/* A kernel that came up and was not counted is no kernel's fault, and no figure either. */
static void test_not_counted(void)
{
	g_autofree char *cache = cache_with_wrong_map();
	g_autofree char *home = g_strdup_printf("XDG_CACHE_HOME=%s", cache);
	const char *const env[] = { home, NULL };
	const char *const words[] = { "run",	 "--series", "central",	       "-m", "1G", "--mode",
				      "counted", "-o",	     tool_argument(0), NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(GError) error = NULL;

	tool_run(words, env, &run);
	g_assert_cmpint(run.status, ==, 99);
	g_assert_true(g_str_has_prefix(run.out, "ERROR"));
	g_assert_nonnull(strstr(run.out, "nothing was counted"));
	files_remove_tree(cache, &error);
	g_assert_no_error(error);
}

static void test_refused(void)
{
	static const char *const cpus[] = { "run", "--mode", "counted", "-p", "2", "--dry-run", NULL };
	static const char *const mode[] = { "run", "--mode", "fast", "--dry-run", NULL };
	static const char *const kvm[] = { "run", "--mode", "counted", "--accel", "kvm", "--dry-run", NULL };
	static const struct {
		const char *const *words;
		const char *says;
	} cases[] = { { cpus, "-p 1" }, { mode, "wall and counted" }, { kvm, "--accel kvm" } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(SpawnResult) run = { 0 };

		tool_run(cases[i].words, NULL, &run);
		g_assert_cmpint(run.status, ==, 99);
		g_assert_nonnull(strstr(run.err, cases[i].says));
	}
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/e2e/counted/refused", test_refused);
	g_test_add_func("/e2e/counted/same", test_same);
	g_test_add_func("/e2e/counted/later", test_later);
	g_test_add_func("/e2e/counted/not-counted", test_not_counted);
	return g_test_run();
}
