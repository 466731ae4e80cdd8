// SPDX-License-Identifier: GPL-2.0-or-later
/* --dry-run says all that a run would do, and refuses what the run would refuse; results stay out of a tree under test.
 */
#include "tool.h"

#include <base/files.h>

#include <string.h>
#include <unistd.h>

typedef struct {
	char *path; /* with a folder linux/ that is a repository, and looks like a kernel's source */
} Place;

static void set_up(Place *place, gconstpointer data)
{
	static const char script[] =
		"mkdir linux; cd linux; git init -q;"
		"printf 'VERSION = 7\nPATCHLEVEL = 1\nSUBLEVEL = 13\nEXTRAVERSION =\n' >Makefile; echo >Kbuild; echo "
		">Kconfig;"
		"git add .; git -c user.name=t -c user.email=t@localhost commit -q -m one; echo more >>Kbuild";

	place->path = g_dir_make_tmp("khotest-dry-XXXXXX", NULL);
	g_assert_nonnull(place->path);
	g_assert_true(spawn_check((const char *const[]){ "sh", "-ec", script, NULL }, place->path, NULL, NULL, NULL));
}

static void tear_down(Place *place, gconstpointer data)
{
	g_assert_true(files_remove_tree(place->path, NULL));
	g_free(place->path);
}

/* Cache and sockets of all tests here, and of nobody else: what libvirt learns of QEMU takes seconds the first time. */
static char *own;

/* Runs the tool in a folder of the place; drop: "-CAPABILITY" for root to do without, or NULL. */
static void run_in(Place *place, const char *folder, const char *drop, const char *const *words, SpawnResult *result)
{
	g_autofree char *cwd = g_build_filename(place->path, folder, NULL);
	g_autofree char *cache = g_strdup_printf("XDG_CACHE_HOME=%s/cache", own);
	g_autofree char *runtime = g_strdup_printf("XDG_RUNTIME_DIR=%s", own);
	g_autofree char *tool = g_canonicalize_filename(tool_path(), NULL);
	g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/state", place->path);
	const char *const env[] = { cache, state, runtime, NULL };
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	SpawnSpec spec = { .cwd = cwd, .env = env, .keep_output = true };
	g_autoptr(GError) error = NULL;

	if (drop) {
		g_ptr_array_add(argv, (gpointer) "setpriv");
		g_ptr_array_add(argv, (gpointer) "--inh-caps");
		g_ptr_array_add(argv, (gpointer)drop);
		g_ptr_array_add(argv, (gpointer) "--bounding-set");
		g_ptr_array_add(argv, (gpointer)drop);
	}
	g_ptr_array_add(argv, tool);
	for (; *words; words++)
		g_ptr_array_add(argv, (gpointer)*words);
	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	g_assert_true(spawn_run(&spec, result, &error));
	g_assert_no_error(error);
	g_test_message("%s%s", result->out, result->err);
}

static void assert_says(const char *text, const char *const *says)
{
	for (; *says; says++)
		if (!strstr(text, *says))
			g_error("'%s' lacks '%s'", text, *says);
}

static void test_plain(Place *place, gconstpointer data)
{
	static const char *const words[] = { "run", "--series",	   "unfixed", "-m",	     "1G",     "--accel",
					     "tcg", "--dry-run",   "-f",      "no-deferred", "--hops", "3",
					     "-a",  "hugepages=8", "-a",      "quiet",	     NULL };
	static const char *const says[] = { "kernel      7.1, which would be built",
					    "series      unfixed: ",
					    "0002-kho-allow-deferred-struct-page-init.patch",
					    "fragments   base x86_64 kho check deferred no-deferred",
					    "machine     1G, 2 CPUs, 1 node, tcg, QEMU ",
					    " hugepages=8 quiet khotest.hop=0 khotest.nonces=",
					    "kernels     3, one after the other",
					    "deadlines   271.50 s for the whole run, 45.00 s of silence",
					    "expected    FAIL scratch-not-cma",
					    "/results/runs",
					    NULL };
	static const char *const warns[] = { "the kernel will ignore 'hugepages=8'", "add -f hugetlb", NULL };
	g_auto(SpawnResult) result = { 0 };

	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	assert_says(result.out, says);
	assert_says(result.err, warns);
}

/* What payloads and devices need is part of the kernel, whoever builds it. */
static void test_fragments(Place *place, gconstpointer data)
{
	static const char *const run[] = { "run",      "--tree",      "linux", "--payload",   "reserve-mem",
					   "--device", "intel-iommu", "-f",    "no-deferred", "-m",
					   "1G",       "--accel",     "tcg",   "--dry-run",   NULL };
	static const char *const build[] = { "build",	    "--tree",	 "linux",	"--payload",
					     "reserve-mem", "--device",	 "intel-iommu", "-f",
					     "no-deferred", "--dry-run", NULL };
	static const char *const shown[] = { "base x86_64 kho check deferred no-deferred devmem iommu\n", NULL };
	g_auto(SpawnResult) result = { 0 }, built = { 0 };

	run_in(place, ".", NULL, run, &result);
	g_assert_cmpint(result.status, ==, 0);
	assert_says(result.out, shown);
	run_in(place, ".", NULL, build, &built);
	g_assert_cmpint(built.status, ==, 0);
	assert_says(built.err, shown);
}

/* As "git bisect run" does it. */
static void test_tree(Place *place, gconstpointer data)
{
	static const char *const words[] = { "run", "--tree", ".", "-m", "1G", "--accel", "tcg", "--dry-run", NULL };
	static const char *const says[] = { "kernel      linux-", "-dirty, which would be built",
					    "changes that are not committed", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *before = NULL, *after = NULL;
	const char *const list[] = { "find", ".", "-path", "./.git/objects", "-prune", "-o", "-print", NULL };
	g_autofree char *linux_path = g_build_filename(place->path, "linux", NULL);
	const char *results;

	g_assert_true(spawn_check(list, linux_path, NULL, &before, NULL));
	g_setenv("KHOTEST_RESULTS", "", TRUE); /* not where this test works, but as a user has it */
	run_in(place, "linux", NULL, words, &result);
	g_setenv("KHOTEST_RESULTS", "results", TRUE);
	g_assert_cmpint(result.status, ==, 0);
	assert_says(result.out, says);
	results = strstr(result.out, "results     ");
	g_assert_nonnull(results);
	g_assert_null(strstr(results, linux_path));
	g_assert_true(spawn_check(list, linux_path, NULL, &after, NULL));
	g_assert_cmpstr(before, ==, after);
}

/* The plan, for programs. */
static void test_json(Place *place, gconstpointer data)
{
	static const char *const words[] = { "run", "--tree",	 "linux",    "-m",   "1G", "--accel",
					     "tcg", "--dry-run", "--format", "json", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(JsonObject) plan = NULL;
	JsonObject *second;

	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	plan = tool_json(&result);
	second = json_array_get_object_element(json_get_array(plan, "hops"), 1);
	g_assert_cmpuint(strlen(json_get_string(second, "commit")), ==, 40);
	g_assert_true(g_str_has_suffix(json_get_string(second, "version"), "-dirty"));
	g_assert_true(json_get_bool(second, "dirty"));
	g_assert_nonnull(strstr(json_get_string(second, "cmdline"), "khotest.hop=1 khotest.last=1 console="));
}

/* One document, however many there are. */
static void test_compare(Place *place, gconstpointer data)
{
	static const char *const words[] = { "compare", "stock",     "unfixed",	 "-m",	 "1G", "--accel",
					     "tcg",	"--dry-run", "--format", "json", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(JsonObject) all = NULL;
	JsonArray *plans;

	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	all = tool_json(&result);
	plans = json_get_array(all, "plans");
	g_assert_cmpuint(json_array_get_length(plans), ==, 2);
	g_assert_cmpstr(json_get_string(json_array_get_object_element(plans, 1), "expect"), ==, "FAIL");
}

/* Words of several -a are one line of a plan. */
static void test_sweep(Place *place, gconstpointer data)
{
	static const char *const words[] = { "sweep", "memory=1G..2G", "-a",	    "quiet",
					     "-a",    "loglevel=3",    "--dry-run", NULL };
	g_auto(SpawnResult) result = { 0 };

	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	g_assert_nonnull(strstr(result.out, "\nappend=quiet loglevel=3\n"));
}

/* A cell is one machine; how often it is run is told beside it, as a night does. */
static void test_matrix(Place *place, gconstpointer data)
{
	static const char plan[] = "[plan]\nsummary=x\n[a]\nkernels=7.1\nseries=stock\nmemory=1G;2G\nrepeats=3\n"
				   "[b]\nkernels=7.1\nseries=central\nmemory=1G\n";
	static const char *const words[] = { "matrix", "./my.plan", "--dry-run", NULL };
	g_autofree char *path = g_build_filename(place->path, "my.plan", NULL);
	g_auto(SpawnResult) result = { 0 };

	g_assert_true(files_write_fast(path, plan, strlen(plan), NULL));
	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	g_assert_nonnull(strstr(result.out, "\n3 cells, 7 runs, "));
}

static void add_commits(Place *place)
{
	static const char script[] =
		"cd linux; git tag v0; for i in 1 2 3 4 5 6 7 8; do echo $i >>Kbuild; git -c user.name=t "
		"-c user.email=t@localhost commit -q -a -m change-$i; done; git format-patch -q --stdout v0 "
		">../fix.mbox";

	g_assert_true(spawn_check((const char *const[]){ "sh", "-ec", script, NULL }, place->path, NULL, NULL, NULL));
}

/* Both ends are known, and how far they are apart; nothing is built, and no folder made. */
static void test_bisect(Place *place, gconstpointer data)
{
	static const char *const words[] = { "bisect", "v0",	  "HEAD", "--tree",    "linux", "-m",
					     "1G",     "--accel", "tcg",  "--dry-run", NULL };
	static const char *const says[] = { "good end    ",
					    " one\n",
					    "bad end     ",
					    " change-8\n",
					    "between     7 places: about 3 steps",
					    "kernel      linux-",
					    "results     ",
					    NULL };
	static const char *const unknown[] = { "bisect", "v0", "v9", "--tree", "linux", "--dry-run", NULL };
	g_auto(SpawnResult) result = { 0 }, refused = { 0 };
	g_autofree char *results = g_build_filename(place->path, "results", NULL);

	add_commits(place);
	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	assert_says(result.out, says);
	g_assert_false(g_file_test(results, G_FILE_TEST_EXISTS));
	run_in(place, ".", NULL, unknown, &refused);
	g_assert_cmpint(refused.status, ==, 99);
	g_assert_nonnull(strstr(refused.err, "has no commit 'v9'"));
}

/* The same of patches, for programs: the plan has the first of them, where they would lie. */
static void test_bisect_json(Place *place, gconstpointer data)
{
	static const char *const words[] = { "bisect",	 "--patches", "fix.mbox", "0",	  "6",
					     "-m",	 "1G",	      "--accel",  "tcg",  "-o",
					     "bisected", "--dry-run", "--format", "json", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(JsonObject) outline = NULL;
	g_autofree char *made = g_build_filename(place->path, "bisected", NULL);

	add_commits(place);
	run_in(place, ".", NULL, words, &result);
	g_assert_cmpint(result.status, ==, 0);
	outline = tool_json(&result);
	g_assert_cmpint(json_get_int(outline, "between"), ==, 5);
	g_assert_cmpint(json_get_int(outline, "steps"), ==, 3);
	g_assert_cmpstr(json_get_string(outline, "bad"), ==, "6");
	g_assert_nonnull(json_get_object(outline, "plan"));
	g_assert_null(strstr(result.out, "khotest-bisect-"));
	g_assert_false(g_file_test(made, G_FILE_TEST_EXISTS));
}

/* A checkout that cannot be written: said before anything is built. */
static void test_read_only(Place *place, gconstpointer data)
{
	static const char *const words[] = { "run", "-m", "1G", "--accel", "tcg", NULL };
	static const char *const says[] = { "cannot write into results/runs", "Permission denied", "-o DIR", NULL };
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *setpriv = g_find_program_in_path("setpriv");
	bool root = getuid() == 0;

	if (root && !setpriv) {
		g_test_skip("as root this needs setpriv");
		return;
	}
	g_assert_true(spawn_check((const char *const[]){ "mkdir", "-m", "555", "checkout", NULL }, place->path, NULL,
				  NULL, NULL));
	/* still root, who can read what the tool needs wherever it lies: another user may not */
	run_in(place, "checkout", root ? "-dac_override" : NULL, words, &result);
	if (root && g_str_has_prefix(result.err, "setpriv: ")) {
		g_test_skip("root may not give up a capability here");
		return;
	}
	g_assert_cmpint(result.status, ==, 99);
	assert_says(result.err, says);
}

/* Looked for where runs look: Debian has kexec in a folder that an ordinary user's PATH lacks. */
static void test_doctor(Place *place, gconstpointer data)
{
	static const char *const words[] = { "doctor", NULL };
	g_autofree char *cache = g_strdup_printf("XDG_CACHE_HOME=%s/cache", own);
	g_autofree char *runtime = g_strdup_printf("XDG_RUNTIME_DIR=%s", own);
	const char *const env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", cache, runtime, NULL };
	g_auto(SpawnResult) result = { 0 };

	if (g_file_test("/usr/bin/kexec", G_FILE_TEST_EXISTS) ||
	    !g_file_test("/usr/sbin/kexec", G_FILE_TEST_IS_EXECUTABLE)) {
		g_test_skip("this host has no kexec in /usr/sbin alone");
		return;
	}
	tool_run(words, env, &result);
	g_test_message("%s%s", result.out, result.err);
	g_assert_nonnull(strstr(result.out, "/usr/sbin/kexec"));
	g_assert_null(strstr(result.out, "kexec-tools"));
}

int main(int argc, char **argv)
{
	int status;

	tool_init(&argc, &argv);
	own = g_dir_make_tmp("khotest-dry-XXXXXX", NULL);
	g_assert_nonnull(own);
	g_test_add("/dry-run/plain", Place, NULL, set_up, test_plain, tear_down);
	g_test_add("/dry-run/fragments", Place, NULL, set_up, test_fragments, tear_down);
	g_test_add("/dry-run/tree", Place, NULL, set_up, test_tree, tear_down);
	g_test_add("/dry-run/json", Place, NULL, set_up, test_json, tear_down);
	g_test_add("/dry-run/compare", Place, NULL, set_up, test_compare, tear_down);
	g_test_add("/dry-run/sweep", Place, NULL, set_up, test_sweep, tear_down);
	g_test_add("/dry-run/matrix", Place, NULL, set_up, test_matrix, tear_down);
	g_test_add("/dry-run/bisect", Place, NULL, set_up, test_bisect, tear_down);
	g_test_add("/dry-run/bisect-json", Place, NULL, set_up, test_bisect_json, tear_down);
	g_test_add("/dry-run/read-only", Place, NULL, set_up, test_read_only, tear_down);
	g_test_add("/dry-run/doctor", Place, NULL, set_up, test_doctor, tear_down);
	status = g_test_run();
	g_assert_true(files_remove_tree(own, NULL));
	g_free(own);
	return status;
}
