// SPDX-License-Identifier: GPL-2.0-or-later
#include "applyerror.h"
#include "sandbox.h"

#include <build/series.h>

#include <base/error.h>

#include <glib/gstdio.h>

#define MAIL(subject)                                                                                                  \
	"From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: A <a@localhost>\n"              \
	"Date: Thu, 1 Jan 2026 12:00:00 +0000\nSubject: [PATCH] " subject "\n\nWhy.\n---\n"

static const char good[] = MAIL("change two") "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n@@ -8,3 +8,3 @@\n "
					      "8\n-9\n+nine\n 10\n--\n2.39\n\n";
static const char bad[] = MAIL("change what is not there") "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n 1\n-two\n+zwei\n 3\n@@ "
							   "-8,3 +8,3 @@\n 8\n-ten\n+zehn\n 10\n--\n2.39\n\n";

/* A tree like ours: one commit, called "Linux 0". */
static char *make_tree(Sandbox *sandbox, char **ret_tree)
{
	*ret_tree = sandbox_path(sandbox, "tree");
	return sandbox_run(sandbox,
			   "mkdir tree; cd tree; seq 10 >f; echo same >g; git init -q -b base; git add .;"
			   "git -c user.name=t -c user.email=t@localhost commit -q -m 'Linux 0'; git rev-parse HEAD");
}

static Series *load(Sandbox *sandbox, const char *name)
{
	g_autofree char *path = sandbox_path(sandbox, name), *cache = sandbox_path(sandbox, "cache");
	g_autoptr(GError) error = NULL;
	Series *series = series_load(PATCHES, "7.1", path, cache, NULL, &error);

	g_assert_no_error(error);
	return series;
}

static void test_applies(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autofree char *first = NULL, *second = NULL, *text = NULL, *author = NULL, *back = NULL;
	g_autofree char *untouched = sandbox_path(sandbox, "tree/g");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL, none = NULL;
	GStatBuf before, after;

	sandbox_write(sandbox, "good.patch", good);
	sandbox_write(sandbox, "none/series", "");
	series = load(sandbox, "good.patch");
	none = load(sandbox, "none");
	g_stat(untouched, &before);
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	text = sandbox_read(sandbox, "tree/f");
	g_assert_cmpstr(text, ==, "1\ntwo\n3\n4\n5\n6\n7\n8\nnine\n10\n");
	author = sandbox_run(sandbox, "cd tree; git log -1 --format='%an %s|%cn'");
	g_assert_cmpstr(author, ==, "A change two|khotest");
	first = sandbox_run(sandbox, "cd tree; git rev-parse HEAD");

	series_apply(none, tree, base, NULL, &error);
	g_assert_no_error(error);
	back = sandbox_run(sandbox, "cd tree; git status --porcelain; seq 10 | cmp - f; git rev-parse HEAD");
	g_assert_cmpstr(back, ==, base);

	/* the same input gives the same commit, also over somebody's scribbling, and leaves other files alone */
	sandbox_write(sandbox, "tree/f", "scribbled\n");
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	second = sandbox_run(sandbox, "cd tree; git status --porcelain; git rev-parse HEAD");
	g_assert_cmpstr(second, ==, first);
	g_stat(untouched, &after);
	g_assert_cmpint(before.st_mtim.tv_sec, ==, after.st_mtim.tv_sec);
	g_assert_cmpint(before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
	g_assert_cmpint((gint64)before.st_ino, ==, (gint64)after.st_ino);
}

/* A date that is none is no reason not to apply what the mail is about. */
static void test_bad_date(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autoptr(GString) mail = g_string_new(good);
	g_autofree char *author = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	g_string_replace(mail, "Thu, 1 Jan 2026 12:00:00 +0000", "when it was ready", 1);
	sandbox_write(sandbox, "late.patch", mail->str);
	series = load(sandbox, "late.patch");
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	author = sandbox_run(sandbox, "cd tree; git log -1 --format='%an %s'");
	g_assert_cmpstr(author, ==, "khotest change two");
}

static void test_fails(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autofree char *state = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "mine/0001-good.patch", good);
	sandbox_write(sandbox, "mine/0002-bad.patch", bad);
	series = load(sandbox, "mine");
	g_assert_false(series_apply(series, tree, base, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "0002-bad.patch", "hunk 2 (line 8) of f", "Linux 0");
	/* nothing has happened to the tree, not even by the patch that fits */
	state = sandbox_run(
		sandbox,
		"cd tree; git status --porcelain; seq 10 | cmp - f; test ! -e .git/rebase-apply; git rev-parse HEAD");
	g_assert_cmpstr(state, ==, base);
}

/* A trial says the same, and whoever builds in the tree does not notice. */
static void test_check(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autofree char *before = NULL, *after = NULL;
	static const char look[] = "find tree -path tree/.git/objects -prune -o -printf '%p %s %T@ %C@ %i\\n' | grep "
				   "-v '^tree/.git ' | sort";
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) fits = NULL, fails = NULL;

	sandbox_write(sandbox, "good.patch", good);
	sandbox_write(sandbox, "bad.patch", bad);
	fits = load(sandbox, "good.patch");
	fails = load(sandbox, "bad.patch");
	sandbox_write(sandbox, "tree/f", "scribbled\n");
	before = sandbox_run(sandbox, look);
	series_check(fits, tree, base, NULL, &error);
	g_assert_no_error(error);
	g_assert_false(series_check(fails, tree, base, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "bad.patch", "of f", "Linux 0");
	after = sandbox_run(sandbox, look);
	g_assert_cmpstr(after, ==, before);
}

static void test_mbox(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autofree char *both = g_strconcat(good, bad, NULL);
	g_autofree char *count = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "thread.mbox", both);
	series = load(sandbox, "thread.mbox");
	g_assert_false(series_apply(series, tree, base, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "patch 0002-change-what-is-not-there", "hunk 2");
	g_free(both);
	both = g_strconcat(good, MAIL("three") "--- a/g\n+++ b/g\n@@ -1 +1 @@\n-same\n+other\n", NULL);
	sandbox_write(sandbox, "thread.mbox", both);
	/* it is what the file said when it was read */
	g_clear_pointer(&series, series_free);
	series = load(sandbox, "thread.mbox");
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	count = sandbox_run(sandbox, "cd tree; git rev-list --count HEAD");
	g_assert_cmpstr(count, ==, "3");
}

static void test_not_a_patch(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "letter.patch", good);
	series = load(sandbox, "letter.patch");
	/* a file is whoever's it is, and may have changed since */
	sandbox_write(sandbox, "letter.patch", MAIL("hello") "No diff here.\n");
	g_assert_false(series_apply(series, tree, base, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "letter.patch", "no patch");
}

/* What "git diff" prints, without a mail around it. */
static void test_bare_diff(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "bare.diff",
		      "diff --git a/g b/g\nindex 1..2 100644\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-same\n+other\n");
	series = load(sandbox, "bare.diff");
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	text = sandbox_read(sandbox, "tree/g");
	g_assert_cmpstr(text, ==, "other\n");
}

static void test_explain(void)
{
	g_autofree char *gone = applyerror_explain("error: mm/x.c: does not exist in index\n", "--- a/mm/x.c\n");
	g_autofree char *two = applyerror_explain(
		"error: patch failed: a.c:5\nerror: a.c: patch does not apply\nerror: patch failed: b.c:9\n",
		"--- a/a.c\n@@ -5,1 +5,1 @@\n--- a/b.c\n@@ -2 +2 @@\n@@ -9 +9 @@\n");

	g_assert_cmpstr(gone, ==, "mm/x.c: does not exist in index");
	g_assert_cmpstr(two, ==, "hunk 1 (line 5) of a.c does not match; hunk 2 (line 9) of b.c does not match");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	sandbox_add("/apply/applies", test_applies);
	sandbox_add("/apply/bad-date", test_bad_date);
	sandbox_add("/apply/fails", test_fails);
	sandbox_add("/apply/check", test_check);
	sandbox_add("/apply/mbox", test_mbox);
	sandbox_add("/apply/not-a-patch", test_not_a_patch);
	sandbox_add("/apply/bare-diff", test_bare_diff);
	g_test_add_func("/apply/explain", test_explain);
	return g_test_run();
}
