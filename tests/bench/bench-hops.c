// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hops: kernels that were handed over to, with a known time to /init, per hour: few
 * handovers in each machine against many, in turn. Arguments: khotest, "rate", memory,
 * kernels a run, rounds, folder for run directories.
 *
 * endurance: whether a long chain takes as long as its kernels do: nothing that grows from
 * handover to handover. Arguments: khotest, "chain", memory, kernels of the long chain,
 * rounds, folder.
 */
#include "../e2e/tool.h"
#include "boots.h"
#include "figures.h"

#define CPUS "2"
#define SHORT "6"	/* kernels of the chain that says how long one takes */
#define CHAIN_LIMIT 1.1 /* 10% over so many times one kernel: firmware, the harness' own start, its evaluation */
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
	const Boots boots = { tool_argument(1), CPUS, tool_argument(4) };
	const char *many = tool_argument(2);
	guint64 rounds = g_ascii_strtoull(tool_argument(3), NULL, 10);
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

/* From /init of one kernel to that of the next, by the host's clock: the mean over the third kernel and all after it.
 */
static double kernel_seconds(JsonObject *result)
{
	JsonArray *events = json_get_array(json_get_object(result, "timeline"), "events");
	gint64 first = -1, last = -1, hops = 0;

	for (guint i = 0; i < json_array_get_length(events); i++) {
		JsonObject *event = json_array_get_object_element(events, i);

		if (g_strcmp0(json_get_string(event, "id"), "init") != 0 || json_get_int(event, "hop") < 1)
			continue;
		last = json_get_int(event, "ns");
		if (first < 0)
			first = last;
		else
			hops++;
	}
	g_assert_cmpint(hops, >, 0);
	return (double)(last - first) / 1e9 / (double)hops;
}

static void bench_endurance(void)
{
	const Boots boots = { tool_argument(1), CPUS, tool_argument(4) };
	const char *kernels = tool_argument(2);
	guint64 rounds = g_ascii_strtoull(tool_argument(3), NULL, 10);
	double wanted = g_ascii_strtod(kernels, NULL);
	g_autoptr(GArray) ratios = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint64 i = 0; i < rounds; i++) {
		g_autoptr(JsonObject) before = boots_run(&boots, SHORT, NULL), after = NULL, chain = NULL;
		double seconds, one;

		chain = boots_run(&boots, kernels, &seconds);
		/* on both sides of the long one, should the host get faster or slower */
		after = boots_run(&boots, SHORT, NULL);
		one = (kernel_seconds(before) + kernel_seconds(after)) / 2;
		g_test_message("round %" G_GUINT64_FORMAT ": %s kernels in %.1f s, one in %.2f s (%.2f before, %.2f "
			       "after, %.2f within)",
			       i + 1, kernels, seconds, one, kernel_seconds(before), kernel_seconds(after),
			       kernel_seconds(chain));
		figure_add(ratios, seconds / (wanted * one));
		boots_remove(&boots, before);
		boots_remove(&boots, chain);
		boots_remove(&boots, after);
	}
	figure_check("a chain against as many times one kernel of it", "", ratios, CHAIN_LIMIT);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	if (g_strcmp0(tool_argument(0), "chain") == 0)
		g_test_add_func("/bench/endurance", bench_endurance);
	else
		g_test_add_func("/bench/hops", bench_hops);
	return g_test_run();
}
