// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitfetch.h"
#include "gitplace.h"
#include "gitrepo.h"
#include "gitsource.h"
#include "sandbox.h"

#include <build/series.h>
#include <build/source.h>

#include <base/error.h>
#include <base/log.h>

#include <string.h>

/* A branch as the source of a kernel: from real repositories, small ones, that change, go and are begun anew. */

#define COMMIT "git -c user.name=t -c user.email=t@localhost commit -q -a -m"

/* Somebody's repository: two commits, the first with a tag, all of it in one pack. */
static void make_upstream(Sandbox *sandbox)
{
	g_free(sandbox_run(sandbox,
			   "mkdir up; cd up; git init -q -b main;"
			   "printf 'VERSION = 7\\nPATCHLEVEL = 3\\nSUBLEVEL = 0\\nEXTRAVERSION = -rc1\\n' >Makefile;"
			   "echo >Kbuild; echo k >Kconfig; echo 1 >f; git add .;" COMMIT " one;"
			   "git -c user.name=t -c user.email=t@localhost tag -a -m one v7.3-rc1;"
			   "echo 2 >f;" COMMIT " two; git gc -q"));
}

/* The kernel "next" of the project in the sandbox. */
static void write_source(Sandbox *sandbox, const char *where, const char *branch)
{
	g_autofree char *text = g_strdup_printf("[next]\nkind=git\nwhere=%s\nbranch=%s\n", where, branch);

	sandbox_write(sandbox, "patches/next/source", text);
}

static void write_local(Sandbox *sandbox, const char *branch)
{
	g_autofree char *up = sandbox_path(sandbox, "up");

	write_source(sandbox, up, branch);
}

static Source *load(Sandbox *sandbox, const char *name, GError **error)
{
	g_autofree char *patches = sandbox_path(sandbox, "patches");

	return source_load(patches, name, error);
}

static Tree *tree_of(Sandbox *sandbox, const char *name, GError **error)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache");
	g_autoptr(Source) source = load(sandbox, name, error);

	return source ? source_tree(source, cache, NULL, error) : NULL;
}

static bool update(Sandbox *sandbox, SourceUpdate *ret_update, GError **error)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache");
	g_autoptr(Source) source = load(sandbox, "next", error);

	return source_update(source, cache, NULL, ret_update, error);
}

static char *head_of(Sandbox *sandbox)
{
	return sandbox_run(sandbox, "git -C up rev-parse main");
}

static void test_tree(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *head = NULL, *version = NULL, *shared = NULL, *kept = NULL, *now = NULL, *text = NULL,
			*pinned = NULL;
	g_autofree char *cache = sandbox_path(sandbox, "cache"), *patches = sandbox_path(sandbox, "patches"),
			*want = NULL;
	g_autoptr(Series) series = NULL;
	g_autoptr(Source) source = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) tree = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	head = head_of(sandbox);
	source = load(sandbox, "next", &error);
	g_assert_no_error(error);
	g_assert_null(source_version(source, cache, NULL));
	pinned = source_pin(patches, "next", cache, NULL);
	g_assert_cmpstr(pinned, ==, "next");
	tree = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	version = g_strdup_printf("v7.3-rc1-1-g%.12s", head);
	g_assert_cmpstr(tree->commit, ==, head);
	g_assert_cmpstr(tree->version, ==, version);
	g_assert_false(tree->dirty);
	text = sandbox_run(sandbox, "git -C up rev-parse main^{tree}");
	g_assert_true(g_str_has_prefix(tree->identity, "tree:"));
	g_assert_cmpstr(tree->identity + 5, ==, text);
	/* the pack is the same file, and the commit is kept */
	shared = sandbox_run(sandbox, "stat -c %h up/.git/objects/pack/*.pack");
	g_assert_cmpstr(shared, ==, "2");
	kept = sandbox_run(sandbox, "ls cache/git/*.git/refs/khotest");
	g_assert_cmpstr(kept, ==, head);
	now = source_version(source, cache, NULL);
	want = g_strdup_printf("7.3.0-rc1, %s", version);
	g_assert_cmpstr(now, ==, want);
	g_free(pinned);
	g_free(want);
	pinned = source_pin(patches, "next", cache, NULL);
	want = g_strdup_printf("next@%.12s", head);
	g_assert_cmpstr(pinned, ==, want);
	/* a kernel without series has one, which is nothing */
	series = series_load(patches, pinned, "stock", NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(series_apply(series, tree->path, tree->base, NULL, &error));
	g_free(text);
	text = sandbox_read(sandbox, "cache/trees/next/f");
	g_assert_cmpstr(text, ==, "2\n");
	g_assert_null(series_load(patches, "next", "stok", NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "did you mean stock", "known: stock");
}

/* What was fetched once needs its place no more. */
static void test_offline(Sandbox *sandbox, gconstpointer data)
{
	g_auto(SourceUpdate) moved = { 0 };
	g_autoptr(Tree) first = NULL, again = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	first = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox, "mv up gone"));
	again = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->identity, ==, first->identity);
	g_assert_false(update(sandbox, &moved, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_HOST, "no such folder", "/up");
	g_assert_cmpstr(moved.was, ==, first->commit);
	g_assert_cmpstr(moved.now, ==, first->commit);
	/* packs that are linked are whole without the repository that they came from */
	g_free(sandbox_run(sandbox, "rm -rf gone; git -C cache/git/*.git fsck --full"));
}

/* Nothing comes before it is asked for; then all of it does. */
static void test_update(Sandbox *sandbox, gconstpointer data)
{
	g_auto(SourceUpdate) first = { 0 }, moved = { 0 }, same = { 0 };
	g_autofree char *head = NULL;
	g_autoptr(Tree) still = NULL, now = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	g_assert_true(update(sandbox, &first, &error));
	g_assert_null(first.was);
	g_assert_nonnull(first.now);
	g_assert_cmpint(first.added, ==, -1);
	g_free(sandbox_run(sandbox, "cd up; for i in 3 4 5; do echo $i >f;" COMMIT " $i; done"));
	head = head_of(sandbox);
	still = tree_of(sandbox, "next", &error);
	g_assert_cmpstr(still->commit, ==, first.now);
	g_assert_true(update(sandbox, &moved, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(moved.was, ==, first.now);
	g_assert_cmpstr(moved.now, ==, head);
	g_assert_cmpint(moved.added, ==, 3);
	g_assert_cmpint(moved.gone, ==, 0);
	g_assert_true(g_str_has_prefix(moved.version, "7.3.0-rc1, v7.3-rc1-4-g"));
	now = tree_of(sandbox, "next", &error);
	g_assert_cmpstr(now->commit, ==, head);
	g_assert_true(update(sandbox, &same, &error));
	g_assert_cmpstr(same.was, ==, same.now);
	g_assert_cmpint(same.added, ==, 0);
}

/* linux-next is begun anew every day: what was used stays, whatever becomes of it there and of what git tidies up. */
static void test_rebased(Sandbox *sandbox, gconstpointer data)
{
	g_auto(SourceUpdate) moved = { 0 };
	g_autofree char *pinned = NULL;
	g_autoptr(Tree) old = NULL, now = NULL, again = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	old = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox,
			   "cd up; git reset -q --hard v7.3-rc1; echo 9 >f;" COMMIT " other; echo 10 >f;" COMMIT
			   " more; git reflog expire --expire=now --all; git gc -q --prune=now"));
	g_assert_true(update(sandbox, &moved, &error));
	g_assert_no_error(error);
	g_assert_cmpint(moved.added, ==, 2);
	g_assert_cmpint(moved.gone, ==, 1);
	g_free(sandbox_run(sandbox, "git -C cache/git/*.git gc -q --prune=now"));
	now = tree_of(sandbox, "next", &error);
	g_assert_cmpstr(now->commit, ==, moved.now);
	pinned = g_strdup_printf("next@%.10s", old->commit);
	again = tree_of(sandbox, pinned, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->identity, ==, old->identity);
	g_assert_cmpstr(again->commit, ==, old->commit);
	g_assert_cmpstr(again->version, ==, old->version);
}

static void test_pin(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(Tree) tagged = NULL;
	g_autofree char *tag = NULL, *unknown = NULL, *before = NULL, *whole = NULL;
	g_autoptr(Tree) fetched = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	tag = sandbox_run(sandbox, "git -C up rev-parse v7.3-rc1^{commit}");
	/* nothing was fetched yet */
	tagged = tree_of(sandbox, "next@v7.3-rc1", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(tagged->commit, ==, tag);
	g_assert_cmpstr(tagged->version, ==, "v7.3-rc1");
	g_assert_null(tree_of(sandbox, "next@0123456789ab", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "next@0123456789ab", "fetch --update next");
	unknown = g_strdup_printf("next@%040d", 1);
	g_assert_null(tree_of(sandbox, unknown, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "nothing that was fetched");
	g_assert_null(tree_of(sandbox, "next@--all", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "next@--all");
	g_assert_null(tree_of(sandbox, "next@", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "must follow the '@'");
	g_assert_null(source_load(PATCHES, "7.1@0123456789ab", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "one release, Linux 7.1.13");
	/* by its whole id, a commit that no branch has any more can be asked for */
	before =
		sandbox_run(sandbox, "cd up; echo 7 >f;" COMMIT " lost; git rev-parse HEAD; git reset -q --hard HEAD^");
	whole = g_strdup_printf("next@%s", before);
	g_free(sandbox_run(sandbox, "git -C up config uploadpack.allowAnySHA1InWant true"));
	fetched = tree_of(sandbox, whole, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(fetched->commit, ==, before);
}

static void test_bad(Sandbox *sandbox, gconstpointer data)
{
	static const struct {
		const char *where, *branch, *complaint;
	} cases[] = {
		{ "ext::sh -c x", "main", "no place of a git repository" },
		{ "relative/path", "main", "no place of a git repository" },
		{ "ftp://host/x", "main", "no place of a git repository" },
		{ "/x", "", "needs branch=" },
		{ "/x", "-f", "cannot be the name" },
		{ "/x", "a..b", "cannot be the name" },
		{ "/x", "a b", "cannot be the name" },
		{ "/x", "a.lock", "cannot be the name" },
	};
	g_auto(SourceUpdate) update_1 = { 0 }, update_2 = { 0 }, update_3 = { 0 }, update_4 = { 0 };
	g_autofree char *folder = sandbox_path(sandbox, "folder"), *other = sandbox_path(sandbox, "other");
	g_autofree char *left = NULL;
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		write_source(sandbox, cases[i].where, cases[i].branch);
		g_assert_null(load(sandbox, "next", &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "patches/next/source", cases[i].complaint);
	}
	sandbox_write(sandbox, "patches/next/source",
		      "[a]\nkind=git\nwhere=/x\nbranch=y\n[b]\nkind=git\nwhere=/z\nbranch=y\n");
	g_assert_null(load(sandbox, "next", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "the only one");
	make_upstream(sandbox);
	write_local(sandbox, "mian");
	g_assert_false(update(sandbox, &update_1, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no branch 'mian'", "it has: main");
	g_free(sandbox_run(sandbox, "mkdir folder"));
	write_source(sandbox, folder, "main");
	g_assert_false(update(sandbox, &update_2, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "does not appear to be a git repository");
	/* nobody listens at the port of discard */
	write_source(sandbox, "http://127.0.0.1:9/x.git", "main");
	g_assert_false(update(sandbox, &update_3, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_HOST, "127.0.0.1");
	g_assert_null(update_3.now);
	/* nothing of all this is left */
	left = sandbox_run(sandbox, "ls -d cache/git/*.git 2>/dev/null || true");
	g_assert_cmpstr(left, ==, "");
	g_free(sandbox_run(sandbox, "mkdir other; cd other; git init -q -b main; echo x >f; git add .;" COMMIT " x"));
	write_source(sandbox, other, "main");
	g_assert_null(tree_of(sandbox, "next", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no kernel's source");
}

/* Another address is another branch, whatever the name. */
static void test_moved_house(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *path = sandbox_path(sandbox, "copy"), *url = g_strconcat("file://", path, NULL);
	g_autoptr(Tree) first = NULL, second = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	first = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox, "git clone -q up copy; cd copy; echo 3 >f;" COMMIT " three"));
	write_source(sandbox, url, "main");
	second = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(second->commit, !=, first->commit);
	g_assert_true(strstr(second->describe, url) != NULL);
}

/* What a fetch that was killed leaves: locks, and half a pack. The next one is alone there. */
static void test_stale(Sandbox *sandbox, gconstpointer data)
{
	g_auto(SourceUpdate) moved = { 0 };
	g_autofree char *left = NULL;
	g_autoptr(Tree) tree = NULL;
	g_autoptr(GError) error = NULL;

	make_upstream(sandbox);
	write_local(sandbox, "main");
	tree = tree_of(sandbox, "next", &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox,
			   "cd up; echo 3 >f;" COMMIT " three; cd ../cache/git/*.git; touch config.lock shallow.lock "
			   "packed-refs.lock refs/heads/main.lock objects/pack/tmp_pack_x"));
	g_assert_true(update(sandbox, &moved, &error));
	g_assert_no_error(error);
	g_assert_cmpint(moved.added, ==, 1);
	left = sandbox_run(sandbox, "cd cache/git/*.git; find . -name '*.lock' -o -name 'tmp_*'");
	g_assert_cmpstr(left, ==, "");
}

static gpointer update_often(gpointer data)
{
	Sandbox *sandbox = data;

	for (int i = 0; i < 3; i++) {
		g_auto(SourceUpdate) moved = { 0 };
		g_autoptr(GError) error = NULL;
		g_autoptr(Tree) tree = NULL;

		update(sandbox, &moved, &error);
		g_assert_no_error(error);
		tree = tree_of(sandbox, "next", &error);
		g_assert_no_error(error);
		g_assert_nonnull(tree);
	}
	return NULL;
}

static void test_together(Sandbox *sandbox, gconstpointer data)
{
	GThread *threads[3];

	make_upstream(sandbox);
	write_local(sandbox, "main");
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("harness", update_often, sandbox);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

static void test_words(void)
{
	g_autofree char *name = NULL, *where = NULL, *branch = NULL, *here = g_get_current_dir();
	g_autofree char *name_2 = NULL, *where_2 = NULL, *branch_2 = NULL,
			*path = g_build_filename(here, "x.git", NULL);
	static const char *const bad[] = { "next", "next=/x", "=/x#y", "next=#y", "next=/x#" };
	g_autoptr(GError) error = NULL;

	g_assert_true(source_parse("next=https://host/x.git#mm-new", &name, &where, &branch, &error));
	g_assert_cmpstr(name, ==, "next");
	g_assert_cmpstr(where, ==, "https://host/x.git");
	g_assert_cmpstr(branch, ==, "mm-new");
	g_assert_true(source_parse("mm=x.git#a/b", &name_2, &where_2, &branch_2, &error));
	g_assert_cmpstr(where_2, ==, path);
	g_assert_cmpstr(branch_2, ==, "a/b");
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_false(source_parse(bad[i], &name, &where, &branch, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "NAME=URL#BRANCH");
	}
	g_assert_true(gitplace_check("user@host:linux.git", "a/b", NULL));
	g_assert_true(gitfetch_is_refusal("remote: Repository not found.\nfatal: ..."));
	g_assert_false(gitfetch_is_refusal("fatal: unable to access 'https://host/': Could not resolve host: host"));
}

/* The user's own: beside the project's, which a name cannot take from it. */
static void test_own(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *up = sandbox_path(sandbox, "up"), *own = source_own_folder(),
			*patches = sandbox_path(sandbox, "patches");
	g_auto(GStrv) names = NULL, series = NULL;
	g_autofree char *all = NULL, *folder = NULL;
	g_autoptr(Source) source = NULL;
	g_autoptr(GError) error = NULL;
	bool added;

	g_assert_true(g_str_has_suffix(own, "/khotest/kernels"));
	sandbox_write(sandbox, "patches/7.1/source", "[kernel]\nversion=7.1.13\n");
	g_assert_true(source_add(patches, "mine", up, "main", &added, &error));
	g_assert_no_error(error);
	g_assert_true(added);
	/* again it is the same */
	g_assert_true(source_add(patches, "mine", up, "main", &added, &error));
	g_assert_false(added);
	g_assert_false(source_add(patches, "mine", up, "other", &added, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "a kernel 'mine' already", "main of");
	g_assert_false(source_add(patches, "7.1", up, "main", &added, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "a kernel '7.1' already", "7.1.13");
	g_assert_false(source_add(patches, "../x", up, "main", &added, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "cannot be called '../x'");
	g_assert_false(source_add(patches, "a@b", up, "main", &added, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "cannot be called");
	names = source_list(patches, &error);
	all = g_strjoinv(" ", names);
	g_assert_cmpstr(all, ==, "7.1 mine");
	source = source_load(patches, "mine", &error);
	g_assert_no_error(error);
	folder = g_build_filename(own, "mine", NULL);
	g_assert_cmpstr(source->folder, ==, folder);
	series = series_list(patches, "mine", &error);
	g_assert_cmpstr(series[0], ==, "stock");
	g_assert_null(series[1]);
}

int main(int argc, char **argv)
{
	g_autofree char *config = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	log_set_level(LOG_QUIET);
	g_setenv("GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_setenv("no_proxy", "127.0.0.1", TRUE);
	/* the user's own kernels are none of a test's */
	config = g_dir_make_tmp("khotest-config-XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", config, TRUE);
	sandbox_add("/gitsource/tree", test_tree);
	sandbox_add("/gitsource/offline", test_offline);
	sandbox_add("/gitsource/update", test_update);
	sandbox_add("/gitsource/rebased", test_rebased);
	sandbox_add("/gitsource/pin", test_pin);
	sandbox_add("/gitsource/bad", test_bad);
	sandbox_add("/gitsource/moved-house", test_moved_house);
	sandbox_add("/gitsource/stale", test_stale);
	sandbox_add("/gitsource/together", test_together);
	sandbox_add("/gitsource/own", test_own);
	g_test_add_func("/gitsource/words", test_words);
	status = g_test_run();
	sandbox_tear_down(&(Sandbox){ .path = g_steal_pointer(&config) }, NULL);
	return status;
}
