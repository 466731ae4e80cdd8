// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the harness costs: whole runs against bare QEMU with the same kernel,
 * initramfs and memory, in turn, and host memory against its budget.
 *
 * Arguments: khotest, memory, rounds, folder for run directories.
 */
#include "../e2e/tool.h"
#include "figures.h"

#include <base/files.h>
#include <base/units.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALL_LIMIT 1.05
/* Struct pages of both kernels, and 300 MB for everything else. */
#define PAGE_COST (2.0 * 64)
#define FIXED_COST 300e6
#define BARE_DEADLINE_US (600 * G_USEC_PER_SEC)
#define POLL_US 5000

/* One run of the tool: its wall time in seconds; the result is kept for what follows. */
static double time_tool(const char *memory, const char *folder, JsonObject **ret_result)
{
	const char *const words[] = { "run",	  "--series", "central", "-m",	 memory, "--profile", "timing",
				      "--format", "json",     "-o",	 folder, "-q",	 NULL };
	g_auto(SpawnResult) run = { 0 };
	gint64 began = g_get_monotonic_time();
	double seconds;

	tool_run(words, NULL, &run);
	seconds = (double)(g_get_monotonic_time() - began) / 1e6;
	g_assert_cmpint(run.status, ==, 0);
	*ret_result = tool_json(&run);
	return seconds;
}

/* Does the end of the channel say that the last hop is done? */
static bool channel_done(const char *path)
{
	g_autoptr(GBytes) bytes = files_read(path, NULL);
	gsize length = bytes ? g_bytes_get_size(bytes) : 0;
	const char *data = bytes ? g_bytes_get_data(bytes, NULL) : NULL;

	return length &&
	       g_strstr_len(data + (length > 4096 ? length - 4096 : 0), (gssize)MIN(length, 4096), "@KHOT1 1 done ");
}

/* The same machine by reproduce.sh, until its second kernel is done, and gone. */
static double time_bare(const char *rundir)
{
	g_autofree char *script = g_build_filename(rundir, "reproduce.sh", NULL);
	g_autofree char *folder = g_dir_make_tmp("khotest-bench-XXXXXX", NULL);
	g_autofree char *channel = g_build_filename(folder, "channel.raw", NULL);
	char *argv[] = { script, NULL };
	gint64 began = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	double seconds;
	GPid pid;

	g_assert_true(g_spawn_async(folder, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
				    NULL, &pid, &error));
	while (!channel_done(channel)) {
		g_assert_cmpint(g_get_monotonic_time() - began, <, BARE_DEADLINE_US);
		g_assert_cmpint(waitpid(pid, NULL, WNOHANG), ==, 0);
		g_usleep(POLL_US);
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	seconds = (double)(g_get_monotonic_time() - began) / 1e6;
	g_assert_true(files_remove_tree(folder, &error));
	return seconds;
}

static void bench_run(void)
{
	const char *memory = tool_argument(0), *folder = tool_argument(2);
	g_autoptr(GArray) ratios = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) over = g_array_new(FALSE, FALSE, sizeof(double));
	guint64 rounds = g_ascii_strtoull(tool_argument(1), NULL, 10);
	guint64 bytes = 0;
	g_autoptr(JsonObject) warm_up = NULL;

	g_assert_true(units_parse_size(memory, &bytes, NULL));
	time_tool(memory, folder, &warm_up);
	for (guint64 i = 0; i < rounds; i++) {
		g_autoptr(JsonObject) result = NULL;
		g_autofree char *rundir = g_build_filename(folder, json_get_string(warm_up, "id"), NULL);
		double tool, bare;
		gint64 rss;

		/* A B, then B A: a machine that gets slower favours neither */
		if (i % 2) {
			bare = time_bare(rundir);
			tool = time_tool(memory, folder, &result);
		} else {
			tool = time_tool(memory, folder, &result);
			bare = time_bare(rundir);
		}
		rss = json_get_int(json_get_object(result, "host"), "peak_rss_bytes");
		g_test_message("round %" G_GUINT64_FORMAT ": khotest %.2f s, bare QEMU %.2f s, host memory %.0f MB",
			       i + 1, tool, bare, (double)rss / 1e6);
		figure_add(ratios, tool / bare);
		figure_add(over, (double)rss / (PAGE_COST * (double)(bytes / 4096) + FIXED_COST));
	}
	figure_check("wall time, khotest / bare QEMU", "", ratios, WALL_LIMIT);
	figure_check("host memory / (2 x 64 B a page + 300 MB)", "", over, 1.0);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/run", bench_run);
	return g_test_run();
}
