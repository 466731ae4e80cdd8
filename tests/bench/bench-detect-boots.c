// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a comparison finds and what it makes up, on real boots: a slow-down of 2% of
 * the time to /init, burnt in memmap init (patches/7.1/burn), and stock against
 * stock. Every try is a comparison of its own.
 *
 * Arguments: khotest, memory, guest CPUs, kernels a run, pairs a try, tries of each
 * kind, folder for run directories.
 */
#include "../e2e/tool.h"
#include "boots.h"

#include <base/files.h>
#include <measure/statistics.h>

#include <string.h>

#define SHARE 0.02
/* Of each 20 tries: found at least, made up at most. */
#define FOUND_OF_20 19
#define ALARMS_OF_20 1
#define PILOT_RUNS 3

/* Where the slow-down must be seen, in one of them at least: where it is burnt, or in the whole. */
static const char *const figures[] = { "memmap1", "memmap2", "memmap.later", "init1", "init2", "init.later" };

/* What one try says of each figure that was seen: 1 slower, -1 faster, 0 not seen. */
typedef struct {
	int signs[G_N_ELEMENTS(figures)];
	guint seen; /* of all figures, also those not above */
} Outcome;

/* Median time to /init of the third kernel and those after it; of the last one where there are fewer. */
static double pilot_init_ns(const Boots *boots)
{
	g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint r = 0; r < PILOT_RUNS; r++) {
		g_autoptr(JsonObject) result = boots_run(boots, tool_argument(2), NULL);

		for (guint i = MIN(2, boots_kernels(result) - 1); i < boots_kernels(result); i++) {
			double ns = (double)boots_init_ns(result, i);

			if (ns >= 0)
				g_array_append_val(samples, ns);
		}
		boots_remove(boots, result);
	}
	g_assert_cmpuint(samples->len, >, 0);
	return statistics_median((const double *)samples->data, samples->len);
}

static void read_finding(JsonObject *finding, Outcome *outcome)
{
	const char *metric = json_get_string(finding, "metric");
	JsonObject *difference = json_get_object(finding, "difference");

	if (strcmp(json_get_string(finding, "decision"), "seen") != 0)
		return;
	g_test_message("seen: %s", json_get_string(finding, "sentence"));
	outcome->seen++;
	for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
		if (strcmp(metric, figures[i]) == 0)
			outcome->signs[i] = json_object_get_double_member(difference, "estimate") > 0 ? 1 : -1;
}

/* One comparison of stock with a series, both with the same command line. */
static Outcome compare(const Boots *boots, const char *series, const char *append)
{
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) comparison = NULL;
	g_autofree char *folder = g_build_filename(boots->folder, "comparison", NULL);
	const char *const words[] = { "compare",	"stock", series,      "--profile", "timing",	     "-m",
				      boots->memory,	"-p",	 boots->cpus, "--hops",	   tool_argument(2), "--runs",
				      tool_argument(3), "-a",	 append,      "-o",	   folder,	     "--format",
				      "json",		"-q",	 NULL };
	g_autoptr(GError) error = NULL;
	Outcome outcome = { 0 };
	JsonArray *findings;

	tool_run(words, NULL, &run);
	g_assert_cmpint(run.status, ==, 0);
	comparison = tool_json(&run);
	findings = json_get_array(comparison, "findings");
	for (guint i = 0; i < json_array_get_length(findings); i++)
		read_finding(json_array_get_object_element(findings, i), &outcome);
	files_remove_tree(folder, &error);
	g_assert_no_error(error);
	return outcome;
}

/* Is it slower where it must be, and nowhere faster? */
static bool is_found(const Outcome *outcome)
{
	bool slower = false;

	for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
		if (outcome->signs[i] < 0)
			return false;
		slower |= outcome->signs[i] > 0;
	}
	return slower;
}

typedef struct {
	guint found, alarms;
	guint by_figure[G_N_ELEMENTS(figures)];
} Counts;

static void try_both(const Boots *boots, const char *append, guint number, Counts *counts)
{
	gint64 began = g_get_monotonic_time();
	Outcome burnt = compare(boots, "stock+burn", append);
	Outcome same = compare(boots, "stock", append);

	counts->found += is_found(&burnt);
	counts->alarms += same.seen > 0;
	for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
		counts->by_figure[i] += burnt.signs[i] > 0;
	g_test_message("try %u, %.0f s: stock+burn %s, stock again %s; so far found %u, made up %u", number,
		       (double)(g_get_monotonic_time() - began) / 1e6, is_found(&burnt) ? "found" : "not found",
		       same.seen ? "a difference" : "the same", counts->found, counts->alarms);
}

static void bench_detect_boots(void)
{
	const Boots boots = { tool_argument(0), tool_argument(1), tool_argument(5) };
	guint tries = (guint)g_ascii_strtoull(tool_argument(4), NULL, 10);
	double init_ns = pilot_init_ns(&boots);
	g_autofree char *append = g_strdup_printf("khotest.burn_us=%.0f", init_ns * SHARE / 1000);
	Counts counts = { 0 };

	g_test_message("time to /init is %.3f s: %s", init_ns / 1e9, append);
	for (guint i = 0; i < tries; i++)
		try_both(&boots, append, i + 1, &counts);
	for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
		g_test_message("%s: slower in %u of %u", figures[i], counts.by_figure[i], tries);
	g_test_message("found in %u of %u tries; stock against stock claimed a difference in %u of %u", counts.found,
		       tries, counts.alarms, tries);
	if (counts.found * 20 < tries * FOUND_OF_20)
		g_test_fail_printf("found in fewer than %d of 20", FOUND_OF_20);
	if (counts.alarms * 20 > tries * ALARMS_OF_20)
		g_test_fail_printf("made up in more than %d of 20", ALARMS_OF_20);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/detect-boots", bench_detect_boots);
	return g_test_run();
}
