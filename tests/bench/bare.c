// SPDX-License-Identifier: GPL-2.0-or-later
#include "bare.h"

#include <base/files.h>
#include <proto/frame.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (600 * G_USEC_PER_SEC)
#define POLL_US 5000
/* Longer than the last record, whatever it says. */
#define TAIL 4096

/* Is the last record of the channel "done", of that kernel? */
static bool is_done(const char *channel, guint hop)
{
	g_autofree char *header = g_strdup_printf(FRAME_MAGIC " %u " FRAME_DONE " ", hop);
	g_autoptr(GBytes) bytes = files_read(channel, NULL);
	gsize length = bytes ? g_bytes_get_size(bytes) : 0, tail = MIN(length, TAIL);
	const char *data = length ? g_bytes_get_data(bytes, NULL) : NULL;

	return data && g_strstr_len(data + (length - tail), (gssize)tail, header);
}

static char *read_text(const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(path, &error);

	g_assert_no_error(error);
	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/*
 * What khotest takes it from too: the first kernel's hello. "Zone ranges:" is a
 * line from when the memory map is set up; with a stamp of 0, there was no clock
 * by then.
 */
static gint64 read_init_ns(const char *channel, const char *console)
{
	static const char hello[] = FRAME_MAGIC " 0 " FRAME_HELLO " ", key[] = "\nboottime_ns=";
	g_autofree char *records = read_text(channel), *lines = read_text(console);
	const char *at;

	if (strstr(lines, "[    0.000000] Zone ranges:"))
		return -1;
	/* before any record that is not text */
	at = strstr(records, hello);
	g_assert_nonnull(at);
	at = strstr(at, key);
	g_assert_nonnull(at);
	return g_ascii_strtoll(at + strlen(key), NULL, 10);
}

/*
 * In the child. A session of its own, as libvirt gives its machines, since the
 * scheduler shares the CPUs out by session (sched_autogroup_enabled). And the machine
 * ends with the test, also where an assertion ends that.
 */
static void detach(gpointer data)
{
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

Bare bare_run(const char *rundir, guint last_hop)
{
	g_autofree char *script = g_build_filename(rundir, "reproduce.sh", NULL);
	g_autofree char *folder = g_dir_make_tmp("khotest-bench-XXXXXX", NULL);
	g_autofree char *channel = g_build_filename(folder, "channel.raw", NULL);
	g_autofree char *console = g_build_filename(folder, "console.raw", NULL);
	char *argv[] = { script, NULL };
	gint64 began = g_get_monotonic_time();
	int output = open(console, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	g_autoptr(GError) error = NULL;
	GPid pid;
	Bare bare;

	g_assert_cmpint(output, >=, 0);
	g_assert_true(g_spawn_async_with_fds(folder, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, detach, NULL, &pid, -1,
					     output, -1, &error));
	close(output);
	while (!is_done(channel, last_hop)) {
		g_assert_cmpint(g_get_monotonic_time() - began, <, DEADLINE_US);
		g_assert_cmpint(waitpid(pid, NULL, WNOHANG), ==, 0);
		g_usleep(POLL_US);
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	bare.seconds = (double)(g_get_monotonic_time() - began) / 1e6;
	bare.init_ns = read_init_ns(channel, console);
	g_assert_true(files_remove_tree(folder, &error));
	return bare;
}
