// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What being watched costs the guest: time to /init of the first kernel, by the
 * guest's clock, of runs of khotest against bare QEMU with the same kernel,
 * initramfs and memory, in pairs of alternating order.
 *
 * Arguments: khotest, memory, kernels a run, pairs, folder for run directories.
 */
#include "../e2e/tool.h"
#include "bare.h"
#include "boots.h"

#include <measure/statistics.h>

#define CPUS "2"
#define LIMIT 1.01

/* A run whose figure is all that is wanted. */
static gint64 run_tool(const Boots *boots)
{
	g_autoptr(JsonObject) result = boots_run(boots, tool_argument(1), NULL);

	boots_remove(boots, result);
	return boots_init_ns(result, 0);
}

static void check(const GArray *bare, const GArray *tool)
{
	Interval ratio;

	g_assert_cmpuint(bare->len, >=, STATISTICS_MIN_PAIRS);
	ratio = statistics_paired((const double *)bare->data, (const double *)tool->data, bare->len).ratio;
	g_test_message("time to /init, khotest / bare QEMU: %.4f [%.4f, %.4f], %u pairs, at most %.3f", ratio.estimate,
		       ratio.low, ratio.high, bare->len, LIMIT);
	if (ratio.estimate > LIMIT)
		g_test_fail_printf("the guest is %.2f%% slower under khotest", (ratio.estimate - 1) * 100);
	else if (ratio.high > LIMIT)
		g_test_message("the interval reaches beyond the limit: more pairs, or a quieter host, would tell");
}

static void bench_overhead(void)
{
	const Boots boots = { tool_argument(0), CPUS, tool_argument(3) };
	guint last_hop = (guint)g_ascii_strtoull(tool_argument(1), NULL, 10) - 1;
	guint64 pairs = g_ascii_strtoull(tool_argument(2), NULL, 10);
	g_autoptr(GArray) bare = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) tool = g_array_new(FALSE, FALSE, sizeof(double));
	/* not counted, and what is started again and again */
	g_autoptr(JsonObject) warm_up = boots_run(&boots, tool_argument(1), NULL);
	g_autofree char *rundir = boots_rundir(&boots, warm_up);

	for (guint64 i = 0; i < pairs; i++) {
		/* A B, then B A: a machine that gets slower favours neither */
		gint64 tool_ns = i % 2 ? -1 : run_tool(&boots);
		gint64 bare_ns = bare_run(rundir, last_hop).init_ns;
		double x, y;

		if (i % 2)
			tool_ns = run_tool(&boots);
		if (tool_ns < 0 || bare_ns < 0) {
			g_test_message("pair %" G_GUINT64_FORMAT ": a guest's clock started late; left out", i + 1);
			continue;
		}
		x = (double)bare_ns / 1e9;
		y = (double)tool_ns / 1e9;
		g_test_message("pair %" G_GUINT64_FORMAT ": khotest %.3f s, bare QEMU %.3f s", i + 1, y, x);
		g_array_append_val(bare, x);
		g_array_append_val(tool, y);
	}
	boots_remove(&boots, warm_up);
	check(bare, tool);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/overhead", bench_overhead);
	return g_test_run();
}
