// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <history/trend.h>

#include <json-glib/json-glib.h>
#include <string.h>

static GPtrArray *no_runs(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)indexedrun_free);
}

/* One more run of a kernel; later ones have later dates. */
static void add_run(GPtrArray *runs, const char *image, const char *metric, gint64 value)
{
	g_autofree char *path = g_strdup_printf("/runs/%04u", runs->len);
	IndexedRun *run = indexedrun_new(path);

	run->date = g_strdup_printf("2026-11-24T10:%02u:%02uZ", runs->len / 60, runs->len % 60);
	run->kernel = g_strdup("7.1");
	run->release = g_strconcat("7.1-", image, NULL);
	run->image = g_strdup(image);
	run->series = g_strdup("stock");
	run->key = g_strdup("k1");
	run->verdict = g_strdup("PASS");
	indexedrun_add_value(run, metric, value);
	g_ptr_array_add(runs, run);
}

static GPtrArray *no_parts(void)
{
	g_autoptr(IndexedRun) holder = indexedrun_new(NULL);

	indexedrun_add_part(holder, "memory", "8G");
	return g_ptr_array_ref(holder->parts);
}

/* One kernel with a configuration of its own. */
static Trend *configured(const char *image, const char *words)
{
	GPtrArray *runs = no_runs();
	g_autoptr(IndexedRun) holder = indexedrun_new(NULL);

	add_run(runs, image, "init2", 1000000000);
	indexedrun_add_part(holder, "kernel configuration", words);
	return trend_new(metric_find("init2"), runs, g_ptr_array_ref(holder->parts), TREND_BY_DATE);
}

/* What keys differ in is told by a few words, and how many there are. */
static void test_differing_words(void)
{
	g_autoptr(GPtrArray) trends = g_ptr_array_new_with_free_func((GDestroyNotify)trend_free);
	g_autofree char *text = NULL;

	g_ptr_array_add(trends, configured("aa", "CONFIG_SAME=y CONFIG_A=y CONFIG_B=y CONFIG_C=y CONFIG_D=y CONFIG_E=y "
						 "CONFIG_F=y"));
	g_ptr_array_add(trends, configured("bb", "CONFIG_SAME=y CONFIG_G=y CONFIG_H=y CONFIG_I=y CONFIG_J=y"));
	text = trends_to_text(trends, false);
	g_assert_nonnull(strstr(text, "configuration CONFIG_A=y CONFIG_B=y CONFIG_C=y CONFIG_D=y and 2 more\n"));
	g_assert_nonnull(strstr(text, "configuration CONFIG_G=y CONFIG_H=y CONFIG_I=y CONFIG_J=y\n"));
}

static const TrendChange *change_at(const Trend *trend, guint i)
{
	return &g_array_index(trend->changes, TrendChange, i);
}

/* Up to 10 ms, by chance. */
static gint64 noise(GRand *random)
{
	return g_rand_int_range(random, 0, 10000000);
}

/* a and b in turns, then c: 5% slower than both, which are the same. */
static Trend *three_kernels(void)
{
	GRand *random = g_rand_new_with_seed(1);
	GPtrArray *runs = no_runs();

	for (guint i = 0; i < 12; i++)
		add_run(runs, i % 2 ? "bb" : "aa", "init2", 1000000000 + noise(random));
	for (guint i = 0; i < 6; i++)
		add_run(runs, "cc", "init2", 1050000000 + i * 1000000);
	g_rand_free(random);
	return trend_new(metric_find("init2"), runs, no_parts(), TREND_BY_DATE);
}

static void test_kernels(void)
{
	g_autoptr(Trend) trend = three_kernels();
	g_autofree char *name = trend_kernel_name(trend, 2);

	g_assert_cmpuint(trend->kernels->len, ==, 3);
	g_assert_cmpuint(trend_kernel(trend, 0)->n, ==, 6);
	g_assert_cmpuint(trend_kernel(trend, 1)->first, ==, 6);
	g_assert_cmpstr(trend_kernel(trend, 1)->run->image, ==, "bb");
	g_assert_cmpfloat(trend_kernel(trend, 2)->lowest, ==, 1050000000);
	g_assert_cmpfloat(trend_kernel(trend, 2)->highest, ==, 1055000000);
	g_assert_cmpfloat(trend_kernel(trend, 2)->median, ==, 1052500000);
	g_assert_cmpstr(name, ==, "7.1-cc (cc)");
	g_assert_cmpuint(trend->changes->len, ==, 1);
	g_assert_cmpuint(change_at(trend, 0)->before, ==, 1);
	g_assert_cmpuint(change_at(trend, 0)->after, ==, 2);
	g_assert_cmpfloat(change_at(trend, 0)->point.after, ==, 1052500000);
}

/* The same kernel, and yet slower from some day on: that is not the kernel's. */
static void test_host(void)
{
	GRand *random = g_rand_new_with_seed(2);
	GPtrArray *runs = no_runs();
	g_autoptr(Trend) trend = NULL;
	g_autoptr(GPtrArray) trends = g_ptr_array_new();
	g_autofree char *text = NULL;

	for (guint i = 0; i < 24; i++)
		add_run(runs, i < 4 ? "aa" : "bb", "blackout", (i < 14 ? 500 : 600) * 1000000 + noise(random));
	g_rand_free(random);
	trend = trend_new(metric_find("blackout"), runs, no_parts(), TREND_BY_DATE);
	g_assert_cmpuint(trend->changes->len, ==, 1);
	g_assert_cmpuint(change_at(trend, 0)->point.at, ==, 14);
	g_assert_cmpuint(change_at(trend, 0)->before, ==, 1);
	g_assert_cmpuint(change_at(trend, 0)->after, ==, 1);
	g_ptr_array_add(trends, trend);
	text = trends_to_text(trends, false);
	g_assert_nonnull(strstr(text, "not the kernel, but the host"));
	g_assert_null(trend_newest_change(trend));
}

static Trend *counted_trend(gint64 a, gint64 b, gint64 b_again)
{
	GPtrArray *runs = no_runs();

	add_run(runs, "aa", "insn2.to_init", a);
	add_run(runs, "bb", "insn2.to_init", b);
	add_run(runs, "bb", "insn2.to_init", b_again);
	return trend_new(metric_find("insn2.to_init"), runs, no_parts(), TREND_BY_DATE);
}

/* Without noise three runs are plenty; with noise where there must be none, nothing is said. */
static void test_counted(void)
{
	g_autoptr(Trend) change = counted_trend(1000000, 1001000, 1001000);
	g_autoptr(Trend) little = counted_trend(1000000, 1000999, 1000999);
	g_autoptr(Trend) same = counted_trend(0, 0, 0);
	g_autoptr(Trend) unsteady = counted_trend(1000000, 1500000, 1500001);
	GPtrArray *runs = no_runs();
	g_autoptr(GPtrArray) trends = g_ptr_array_new();
	g_autofree char *text = NULL;
	g_autoptr(Trend) single = NULL;

	add_run(runs, "aa", "insn1.kho", 16);
	add_run(runs, "aa", "insn1.kho", 17);
	single = trend_new(metric_find("insn1.kho"), runs, no_parts(), TREND_BY_DATE);

	g_assert_cmpuint(change->changes->len, ==, 1);
	g_assert_cmpuint(change_at(change, 0)->before, ==, 0);
	g_assert_cmpuint(change_at(change, 0)->after, ==, 1);
	g_assert_cmpuint(little->changes->len, ==, 0);
	g_assert_cmpuint(same->changes->len, ==, 0);
	g_assert_false(change->unsteady);
	g_assert_true(unsteady->unsteady);
	g_ptr_array_add(trends, single);
	text = trends_to_text(trends, false);
	g_assert_nonnull(strstr(text, "nothing follows"));
	g_assert_cmpuint(unsteady->changes->len, ==, 0);
}

/* A change is the newest kernel's if that is where it lies, and nobody else's. */
static void test_newest(void)
{
	g_autoptr(Trend) tested = three_kernels(), counted = counted_trend(1000000, 1031000, 1031000);
	g_autoptr(Trend) little = counted_trend(1000000, 1000999, 1000999);
	GPtrArray *runs = no_runs();
	g_autoptr(Trend) older = NULL;

	add_run(runs, "aa", "insn2.to_init", 1000000);
	add_run(runs, "bb", "insn2.to_init", 1031000);
	add_run(runs, "cc", "insn2.to_init", 1031000);
	older = trend_new(metric_find("insn2.to_init"), runs, no_parts(), TREND_BY_DATE);
	g_assert_true(trend_newest_change(tested) == change_at(tested, 0));
	g_assert_true(trend_newest_change(counted) == change_at(counted, 0));
	g_assert_null(trend_newest_change(little));
	g_assert_cmpuint(older->changes->len, ==, 1);
	g_assert_null(trend_newest_change(older));
}

static void test_text(void)
{
	g_autoptr(Trend) trend = three_kernels();
	g_autoptr(GPtrArray) trends = g_ptr_array_new();
	g_autofree char *plain = NULL, *plotted = NULL, *markdown = NULL;

	g_ptr_array_add(trends, trend);
	plain = trends_to_text(trends, false);
	plotted = trends_to_text(trends, true);
	markdown = trends_to_markdown(trends);
	g_assert_nonnull(strstr(plain, "change: 1.0"));
	g_assert_nonnull(strstr(plain, "7.1-bb (bb) and 7.1-cc (cc)"));
	g_assert_nonnull(strstr(plain, "2026-11-24 10:00"));
	g_assert_null(strstr(plain, "\u2588"));
	g_assert_nonnull(strstr(plotted, "\u2588"));
	g_assert_nonnull(strstr(plotted, "            ^\n")); /* below the thirteenth of 18 runs */
	g_assert_nonnull(strstr(markdown, "### series stock, key k1"));
	g_assert_nonnull(strstr(markdown, "| 7.1-cc (cc) |"));
	g_assert_null(strstr(markdown, "\u2588"));
}

/* Numbers in JSON and CSV are those that went in, and odd names survive. */
/* One trend has a part more than the other: devices are in a key only where there are some. */
static void test_more_parts(void)
{
	g_autoptr(GPtrArray) trends = g_ptr_array_new_with_free_func((GDestroyNotify)trend_free);
	g_autofree char *text = NULL;

	for (guint i = 0; i < 2; i++) {
		GPtrArray *runs = no_runs();
		g_autoptr(IndexedRun) holder = indexedrun_new(NULL);

		add_run(runs, "aa", "init1", 1000);
		indexedrun_add_part(holder, "memory", "8G");
		if (i == 0)
			indexedrun_add_part(holder, "devices", "intel-iommu");
		g_ptr_array_add(trends,
				trend_new(metric_find("init1"), runs, g_ptr_array_ref(holder->parts), TREND_BY_DATE));
	}
	text = trends_to_text(trends, false);
	g_assert_nonnull(strstr(text, "memory 8G"));
	g_assert_nonnull(strstr(text, "devices intel-iommu"));
}

static void test_data(void)
{
	GPtrArray *runs = no_runs();
	g_autoptr(GPtrArray) trends = g_ptr_array_new_with_free_func((GDestroyNotify)trend_free);
	g_autofree char *json = NULL, *csv = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *trend, *kernel, *run;
	IndexedRun *odd;
	g_auto(GStrv) lines = NULL;

	add_run(runs, "aa", "init1", 1234567890123);
	odd = runs->pdata[0];
	g_free(odd->series);
	odd->series = g_strdup("my \"fix\", v2");
	g_ptr_array_add(trends, trend_new(metric_find("init1"), runs, no_parts(), TREND_BY_DATE));
	json = trends_to_json(trends);
	csv = trends_to_csv(trends);

	g_assert_true(json_parser_load_from_data(parser, json, -1, NULL));
	trend = json_array_get_object_element(
		json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "trends"), 0);
	g_assert_cmpstr(json_object_get_string_member(trend, "series"), ==, "my \"fix\", v2");
	kernel = json_array_get_object_element(json_object_get_array_member(trend, "kernels"), 0);
	run = json_array_get_object_element(json_object_get_array_member(kernel, "runs"), 0);
	g_assert_cmpint(json_object_get_int_member(run, "value"), ==, 1234567890123);
	g_assert_cmpint(json_object_get_int_member(kernel, "median"), ==, 1234567890123);

	lines = g_strsplit(csv, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 3); /* the heading, a row, and nothing after its end */
	g_assert_true(g_str_has_prefix(lines[1], "init1,guest,ns,\"my \"\"fix\"\", v2\",k1,7.1,7.1-aa,aa,,,2026"));
	g_assert_true(g_str_has_suffix(lines[1], ",/runs/0000,PASS,1234567890123"));
}

static IndexedRun *read_by_name(const char *path, gpointer data)
{
	IndexedRun *run = indexedrun_new(path);

	/* KEY-CONFIG-N */
	run->date = g_strdup(run->id);
	run->verdict = g_strdup("PASS");
	run->series = g_strdup("stock");
	run->image = g_strndup(run->id + 3, 1);
	run->key = g_strndup(run->id, 4);
	indexedrun_add_value(run, "init2", 1000);
	indexedrun_add_part(run, "memory", run->id[0] == 'a' ? "8G" : "100G");
	indexedrun_add_part(run, "kernel configuration", run->image);
	if (run->id[0] == 'b')
		indexedrun_add_part(run, "devices", "virtio-balloon");
	return run;
}

/* Keys are kept apart, unless they are joined across what they differ in. */
static void test_across(void)
{
	static const char *const names[] = { "a1-x-1", "a1-x-2", "a1-y-1", "b1-x-1" };
	static const char *const across[] = { "kernel configuration", NULL }, *const wrong[] = { "color", NULL };
	g_autofree char *folder = g_dir_make_tmp("history-XXXXXX", NULL), *why = NULL;
	g_autofree char *path = g_build_filename(folder, "index.sqlite", NULL);
	const char *folders[] = { folder, NULL };
	static const char *const some[] = { "devices", NULL }; /* a part that not every key has */
	TrendFilter none = { 0 }, of_some = { .across = some }, joined = { .across = across },
		    unknown = { .across = wrong }, one = { .key = "b" };
	g_autoptr(GError) error = NULL;
	g_autoptr(RunIndex) index = runindex_open(path, "maker", NULL, &why, &error);
	g_autoptr(GPtrArray) apart = NULL, together = NULL, only = NULL, partly = NULL;
	const Trend *first;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *journal = g_build_filename(folder, names[i], "journal.jsonl", NULL);
		g_autofree char *run = g_path_get_dirname(journal);

		g_assert_true(files_mkdirs(run, NULL) && g_file_set_contents(journal, "x", 1, NULL));
	}
	g_assert_true(runindex_update(index, folders, read_by_name, NULL, NULL, NULL, &error));
	apart = trends_read(index, metric_find("init2"), &none, &error);
	together = trends_read(index, metric_find("init2"), &joined, &error);
	only = trends_read(index, metric_find("init2"), &one, &error);
	partly = trends_read(index, metric_find("init2"), &of_some, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(partly->len, ==, 3);
	g_assert_cmpuint(apart->len, ==, 3);
	g_assert_cmpuint(only->len, ==, 1);
	g_assert_cmpuint(together->len, ==, 2);
	first = together->pdata[0]; /* 8G before 100G */
	g_assert_cmpuint(first->keys, ==, 2);
	g_assert_cmpuint(first->kernels->len, ==, 2);
	g_assert_cmpuint(first->runs->len, ==, 3);
	g_assert_cmpuint(first->parts->len, ==, 1);
	g_assert_null(trends_read(index, metric_find("init2"), &unknown, &error));
	g_assert_nonnull(strstr(error->message, "memory, kernel configuration"));
	g_assert_true(files_remove_tree(folder, NULL));
}

/* Run in any order, shown by release; a candidate before its release. */
static void test_order(void)
{
	static const char *const ran[] = { "7.2.0", "7.1.9", "6.18.15", "7.2.0-rc3", "7.1.13", "7.2.0-rc10" };
	static const char *const order[] = { "6.18.15", "7.1.9", "7.1.13", "7.2.0-rc3", "7.2.0-rc10", "7.2.0" };
	GPtrArray *runs = no_runs();
	g_autoptr(Trend) trend = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(ran); i++) {
		IndexedRun *run;

		add_run(runs, ran[i], "init2", 1000);
		run = runs->pdata[i];
		g_free(run->release);
		run->release = g_strdup(ran[i]);
	}
	trend = trend_new(metric_find("init2"), runs, no_parts(), TREND_BY_RELEASE);
	g_assert_cmpuint(trend->kernels->len, ==, G_N_ELEMENTS(order));
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		g_assert_cmpstr(trend_kernel(trend, (guint)i)->run->release, ==, order[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trend/differing-words", test_differing_words);
	g_test_add_func("/trend/kernels", test_kernels);
	g_test_add_func("/trend/host", test_host);
	g_test_add_func("/trend/counted", test_counted);
	g_test_add_func("/trend/newest", test_newest);
	g_test_add_func("/trend/text", test_text);
	g_test_add_func("/trend/more-parts", test_more_parts);
	g_test_add_func("/trend/data", test_data);
	g_test_add_func("/trend/across", test_across);
	g_test_add_func("/trend/order", test_order);
	return g_test_run();
}
