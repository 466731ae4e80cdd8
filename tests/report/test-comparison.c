// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures, keys, and comparisons of runs, on copies of a recording.
 * Arguments: a recording that passes, and another machine's.
 */
#include <base/files.h>
#include <base/json.h>
#include <base/spawn.h>
#include <report/comparison.h>
#include <report/key.h>
#include <report/noise.h>

#include <math.h>
#include <string.h>

static const char *recording, *other;

static Result *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

static char *copy(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	const char *const argv[] = { "cp", "-R", recording, path, NULL };
	g_autoptr(GError) error = NULL;

	spawn_check(argv, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	return path;
}

static void append(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *before = NULL;
	g_autofree char *all = NULL;

	g_file_get_contents(path, &before, NULL, NULL);
	all = g_strconcat(before ? before : "", text, NULL);
	g_assert_true(g_file_set_contents(path, all, -1, NULL));
}

static void test_metrics(void)
{
	g_autoptr(Result) result = load(recording);
	const Metric *init = metric_find("init2");
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		g_assert_true(metric_find(all[i].id) == &all[i]);
	g_assert_null(metric_find("init9"));
	g_assert_cmpint(metric_value(init, result), ==, ((const Hop *)result->hops->pdata[1])->boot_to_init_ns);
	g_assert_cmpint(metric_value(init, result), >, 0);
	g_assert_cmpint(metric_value(metric_find("blackout"), result), ==, result->blackout_ns);
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
	/* neither clock gives times where instructions are counted */
	g_free(result->plan->mode);
	result->plan->mode = g_strdup("counted");
	counts_add(result->counts, COUNT_ENTRY, "at", 1000);
	counts_add(result->counts, COUNT_INIT, "at", 5000);
	g_assert_cmpint(metric_value(init, result), ==, -1);
	g_assert_cmpint(metric_value(metric_find("insn1.to_init"), result), ==, 4000);
	g_assert_cmpint(metric_value(metric_find("insn1.late"), result), ==, -1);
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
}

static void test_format(void)
{
	static const struct {
		const char *metric;
		double value;
		const char *text;
	} samples[] = {
		{ "init2", 1.97e9, "1.97 s" },	{ "init2", -340e6, "-340 ms" },
		{ "init2", 12.34e9, "12.3 s" }, { "init2", 4.5e3, "4.50 us" },
		{ "init2", 0, "0 s" },		{ "init2", -1, "-" },
		{ "init2", NAN, "-" },		{ "insn2.to_init", 12345678, "12345678" },
		{ "insn2.to_init", -1, "-1" },	{ "insn2.to_init", NAN, "-" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *text = metric_format(metric_find(samples[i].metric), samples[i].value);

		g_assert_cmpstr(text, ==, samples[i].text);
	}
}

/* What the key says of two run directories that differ in one thing; NULL if nothing. */
static char *difference(const char *a, const char *b)
{
	g_autoptr(Result) x = load(a), y = load(b);
	g_autoptr(GPtrArray) first = result_key(x), second = result_key(y);
	g_autofree char *one = key_digest(first);
	g_autofree char *two = key_digest(second);
	char *text = key_difference(first, second);

	g_assert_cmpint(strcmp(one, two) == 0, ==, text == NULL);
	return text;
}

static void test_key(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-key-XXXXXX", &error);
	g_autofree char *same = copy(folder, "same");
	g_autofree char *changed = copy(folder, "changed");
	g_autofree char *text = NULL;

	g_assert_null(difference(recording, same));
	text = difference(recording, other);
	g_assert_nonnull(strstr(text, "memory: 4G and 100G"));
	g_assert_nonnull(strstr(text, "nodes: "));

	/* what series are meant to differ in is no difference, anything else is; off and not there are the same */
	append(same, "kernel.config",
	       "CONFIG_HZ=250\nCONFIG_DEFERRED_STRUCT_PAGE_INIT=y\nCONFIG_PADATA=y\n"
	       "CONFIG_LOCALVERSION=\"-a\"\n");
	append(changed, "kernel.config", "CONFIG_LOCALVERSION=\"-b\"\n# CONFIG_KASAN is not set\nCONFIG_HZ=250\n");
	g_assert_null(difference(same, changed));
	append(changed, "kernel.config", "CONFIG_KASAN=y\n");
	g_free(text);
	text = difference(same, changed);
	g_assert_true(g_str_has_prefix(text, "kernel configuration: "));
	g_assert_null(strstr(text, ";"));
	g_assert_true(files_remove_tree(folder, &error));
}

static void test_key_command_line(void)
{
	g_autoptr(Result) a = load(recording), b = load(recording);
	g_autoptr(GPtrArray) x = NULL, y = NULL, z = NULL;
	g_autofree char *text = NULL;

	g_free(a->plan->cmdline);
	a->plan->cmdline = g_strdup("kho=on tsc_early_khz=1000 khotest.hop=0 khotest.nonces=a,b");
	g_free(b->plan->cmdline);
	b->plan->cmdline = g_strdup("kho=on tsc_early_khz=1001 khotest.hop=0 khotest.nonces=c,d");
	x = result_key(a);
	y = result_key(b);
	g_assert_null(key_difference(x, y));
	g_free(b->plan->cmdline);
	b->plan->cmdline = g_strdup("kho=on initcall_debug khotest.hop=0 khotest.nonces=c,d");
	z = result_key(b);
	text = key_difference(x, z);
	g_assert_cmpstr(text, ==, "command line: kho=on and kho=on initcall_debug");
}

/* A comparison whose second series takes shift longer to /init in the second kernel, over so many rounds. */
static Comparison *make(guint rounds, gint64 shift)
{
	static const char *const names[] = { "one", "two", NULL };
	Comparison *comparison = comparison_new(names);

	for (guint r = 0; r <= rounds; r++) {
		for (guint side = 0; side < 2; side++) {
			Result *result = load(recording);
			Hop *hop = result->hops->pdata[1];

			/* the warm-up would spoil it all */
			hop->boot_to_init_ns = 1000000000 + (side ? shift : 0) + ((r * 7 + side * 3) % 5) * 1000000;
			if (r == 0)
				hop->boot_to_init_ns *= 10;
			comparison_add(comparison, side, result);
		}
	}
	return comparison;
}

static void test_seen(void)
{
	g_autoptr(Comparison) comparison = make(10, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *json = comparison_to_json(comparison);
	g_autoptr(JsonObject) parsed = json_parse_object(json, -1, "comparison", NULL);
	Finding finding;

	g_assert_cmpuint(comparison_rounds(comparison), ==, 10);
	g_assert_true(comparison_tight(comparison));
	g_assert_true(comparison_find(comparison, metric_find("init2"), 1, &finding));
	g_assert_cmpint(finding.paired.decision, ==, DECISION_SEEN);
	g_assert_cmpfloat_with_epsilon(finding.paired.difference.estimate, -200e6, 4e6);
	g_assert_nonnull(strstr(text, "time to /init, second kernel, at 4G: two saves "));
	g_assert_nonnull(strstr(text, "one against two, 10 pairs)"));
	g_assert_null(strstr(text, "NOT COMPARABLE"));
	g_assert_null(strstr(text, "insn"));
	g_assert_nonnull(parsed);
	g_assert_cmpuint(json_array_get_length(json_get_array(parsed, "findings")), ==, 4);
}

static void test_not_seen(void)
{
	g_autoptr(Comparison) comparison = make(10, 0), few = make(3, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *few_text = comparison_to_text(few);

	g_assert_nonnull(
		strstr(text, "time to /init, second kernel, at 4G: no difference seen between one and two; one of "));
	g_assert_nonnull(strstr(few_text, "too few pairs to tell; 6 are needed"));
	g_assert_false(comparison_tight(few));
}

/* A pair of which one is unknown is no pair, for that figure. */
static void test_unknown(void)
{
	g_autoptr(Comparison) comparison = make(8, 0);
	const ComparisonSide *side = comparison->sides->pdata[1];
	Finding finding;

	((Hop *)((Result *)side->runs->pdata[3])->hops->pdata[1])->boot_to_init_ns = -1;
	g_assert_true(comparison_find(comparison, metric_find("init2"), 1, &finding));
	g_assert_cmpuint(finding.paired.pairs, ==, 7);
	g_assert_false(comparison_find(comparison, metric_find("insn1.kho"), 1, &finding));
}

static void test_keys_differ(void)
{
	g_autoptr(Comparison) comparison = make(6, 0);
	ComparisonSide *side = comparison->sides->pdata[1];
	g_autofree char *text = NULL;
	g_autofree char *page = NULL;

	g_assert_null(comparison_difference(comparison));
	side->warm_up->plan->cpus = 64;
	text = comparison_difference(comparison);
	g_assert_nonnull(text);
	g_assert_true(g_str_has_prefix(text, "two: guest CPUs: "));
	comparison->anyway = true;
	page = comparison_to_text(comparison);
	g_assert_true(g_str_has_prefix(page, "NOT COMPARABLE, shown anyway: two: guest CPUs: "));
}

#define NOISE(ns, pressure, steal, khz)                                                                                \
	"{\"event\":\"noise\",\"ns\":" #ns ",\"cpu_pressure_us\":" #pressure ",\"steal_ns\":" #steal                   \
	",\"busy_ns\":1,\"load\":0.5,\"khz\":" #khz ",\"cpus\":2}\n"

static void test_noise(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-noise-XXXXXX", &error);
	g_autofree char *noisy = copy(folder, "noisy");
	g_autofree char *without = NULL;
	g_autofree char *sentence = NULL;
	g_autoptr(Comparison) comparison = make(1, 0);
	ComparisonSide *side = comparison->sides->pdata[0];
	RunNoise noise;

	without = noise_sentence(comparison);
	g_assert_null(without);
	append(noisy, "journal.jsonl",
	       NOISE(1000000000, 0, 0, 2000000) NOISE(11000000000, 1000000, 2000000000, 1900000));
	g_ptr_array_add(side->runs, load(noisy));
	noise = noise_of(side->runs->pdata[1]);
	g_assert_cmpfloat_with_epsilon(noise.pressure, 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.steal, 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.slowdown, 0.05, 1e-9);
	sentence = noise_sentence(comparison);
	g_assert_cmpstr(sentence, ==,
			"the host was too noisy in 1 of 3 runs: CPU time stolen up to 10% (limit 2%); "
			"again on a quieter host");
	g_assert_true(files_remove_tree(folder, &error));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	other = argv[2];
	g_test_add_func("/metric/values", test_metrics);
	g_test_add_func("/metric/format", test_format);
	g_test_add_func("/key/parts", test_key);
	g_test_add_func("/key/command-line", test_key_command_line);
	g_test_add_func("/comparison/seen", test_seen);
	g_test_add_func("/comparison/not-seen", test_not_seen);
	g_test_add_func("/comparison/unknown", test_unknown);
	g_test_add_func("/comparison/keys-differ", test_keys_differ);
	g_test_add_func("/noise/sentence", test_noise);
	return g_test_run();
}
