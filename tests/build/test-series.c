// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"

#include <build/series.h>

#include <base/error.h>
#include <base/names.h>

#include <glob.h>
#include <string.h>

/* What makes a file a patch: more is not asked for before one is applied. */
#define DIFF "--- a/f\n"

/* Before the name of a file that a patch changes or makes. */
#define FILE_MARK "\n+++ b/"

static void test_ours(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names = series_list(PATCHES, "7.1", &error);
	g_autoptr(Series) stock = series_load(PATCHES, "7.1", "stock", NULL, NULL, &error);
	g_autoptr(Series) unfixed = series_load(PATCHES, "7.1", "unfixed", NULL, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(g_strv_contains((const char *const *)names, "central"));
	g_assert_cmpuint(stock->patches->len, ==, 0);
	g_assert_cmpstr(stock->expect, ==, "PASS");
	g_assert_null(stock->expect_reason);
	g_assert_cmpstr(stock->fragments[0], ==, "no-deferred");
	g_assert_cmpuint(unfixed->patches->len, ==, 2);
	g_assert_cmpstr(unfixed->expect, ==, "FAIL");
	g_assert_cmpstr(unfixed->expect_reason, ==, "scratch-not-cma");
	g_assert_nonnull(unfixed->summary);
}

/* Every patch of ours is about files of the kernel, none of which lies beside its folders: that is a file left behind.
 */
static void test_our_patches(Sandbox *sandbox, gconstpointer data)
{
	glob_t found;

	g_assert_cmpint(glob(PATCHES "/*/*/*.patch", 0, NULL, &found), ==, 0);
	for (gsize i = 0; i < found.gl_pathc; i++) {
		g_autofree char *text = NULL;

		g_assert_true(g_file_get_contents(found.gl_pathv[i], &text, NULL, NULL));
		for (const char *at = text; (at = strstr(at, FILE_MARK)); at += strlen(FILE_MARK)) {
			const char *path = at + strlen(FILE_MARK);

			g_test_message("%s: %.40s", found.gl_pathv[i], path);
			g_assert_nonnull(memchr(path, '/', strcspn(path, "\n")));
		}
	}
	globfree(&found);
}

static void test_order(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL, unordered = NULL;

	sandbox_write(sandbox, "mine/0002-b.patch", DIFF "b");
	sandbox_write(sandbox, "mine/0001-a.patch", DIFF "a");
	unordered = series_load(PATCHES, "7.1", folder, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(unordered->patches->len, ==, 2);
	g_assert_true(g_str_has_suffix(unordered->patches->pdata[0], "0001-a.patch"));
	g_assert_cmpstr(unordered->expect, ==, "PASS");
	g_assert_cmpstr(unordered->fragments[0], ==, "deferred");
	g_assert_cmpstr(unordered->name, ==, "mine");

	/* a series file has the last word on order, and on the rest */
	sandbox_write(sandbox, "mine/series",
		      "# expect: FAIL panic\n# fragments: one, two\n# other: x\n\n"
		      "0002-b.patch -p1 # first\n0001-a.patch\n");
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_str_has_suffix(series->patches->pdata[0], "0002-b.patch"));
	g_assert_cmpstr(series->expect_reason, ==, "panic");
	g_assert_cmpstr(series->fragments[1], ==, "two");
	g_assert_cmpuint(g_strv_length(series->fragments), ==, 2);
}

/* One that is not applied, since it is called otherwise, is named. */
static void test_others(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		g_test_trap_assert_stderr("*/mine: 2 files are no *.patch and are not applied: 0002.diff, 0003.eml*");
		return;
	}
	sandbox_write(sandbox, "mine/0001.patch", DIFF "a");
	sandbox_write(sandbox, "mine/0002.diff", DIFF "b");
	sandbox_write(sandbox, "mine/0003.eml", DIFF "c");
	sandbox_write(sandbox, "mine/README", "about it");
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(series->patches->len, ==, 1);
}

/* "git format-patch --cover-letter" calls that a patch too. */
static void test_cover_letter(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "p2");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "p2/0000-cover-letter.patch",
		      "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nSubject: [PATCH v2 0/2] *** SUBJECT ***\n\n"
		      "*** BLURB ***\n\n f | 2 +-\n 1 file changed\n\n-- \n2.39.5\n\n");
	sandbox_write(sandbox, "p2/0001-a.patch", "From: A <a@b.c>\nSubject: [PATCH v2 1/2] a\n\n---\n--- a/f\n");
	/* what it says of itself is not all: here is something to apply */
	sandbox_write(sandbox, "p2/0002-b.patch", "Subject: [PATCH 0/2] b\n\n---\ndiff --git a/f b/f\n--- a/f\n");
	/* b4 prep keeps it in a commit that changes nothing, of which git makes an empty file */
	sandbox_write(sandbox, "p2/0001-EDITME.patch", "");
	sandbox_write(sandbox, "p2/0003-bare.patch", "--- a/f\n+++ b/f\nSubject: [PATCH 0/2] c\n");
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(series->patches->len, ==, 3);
	g_assert_true(g_str_has_suffix(series->patches->pdata[0], "0001-a.patch"));
	/* whoever lists it is told */
	sandbox_write(sandbox, "p2/series", "0000-cover-letter.patch\n0001-a.patch\n");
	g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "0000-cover-letter.patch", "no patch");
}

/* What would change nothing is no series that passes; a patch may be encoded as mails are. */
static void test_no_diff(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *path = sandbox_path(sandbox, "a.patch"), *folder = sandbox_path(sandbox, "mine");
	g_autofree char *body = g_base64_encode((const guchar *)DIFF, strlen(DIFF));
	g_autofree char *mail = g_strdup_printf("From: A <a@b.c>\nSubject: [PATCH] a\nMIME-Version: 1.0\nContent-Type: "
						"text/plain\nContent-Transfer-Encoding: base64\n\n%s\n",
						body);
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "a.patch", "hello\n");
	g_assert_null(series_load(PATCHES, "7.1", path, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "a.patch holds no patch", "diff");
	sandbox_write(sandbox, "mine/1.patch", DIFF);
	sandbox_write(sandbox, "mine/2.patch", "hello\n");
	g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "mine/2.patch holds no patch");
	sandbox_write(sandbox, "a.patch", mail);
	series = series_load(PATCHES, "7.1", path, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(series->patches->len, ==, 1);
}

static void test_digest(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autofree char *first = NULL, *again = NULL, *moved = NULL, *changed = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "mine/1.patch", DIFF "one");
	sandbox_write(sandbox, "mine/2.patch", DIFF "two");
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, NULL);
	first = series_digest(series, NULL);
	again = series_digest(series, NULL);
	g_assert_cmpstr(first, ==, again);
	/* the same bytes, cut elsewhere */
	sandbox_write(sandbox, "mine/1.patch", DIFF "onet");
	sandbox_write(sandbox, "mine/2.patch", DIFF "wo");
	moved = series_digest(series, NULL);
	g_assert_cmpstr(first, !=, moved);
	sandbox_write(sandbox, "mine/2.patch", DIFF "wO");
	changed = series_digest(series, NULL);
	g_assert_cmpstr(moved, !=, changed);
}

static void test_file_name(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *path = sandbox_path(sandbox, "v8 [PATCH]_kho.patch");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "v8 [PATCH]_kho.patch", DIFF "x");
	series = series_load(PATCHES, "7.1", path, NULL, NULL, &error);
	g_assert_no_error(error);
	/* it becomes part of the kernel's release */
	g_assert_cmpstr(series->name, ==, "v8--PATCH--kho");
	g_assert_cmpuint(series->patches->len, ==, 1);
}

static void test_bad(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autoptr(GError) error = NULL;

	g_assert_null(series_load(PATCHES, "7.1", "centrl", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'centrl'", "did you mean central?", "unfixed");
	sandbox_write(sandbox, "mine/series", "gone.patch\n");
	g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "series:1", "gone.patch");
	sandbox_write(sandbox, "mine/series", "\n# expect: MAYBE\n");
	g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "series:2", "MAYBE");
	sandbox_write(sandbox, "mine/a.patch", "");
	sandbox_write(sandbox, "mine/series", "a.patch -p0\n");
	g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "-p0");
}

/* What it says is what is expected, or it is refused: nothing that was meant so is passed over as a comment. */
static void test_almost(Sandbox *sandbox, gconstpointer data)
{
	static const char *const bad[][2] = {
		{ "# expect: FAIL", "one reason" },
		{ "# expect: PASS guest-panic", "one reason" },
		{ "# expect: FAIL a b", "one reason" },
		{ "# Expect: FAIL guest-panic", "did you mean '# expect:'" },
		{ "# expects: FAIL guest-panic", "did you mean '# expect:'" },
		{ "# expect FAIL guest-panic", "lacks the colon" },
		{ "# fragment: deferred", "did you mean '# fragments:'" },
	};
	static const char *const good =
		"# SPDX-License-Identifier: x\n# expect more of it\n# Link: https://x\n# see also: y\n"
		"# expect : FAIL any\na.patch\n";
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;

	sandbox_write(sandbox, "mine/a.patch", DIFF "a");
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf("# summary: x\n%s\na.patch\n", bad[i][0]);

		sandbox_write(sandbox, "mine/series", text);
		g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "mine/series:2", bad[i][1]);
	}
	sandbox_write(sandbox, "mine/series", good);
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(series->expect, ==, "FAIL");
	g_assert_null(series->expect_reason);
}

/* Names of fragments are part of a folder's name: none may lead elsewhere, or look like another kind of folder. */
static void test_bad_fragments(Sandbox *sandbox, gconstpointer data)
{
	static const char *const bad[] = { "../../../x", "/etc/passwd", "..", "a/b", "x+12345678", ".hidden" };
	g_autofree char *folder = sandbox_path(sandbox, "mine");
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf("# summary: x\n# fragments: deferred, %s\n", bad[i]);

		sandbox_write(sandbox, "mine/series", text);
		g_assert_null(series_load(PATCHES, "7.1", folder, NULL, NULL, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "mine/series:2", bad[i], "-f");
	}
}

/* A folder of kernels as patches/ is one: a failing series, an overlay with a fragment, one without. */
static char *some_patches(Sandbox *sandbox)
{
	sandbox_write(sandbox, "p/1/source", "[kernel]\nversion=1.2\n");
	sandbox_write(sandbox, "p/1/bad/series", "# expect: FAIL scratch-not-cma\n# fragments: one, two\na.patch\n");
	sandbox_write(sandbox, "p/1/bad/a.patch", DIFF "a");
	sandbox_write(sandbox, "p/1/watch/series", "# overlay: yes\n# expect: PASS\n# fragments: two three\nw.patch\n");
	sandbox_write(sandbox, "p/1/watch/w.patch", DIFF "w");
	sandbox_write(sandbox, "p/1/bare/series", "# overlay: yes\nb.patch\n");
	sandbox_write(sandbox, "p/1/bare/b.patch", DIFF "b");
	return sandbox_path(sandbox, "p");
}

static void test_overlay(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *patches = some_patches(sandbox), *mine = NULL, *mine_bare = NULL, *fragments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) both = series_load(patches, "1", "bad+watch+bare", NULL, NULL, &error);
	g_autoptr(Series) user = NULL, file = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(both->name, ==, "bad+watch+bare");
	g_assert_cmpuint(both->patches->len, ==, 3);
	g_assert_true(g_str_has_suffix(both->patches->pdata[0], "a.patch"));
	g_assert_true(g_str_has_suffix(both->patches->pdata[1], "w.patch"));
	g_assert_true(g_str_has_suffix(both->patches->pdata[2], "b.patch"));
	g_assert_cmpstr(both->expect, ==, "FAIL");
	g_assert_cmpstr(both->expect_reason, ==, "scratch-not-cma");
	fragments = g_strjoinv(" ", both->fragments);
	g_assert_cmpstr(fragments, ==, "one two three");

	/* on top of a user's patch, from a folder with a '+' in its name */
	sandbox_write(sandbox, "a+b/fix.patch", DIFF "x");
	mine = sandbox_path(sandbox, "a+b/fix.patch");
	mine_bare = g_strconcat(mine, "+bare", NULL);
	user = series_load(patches, "1", mine_bare, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(user->name, ==, "fix+bare");
	g_assert_cmpuint(user->patches->len, ==, 2);
	g_assert_cmpuint(g_strv_length(user->fragments), ==, 1);
	g_assert_cmpstr(user->fragments[0], ==, "deferred");
	file = series_load(patches, "1", mine, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(file->patches->len, ==, 1);
}

static void test_overlay_refused(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *patches = some_patches(sandbox);
	g_autoptr(GError) error = NULL;

	g_assert_null(series_load(patches, "1", "watch", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'watch' is an overlay", "SERIES+watch");
	g_assert_null(series_load(patches, "1", "watch+bare", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'watch' is an overlay");
	g_assert_null(series_load(patches, "1", "bad+bad", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "cannot go on top of 'bad'", "# overlay: yes");
	g_assert_null(series_load(patches, "1", "bad+wach", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'wach'", "did you mean watch?");
	g_assert_null(series_load(patches, "1", "bad+", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "goes on top of a series");
	sandbox_write(sandbox, "p/1/watch/series", "# overlay: perhaps\n");
	g_assert_null(series_load(patches, "1", "bad+watch", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "series:1", "perhaps");
}

static void test_list(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *patches = some_patches(sandbox), *all = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names = series_list(patches, "1", &error);
	g_autoptr(Series) watch = series_read(patches, "1", "watch", NULL, NULL, &error);

	g_assert_no_error(error);
	all = g_strjoinv(" ", names);
	g_assert_cmpstr(all, ==, "bad bare watch");
	g_assert_true(watch->overlay);
}

static void test_nearest(void)
{
	char *names[] = { (char *)"central", (char *)"stock", (char *)"unfixed", NULL };
	static const struct {
		const char *name;
		const char *nearest;
	} cases[] = {
		{ "stok", "stock" }, { "Unfixed", "unfixed" }, { "cen", "central" }, { "somethingelse", "" }, { "", "" }
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *nearest = names_nearest(cases[i].name, names);

		g_assert_cmpstr(nearest, ==, cases[i].nearest);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	sandbox_add("/series/ours", test_ours);
	sandbox_add("/series/our-patches", test_our_patches);
	sandbox_add("/series/order", test_order);
	sandbox_add("/series/cover-letter", test_cover_letter);
	sandbox_add("/series/others", test_others);
	sandbox_add("/series/no-diff", test_no_diff);
	sandbox_add("/series/digest", test_digest);
	sandbox_add("/series/file-name", test_file_name);
	sandbox_add("/series/bad", test_bad);
	sandbox_add("/series/almost", test_almost);
	sandbox_add("/series/bad-fragments", test_bad_fragments);
	sandbox_add("/series/overlay", test_overlay);
	sandbox_add("/series/overlay-refused", test_overlay_refused);
	sandbox_add("/series/list", test_list);
	g_test_add_func("/series/nearest", test_nearest);
	return g_test_run();
}
