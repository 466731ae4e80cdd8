// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the harness costs: whole runs against bare QEMU with the same kernel,
 * initramfs and memory, in turn, and host memory against its budget.
 *
 * Arguments: khotest, memory, rounds, folder for run directories.
 */
#include "../e2e/tool.h"
#include "bare.h"
#include "figures.h"

#include <base/units.h>

#define WALL_LIMIT 1.05
/* Struct pages of both kernels, and 300 MB for everything else. */
#define PAGE_COST (2.0 * 64)
#define FIXED_COST 300e6
/* of the two that a run has unless told otherwise */
#define LAST_HOP 1

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
			bare = bare_run(rundir, LAST_HOP).seconds;
			tool = time_tool(memory, folder, &result);
		} else {
			tool = time_tool(memory, folder, &result);
			bare = bare_run(rundir, LAST_HOP).seconds;
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
