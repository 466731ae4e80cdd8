// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"
#include "userlook.h"

#include <build/series.h>
#include <build/source.h>

#include <base/error.h>
#include <base/log.h>

#include <string.h>

/* What every kernel's source has at its top. */
#define KERNEL                                                                                                         \
	"printf 'VERSION = 7\\nPATCHLEVEL = 1\\nSUBLEVEL = 0\\nEXTRAVERSION = -rc3\\n' >Makefile; echo >Kbuild; echo " \
	"k >Kconfig;"

/*
 * Somebody's kernel: a commit, an uncommitted change, a staged new file, an
 * untracked file, a .config, a branch.
 */
static void make_user(Sandbox *sandbox)
{
	g_free(sandbox_run(sandbox,
			   "mkdir user; cd user; git init -q -b main;" KERNEL "echo 1 >f; echo .config >.gitignore;"
			   "git add .; git -c user.name=t -c user.email=t@localhost commit -q -m one; git -c "
			   "user.name=t -c user.email=t@localhost tag -a -m one v1;"
			   "echo 2 >f; echo new >staged; git add staged; echo x >untracked; echo CONFIG_X=y >.config"));
}

/*
 * Everything about a folder that must not change: names, types, sizes, times,
 * contents. The times of objects are left out, since git renews them.
 */
static char *state(Sandbox *sandbox)
{
	return sandbox_run(
		sandbox,
		"find user -path user/.git/objects -prune -o -printf '%p %y %m %s %T@ %C@ %i\\n' | sort;"
		"find user -type f | sort | xargs sha256sum;"
		"cd user; test ! -d .git || { git --no-optional-locks status --porcelain=v2 --branch; git show-ref; }");
}

static Tree *tree_of(Sandbox *sandbox, const char *spec, GError **error)
{
	g_autofree char *path = sandbox_path(sandbox, spec);
	g_autofree char *cache = sandbox_path(sandbox, "cache");

	return source_user_tree(path, cache, NULL, error);
}

static void test_isolation(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) now = NULL, tagged = NULL;
	g_autoptr(Series) series = NULL;
	g_autofree char *before = NULL, *after = NULL, *files = NULL, *folder = sandbox_path(sandbox, "none");

	make_user(sandbox);
	sandbox_write(sandbox, "none/series", "");
	series = series_load(PATCHES, "7.1", folder, NULL, NULL, NULL);
	before = state(sandbox);

	now = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	series_apply(series, now->path, now->base, NULL, &error);
	g_assert_no_error(error);
	files = sandbox_run(sandbox, "cd cache/trees/user-*[!k]; ls -A; cat f");
	g_assert_cmpstr(files, ==, ".git\n.gitignore\nKbuild\nKconfig\nMakefile\nf\nstaged\n2");

	tagged = tree_of(sandbox, "user@v1", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(tagged->identity, !=, now->identity);
	g_assert_cmpstr(tagged->path, ==, now->path);
	series_apply(series, tagged->path, tagged->base, NULL, &error);
	g_assert_no_error(error);
	g_free(files);
	files = sandbox_run(sandbox, "cd cache/trees/user-*[!k]; ls -A; cat f");
	g_assert_cmpstr(files, ==, ".git\n.gitignore\nKbuild\nKconfig\nMakefile\nf\n1");

	after = state(sandbox);
	g_assert_cmpstr(before, ==, after);
}

static void test_identity(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) first = NULL, again = NULL, changed = NULL;

	make_user(sandbox);
	first = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	again = tree_of(sandbox, "user", &error);
	g_assert_cmpstr(first->identity, ==, again->identity);
	g_assert_cmpstr(first->base, ==, again->base);
	sandbox_write(sandbox, "user/f", "3\n");
	changed = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(changed->identity, !=, first->identity);
}

/* A harness that was killed while git ran leaves git's locks; the next one is alone there, and goes on. */
static void test_stale_locks(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) first = NULL, again = NULL;

	make_user(sandbox);
	first = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox, "cd cache/trees/user-*[!k]/.git; touch user-index.lock config.lock "
				    "refs/heads/base.lock"));
	again = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->identity, ==, first->identity);
}

static gpointer look_many_times(gpointer data)
{
	Sandbox *sandbox = data;

	for (int i = 0; i < 5; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Tree) tree = tree_of(sandbox, "user", &error);

		g_assert_no_error(error);
	}
	return NULL;
}

/* Several harnesses on one tree wait for each other. */
static void test_together(Sandbox *sandbox, gconstpointer data)
{
	GThread *threads[4];

	make_user(sandbox);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("harness", look_many_times, sandbox);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

static void test_plain_folder(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) tree = NULL;
	g_autofree char *before = NULL, *after = NULL;

	g_free(sandbox_run(sandbox, "mkdir user; cd user;" KERNEL "echo 1 >f"));
	before = state(sandbox);
	tree = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_true(g_str_has_prefix(tree->identity, "tree:"));
	g_assert_null(tree->commit);
	g_assert_null(tree->version);
	after = state(sandbox);
	g_assert_cmpstr(before, ==, after);
	g_assert_null(tree_of(sandbox, "user@v1", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "not the top folder of a git repository", "v1");
	/* git has the name of a commit for a repository inside, and none of its files */
	g_free(sandbox_run(sandbox, "mkdir -p user/a/inner; cd user/a/inner; git init -q; echo 1 >g; git add .;"
				    "git -c user.name=t -c user.email=t@localhost commit -qm one"));
	g_assert_null(tree_of(sandbox, "user", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "a repository inside of it: a/inner");
}

/* A repository that becomes a plain folder, and one again: nothing of what it was is in the way. */
static void test_changed(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) repository = NULL, folder = NULL, again = NULL;
	g_autoptr(Series) none = series_none();
	g_autofree char *files = NULL;

	make_user(sandbox);
	/* so old that git believes its index, and does not read them again */
	g_free(sandbox_run(sandbox,
			   "cd user; touch -d yesterday Makefile Kbuild; git update-index -q --refresh || true"));
	repository = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_true(series_apply(none, repository->path, repository->base, NULL, &error));
	g_free(sandbox_run(sandbox, "mv user/.git away"));
	folder = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	series_apply(none, folder->path, folder->base, NULL, &error);
	g_assert_no_error(error);
	files = sandbox_run(sandbox, "git -C cache/trees/user-*[!k] ls-tree --name-only base");
	g_assert_nonnull(strstr(files, "untracked"));
	g_free(sandbox_run(sandbox, "mv away user/.git"));
	again = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->identity, ==, repository->identity);
}

/* A worktree of a repository that is away, such as on a disk that is not mounted, is no folder without git. */
static void test_away(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	make_user(sandbox);
	g_free(sandbox_run(sandbox, "git -C user worktree add -q ../beside v1; mv user elsewhere"));
	g_assert_null(tree_of(sandbox, "beside", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "/beside: git cannot read it", "not a git repository");
}

/* A clone that has left files where it came from: said before git misses them, and nothing is fetched for it. */
static void test_partial(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) now = NULL, branch = NULL;

	make_user(sandbox);
	g_free(sandbox_run(
		sandbox, "cd user; git checkout -q -b br; git -c user.name=t -c user.email=t@localhost commit -qam two;"
			 "git checkout -q main; git config uploadpack.allowFilter true; cd ..;"
			 "git clone -q --filter=blob:none \"file://$PWD/user\" part"));
	now = tree_of(sandbox, "part", &error);
	g_assert_no_error(error);
	g_assert_null(tree_of(sandbox, "part@origin/br", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "/part is a partial clone that lacks 2 files", "of origin/br",
			     "fetch --refetch --no-filter");
	/* as is advised */
	g_free(sandbox_run(sandbox, "git -C part fetch -q --refetch --no-filter"));
	branch = tree_of(sandbox, "part@origin/br", &error);
	g_assert_no_error(error);
}

/* What a hook has set, or the user prefers, is not for our repository. */
static void test_environment(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) tree = NULL, again = NULL;

	make_user(sandbox);
	g_setenv("GIT_DEFAULT_HASH", "sha256", TRUE);
	g_setenv("GIT_QUARANTINE_PATH", sandbox->path, TRUE);
	tree = tree_of(sandbox, "user", &error);
	g_unsetenv("GIT_DEFAULT_HASH");
	g_unsetenv("GIT_QUARANTINE_PATH");
	g_assert_no_error(error);
	again = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->identity, ==, tree->identity);
}

/* What is left out is said, once. */
static void test_left_out(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *files = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		g_test_trap_assert_stderr(
			"*/user: not taken, since git does not track it: d/, untracked; 'git add -N'*");
		g_test_trap_assert_stderr_unmatched("*since git*since git*");
		g_test_trap_assert_stderr("*/user@sub: what is in submodules is not taken: inner*");
		return;
	}
	log_set_level(LOG_NORMAL);
	make_user(sandbox);
	g_free(sandbox_run(sandbox, "mkdir user/d; touch user/d/new.c"));
	for (int i = 0; i < 2; i++)
		tree_free(tree_of(sandbox, "user", &error));
	g_assert_no_error(error);
	/* as is advised */
	g_free(sandbox_run(sandbox, "git -C user add -N d/new.c untracked"));
	tree_free(tree_of(sandbox, "user", &error));
	g_assert_no_error(error);
	files = sandbox_run(sandbox, "git -C cache/trees/user-*[!k] ls-tree -r --name-only base");
	g_assert_nonnull(strstr(files, "d/new.c\n"));
	g_free(sandbox_run(sandbox, "cd user; git init -q inner; git -C inner -c user.name=t -c user.email=t@localhost "
				    "commit -q --allow-empty -m one; git add inner 2>/dev/null;"
				    "git -c user.name=t -c user.email=t@localhost commit -qm sub; git branch sub"));
	tree_free(tree_of(sandbox, "user@sub", &error));
	g_assert_no_error(error);
}

/* Nor does what the user's git leaves out, or rewrites, change what a kernel is made of. */
static void test_user_config(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *config = sandbox_path(sandbox, "config"), *files = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) plain = NULL, tree = NULL;

	g_free(sandbox_run(sandbox, "mkdir user; cd user;" KERNEL "printf '1\\r\\n' >f; echo 1 >a.patch"));
	plain = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	/* what is in the index already is not left out */
	g_free(sandbox_run(sandbox, "rm -r cache"));
	sandbox_write(sandbox, "config/git/ignore", "*.patch\n");
	sandbox_write(sandbox, "config/git/attributes", "f text=auto eol=lf\n");
	g_setenv("XDG_CONFIG_HOME", config, TRUE);
	g_setenv("GIT_CONFIG_PARAMETERS", "'core.autocrlf=true'", TRUE);
	tree = tree_of(sandbox, "user", &error);
	files = sandbox_run(sandbox, "git -C cache/trees/user-*[!k] ls-tree --name-only base");
	g_unsetenv("XDG_CONFIG_HOME");
	g_unsetenv("GIT_CONFIG_PARAMETERS");
	g_assert_no_error(error);
	g_assert_cmpstr(files, ==, "Kbuild\nKconfig\nMakefile\na.patch\nf");
	g_assert_cmpstr(tree->identity, ==, plain->identity);
}

static void test_bad(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	make_user(sandbox);
	g_assert_null(tree_of(sandbox, "gone", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "there is no");
	g_assert_null(tree_of(sandbox, "user@v9", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no branch, tag or commit 'v9'");
	g_assert_null(tree_of(sandbox, "user@", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "must follow the '@'");
	g_free(sandbox_run(sandbox, "git clone -q --bare user bare.git"));
	g_assert_null(tree_of(sandbox, "bare.git@main", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "a repository without a working copy", "worktree add",
			     "fetch --source NAME=", "/bare.git#main");
	g_free(sandbox_run(sandbox, "mkdir empty; touch empty/f"));
	g_assert_null(tree_of(sandbox, "empty", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no kernel source", "it has no Kconfig");
	/* a project with a Kconfig of its own, and a ref that has none */
	g_free(sandbox_run(sandbox, "touch empty/Kconfig empty/Kbuild; echo all: >empty/Makefile"));
	g_assert_null(tree_of(sandbox, "empty", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no Makefile that sets VERSION");
	/* an assignment, so that no commit ends the script: "git tag" would take the current one for the empty word */
	g_free(sandbox_run(sandbox, "cd user; nothing=$(git -c user.name=t -c user.email=t@localhost commit-tree -m n "
				    "$(git mktree </dev/null)); git tag nothing \"$nothing\""));
	g_assert_null(tree_of(sandbox, "user@nothing", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no kernel source");
	/* nothing of what was refused was copied */
	text = sandbox_run(sandbox, "ls cache/trees 2>/dev/null || true");
	g_assert_cmpstr(text, ==, "");
	g_free(sandbox_run(sandbox, "mkdir user/mm"));
	g_assert_null(tree_of(sandbox, "user/mm", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "it lies in one, which is --tree ", "/user");
}

static void test_version(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tree) dirty = NULL, clean = NULL, tagged = NULL, fresh = NULL;
	g_autofree char *head = NULL, *tag = NULL, *version = NULL;

	make_user(sandbox);
	dirty = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	tag = sandbox_run(sandbox, "cd user; git rev-parse v1^{commit}");
	g_assert_cmpstr(dirty->commit, ==, tag);
	g_assert_cmpstr(dirty->version, ==, "v1-dirty");
	g_assert_true(g_str_has_suffix(dirty->describe, "/user (v1-dirty)"));
	g_assert_true(dirty->dirty);
	tagged = tree_of(sandbox, "user@v1", &error);
	g_assert_cmpstr(tagged->version, ==, "v1");
	g_assert_false(tagged->dirty);
	head = sandbox_run(sandbox, "cd user; git -c user.name=t -c user.email=t@localhost commit -qam two;"
				    "git rev-parse HEAD");
	clean = tree_of(sandbox, "user", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(clean->commit, ==, head);
	g_assert_false(clean->dirty);
	version = g_strdup_printf("v1-1-g%.12s", head);
	g_assert_cmpstr(clean->version, ==, version);
	/* nothing is committed yet: there is no name */
	g_free(sandbox_run(sandbox, "mkdir fresh; cd fresh; git init -q;" KERNEL "git add ."));
	fresh = tree_of(sandbox, "fresh", &error);
	g_assert_no_error(error);
	g_assert_null(fresh->commit);
	g_assert_null(fresh->version);
}

static void test_release(void)
{
	g_autofree char *stable = userlook_release("VERSION = 7\nPATCHLEVEL = 1\nSUBLEVEL = 13\nEXTRAVERSION =\n");
	g_autofree char *candidate =
		userlook_release("VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\n");

	g_assert_cmpstr(stable, ==, "7.1.13");
	g_assert_cmpstr(candidate, ==, "7.2.0-rc1");
	g_assert_null(userlook_release("VERSION = 1.0\nall:\n"));
	g_assert_null(userlook_release("NAME=x\nMYVERSION = 7\nPATCHLEVEL = 1\nEXTRAVERSION =\n"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* as on a new machine: git knows no name for commits, and guesses none */
	g_setenv("GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_setenv("GIT_CONFIG_COUNT", "1", TRUE);
	g_setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly", TRUE);
	g_setenv("GIT_CONFIG_VALUE_0", "true", TRUE);
	sandbox_add("/usertree/isolation", test_isolation);
	sandbox_add("/usertree/identity", test_identity);
	sandbox_add("/usertree/stale-locks", test_stale_locks);
	sandbox_add("/usertree/together", test_together);
	sandbox_add("/usertree/plain-folder", test_plain_folder);
	sandbox_add("/usertree/left-out", test_left_out);
	sandbox_add("/usertree/changed", test_changed);
	sandbox_add("/usertree/away", test_away);
	sandbox_add("/usertree/partial", test_partial);
	sandbox_add("/usertree/environment", test_environment);
	sandbox_add("/usertree/user-config", test_user_config);
	sandbox_add("/usertree/bad", test_bad);
	sandbox_add("/usertree/version", test_version);
	g_test_add_func("/usertree/release", test_release);
	return g_test_run();
}
