// SPDX-License-Identifier: GPL-2.0-or-later
#include "import.h"
#include "sandbox.h"

#include <base/error.h>
#include <base/log.h>

#include <signal.h>

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
	g_test_add_func("/import/strip", test_strip);
	return g_test_run();
}
