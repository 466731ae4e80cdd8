// SPDX-License-Identifier: GPL-2.0-or-later
/* What is old goes, what is not stays, and so does what somebody else has named. */
#include <base/error.h>
#include <base/files.h>
#include <base/usage.h>
#include <campaign/clean.h>
#include <store/nightfacts.h>
#include <store/results.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400

static char *root;

static char *place(const char *path)
{
	return g_build_filename(root, path, NULL);
}

/* A file; what it is in is as old as it is. */
static void make(const char *path, int days)
{
	g_autofree char *file = place(path), *folder = g_path_get_dirname(file);
	struct timespec times[2] = { 0 };

	times[0].tv_sec = times[1].tv_sec = g_get_real_time() / G_USEC_PER_SEC - (gint64)days * DAY;
	g_assert_true(files_mkdirs(folder, NULL));
	g_assert_true(g_file_set_contents(file, "x", 1, NULL));
	g_assert_cmpint(utimensat(AT_FDCWD, file, times, 0), ==, 0);
	g_assert_cmpint(utimensat(AT_FDCWD, folder, times, 0), ==, 0);
}

static bool is_there(const char *path)
{
	g_autofree char *file = place(path);

	return g_file_test(file, G_FILE_TEST_EXISTS);
}

static const Cleaned *of(const GPtrArray *all, const char *what)
{
	for (guint i = 0; i < all->len; i++)
		if (strcmp(((Cleaned *)all->pdata[i])->what, what) == 0)
			return all->pdata[i];
	return NULL;
}

static void set_up(void)
{
	g_autofree char *stamp = results_stamp(), *used = NULL;
	g_autofree char *now = g_strdup_printf("results/runs/%s-stock-0002/journal.jsonl", stamp);

	root = g_dir_make_tmp("khotest-clean-XXXXXX", NULL);
	make("cache/kernels/old/bzImage", 40);
	make("cache/kernels/new/bzImage", 2);
	make("cache/kernels/used/bzImage", 40);
	make("cache/trees/7.1/Makefile", 40);
	make("cache/trees/7.1.build-lock", 40);
	make("cache/sources/linux.tar", 400);
	make("cache/git/abc.git/HEAD", 40);
	make("cache/git/abc.git.lock", 40);
	make("results/runs/20200101-000000-stock-0001/journal.jsonl", 0);
	make(now, 90);
	make("results/runs/mine/journal.jsonl", 90);
	make("results/runs/20200101-000000x/journal.jsonl", 90);
	make("results/compare/20200101-000000-stock/compare.json", 0);
	make("results/published/20200101-000000/README.md", 90);
	used = place("cache/kernels/used");
	usage_mark(used);
}

static GPtrArray *clean(gint64 days, bool dry, bool cache)
{
	g_autofree char *folder = place("cache"), *results = place("results"), *nights = place("results/nights");
	CleanSpec spec = { .cache = cache ? folder : NULL,
			   .results = results,
			   .nights = nights,
			   .keep_ns = days * NS_PER_DAY,
			   .dry = dry };
	g_autoptr(GError) error = NULL;
	GPtrArray *all = clean_make(&spec, &error);

	g_assert_no_error(error);
	return all;
}

static void tear_down(void)
{
	g_assert_true(files_remove_tree(root, NULL));
	g_clear_pointer(&root, g_free);
}

/* It is not said that something is removed before it is known, and in the end what was. */
static void test_said(void)
{
	if (g_test_subprocess()) {
		set_up();
		for (guint i = 0; i < 3; i++) {
			g_autoptr(GPtrArray) all = clean(30, i == 0, true);
		}
		tear_down();
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("looking for what is old: * would be removed, * s)\n"
				  "looking for what is old: * removed, * s)\n"
				  "looking for what is old: nothing to be removed (* s)\n");
}

static void test_dry(void)
{
	g_autoptr(GPtrArray) all = NULL;

	set_up();
	all = clean(30, true, true);
	g_assert_cmpuint(of(all, "kernels")->there, ==, 3);
	g_assert_cmpuint(of(all, "kernels")->gone, ==, 1);
	g_assert_cmpuint(of(all, "kernels")->freed, >, 0);
	g_assert_cmpuint(of(all, "kernels")->bytes, >, of(all, "kernels")->freed);
	g_assert_null(of(all, "payloads"));
	g_assert_null(of(all, "runs of nights"));
	g_assert_true(is_there("cache/kernels/old/bzImage"));
	g_assert_true(is_there("results/runs/20200101-000000-stock-0001"));
	tear_down();
}

/* Old by its name, and another khotest is at work on it. */
static void test_at_work(void)
{
	g_autoptr(GPtrArray) all = NULL, again = NULL;
	g_autofree char *lock = NULL;
	int held;

	set_up();
	lock = place("results/compare/20200101-000000-stock/lock");
	held = files_lock(lock, false, NULL);
	g_assert_cmpint(held, >=, 0);
	all = clean(30, false, false);
	g_assert_true(is_there("results/compare/20200101-000000-stock/compare.json"));
	g_assert_cmpuint(of(all, "comparisons")->gone, ==, 0);
	g_assert_false(is_there("results/runs/20200101-000000-stock-0001"));
	close(held);
	again = clean(30, false, false);
	g_assert_false(is_there("results/compare/20200101-000000-stock"));
	g_assert_cmpuint(of(again, "comparisons")->gone, ==, 1);
	tear_down();
}

/* A tree that was not used for long, and is built in just now. */
static void test_in_use(void)
{
	g_autoptr(GPtrArray) all = NULL, again = NULL;
	g_autofree char *lock = NULL;
	int held;

	set_up();
	lock = place("cache/trees/7.1.build-lock");
	held = files_lock(lock, false, NULL);
	g_assert_cmpint(held, >=, 0);
	all = clean(30, false, true);
	g_assert_true(is_there("cache/trees/7.1/Makefile"));
	g_assert_false(is_there("cache/git/abc.git"));
	close(held);
	again = clean(30, false, true);
	g_assert_false(is_there("cache/trees/7.1"));
	tear_down();
}

static void test_removed(void)
{
	g_autoptr(GPtrArray) all = NULL, again = NULL;

	set_up();
	all = clean(30, false, true);
	g_assert_false(is_there("cache/kernels/old"));
	g_assert_false(is_there("cache/kernels/old.old"));
	g_assert_true(is_there("cache/kernels/new/bzImage"));
	g_assert_true(is_there("cache/kernels/used/bzImage"));
	g_assert_false(is_there("cache/trees/7.1"));
	g_assert_false(is_there("cache/git/abc.git"));
	/* a lock may be held; a tarball may not be had again */
	g_assert_true(is_there("cache/trees/7.1.build-lock"));
	g_assert_true(is_there("cache/git/abc.git.lock"));
	g_assert_true(is_there("cache/sources/linux.tar"));
	g_assert_false(is_there("results/runs/20200101-000000-stock-0001"));
	g_assert_false(is_there("results/compare/20200101-000000-stock"));
	g_assert_true(is_there("results/runs/mine/journal.jsonl"));
	g_assert_true(is_there("results/runs/20200101-000000x"));
	g_assert_true(is_there("results/published/20200101-000000"));
	g_assert_cmpuint(of(all, "runs")->there, ==, 2);
	g_assert_cmpuint(of(all, "runs")->gone, ==, 1);
	again = clean(30, false, true);
	for (guint i = 0; i < again->len; i++)
		g_assert_cmpuint(((Cleaned *)again->pdata[i])->gone, ==, 0);
	tear_down();
}

/* Of the cache a day is kept whatever is asked for. */
static void test_day(void)
{
	g_autoptr(GPtrArray) all = NULL;

	set_up();
	make("cache/kernels/today/bzImage", 0);
	all = clean(0, false, true);
	g_assert_true(is_there("cache/kernels/today/bzImage"));
	g_assert_false(is_there("cache/kernels/new"));
	tear_down();
}

static void make_night(const char *id, const char *begun, bool ended)
{
	g_autofree char *runs = g_strdup_printf("results/nights/%s/matrix/runs/one/journal.jsonl", id);
	g_autofree char *summary = g_strdup_printf("results/nights/%s/summary.json", id);
	g_autofree char *facts = g_strdup_printf("results/nights/%s/night.json", id), *path = place(facts),
			*json = NULL;
	NightFacts *night = nightfacts_new();

	make(runs, 0);
	make(summary, 0);
	night->id = g_strdup(id);
	night->plan = g_strdup("small");
	night->begun = g_strdup(begun);
	night->ended = ended ? g_strdup(begun) : NULL;
	night->khotest = g_strdup("0");
	night->host = g_strdup("host");
	json = nightfacts_to_json(night);
	g_assert_true(g_file_set_contents(path, json, -1, NULL));
	nightfacts_free(night);
}

/* Of a night its runs go, but not what was found; one that is not done may go on. */
static void test_nights(void)
{
	g_autoptr(GPtrArray) all = NULL;

	set_up();
	make_night("2020-01-01", "2020-01-01T00:00:00Z", true);
	make_night("2020-01-02", "2020-01-02T00:00:00Z", false);
	make_night("2100-01-01", "2100-01-01T00:00:00Z", true);
	make("results/nights/2100-01-01/matrix/runs.old/one/journal.jsonl", 0);
	all = clean(30, false, true);
	g_assert_cmpuint(of(all, "runs of nights")->gone, ==, 2);
	g_assert_false(is_there("results/nights/2020-01-01/matrix/runs"));
	g_assert_true(is_there("results/nights/2020-01-01/summary.json"));
	g_assert_true(is_there("results/nights/2020-01-02/matrix/runs"));
	g_assert_true(is_there("results/nights/2100-01-01/matrix/runs"));
	g_assert_false(is_there("results/nights/2100-01-01/matrix/runs.old"));
	tear_down();
}

/* What was half gone when somebody was cut off goes with the next. */
static void test_cut_off(void)
{
	g_autoptr(GPtrArray) all = NULL;

	set_up();
	make("cache/kernels/gone.old/bzImage", 40);
	all = clean(30, false, true);
	g_assert_false(is_there("cache/kernels/gone.old"));
	g_assert_cmpuint(of(all, "kernels")->gone, ==, 2);
	tear_down();
}

static void test_results_only(void)
{
	g_autoptr(GPtrArray) all = NULL;

	set_up();
	all = clean(30, false, false);
	g_assert_null(of(all, "kernels"));
	g_assert_true(is_there("cache/kernels/old/bzImage"));
	tear_down();
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = NULL;
	CleanSpec spec = { .keep_ns = NS_PER_DAY, .cancel = cancel };

	set_up();
	spec.cache = folder = place("cache");
	g_cancellable_cancel(cancel);
	g_assert_null(clean_make(&spec, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_true(is_there("cache/kernels/old/bzImage"));
	tear_down();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clean/said", test_said);
	g_test_add_func("/clean/dry", test_dry);
	g_test_add_func("/clean/removed", test_removed);
	g_test_add_func("/clean/at-work", test_at_work);
	g_test_add_func("/clean/in-use", test_in_use);
	g_test_add_func("/clean/day", test_day);
	g_test_add_func("/clean/nights", test_nights);
	g_test_add_func("/clean/cut-off", test_cut_off);
	g_test_add_func("/clean/results-only", test_results_only);
	g_test_add_func("/clean/cancelled", test_cancelled);
	return g_test_run();
}
