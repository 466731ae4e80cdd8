// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 'khotest history' and 'khotest report --against' over run directories made from a
 * recorded one: its date, its kernel's hash and the first sign of life of its second
 * kernel are changed. Arguments: khotest, the folder of recordings.
 */
#include "../e2e/tool.h"

#include <base/files.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define RUNS_EACH 10
#define FIRST_BLACKOUT G_GINT64_CONSTANT(2000000000)
#define SECOND_BLACKOUT G_GINT64_CONSTANT(2120000000)

static char *home;

static JsonObject *read_object(const char *path)
{
	g_autoptr(GBytes) bytes = files_read(path, NULL);
	g_autoptr(GError) error = NULL;
	JsonObject *object =
		json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, &error);

	g_assert_no_error(error);
	return object;
}

static char *object_text(JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

	return json_to_string(node, FALSE);
}

static void change_plan(const char *run, const char *sha256)
{
	g_autofree char *path = g_build_filename(run, "plan.json", NULL);
	g_autoptr(JsonObject) plan = read_object(path);
	g_autofree char *text = NULL;

	json_object_set_string_member(plan, "kernel_sha256", sha256);
	text = object_text(plan);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void change_journal(const char *run, const char *date, gint64 blackout)
{
	g_autofree char *path = g_build_filename(run, "journal.jsonl", NULL), *text = NULL;
	GString *out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	gint64 left = -1;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_autoptr(JsonObject) object = **line ? json_parse_object(*line, -1, path, NULL) : NULL;
		const char *name = object ? json_get_string(object, "name") : NULL;
		g_autofree char *changed = NULL;

		if (!object)
			continue;
		if (g_strcmp0(json_get_string(object, "event"), "begin") == 0)
			json_object_set_string_member(object, "wall", date);
		if (g_strcmp0(name, "leaving") == 0 && json_get_int(object, "hop") == 0)
			left = json_get_int(object, "end_ns");
		if (g_strcmp0(name, "hello") == 0 && json_get_int(object, "hop") == 1)
			json_object_set_int_member(object, "ns", left + blackout);
		changed = object_text(object);
		g_string_append_printf(out, "%s\n", changed);
	}
	g_assert_cmpint(left, >, 0);
	g_assert_true(g_file_set_contents(path, out->str, -1, NULL));
	g_string_free(out, TRUE);
}

static void add_run(guint i, GRand *random)
{
	bool second = i >= RUNS_EACH;
	g_autofree char *recording = g_build_filename(tool_argument(0), "pass-central-4g-2n", NULL);
	g_autofree char *run = g_strdup_printf("results/runs/run-%02u", i);
	g_autofree char *date = g_strdup_printf("2026-11-%02uT08:00:00Z", i + 1);
	const char *const copy[] = { "cp", "-r", recording, run, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_true(spawn_check(copy, NULL, NULL, NULL, &error));
	change_plan(run, second ? "2222222222222222" : "1111111111111111");
	change_journal(run, date, (second ? SECOND_BLACKOUT : FIRST_BLACKOUT) + g_rand_int_range(random, 0, 40000000));
}

static void set_up(void)
{
	GRand *random = g_rand_new_with_seed(1);

	g_assert_true(files_mkdirs("results/runs", NULL));
	for (guint i = 0; i < 2 * RUNS_EACH; i++)
		add_run(i, random);
	g_rand_free(random);
}

static void run_tool(SpawnResult *ret_result, int status, const char *const *words)
{
	g_autofree char *cache = g_strconcat("XDG_CACHE_HOME=", home, "/cache", NULL);
	const char *const env[] = { cache, NULL };

	tool_run(words, env, ret_result);
	g_assert_cmpint(ret_result->status, ==, status);
}

#define RUN(result, status, ...)                                                                                       \
	g_auto(SpawnResult) result = { 0 };                                                                            \
	run_tool(&result, status, (const char *[]){ __VA_ARGS__, NULL })

static void test_none(void)
{
	RUN(result, 99, "history");

	g_assert_nonnull(strstr(result.err, "no run directories below results;"));
	g_assert_cmpstr(result.out, ==, "");
}

static void test_change(void)
{
	RUN(json, 0, "history", "blackout", "--format", "json");
	RUN(text, 0, "history", "blackout");
	RUN(csv, 0, "history", "blackout", "--format", "csv");
	g_autoptr(JsonObject) root = tool_json(&json);
	JsonObject *trend = json_array_get_object_element(json_get_array(root, "trends"), 0);
	JsonObject *change = json_array_get_object_element(json_get_array(trend, "changes"), 0);
	g_auto(GStrv) lines = g_strsplit(csv.out, "\n", -1);

	g_assert_true(g_file_test("results/index.sqlite", G_FILE_TEST_EXISTS));
	g_assert_cmpuint(json_array_get_length(json_get_array(root, "trends")), ==, 1);
	g_assert_cmpuint(json_array_get_length(json_get_array(trend, "changes")), ==, 1);
	g_assert_cmpstr(json_get_string(change, "kernel_before"), ==, "1111111111111111");
	g_assert_cmpstr(json_get_string(change, "kernel_after"), ==, "2222222222222222");
	g_assert_cmpstr(json_get_string(change, "run"), ==, "run-10");
	g_assert_nonnull(strstr(text.out, "change: 2."));
	g_assert_nonnull(strstr(text.out, "(11111111) and "));
	g_assert_null(strstr(text.out, "\u2588")); /* not a terminal */
	g_assert_cmpstr(text.err, ==, "");	   /* nothing was read again */
	g_assert_cmpuint(g_strv_length(lines), ==, 2 * RUNS_EACH + 2);
}

/* The recorded run as if its instructions had been counted: so many to /init of its second kernel. */
static void add_counted(const char *run, gint64 instructions)
{
	g_autofree char *recording = g_build_filename(tool_argument(0), "pass-central-4g-2n", NULL);
	g_autofree char *plan_path = g_build_filename(run, "plan.json", NULL), *text = NULL;
	g_autofree char *path = g_build_filename(run, "journal.jsonl", NULL), *journal = NULL;
	const char *const copy[] = { "cp", "-r", recording, run, NULL };
	g_autoptr(JsonObject) plan = NULL;
	GString *counts = g_string_new(NULL);

	g_assert_true(spawn_check(copy, NULL, NULL, NULL, NULL));
	plan = read_object(plan_path);
	json_object_set_string_member(plan, "mode", "counted");
	text = object_text(plan);
	g_assert_true(g_file_set_contents(plan_path, text, -1, NULL));
	g_assert_true(g_file_get_contents(path, &journal, NULL, NULL));
	g_string_append(counts, journal);
	for (int kernel = 0; kernel < 2; kernel++)
		for (int init = 0; init < 2; init++)
			g_string_append_printf(counts,
					       "{\"ns\":%d,\"event\":\"count\",\"mark\":\"%s\",\"edge\":\"at\","
					       "\"instructions\":%" G_GINT64_FORMAT "}\n",
					       1 + init, init ? "init" : "entry",
					       kernel * G_GINT64_CONSTANT(10000000000) + init * instructions);
	g_assert_true(g_file_set_contents(path, counts->str, -1, NULL));
	g_string_free(counts, TRUE);
}

/* The newest change of a trend, and which way it goes, decide the exit status; and a condition does. */
static void test_fail(void)
{
	RUN(slower, 1, "history", "blackout", "--fail-on-change");
	RUN(other, 0, "history", "init2", "--fail-on-change");
	RUN(time, 99, "report", "results/runs/run-10", "--against", "results/runs/run-03", "--fail-if", "blackout>1%");

	g_assert_nonnull(strstr(slower.out, "change: 2."));
	g_assert_null(strstr(other.out, "change: "));
	g_assert_nonnull(strstr(time.err, "one run against another decides nothing of that"));
	g_assert_true(files_mkdirs("counted", NULL));
	add_counted("counted/before", 100000000);
	add_counted("counted/now", 103000000);
	{
		RUN(met, 1, "report", "counted/now", "--against", "counted/before", "--fail-if", "insn2.to_init>1%");
		RUN(fine, 0, "report", "counted/now", "--against", "counted/before", "--fail-if", "insn2.to_init>5%");

		g_assert_nonnull(strstr(met.err, "insn2.to_init>1%"));
		g_assert_nonnull(strstr(fine.err, "insn2.to_init>5%"));
	}
}

static void test_inventory(void)
{
	RUN(text, 0, "history");
	RUN(all, 0, "history", "--format", "csv");
	RUN(wrong, 99, "history", "blakout");
	RUN(none, 99, "history", "insn2.to_init");
	RUN(across, 99, "history", "blackout", "--across", "colour");

	g_assert_nonnull(strstr(text.out, "20 run directories"));
	g_assert_nonnull(strstr(text.out, "blackout"));
	g_assert_nonnull(strstr(all.out, "\ninit1,guest,ns,central,"));
	g_assert_nonnull(strstr(all.out, "\nblackout,host,ns,central,"));
	g_assert_nonnull(strstr(wrong.err, "did you mean blackout"));
	g_assert_nonnull(strstr(none.err, "no judged run has the metric"));
	g_assert_nonnull(strstr(across.err, "kernel configuration"));
}

/* Runs that went wrong in the same way are put together, of whatever machine. */
static void test_titles(void)
{
	RUN(text, 0, "list", "runs", tool_argument(0));
	const char *titles = strstr(text.out, "What went wrong, by title\n");

	g_assert_nonnull(titles);
	g_assert_true(g_regex_match_simple("\nscratch pageblocks are not CMA +check +3  fail-shifted-block-4g\n",
					   titles, 0, 0));
}

/* The runs of a matrix belong to the same history; one that goes away leaves it. */
static void test_matrix(void)
{
	g_assert_cmpint(g_mkdir_with_parents("results/matrix/some", 0755), ==, 0);
	g_assert_true(g_file_set_contents("results/matrix/some/cells.json", "{}", -1, NULL));
	g_assert_cmpint(g_rename("results/runs", "results/matrix/some/runs"), ==, 0);
	{
		RUN(text, 0, "history");

		g_assert_nonnull(strstr(text.out, "20 run directories"));
	}
	g_assert_cmpint(g_rename("results/matrix/some/runs", "results/runs"), ==, 0);
}

static void test_damaged(void)
{
	g_assert_true(g_file_set_contents("results/index.sqlite", "not what it was", -1, NULL));
	{
		RUN(result, 0, "history", "blackout");

		g_assert_nonnull(strstr(result.err, "is made anew: it is damaged"));
		g_assert_nonnull(strstr(result.out, "change: 2."));
	}
}

static void test_against(void)
{
	g_autofree char *other = g_build_filename(tool_argument(0), "fail-unfixed-100g", NULL);
	RUN(json, 0, "report", "results/runs/run-10", "--against", "LAST", "--format", "json");
	RUN(text, 0, "report", "results/runs/run-10", "--against", "results/runs/run-03");
	RUN(first, 99, "report", "results/runs/run-00", "--against", "LAST");
	RUN(refused, 99, "report", "results/runs/run-10", "--against", other);
	RUN(anyway, 0, "report", "results/runs/run-10", "--against", other, "--anyway");
	RUN(two, 99, "report", "results/runs/run-10", other, "--against", "LAST");
	g_autoptr(JsonObject) root = tool_json(&json);

	g_assert_cmpstr(json_get_string(json_get_object(root, "before"), "id"), ==, "run-09");
	g_assert_cmpstr(json_get_string(json_get_object(root, "now"), "id"), ==, "run-10");
	g_assert_nonnull(strstr(text.out, "verdict: same"));
	g_assert_nonnull(strstr(text.out, "handover blackout"));
	g_assert_nonnull(strstr(text.out, "One pair of runs is no measurement"));
	g_assert_nonnull(strstr(first.err, "no run before run-00"));
	g_assert_nonnull(strstr(refused.err, "memory: 100G and 4G"));
	g_assert_cmpstr(refused.out, ==, "");
	g_assert_nonnull(strstr(anyway.out, "NOT COMPARABLE"));
	g_assert_nonnull(strstr(two.err, "takes one run"));
}

static void test_elsewhere(void)
{
	RUN(result, 0, "history", "blackout", "--runs", "results/runs");

	g_assert_nonnull(strstr(result.out, "change: 2."));
	g_assert_true(g_file_test("cache/khotest/index", G_FILE_TEST_IS_DIR));
}

#define THIRD_HELLO                                                                                                    \
	"nonce=0123456789abcdef\nhop=2\nboottime_ns=1100000000\n"                                                      \
	"monotonic_ns=1100000001\nrelease=7.1.13-central\nboot_id=3\n"

/* What the journal says of the second kernel's records, of the third's too. */
static void journal_third(const char *run)
{
	g_autofree char *path = g_build_filename(run, "journal.jsonl", NULL), *text = NULL, *all = NULL;
	g_autofree char *bytes = g_strdup_printf("\"name\":\"hello\",\"bytes\":%zu,", strlen(THIRD_HELLO));
	g_autoptr(GRegex) hop = g_regex_new("\"event\":\"record\",\"hop\":1,", 0, 0, NULL);
	g_autoptr(GRegex) size = g_regex_new("\"name\":\"hello\",\"bytes\":[0-9]+,", 0, 0, NULL);
	g_autoptr(GString) more = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_autofree char *third =
			g_regex_replace_literal(hop, *line, -1, 0, "\"event\":\"record\",\"hop\":2,", 0, NULL);
		g_autofree char *sized = g_regex_replace_literal(size, third, -1, 0, bytes, 0, NULL);

		if (strcmp(third, *line) != 0)
			g_string_append_printf(more, "%s\n", sized);
	}
	all = g_strconcat(text, more->str, NULL);
	g_assert_true(g_file_set_contents(path, all, -1, NULL));
}

/* The second kernel of a recorded run comes once more, as a third. Its records do not all fit, which is a FAIL. */
static void add_third_kernel(const char *run)
{
	g_autofree char *second = g_build_filename(run, "hops/1", NULL), *third = g_build_filename(run, "hops/2", NULL);
	g_autofree char *plan_path = g_build_filename(run, "plan.json", NULL);
	g_autofree char *hello = g_build_filename(third, "hello", NULL), *text = NULL;
	const char *const copy[] = { "cp", "-r", second, third, NULL };
	g_autoptr(JsonObject) plan = read_object(plan_path);

	g_assert_true(spawn_check(copy, NULL, NULL, NULL, NULL));
	json_array_add_string_element(json_get_array(plan, "nonces"), "0123456789abcdef");
	text = object_text(plan);
	g_assert_true(g_file_set_contents(plan_path, text, -1, NULL));
	g_assert_true(g_file_set_contents(hello, THIRD_HELLO, -1, NULL));
	journal_third(run);
}

/* Figures of later kernels have trends of their own, under a key that says how many there were. */
static void test_chain(void)
{
	g_autofree char *recording = g_build_filename(tool_argument(0), "pass-central-4g-2n", NULL);
	const char *const copy[] = { "cp", "-r", recording, "chain/run", NULL };

	g_assert_true(files_mkdirs("chain", NULL));
	g_assert_true(spawn_check(copy, NULL, NULL, NULL, NULL));
	add_third_kernel("chain/run");
	{
		RUN(later, 0, "history", "init.later", "--runs", "chain", "--runs", "results/runs", "--format", "json");
		RUN(second, 0, "history", "init2", "--runs", "chain", "--runs", "results/runs", "--format", "json");
		g_autoptr(JsonObject) root = tool_json(&later), both = tool_json(&second);
		JsonArray *trends = json_get_array(root, "trends");
		JsonObject *trend = json_array_get_object_element(trends, 0), *kernel;

		/* runs of two kernels have none */
		g_assert_cmpuint(json_array_get_length(trends), ==, 1);
		g_assert_cmpstr(json_get_string(json_get_object(trend, "key_parts"), "kernels in a row"), ==, "3");
		kernel = json_array_get_object_element(json_get_array(trend, "kernels"), 0);
		g_assert_cmpfloat(json_object_get_double_member(kernel, "median"), ==, 1.1e9);
		g_assert_cmpuint(json_array_get_length(json_get_array(both, "trends")), ==, 2);
	}
}

/* Where keys differ in the configuration, the symbol is named; what versions differ in by themselves makes no other
 * key. */
static void test_configuration(void)
{
	static const char *const names[] = { "plain", "newer", "kasan" };
	static const char *const configs[] = { "CONFIG_HZ=250\n", "CONFIG_HZ=250\nCONFIG_HAVE_NEW_THING=y\n",
					       "CONFIG_HZ=250\nCONFIG_KASAN=y\n" };
	g_autofree char *recording = g_build_filename(tool_argument(0), "pass-central-4g-2n", NULL);

	g_assert_true(files_mkdirs("configured", NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *run = g_build_filename("configured", names[i], NULL);
		g_autofree char *config = g_build_filename(run, "kernel.config", NULL);
		const char *const copy[] = { "cp", "-r", recording, run, NULL };

		g_assert_true(spawn_check(copy, NULL, NULL, NULL, NULL));
		g_assert_true(g_file_set_contents(config, configs[i], -1, NULL));
	}
	{
		RUN(text, 0, "history", "init2", "--runs", "configured");
		RUN(json, 0, "history", "init2", "--runs", "configured", "--format", "json");
		g_autoptr(JsonObject) root = tool_json(&json);

		g_assert_cmpuint(json_array_get_length(json_get_array(root, "trends")), ==, 2);
		g_assert_nonnull(strstr(text.out, "kernel configuration CONFIG_KASAN=y CONFIG_HZ=250"));
		g_assert_null(strstr(text.out, "NEW_THING"));
	}
}

int main(int argc, char **argv)
{
	int status;

	tool_init(&argc, &argv);
	home = g_dir_make_tmp("history-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(home), ==, 0);
	g_test_add_func("/history/none", test_none);
	g_test_add_func("/history/set-up", set_up);
	g_test_add_func("/history/change", test_change);
	g_test_add_func("/history/fail", test_fail);
	g_test_add_func("/history/inventory", test_inventory);
	g_test_add_func("/history/titles", test_titles);
	g_test_add_func("/history/matrix", test_matrix);
	g_test_add_func("/history/damaged", test_damaged);
	g_test_add_func("/history/against", test_against);
	g_test_add_func("/history/elsewhere", test_elsewhere);
	g_test_add_func("/history/chain", test_chain);
	g_test_add_func("/history/configuration", test_configuration);
	status = g_test_run();
	g_assert_cmpint(g_chdir("/"), ==, 0);
	files_remove_tree(home, NULL);
	g_free(home);
	return status;
}
