// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernels that were handed over to, with a known time to /init, per hour: few
 * handovers in each machine against many, in turn.
 *
 * Arguments: khotest, memory, kernels a run, rounds, folder for run directories.
 */
#include "../e2e/tool.h"
#include "boots.h"
#include "figures.h"

#define CPUS "2"
#define FEW "2"
#define LIMIT 1.6

/* Samples an hour of the whole process, from its start to its end. */
static double samples_per_hour(const Boots *boots, const char *hops)
{
	double seconds;
	g_autoptr(JsonObject) result = boots_run(boots, hops, &seconds);
	guint samples = 0;

	for (guint i = 1; i < boots_kernels(result); i++)
		samples += boots_init_ns(result, i) >= 0;
	boots_remove(boots, result);
	g_test_message("%s kernels: %u samples in %.1f s", hops, samples, seconds);
	return samples / seconds * 3600;
}

static void bench_hops(void)
{
	const Boots boots = { tool_argument(0), CPUS, tool_argument(3) };
	const char *many = tool_argument(1);
	guint64 rounds = g_ascii_strtoull(tool_argument(2), NULL, 10);
	g_autoptr(GArray) ratios = g_array_new(FALSE, FALSE, sizeof(double));

	/* not counted: what the host reads once */
	samples_per_hour(&boots, FEW);
	for (guint64 i = 0; i < rounds; i++) {
		/* A B, then B A: a machine that gets slower favours neither */
		double first = samples_per_hour(&boots, i % 2 ? many : FEW);
		double second = samples_per_hour(&boots, i % 2 ? FEW : many);
		double few = i % 2 ? second : first, more = i % 2 ? first : second;

		g_assert_cmpfloat(few, >, 0);
		g_test_message("round %" G_GUINT64_FORMAT ": %.0f samples an hour with " FEW " kernels, %.0f with %s",
			       i + 1, few, more, many);
		figure_add(ratios, more / few);
	}
	figure_check_least("samples an hour, many kernels in a machine / " FEW, "", ratios, LIMIT);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/hops", bench_hops);
	return g_test_run();
}
