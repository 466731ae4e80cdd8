// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A real handover of one series, through the tool as people use it. What must
 * come out of each series is written down here, apart from what the series
 * itself says it expects. unfixed is the negative control: if it passes, this
 * test fails.
 *
 * Arguments: khotest, series, memory, folder for run directories.
 */
#include "tool.h"

#include <base/files.h>

#include <string.h>

static const struct {
	const char *series;
	int status;
	bool all_cma; /* every scratch pageblock of the second kernel */
	bool deferred;
} outcomes[] = {
	{ "stock", 0, true, false },
	{ "unfixed", 1, false, true },
	{ "central", 0, true, true },
};

static bool has_reason(JsonObject *result, const char *id)
{
	JsonArray *reasons = json_get_array(result, "reasons");

	for (guint i = 0; i < json_array_get_length(reasons); i++)
		if (g_strcmp0(json_get_string(json_array_get_object_element(reasons, i), "id"), id) == 0)
			return true;
	return false;
}

/* Sums over all zones of a hop; the scratch itself must be covered by what is expected. */
static void sum_zones(JsonObject *hop, gint64 *ret_expected, gint64 *ret_found)
{
	JsonArray *zones = json_get_array(hop, "zones");
	JsonArray *scratch = json_get_array(hop, "scratch");
	gint64 bytes = 0;

	*ret_expected = *ret_found = 0;
	for (guint i = 0; i < json_array_get_length(zones); i++) {
		JsonObject *zone = json_array_get_object_element(zones, i);

		*ret_expected += json_get_int(zone, "expected_cma_pageblocks");
		*ret_found += json_get_int(zone, "found_cma_pageblocks");
	}
	for (guint i = 0; i < json_array_get_length(scratch); i++)
		bytes += json_get_int(json_array_get_object_element(scratch, i), "bytes");
	g_assert_cmpint(bytes, >, 0);
	g_assert_cmpint(*ret_expected * json_get_int(hop, "pageblock_bytes"), ==, bytes);
}

static void check_result(JsonObject *result, gsize which)
{
	JsonArray *hops = json_get_array(result, "hops");
	JsonObject *first, *second;
	gint64 expected, found;

	g_assert_cmpint(json_get_int(result, "schema"), ==, 1);
	g_assert_cmpstr(json_get_string(json_get_object(result, "kernel"), "series"), ==, outcomes[which].series);
	g_assert_cmpuint(json_array_get_length(hops), ==, 2);
	first = json_array_get_object_element(hops, 0);
	second = json_array_get_object_element(hops, 1);
	g_assert_cmpstr(json_get_string(first, "release"), ==, json_get_string(second, "release"));
	g_assert_cmpint(json_get_int(second, "kho_count"), ==, 1);

	sum_zones(first, &expected, &found);
	g_assert_cmpint(found, ==, expected);
	sum_zones(second, &expected, &found);
	if (outcomes[which].all_cma)
		g_assert_cmpint(found, ==, expected);
	else
		g_assert_cmpint(found, <, expected);
	g_assert_cmpint(has_reason(result, "scratch-not-cma"), ==, !outcomes[which].all_cma);
	g_assert_cmpint(json_array_get_length(json_get_array(second, "deferred")) > 0, ==, outcomes[which].deferred);
	g_assert_cmpint(json_get_int(json_get_object(result, "handover"), "blackout_ns"), >, 0);
	g_assert_cmpint(json_get_int(json_get_object(result, "host"), "peak_rss_bytes"), >, 0);
	g_assert_true(json_get_bool(json_get_object(result, "expected"), "met"));
}

/* Judged again from the files, the result is the same to the letter. */
static void check_report(const SpawnResult *run, JsonObject *result, const char *folder)
{
	g_autofree char *path = g_build_filename(folder, json_get_string(result, "id"), NULL);
	g_autofree char *kept = g_build_filename(path, "result.json", NULL);
	const char *const words[] = { "report", path, "--format", "json", NULL };
	g_auto(SpawnResult) again = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(kept, &error);

	g_assert_no_error(error);
	tool_run(words, NULL, &again);
	g_assert_cmpint(again.status, ==, run->status);
	g_assert_cmpstr(again.out, ==, run->out);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), run->out, run->out_length);
}

static void test_handover(void)
{
	const char *series = tool_argument(0), *memory = tool_argument(1), *folder = tool_argument(2);
	const char *const words[] = { "run",  "--series", series, "-m", memory, "--format",
				      "json", "-o",	  folder, "-q", NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;
	gsize which = 0;

	while (which < G_N_ELEMENTS(outcomes) && strcmp(outcomes[which].series, series) != 0)
		which++;
	g_assert_cmpuint(which, <, G_N_ELEMENTS(outcomes));
	tool_run(words, NULL, &run);
	if (run.status == 77) {
		g_test_skip(run.err);
		return;
	}
	g_assert_cmpint(run.status, ==, outcomes[which].status);
	result = tool_json(&run);
	check_result(result, which);
	check_report(&run, result, folder);
}

int main(int argc, char **argv)
{
	g_autofree char *name = NULL;

	tool_init(&argc, &argv);
	name = g_strdup_printf("/handover/%s/%s", tool_argument(0), tool_argument(1));
	g_test_add_func(name, test_handover);
	return g_test_run();
}
