// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparisons of runs, and what they say of the host. Arguments: a recording that passes.
 */
#include "../recorded.h"

#include <report/comparison.h>
#include <study/noisesum.h>

#include <base/files.h>
#include <base/json.h>
#include <math.h>
#include <string.h>

/* Among all of them, since they are decided together; false if there is none. */
static bool find(const Comparison *comparison, const char *id, Finding *ret_finding)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);

	for (guint i = 0; i < findings->len; i++)
		if (strcmp(g_array_index(findings, Finding, i).metric->id, id) == 0) {
			*ret_finding = g_array_index(findings, Finding, i);
			return true;
		}
	return false;
}

static guint known_figures(const Comparison *comparison)
{
	guint n, known = 0;
	const Metric *metrics = metrics_all(&n);
	Finding finding;

	for (guint m = 0; m < n; m++)
		known += find(comparison, metrics[m].id, &finding);
	return known;
}

static void test_seen(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(10, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *json = comparison_to_json(comparison);
	g_autoptr(JsonObject) parsed = json_parse_object(json, -1, "comparison", NULL);
	Finding finding;

	g_assert_cmpuint(comparison_rounds(comparison), ==, 10);
	g_assert_true(comparison_tight(comparison));
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpint(finding.paired.decision, ==, DECISION_SEEN);
	g_assert_true(finding.about);
	g_assert_cmpfloat(finding.level, ==, STATISTICS_LEVEL);
	g_assert_cmpfloat_with_epsilon(finding.paired.difference.estimate, -200e6, 4e6);
	g_assert_nonnull(strstr(text, "time to /init, second kernel, at 4G: two saves "));
	g_assert_nonnull(strstr(text, "one against two, 10 pairs)"));
	/* all else is the same recorded_path, and one line says so */
	g_assert_nonnull(strstr(text, "no difference seen between one and two in: time to /init, first kernel; "));
	g_assert_null(strstr(text, "first kernel, at 4G"));
	g_assert_null(strstr(text, "NOT COMPARABLE"));
	g_assert_null(strstr(text, "insn"));
	g_assert_null(strstr(text, "later"));
	g_assert_nonnull(parsed);
	g_assert_cmpuint(json_array_get_length(json_get_array(parsed, "findings")), ==, known_figures(comparison));
	g_assert_cmpuint(json_array_get_length(json_get_array(parsed, "agreement")), ==, 0);
	g_assert_true(json_object_get_null_member(parsed, "sample_rate"));
}

static void test_not_seen(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(10, 0), few = recorded_pair(3, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *few_text = comparison_to_text(few);

	g_assert_nonnull(
		strstr(text, "time to /init, second kernel, at 4G: no difference seen between one and two; one of "));
	g_assert_nonnull(strstr(few_text, "too few pairs to tell; 7 are needed"));
	g_assert_false(comparison_tight(few));
}

/* A run that could not be judged has verdicts to show, and no figures: its pair is none. */
static void test_unjudged(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(10, -200000000);
	const ComparisonSide *other = comparison->sides->pdata[1];
	g_autofree char *text = NULL;
	Finding finding;

	((Result *)other->runs->pdata[3])->verdict->kind = VERDICT_ERROR;
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpuint(finding.paired.pairs, ==, 9);
	text = comparison_to_text(comparison);
	g_assert_nonnull(strstr(text, "1 could not be judged"));
}

/* Few rounds: no interval of 95% is claimed anywhere, and the smallest and the largest difference are there. */
static void test_few_rounds(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(3, -200000000);
	g_autofree char *text = comparison_to_text(comparison), *markdown = comparison_to_markdown(comparison);
	g_autofree char *json = comparison_to_json(comparison);
	const char *brackets = strstr(text, "ms, ");
	Finding finding;

	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpint(finding.paired.difference.kind, ==, INTERVAL_RANGE);
	g_assert_null(brackets); /* of "[-202 ms, -198 ms]" */
	g_assert_nonnull(strstr(text, "-201 ms (-202 ms to -197 ms)"));
	g_assert_nonnull(strstr(text, "too few for an interval: 95% take 6 pairs"));
	g_assert_nonnull(strstr(markdown, "- too few for an interval: "));
	g_assert_nonnull(strstr(json, "\"kind\" : \"too-few\""));
}

/* How the runs came out is the first thing that is said, warm-ups too; this recording leaves something uncovered. */
static void test_verdicts(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(2, 0);
	const ComparisonSide *two = comparison->sides->pdata[1];
	g_autofree char *text = NULL, *markdown = NULL, *json = NULL, *good = comparison_to_text(comparison);

	g_assert_nonnull(strstr(good, "\none: PASS 3 of 3, as expected, 3 with gaps\n"
				      "two: PASS 3 of 3, as expected, 3 with gaps\n"));
	two->warm_up->verdict->kind = VERDICT_SKIP;
	((Result *)two->runs->pdata[1])->verdict->kind = VERDICT_FAIL;
	text = comparison_to_text(comparison);
	markdown = comparison_to_markdown(comparison);
	json = comparison_to_json(comparison);
	g_assert_nonnull(strstr(text, "\ntwo: SKIP 1 of 3, PASS 1 of 3, FAIL 1 of 3, NOT as expected, "
				      "1 could not be judged, 1 with gaps\n"));
	g_assert_nonnull(strstr(text, "\nnote: two, warm-up: SKIP, could not be judged ("));
	g_assert_nonnull(strstr(text, "\nnote: two, run 2: FAIL, NOT as expected ("));
	g_assert_nonnull(strstr(markdown, "\n- one: PASS 3 of 3, as expected, 3 with gaps\n"));
	g_assert_nonnull(strstr(json, "\"verdict\" : \"FAIL\""));
}

static void set_first(Comparison *comparison, guint rounds, gint64 shift)
{
	for (guint side = 0; side < 2; side++) {
		const ComparisonSide *s = comparison->sides->pdata[side];

		for (guint r = 0; r < rounds; r++)
			hop_of(s->runs->pdata[r], 0)->boot_to_init_ns =
				2000000000 + r * 1000 + (side ? shift + r * 10 : 0);
	}
}

/* A figure beside the one that it is about has to be clearer, the more of them there are. */
static void test_family(void)
{
	g_autoptr(Comparison) alone = recorded_pair(8, 0), many = recorded_pair(8, 0);
	g_autofree char *text = NULL;
	Finding init1, silent;

	set_first(alone, 8, 100000);
	g_assert_true(find(alone, "init1", &init1));
	g_assert_false(init1.about);
	g_assert_cmpfloat(init1.paired.p, ==, 2.0 / 256);
	g_assert_cmpint(init1.paired.decision, ==, DECISION_SEEN);
	/* the same, but with two more that differ by chance: 0.0078 is no longer below 0.02 / 3 */
	set_first(many, 8, 100000);
	for (guint side = 0; side < 2; side++) {
		const ComparisonSide *s = many->sides->pdata[side];

		for (guint r = 0; r < 8; r++) {
			Result *result = s->runs->pdata[r];

			gint64 silence = 1000000 + (side && r % 2 ? 100 + r : 0) - (side && r % 2 == 0 ? 101 + r : 0);

			recorded_handover(result, 1, silence, silence + 7);
		}
	}
	g_assert_true(find(many, "silent", &silent));
	g_assert_cmpint(silent.paired.decision, !=, DECISION_SEEN);
	g_assert_true(find(many, "init1", &init1));
	g_assert_cmpfloat(init1.paired.p, ==, 2.0 / 256);
	g_assert_cmpfloat(init1.level, ==, 0.02 / 3);
	g_assert_cmpint(init1.paired.decision, ==, DECISION_TOO_FEW);
	text = comparison_to_text(many);
	g_assert_nonnull(
		strstr(text, "too few pairs to tell (9 are needed) between one and two in: time to /init, first"));
}

static void test_later_decides(void)
{
	g_autoptr(Comparison) comparison = recorded_pair_of(4, 10, -200000000);
	g_autofree char *text = NULL;
	Finding finding;

	g_assert_cmpstr(comparison_about(comparison, 1)->id, ==, "init.later");
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_false(finding.about);
	g_assert_true(comparison_tight(comparison));
	text = comparison_to_text(comparison);
	g_assert_nonnull(strstr(text, "time to /init, later kernels, at 4G: two saves "));
	g_assert_nonnull(strstr(text, "Later handovers against the first of the same machines:"));
}

/* A pair of which one is unknown is no pair, for that figure. */
static void test_unknown(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(8, 0);
	const ComparisonSide *side = comparison->sides->pdata[1];
	Finding finding;

	hop_of(side->runs->pdata[3], 1)->boot_to_init_ns = -1;
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpuint(finding.paired.pairs, ==, 7);
	g_assert_false(find(comparison, "insn1.kho", &finding));
}

static void test_keys_differ(void)
{
	g_autoptr(Comparison) comparison = recorded_pair(6, 0);
	ComparisonSide *side = comparison->sides->pdata[1];
	g_autofree char *text = NULL;
	g_autofree char *page = NULL;

	g_assert_null(comparison_difference(comparison));
	side->warm_up->plan->guest.cpus = 64;
	text = comparison_difference(comparison);
	g_assert_nonnull(text);
	g_assert_true(g_str_has_prefix(text, "two: guest CPUs: "));
	comparison->anyway = true;
	page = comparison_to_text(comparison);
	g_assert_true(g_str_has_prefix(page, "NOT COMPARABLE, shown anyway: two: guest CPUs: "));
}

#define NOISE(ns, pressure, memory, steal, khz, copy)                                                                  \
	"{\"event\":\"noise\",\"ns\":" #ns ",\"cpu_pressure_us\":" #pressure ",\"memory_pressure_us\":" #memory        \
	",\"io_pressure_us\":null,\"steal_ns\":" #steal ",\"busy_ns\":1,\"load\":0.5,\"khz\":" #khz                    \
	",\"cpus\":2,\"copy_ns\":" #copy "}\n"

static void test_noise(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-noise-XXXXXX", &error);
	g_autofree char *noisy = recorded_copy(folder, "noisy"), *uneven = recorded_copy(folder, "uneven"),
			*unknown = recorded_copy(folder, "unknown");
	g_autofree char *without = NULL;
	g_autofree char *sentence = NULL, *counted = NULL, *quiet = NULL, *odd = NULL;
	g_autoptr(Comparison) comparison = recorded_pair(1, 0);
	ComparisonSide *side = comparison->sides->pdata[0];
	Result *others[2];
	NoiseSum sum = { 0 };
	RunNoise noise;

	without = noise_sentence(comparison);
	g_assert_null(without);
	recorded_append(noisy, "journal.jsonl",
			NOISE(1000000000, 0, 5, 0, 2000000, 4000000)
				NOISE(11000000000, 1000000, 300005, 2000000000, 1900000, 6000000));
	g_ptr_array_add(side->runs, recorded_result(noisy));
	noise = ((const Result *)side->runs->pdata[1])->noise;
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_CPU], 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_MEMORY], 0.03, 1e-9);
	g_assert_true(isnan(noise.share[NOISE_IO]));
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_STEAL], 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_SLOWDOWN], 0.05, 1e-9);
	sentence = noise_sentence(comparison);
	g_assert_cmpstr(sentence, ==,
			"the host was too noisy in 1 of 3 runs: tasks waiting for memory up to 3% (limit 2%), CPU time "
			"stolen up to 10% (limit 2%); again on a quieter host");
	/* others beside which nothing is wrong, but copying took a third of the time longer, or is not known */
	recorded_append(uneven, "journal.jsonl", NOISE(1, 0, 0, 0, 1, 6500000) NOISE(2000000001, 0, 0, 0, 1, 7000000));
	recorded_append(unknown, "journal.jsonl", NOISE(1, 0, 0, 0, 1, null) NOISE(2000000001, 0, 0, 0, 1, null));
	noise_add(&sum, side->runs->pdata[1]);
	sum.noisy = 0;
	noise_add(&sum, others[0] = recorded_result(unknown));
	quiet = noise_sum_sentence(&sum);
	g_assert_null(quiet);
	noise_add(&sum, others[1] = recorded_result(uneven));
	odd = noise_sum_sentence(&sum);
	g_assert_cmpstr(odd, ==,
			"the host was uneven: copying memory took it up to 35% longer beside some runs than beside "
			"others (limit 25%); again on a quieter host");
	/* instructions do not mind */
	g_free(((Result *)side->runs->pdata[1])->plan->mode);
	((Result *)side->runs->pdata[1])->plan->mode = g_strdup("counted");
	counted = noise_sentence(comparison);
	g_assert_null(counted);
	for (gsize k = 0; k < G_N_ELEMENTS(others); k++)
		result_free(others[k]);
	g_assert_true(files_remove_tree(folder, &error));
}

/* Where the second series lacks a figure the third begins it. */
static void test_findings_of_metric(void)
{
	const Metric *metrics[] = { metric_find("init1"), metric_find("init2"), metric_find("init2") };
	const guint sides[] = { 2, 1, 2 }, expected[] = { 1, 2, 0 };
	g_autoptr(GArray) findings = g_array_new(FALSE, TRUE, sizeof(Finding));

	for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++) {
		Finding finding = { .metric = metrics[i], .side = sides[i] };

		g_array_append_val(findings, finding);
	}
	for (guint i = 0; i < findings->len; i++)
		g_assert_cmpuint(findings_of_metric(findings, i), ==, expected[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_path = argv[1];
	g_test_add_func("/comparison/seen", test_seen);
	g_test_add_func("/comparison/not-seen", test_not_seen);
	g_test_add_func("/comparison/unjudged", test_unjudged);
	g_test_add_func("/comparison/few-rounds", test_few_rounds);
	g_test_add_func("/comparison/verdicts", test_verdicts);
	g_test_add_func("/comparison/family", test_family);
	g_test_add_func("/comparison/later", test_later_decides);
	g_test_add_func("/comparison/unknown", test_unknown);
	g_test_add_func("/comparison/keys-differ", test_keys_differ);
	g_test_add_func("/comparison/findings-of-metric", test_findings_of_metric);
	g_test_add_func("/noise/sentence", test_noise);
	return g_test_run();
}
