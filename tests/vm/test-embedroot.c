// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process that is gone has left, and the next one finds. */
#include "embedroot.h"
#include "pretend.h"

#include <base/files.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

/* Runs after the root below it is gone: what was registered last runs first. */
static void remove_folder(void)
{
	files_remove_tree(folder, NULL);
	g_free(folder);
}

/* As qemuProcessQMPLaunch() starts it, to ask for capabilities. */
static pid_t start_probe(const char *root)
{
	g_autofree char *monitor = g_strdup_printf("unix:%s/lib/qemu/qmp-AbCdEf/qmp.monitor,server=on,wait=off", root);

	return pretend("qemu-pretended", monitor);
}

static void test_sweep(void)
{
	g_autofree char *cache = g_build_filename(folder, "cache", NULL);
	g_autofree char *gone = g_build_filename(folder, "libvirt-1", NULL);
	g_autofree char *longer = g_build_filename(folder, "libvirt-1-other", NULL);
	pid_t left[2], other;
	int status;

	g_assert_true(files_mkdirs(gone, NULL));
	left[0] = start_probe(gone);
	left[1] = start_probe(gone);
	other = start_probe(longer);
	g_assert_nonnull(embedroot_open(folder, cache, NULL, NULL));
	g_assert_false(g_file_test(gone, G_FILE_TEST_EXISTS));
	for (gsize i = 0; i < G_N_ELEMENTS(left); i++) {
		g_assert_cmpint(waitpid(left[i], &status, WNOHANG), ==, left[i]);
		g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
	}
	g_assert_cmpint(waitpid(other, &status, WNOHANG), ==, 0);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("er-XXXXXX", NULL);
	g_assert_nonnull(folder);
	atexit(remove_folder);
	g_test_add_func("/embedroot/sweep", test_sweep);
	return g_test_run();
}
