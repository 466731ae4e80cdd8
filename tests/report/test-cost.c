// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counted instructions side by side: which runs are one row, which rows are compared,
 * and what the differences come to. Counts are made up, on a recorded run. Argument:
 * the recording.
 */
#include "../recorded.h"

#include <base/json.h>
#include <report/cost.h>

#include <string.h>

/* The kernel of its first hop, to be changed. */
static PlanHop *kernel_of(const Result *result)
{
	return result->plan->hops->pdata[0];
}

static const char *recording;

/* A kernel's readings: to_init, memmap, and freeing if it is not -1, in instructions from begin. */
static void count_hop(Counts *counts, gint64 begin, gint64 to_init, gint64 memmap, gint64 freeing)
{
	counts_add(counts, COUNT_ENTRY, "at", begin);
	counts_add(counts, COUNT_MEMMAP, "enter", begin + 10);
	counts_add(counts, COUNT_MEMMAP, "leave", begin + 10 + memmap);
	if (freeing >= 0) {
		counts_add(counts, COUNT_FREE, "enter", begin + 100000);
		counts_add(counts, COUNT_FIRST_FREE, "at", begin + 100050);
		counts_add(counts, COUNT_FREE, "leave", begin + 100050 + freeing);
	}
	counts_add(counts, COUNT_INIT, "at", begin + to_init);
}

/* A counted run of a series: both kernels, the second with extra instructions to /init. The list owns it. */
static Result *add_run(GPtrArray *results, const char *series, gint64 begin, gint64 extra)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Counts) counts = counts_new();
	Result *result = result_load(recording, &error);

	g_assert_no_error(error);
	g_free(result->plan->mode);
	result->plan->mode = g_strdup("counted");
	for (guint i = 0; i < plan_hops(result->plan); i++) {
		PlanHop *hop = result->plan->hops->pdata[i];

		g_free(hop->series);
		hop->series = g_strdup(series);
		g_free(hop->sha256);
		hop->sha256 = g_strconcat("image of ", series, NULL);
	}
	count_hop(counts, begin, 1000000, 50000, 700);
	count_hop(counts, begin + 5000000, 2000000 + extra, 60000, -1);
	recorded_counts(result, counts);
	g_ptr_array_add(results, result);
	return result;
}

static GPtrArray *new_results(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
}

static const CostGroup *group_at(const Cost *cost, guint i)
{
	g_assert_cmpuint(i, <, cost->groups->len);
	return cost->groups->pdata[i];
}

static const CostRow *row_at(const CostGroup *group, guint i)
{
	g_assert_cmpuint(i, <, group->rows->len);
	return group->rows->pdata[i];
}

static void test_rows(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	const CostGroup *group;
	Result *wall;

	add_run(results, "central", 300, 4000);
	add_run(results, "unfixed", 300, 0);
	/* firmware takes a few instructions more, which is before the kernel's entry */
	add_run(results, "central", 377, 4000);
	wall = add_run(results, "central", 300, 0);
	g_free(wall->plan->mode);
	wall->plan->mode = g_strdup("wall");
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(cost->groups->len, ==, 1);
	group = group_at(cost, 0);
	g_assert_cmpuint(group->rows->len, ==, 2);
	g_assert_cmpuint(group->base, ==, 1);
	g_assert_cmpuint(group->hops, ==, 2);
	g_assert_cmpuint(row_at(group, 0)->runs, ==, 2);
	g_assert_true(row_at(group, 0)->identical);
	g_assert_cmpuint(row_at(group, 1)->runs, ==, 1);
	g_assert_cmpuint(cost_disagreements(cost), ==, 0);
	g_assert_cmpint(cost_of(row_at(group, 0)->first, 1)->to_init, ==, 2004000);
	g_assert_null(cost_of(row_at(group, 0)->first, 2));
}

/* Kernels that are of no series, as of a tree: rows like any other, and no base. */
static void test_no_series(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	g_autofree char *text = NULL, *json = NULL, *name = NULL;

	for (guint i = 0; i < 3; i++) {
		Result *result = add_run(results, i ? "unfixed" : "central", 300, 0);

		for (guint hop = 0; i != 1 && hop < plan_hops(result->plan); hop++)
			g_clear_pointer(&((PlanHop *)result->plan->hops->pdata[hop])->series, g_free);
	}
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(group_at(cost, 0)->rows->len, ==, 3);
	g_assert_cmpuint(group_at(cost, 0)->base, ==, 1);
	text = cost_to_text(cost);
	json = cost_to_json(cost);
	name = costrow_name(group_at(cost, 0), row_at(group_at(cost, 0), 1));
	g_assert_cmpstr(name, ==, "unfixed");
	g_assert_nonnull(strstr(text, " - "));
	g_assert_nonnull(strstr(json, "\"series\" : null"));
}

/* Two kernels with one name: neither is the base, whatever the order in which they came. */
static void test_two_bases(void)
{
	for (guint first = 0; first < 2; first++) {
		g_autoptr(GPtrArray) results = new_results();
		g_autoptr(Cost) cost = NULL;
		g_autofree char *text = NULL, *json = NULL, *name = NULL;

		for (guint i = 0; i < 2; i++) {
			Result *result = add_run(results, "unfixed", 300, i == first ? 0 : 4000);

			for (guint n = 0; n < plan_hops(result->plan); n++) {
				PlanHop *hop = result->plan->hops->pdata[n];

				g_free(hop->sha256);
				hop->sha256 = g_strdup(i == first ? "aaaaaaaaaaaaaaaa" : "bbbbbbbbbbbbbbbb");
			}
		}
		add_run(results, "central", 300, 2000);
		cost = cost_new(results, "unfixed");
		g_assert_cmpuint(group_at(cost, 0)->base, ==, 3);
		name = costrow_name(group_at(cost, 0), row_at(group_at(cost, 0), first));
		g_assert_cmpstr(name, ==, "unfixed aaaaaaaaaaaa");
		text = cost_to_text(cost);
		json = cost_to_json(cost);
		g_assert_nonnull(strstr(text, "2 kernels are called unfixed, and nothing is held against any of them"));
		g_assert_nonnull(strstr(json, "2 kernels are called unfixed"));
		g_assert_null(strchr(text, '%'));
	}
}

static void test_disagree(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	g_autofree char *text = NULL;

	add_run(results, "central", 300, 4000);
	add_run(results, "central", 300, 4001);
	add_run(results, "central", 300, 4000);
	add_run(results, "unfixed", 300, 0);
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(group_at(cost, 0)->rows->len, ==, 2);
	g_assert_false(row_at(group_at(cost, 0), 0)->identical);
	g_assert_cmpuint(cost_disagreements(cost), ==, 1);
	text = cost_to_text(cost);
	g_assert_nonnull(strstr(text, "3 DIFFER"));
	g_assert_null(strstr(text, "identical"));
}

/* One that got less far than the others has fewer kernels: not the same counts. */
static void test_cut_off(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	Result *shorter;

	shorter = add_run(results, "central", 300, 0);
	g_clear_pointer(&((ResultHop *)shorter->hops->pdata[1])->count, g_free);
	add_run(results, "central", 300, 0);
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(cost_disagreements(cost), ==, 1);
	g_assert_cmpuint(group_at(cost, 0)->hops, ==, 2);
}

/* What the host or the harness ended, or kept from a verdict, counted something else. */
static void test_unjudged(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;

	add_run(results, "stock", 300, 7)->verdict->kind = VERDICT_ERROR;
	add_run(results, "central", 300, 4000)->verdict->kind = VERDICT_SKIP;
	add_run(results, "central", 300, 0);
	add_run(results, "central", 300, 0);
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(group_at(cost, 0)->rows->len, ==, 1);
	g_assert_cmpuint(row_at(group_at(cost, 0), 0)->runs, ==, 2);
	g_assert_cmpuint(cost_disagreements(cost), ==, 0);
}

/* Anything of these makes it another thing to count; another image is another row of the same. */
static void test_groups(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	Result *changed = add_run(results, "unfixed", 300, 0);

	g_array_set_size(changed->plan->guest.nodes, 1);
	add_run(results, "unfixed", 300, 0);
	changed = add_run(results, "unfixed", 300, 0);
	changed->plan->guest.memory_bytes *= 2;
	changed = add_run(results, "unfixed", 300, 0);
	g_free(kernel_of(changed)->name);
	kernel_of(changed)->name = g_strdup("7.2");
	changed = add_run(results, "unfixed", 300, 0);
	g_free(kernel_of(changed)->profile);
	kernel_of(changed)->profile = g_strdup("timing");
	changed = add_run(results, "unfixed", 300, 0);
	g_free(kernel_of(changed)->cmdline);
	kernel_of(changed)->cmdline = g_strdup("kho=off");
	changed = add_run(results, "unfixed", 300, 0);
	g_array_index(changed->plan->guest.nodes, MachineNode, 0).bytes += 4096;
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(cost->groups->len, ==, 7);
	cost_free(g_steal_pointer(&cost));

	changed = add_run(results, "unfixed", 300, 0);
	for (guint i = 0; i < plan_hops(changed->plan); i++) {
		PlanHop *hop = changed->plan->hops->pdata[i];

		g_free(hop->sha256);
		hop->sha256 = g_strdup("built again");
	}
	cost = cost_new(results, "unfixed");
	g_assert_cmpuint(cost->groups->len, ==, 7);
	g_assert_cmpuint(group_at(cost, 0)->rows->len, ==, 1);
	g_assert_cmpuint(group_at(cost, 1)->rows->len, ==, 2);
}

/* The row of the table that has all of these, as it stands there. NULL if there is none. */
static char *find_row(const char *text, const char *first, const char *series)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit_set(*line, " ", -1);

		if (g_str_has_prefix(*line, first) && g_strv_contains((const char *const *)words, series))
			return g_strdup(*line);
	}
	return NULL;
}

static void test_text(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL, alone = NULL;
	g_autofree char *text = NULL, *other = NULL, *markdown = NULL, *row = NULL, *base_row = NULL;
	g_autofree char *per_block = NULL;
	gint64 blocks;

	add_run(results, "unfixed", 300, 0);
	add_run(results, "central", 300, 4000);
	blocks = cost_pageblocks(results->pdata[0], 1);
	g_assert_cmpint(blocks, >, 1000); /* 4G of 2M */
	cost = cost_new(results, "unfixed");
	text = cost_to_text(cost);
	base_row = find_row(text, "second", "unfixed");
	row = find_row(text, " ", "central");
	g_assert_nonnull(base_row);
	g_assert_null(strchr(base_row, '+'));
	/* the first kernel is the same; what is found there is the first row of "central" */
	g_assert_nonnull(strstr(row, "+0.000%"));
	per_block = g_strdup_printf("%+.1f", 4000.0 / (double)blocks);
	g_assert_nonnull(strstr(text, "2004000"));
	g_assert_nonnull(strstr(text, "+4000"));
	g_assert_nonnull(strstr(text, "+0.200%"));
	g_assert_nonnull(strstr(text, per_block));
	g_assert_nonnull(strstr(text, "By phase: instructions of unfixed"));
	markdown = cost_to_markdown(cost);
	g_assert_nonnull(strstr(markdown, "### 7.1, 4G, 2 nodes, 1 CPU, kho=on, profile check, QEMU "));

	/* without the series that the others are compared with there are counts, and no differences */
	alone = cost_new(results, "stock");
	g_assert_cmpuint(group_at(alone, 0)->base, ==, 2);
	other = cost_to_text(alone);
	g_assert_null(strstr(other, "+4000"));
	g_assert_null(strchr(other, '%'));
	g_assert_nonnull(strstr(other, "2004000"));
}

static void test_nothing(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = cost_new(results, "unfixed");
	g_autofree char *text = cost_to_text(cost);

	g_assert_nonnull(strstr(text, "No run counted instructions."));
	g_assert_cmpuint(cost_disagreements(cost), ==, 0);
}

static void test_json(void)
{
	g_autoptr(GPtrArray) results = new_results();
	g_autoptr(Cost) cost = NULL;
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) root = NULL;
	JsonObject *group, *row, *hop;

	add_run(results, "unfixed", 300, 0);
	add_run(results, "central", 300, 4000);
	add_run(results, "central", 300, 4000);
	cost = cost_new(results, "unfixed");
	json = cost_to_json(cost);
	root = json_parse_object(json, -1, "cost", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(json_get_string(root, "base"), ==, "unfixed");
	group = json_array_get_object_element(json_get_array(root, "groups"), 0);
	g_assert_cmpint(json_get_int(group, "memory_bytes"), ==, G_GINT64_CONSTANT(4) << 30);
	row = json_array_get_object_element(json_get_array(group, "rows"), 1);
	g_assert_cmpstr(json_get_string(row, "series"), ==, "central");
	g_assert_cmpint(json_get_int(row, "runs"), ==, 2);
	g_assert_true(json_get_bool(row, "identical"));
	hop = json_array_get_object_element(json_get_array(row, "hops"), 1);
	g_assert_cmpint(json_get_int(hop, "to_init"), ==, 2004000);
	g_assert_cmpint(json_get_int(hop, "memmap"), ==, 60000);
	g_assert_true(json_object_get_null_member(hop, "freeing"));
	hop = json_array_get_object_element(json_get_array(row, "hops"), 0);
	g_assert_cmpint(json_get_int(hop, "freeing"), ==, 700);
	g_assert_cmpint(json_get_int(hop, "reserved"), ==, 50);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	g_test_add_func("/cost/no-series", test_no_series);
	g_test_add_func("/cost/rows", test_rows);
	g_test_add_func("/cost/two-bases", test_two_bases);
	g_test_add_func("/cost/disagree", test_disagree);
	g_test_add_func("/cost/cut-off", test_cut_off);
	g_test_add_func("/cost/unjudged", test_unjudged);
	g_test_add_func("/cost/groups", test_groups);
	g_test_add_func("/cost/text", test_text);
	g_test_add_func("/cost/nothing", test_nothing);
	g_test_add_func("/cost/json", test_json);
	return g_test_run();
}
