// SPDX-License-Identifier: GPL-2.0-or-later
/* Which commit, or which patch, a bisection finds. Arguments: the recordings of bisectrepository.h. */
#include "bisectrepository.h"

#include <base/error.h>
#include <base/files.h>
#include <report/bisection.h>

#include <string.h>

/* Each of 64 may be the first bad one; none takes more than 7 places besides the ends. */
static void test_commits(Repository *r, gconstpointer data)
{
	static const guint firsts[] = { 1, 2, 31, 32, 33, 41, 63, 64 };

	for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++) {
		Paths paths;
		BisectSpec spec = repository_spec(r, "v0", "main", &paths);
		g_autofree char *path = NULL, *name = g_strdup_printf("%s/b%zu", r->folder, i);
		g_autoptr(GError) error = NULL;
		g_autoptr(Bisection) found = NULL;
		const BisectLook *look;
		g_autofree char *title = g_strdup_printf("change %u", firsts[i]);

		spec.path = name;
		r->first_bad = firsts[i];
		found = repository_bisect(r, &spec, &path, &error);
		g_assert_no_error(error);
		g_assert_true(found->sure);
		g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[firsts[i]]);
		g_assert_cmpstr(found->good, ==, r->ids->pdata[firsts[i] - 1]);
		/* the bad end and six places; and the good end if nothing else shows what is good */
		g_assert_cmpuint(found->steps->len, <=, firsts[i] == 1 ? 8 : 7);
		look = g_hash_table_lookup(found->looks, found->suspects->pdata[0]);
		g_assert_cmpstr(look->title, ==, title);
		g_assert_cmpstr(look->files[0], ==, "file");
	}
}

/* Those that do not build are passed over; next to the first bad one they leave a doubt, which is said. */
static void test_skip(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *other_path = NULL, *other = g_strconcat(r->folder, "/other", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL, doubt = NULL;

	r->first_bad = 41;
	r->broken_from = 30;
	r->broken_to = 35;
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);

	r->broken_from = 39;
	r->broken_to = 42;
	spec.path = other;
	doubt = repository_bisect(r, &spec, &other_path, &error);
	g_assert_no_error(error);
	g_assert_false(doubt->sure);
	/* 39, 40 and 41 cannot be told, and 42 is known to be bad */
	g_assert_cmpuint(doubt->suspects->len, ==, 4);
	g_assert_cmpstr(doubt->suspects->pdata[0], ==, r->ids->pdata[42]);
	g_assert_cmpstr(doubt->good, ==, r->ids->pdata[38]);
}

/* A branch that was merged: the fault is on it. */
static void test_merge(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, "v60", "topic", &paths);
	g_autofree char *path = NULL, *out = NULL, *id = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	out = repository_git(r,
			     "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a;"
			     "t=v64^{tree}; s=v60; for i in 1 2 3 4; do s=$(git commit-tree -p $s -m side$i $t); done;"
			     "m=$(git commit-tree -p v64 -p $s -m merge $t); git update-ref refs/heads/topic $m;"
			     "git update-ref refs/heads/side $s");
	id = repository_git(r, "git rev-parse side~1");
	g_strchomp(id);
	/* good: all but the last two of the branch, and the merge */
	g_hash_table_remove_all(r->numbers);
	g_ptr_array_set_size(r->ids, 0);
	repository_learn(
		r,
		"git rev-list --reverse side~2; git rev-list --reverse v60..v64; git rev-list --reverse side~2..side; "
		"git rev-parse topic");
	r->first_bad = GPOINTER_TO_UINT(g_hash_table_lookup(r->numbers, id));
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, id);
}

static void expect_error_of(Repository *r, BisectSpec *spec, KhotestError code, const char *says)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(repository_bisect(r, spec, &path, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, says));
	if (path)
		g_assert_true(files_remove_tree(path, NULL));
}

static void expect_error(Repository *r, BisectSpec *spec, const char *says)
{
	expect_error_of(r, spec, KHOTEST_ERROR_INPUT, says);
}

/* Before anything is made: who mends the words finds no folder in the way. */
static void expect_refused(Repository *r, BisectSpec *spec, const char *says)
{
	g_autofree char *path = g_build_filename(r->folder, "refused", NULL);

	spec->path = path;
	expect_error(r, spec, says);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	spec->path = NULL;
}

static void test_refused(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec none = repository_spec(r, "v0", "nonesuch", &paths),
		   turned = repository_spec(r, "v64", "v0", &paths);
	BisectSpec same = repository_spec(r, "v3", "v3", &paths), both = repository_spec(r, "v0", "v64", &paths);
	BisectSpec one = repository_spec(r, "v0", NULL, &paths);

	expect_refused(r, &none, "has no commit 'nonesuch'");
	expect_refused(r, &turned, "v64 is not in the history of v0");
	expect_refused(r, &same, "has to come before");
	expect_refused(r, &one, "needs a good and a bad commit");
	r->first_bad = 0;
	expect_error(r, &both, "the good end, ");
	r->first_bad = 100;
	expect_error(r, &both, "the bad end, ");
	r->first_bad = 10;
	both.rule.bad_if = "guest-panic";
	expect_error(r, &both, "is not bad: FAIL scratch-not-cma");
	both.rule.bad_if = "scratch-not-cma";
	/* the answer rests on the good end, and that cannot be built */
	r->broken_to = 1;
	r->first_bad = 1;
	expect_error_of(r, &both, KHOTEST_ERROR_FAILED, "could not be judged: lib/sort.c:1: error: this is no C");
}

/* What fails only now and then is good once, and bad if it is asked often enough. */
static void test_repeat(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 33;
	r->stay_number = 32;
	spec.repeat = 3;
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[32]);
	g_assert_cmpuint(bisect_step_at(found->steps, r->ids->pdata[31])->runs->len, ==, 3);
	g_assert_cmpuint(bisect_step_at(found->steps, r->ids->pdata[64])->runs->len, ==, 1);
}

/* A slow-down of 3% among changes of nothing: by counts, one run a commit. */
static void test_figure(Repository *r, gconstpointer data)
{
	double figure[65];
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths), flat;
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = 62000000 + i * 17 + (i >= 23 ? 1860000 : 0);
	r->figure = figure;
	spec.rule = (BisectRule){ .metric = metric_find("insn2.to_init"), .threshold = 0.01 };
	flat = spec;
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[23]);
	/* and one of the good end */
	g_assert_cmpuint(r->runs, ==, found->steps->len + 1);
	g_assert_true(files_remove_tree(path, NULL));
	/* too little to look for */
	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = 62000000 + i;
	expect_error(r, &flat, "less than 1% apart");
}

/* The command that shows it again: with both places in a line, or a line for each. */
static void check_again(const Bisection *found, const char *verb, const char *more)
{
	g_autofree char *text = bisection_to_text(found), *both = NULL, *one = NULL;
	const char *again = strstr(text, "\nagain:\n\n");

	both = g_strdup_printf("  khotest compare --tree=%s@%.12s --tree=%s@%.12s", found->tree, found->good,
			       found->tree, (const char *)found->suspects->pdata[0]);
	one = g_strdup_printf("  khotest run --tree=%s@%.12s", found->tree, found->good);
	g_assert_nonnull(strstr(again, strcmp(verb, "run") == 0 ? one : both));
	g_assert_null(strstr(again, strcmp(verb, "run") == 0 ? both : one));
	g_assert_true(!more || strstr(again, more));
}

/*
 * The same by times, of a host that becomes slower by more than the slow-down itself while the bisection goes on: it
 * does so for the good end too, which is run in turns with each place.
 */
static void test_drift(Repository *r, gconstpointer data)
{
	double ns[65];
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(ns); i++)
		ns[i] = i >= 52 ? 1.40e9 : 1.35e9;
	r->ns = ns;
	r->drift = 0.001;
	spec.rule = (BisectRule){ .metric = metric_find("init2"), .threshold = 0.01 };
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[52]);
	g_assert_cmpfloat(r->drift * r->runs, >, 2 * (1.40 / 1.35 - 1));
	check_again(found, "compare", "--runs=auto");
	found->words = g_strdupv((char *[]){ (char *)"--series=a", NULL });
	check_again(found, "run", NULL);
}

/* Patches of an mbox, of which each number is a series. */
static void test_patches(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, NULL, NULL, &paths), few = repository_spec(r, "3", "9", &paths);
	g_autofree char *path = NULL, *out = NULL, *mbox = g_build_filename(r->folder, "fix.mbox", NULL),
			*series = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;
	const BisectLook *look;

	out = repository_git(r, "git format-patch --stdout v0..v5 > ../fix.mbox");
	spec.dir = few.dir = NULL;
	spec.patches = few.patches = mbox;
	r->first_bad = 4;
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_nonnull(strstr(path, "-0-5-"));
	g_assert_cmpstr(found->suspects->pdata[0], ==, "4");
	g_assert_cmpstr(found->good, ==, "3");
	look = g_hash_table_lookup(found->looks, "4");
	g_assert_cmpstr(look->title, ==, "[PATCH] change 4");
	series = g_build_filename(path, "series", "fix-3", "0003.patch", NULL);
	g_assert_true(g_file_test(series, G_FILE_TEST_EXISTS));
	expect_refused(r, &few, "has 5 patches");
}

/* On which side of the middle, by time: too few never tell, and noise across the middle neither, nor one of seven. */
static void test_side(void)
{
	static const BisectScale slower = { 10, false }, faster = { -10, false };
	static const double hundred[] = { 100, 100, 100, 100, 100, 100, 100, 100 };
	static const double more[] = { 110, 110, 110, 110, 110, 110, 110, 110 };
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) good = g_array_new(FALSE, FALSE, sizeof(double));
	static const double high[] = { 109, 110, 111, 110, 112, 109, 110, 111 };
	static const double one_across[] = { 109, 110, 111, 110, 112, 109, 104.9, 110 };
	static const double both[] = { 99, 111, 103, 106, 100, 110, 104, 107 };

	for (guint i = 0; i < 5; i++)
		g_array_append_val(values, high[i]);
	g_array_append_vals(good, hundred, 5);
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_SKIP);
	g_array_append_vals(values, high + 5, 3);
	g_array_append_vals(good, hundred + 5, 3);
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_BAD);
	g_array_set_size(values, 0);
	g_array_append_vals(values, both, 8);
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_SKIP);
	g_array_set_size(values, 0);
	g_array_set_size(good, 7);
	g_array_append_vals(values, one_across, 7);
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_SKIP);
	g_array_append_vals(values, one_across + 7, 1);
	/* no pair, no difference */
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_SKIP);
	g_array_append_vals(good, hundred, 1);
	g_assert_cmpint(bisectscale_side(&slower, good, values), ==, BISECT_BAD);
	/* bad is what is faster: what is as slow as the good end is good */
	g_array_set_size(good, 0);
	g_array_append_vals(good, more, 8);
	g_assert_cmpint(bisectscale_side(&faster, good, values), ==, BISECT_GOOD);
	g_array_set_size(values, 0);
	g_array_append_vals(values, hundred, 8);
	g_assert_cmpint(bisectscale_side(&faster, good, values), ==, BISECT_BAD);
	/* six that are all alike are as few as six that are not */
	g_array_set_size(values, 6);
	g_array_set_size(good, 6);
	g_assert_cmpint(bisectscale_side(&faster, good, values), ==, BISECT_SKIP);
}

int main(int argc, char **argv)
{
	static const RepositoryTest tests[] = {
		{ "/bisect/commits", test_commits },
		{ "/bisect/skip", test_skip },
		{ "/bisect/merge", test_merge },
		{ "/bisect/refused", test_refused },
		{ "/bisect/repeat", test_repeat },
		{ "/bisect/figure", test_figure },
		{ "/bisect/drift", test_drift },
		{ "/bisect/patches", test_patches },
		{ NULL, NULL },
	};

	repository_init(argc, argv, tests);
	g_test_add_func("/bisect/side", test_side);
	return g_test_run();
}
