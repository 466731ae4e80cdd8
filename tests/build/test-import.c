// SPDX-License-Identifier: GPL-2.0-or-later
#include "import.h"
#include "sandbox.h"
#include "tree.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <signal.h>
#include <unistd.h>

static void make_tarball(Sandbox *sandbox)
{
	g_free(sandbox_run(
		sandbox, "mkdir -p linux-1/d; cd linux-1; echo text >d/file; printf '#!/bin/sh\\n' >run; chmod 755 run;"
			 "ln -s d/file link; echo '*.o' >.gitignore; echo kept >kept.o; : >empty; echo q >'d/a b\"c';"
			 "cd ..; tar cJf t.tar.xz linux-1"));
}

static void test_import(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tarball = sandbox_path(sandbox, "t.tar.xz");
	g_autofree char *path = sandbox_path(sandbox, "tree");
	g_autofree char *base = NULL, *again = NULL, *difference = NULL;
	g_autoptr(GError) error = NULL;

	make_tarball(sandbox);
	import_tarball(tarball, path, "Linux 1", NULL, &base, &error);
	g_assert_no_error(error);
	/* modes, links, odd names and files that .gitignore names are all there */
	difference = sandbox_run(
		sandbox, "diff -r --no-dereference --exclude=.git linux-1 tree; test -x tree/run; test -L tree/link;"
			 "test ! -x tree/d/file; cd tree; git status --porcelain");
	g_assert_cmpstr(difference, ==, "");
	/* the same content, the same commit, at any time */
	import_tarball(tarball, path, "Linux 1", NULL, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(base, ==, again);
}

static void test_broken(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tarball = sandbox_path(sandbox, "t.tar.xz");
	g_autofree char *path = sandbox_path(sandbox, "tree");
	g_autofree char *base = NULL;
	g_autoptr(GError) error = NULL;

	make_tarball(sandbox);
	g_free(sandbox_run(sandbox, "head -c 300000 /dev/urandom >linux-1/large; tar cJf t.tar.xz linux-1;"
				    "head -c 200000 t.tar.xz >cut; mv cut t.tar.xz"));
	g_assert_false(import_tarball(tarball, path, "Linux 1", NULL, &base, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "t.tar.xz");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	sandbox_write(sandbox, "t.tar.xz", "no tarball at all");
	g_assert_false(import_tarball(tarball, path, "Linux 1", NULL, &base, &error));
	g_clear_error(&error);
	g_free(sandbox_run(sandbox, "cd linux-1; tar cJf ../t.tar.xz run"));
	g_assert_false(import_tarball(tarball, path, "Linux 1", NULL, &base, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'run' lies outside of any folder");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* As Debian packs a kernel's source: a tarball in a tarball in an ar archive. */
static void make_package(Sandbox *sandbox, const char *inner)
{
	g_autofree char *command = g_strdup_printf(
		"mkdir -p usr/src p; echo 2.0 >p/debian-binary; tar cJf p/control.tar.xz -T /dev/null;"
		"cp t.tar.xz usr/src/%s; tar cJf p/data.tar.xz ./usr; cd p;"
		"rm -f ../t.deb; ar rc ../t.deb debian-binary control.tar.xz data.tar.xz; rm ../usr/src/%s",
		inner, inner);

	g_free(sandbox_run(sandbox, command));
}

static void test_package(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tarball = sandbox_path(sandbox, "t.tar.xz");
	g_autofree char *package = sandbox_path(sandbox, "t.deb");
	g_autofree char *path = sandbox_path(sandbox, "tree");
	g_autofree char *base = NULL, *same = NULL;
	g_autoptr(GError) error = NULL;

	make_tarball(sandbox);
	import_tarball(tarball, path, "Linux 1", NULL, &base, &error);
	g_assert_no_error(error);
	make_package(sandbox, "linux-source-1.tar.xz");
	import_tarball(package, path, "Linux 1", NULL, &same, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(base, ==, same);

	make_package(sandbox, "linux-source-1.zip");
	g_assert_false(import_tarball(package, path, "Linux 1", NULL, &same, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "t.deb is a Debian package without *usr/src/*.tar*");
}

static void test_broken_package(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *package = sandbox_path(sandbox, "t.deb");
	g_autofree char *path = sandbox_path(sandbox, "tree");
	g_autofree char *base = NULL;
	g_autoptr(GError) error = NULL;

	make_tarball(sandbox);
	g_free(sandbox_run(sandbox, "head -c 3000000 /dev/urandom >linux-1/large; tar cJf t.tar.xz linux-1"));
	make_package(sandbox, "linux-source-1.tar.xz");
	/* what breaks off outside is told by whoever reads innermost */
	g_free(sandbox_run(sandbox, "head -c 2000000 t.deb >cut; mv cut t.deb"));
	g_assert_false(import_tarball(package, path, "Linux 1", NULL, &base, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "t.deb");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_cancelled(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tarball = sandbox_path(sandbox, "t.tar.xz");
	g_autofree char *path = sandbox_path(sandbox, "tree");
	g_autofree char *base = NULL;
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;

	make_tarball(sandbox);
	g_cancellable_cancel(cancel);
	g_assert_false(import_tarball(tarball, path, "Linux 1", cancel, &base, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_CANCELLED, "interrupted");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static Tree *tree_of_tarball(Sandbox *sandbox, const char *sum, GCancellable *cancel, GError **error)
{
	g_autofree char *tarball = sandbox_path(sandbox, "t.tar.xz"), *path = sandbox_path(sandbox, "trees/1");

	return tree_from_tarball(tarball, sum, path, "Linux 1", "1", cancel, error);
}

/* Another tarball comes in the place of one that is being compiled: when that is over. */
static void test_replaced(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *lock = sandbox_path(sandbox, "trees/1.build-lock"), *first = NULL, *second = NULL;
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(Tree) tree = NULL, same = NULL, other = NULL;
	g_autoptr(GError) error = NULL;
	int fd;

	make_tarball(sandbox);
	tree = tree_of_tarball(sandbox, "aa", NULL, &error);
	g_assert_no_error(error);
	fd = files_lock(lock, false, &error);
	g_assert_cmpint(fd, >=, 0);
	/* who wants the same one is in nobody's way */
	same = tree_of_tarball(sandbox, "aa", NULL, &error);
	g_assert_no_error(error);
	g_free(sandbox_run(sandbox, "echo 2 >linux-1/d/file; tar cJf t.tar.xz linux-1"));
	g_cancellable_cancel(cancel);
	g_assert_null(tree_of_tarball(sandbox, "bb", cancel, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_clear_error(&error);
	first = sandbox_run(sandbox, "cat trees/1/d/file");
	g_assert_cmpstr(first, ==, "text");
	close(fd);
	other = tree_of_tarball(sandbox, "bb", NULL, &error);
	g_assert_no_error(error);
	second = sandbox_run(sandbox, "cat trees/1/d/file");
	g_assert_cmpstr(second, ==, "2");
}

typedef struct {
	Sandbox *sandbox;
	Tree *tree;
	int lock;
} Waiting;

static gpointer hold(gpointer data)
{
	Waiting *waiting = data;
	g_autofree char *cache = sandbox_path(waiting->sandbox, "cache"),
			*tarball = sandbox_path(waiting->sandbox, "t.tar.xz");
	KernelSpec spec = { .arch = arch_default(), .user_tree = tarball, .cache = cache };

	waiting->tree = tree_hold(&spec, &waiting->lock, NULL);
	return NULL;
}

/* Whoever waited for the lock meanwhile has what is there then, and not what it took it for. */
static void test_held(Sandbox *sandbox, gconstpointer data)
{
	Waiting first = { sandbox, NULL, -1 }, second = { sandbox, NULL, -1 };
	g_autofree char *note = NULL;
	GThread *thread;

	g_free(sandbox_run(sandbox, "mkdir linux-2; cd linux-2; printf 'VERSION = 7\\nPATCHLEVEL = 1\\nSUBLEVEL = 0\\n"
				    "EXTRAVERSION =\\n' >Makefile; touch Kconfig Kbuild; cd ..;"
				    "tar cJf t.tar.xz linux-2"));
	hold(&first);
	g_assert_nonnull(first.tree);
	thread = g_thread_new("second", hold, &second);
	g_usleep(G_USEC_PER_SEC);
	/* as a third leaves it, which had the lock before, and another tarball of that name */
	g_free(sandbox_run(sandbox,
			   "sed -i s/^identity=.*/identity=sha256:other/ cache/trees/user-*[!k]/.git/khotest"));
	close(first.lock);
	g_thread_join(thread);
	g_assert_nonnull(second.tree);
	g_assert_cmpstr(second.tree->identity, ==, first.tree->identity);
	note = sandbox_run(sandbox, "grep -c other cache/trees/user-*[!k]/.git/khotest || true");
	g_assert_cmpstr(note, ==, "0");
	close(second.lock);
	tree_free(first.tree);
	tree_free(second.tree);
}

static void test_strip(void)
{
	g_assert_cmpstr(import_strip("linux-1/a/b"), ==, "a/b");
	g_assert_cmpstr(import_strip("./linux-1/a"), ==, "a");
	g_assert_null(import_strip("linux-1/"));
	g_assert_null(import_strip("linux-1"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_level(LOG_QUIET);
	signal(SIGPIPE, SIG_IGN); /* as main() does */
	sandbox_add("/import/import", test_import);
	sandbox_add("/import/broken", test_broken);
	sandbox_add("/import/package", test_package);
	sandbox_add("/import/broken-package", test_broken_package);
	sandbox_add("/import/cancelled", test_cancelled);
	sandbox_add("/import/replaced", test_replaced);
	sandbox_add("/import/held", test_held);
	g_test_add_func("/import/strip", test_strip);
	return g_test_run();
}
