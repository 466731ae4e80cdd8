// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * khotest compare on real machines: the order of runs, counted instructions that
 * decide with two pairs, the refusal of what cannot be compared, and going on with what
 * was begun. The kernels are those that other tests need too.
 *
 * Arguments: khotest, folder for what comparisons leave.
 */
#include "tool.h"

#include <base/files.h>

#include <signal.h>
#include <string.h>

#define MEMORY "512M"
#define DIFFERENCE "central: kernel configuration: KASAN not set against y"

/* The first test has found that this host cannot run the machines: then the others need not try. */
static bool skipped;

/* As `words`, with what all of these tests have. home: another cache, or NULL. */
static void compare(SpawnResult *ret_run, const char *home, const char *folder, const char *const *words)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autofree char *output = g_build_filename(tool_argument(0), folder, NULL);
	g_autofree char *cache = g_strconcat("XDG_CACHE_HOME=", home, NULL);
	const char *const env[] = { cache, NULL };
	const char *const common[] = { "-m", MEMORY, "--format", "json", "-q", "-o", output };
	g_autoptr(GError) error = NULL;

	g_assert_true(files_remove_tree(output, &error));
	g_ptr_array_add(all, (gpointer) "compare");
	for (; *words; words++)
		g_ptr_array_add(all, (gpointer)*words);
	for (gsize i = 0; i < G_N_ELEMENTS(common); i++)
		g_ptr_array_add(all, (gpointer)common[i]);
	g_ptr_array_add(all, NULL);
	tool_run((const char *const *)all->pdata, home ? env : NULL, ret_run);
}

#define COMPARE(run, home, folder, ...)                                                                                \
	g_auto(SpawnResult) run = { 0 };                                                                               \
	compare(&run, home, folder, (const char *[]){ __VA_ARGS__, NULL })

static JsonObject *series_of(JsonObject *comparison, guint i)
{
	return json_array_get_object_element(json_get_array(comparison, "series"), i);
}

static JsonObject *find_finding(JsonObject *comparison, const char *metric, const char *b)
{
	JsonArray *findings = json_get_array(comparison, "findings");

	for (guint i = 0; i < json_array_get_length(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);

		if (g_strcmp0(json_get_string(finding, "metric"), metric) == 0 &&
		    g_strcmp0(json_get_string(finding, "b"), b) == 0)
			return finding;
	}
	return NULL;
}

/* A run's id begins with when it was made, to the second, which two runs never share. */
static gint64 made_at(const char *id)
{
	g_auto(GStrv) parts = g_strsplit(id, "-", 3);

	g_assert_cmpuint(g_strv_length(parts), ==, 3);
	return g_ascii_strtoll(parts[0], NULL, 10) * 1000000 + g_ascii_strtoll(parts[1], NULL, 10);
}

/* When the run of a series was made: in a round from 1 on, or as a warm-up. */
static gint64 run_at(JsonObject *comparison, guint series, guint round)
{
	JsonObject *side = series_of(comparison, series);
	JsonArray *runs = json_get_array(side, "runs");

	if (!round)
		return made_at(json_get_string(side, "warm_up"));
	g_assert_cmpuint(json_array_get_length(runs), >=, round);
	return made_at(json_array_get_string_element(runs, round - 1));
}

static void test_three(void)
{
	static const char *const names[] = { "stock", "unfixed", "central" };
	/* the first two rows of a square in which each comes at each place, and next to every other, equally often */
	static const guint order[][3] = { { 0, 1, 2 }, { 0, 1, 2 }, { 1, 2, 0 } };
	COMPARE(run, NULL, "three", names[0], names[1], names[2], "--runs", "2");
	g_autoptr(JsonObject) comparison = NULL;
	gint64 at = 0;

	if (run.status == 77) {
		skipped = true;
		g_test_skip(run.err);
		return;
	}
	/* unfixed fails, as its series says that it must */
	g_assert_cmpint(run.status, ==, 0);
	comparison = tool_json(&run);
	g_assert_true(json_object_get_null_member(comparison, "not_comparable"));
	for (guint i = 0; i < 3; i++) {
		JsonObject *side = series_of(comparison, i);

		g_assert_cmpstr(json_get_string(side, "name"), ==, names[i]);
		g_assert_cmpstr(json_get_string(side, "key"), ==, json_get_string(series_of(comparison, 0), "key"));
		g_assert_cmpuint(json_array_get_length(json_get_array(side, "runs")), ==, 2);
	}
	for (guint round = 0; round < 3; round++)
		for (guint position = 0; position < 3; position++) {
			gint64 next = run_at(comparison, order[round][position], round);

			g_assert_cmpint(next, >, at);
			at = next;
		}
	for (guint i = 1; i < 3; i++) {
		JsonObject *finding = find_finding(comparison, "init2", names[i]);

		g_assert_nonnull(finding);
		g_assert_cmpstr(json_get_string(finding, "a"), ==, "stock");
		g_assert_cmpint(json_get_int(finding, "pairs"), <=, 2);
		/* no two pairs on a clock tell anything */
		g_assert_cmpstr(json_get_string(finding, "decision"), ==, "too-few");
	}
	g_assert_null(find_finding(comparison, "insn2.to_init", "central"));
}

static double number_of(JsonObject *finding, const char *object, const char *name)
{
	return json_object_get_double_member(json_get_object(finding, object), name);
}

/* The same comparison, held against what somebody does not want to see. */
static void test_conditions(void)
{
	static const struct {
		const char *condition;
		int status;
		const char *says;
	} cases[] = {
		{ "insn1.memmap<0", 1, "insn1.memmap<0: met: central -" },
		{ "insn1.memmap>0", 0, "insn1.memmap>0: not met: central -" },
		{ "init2>1%", 99, "init2>1%: cannot be told of central: no pair of runs has that figure" },
	};
	g_autofree char *dir = g_build_filename(tool_argument(0), "counted", NULL);
	g_auto(SpawnResult) cover = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(SpawnResult) run = { 0 };

		tool_run((const char *const[]){ "compare", "--report", dir, "--fail-if", cases[i].condition, NULL },
			 NULL, &run);
		g_assert_cmpint(run.status, ==, cases[i].status);
		g_assert_nonnull(strstr(run.out, cases[i].says));
	}
	tool_run((const char *const[]){ "compare", "--report", dir, "--cover", NULL }, NULL, &cover);
	g_assert_cmpint(cover.status, ==, 0);
	g_assert_nonnull(strstr(cover.out, "central (7.1.13-central): PASS 3 of 3"));
	g_assert_nonnull(strstr(cover.out, "The same again:\n  khotest compare stock central "));
}

static void test_counted(void)
{
	COMPARE(run, NULL, "counted", "stock", "central", "--runs", "2", "--mode", "counted", "--hops", "1");
	g_autoptr(JsonObject) comparison = NULL;
	JsonObject *memmap, *kho;

	if (skipped) {
		g_test_skip("this host cannot run the machines");
		return;
	}
	g_assert_cmpint(run.status, ==, 0);
	comparison = tool_json(&run);
	memmap = find_finding(comparison, "insn1.memmap", "central");
	kho = find_finding(comparison, "insn1.kho", "central");
	g_assert_nonnull(memmap);
	g_assert_nonnull(kho);
	/* both runs of each are the same, so that two pairs decide, and to the instruction */
	g_assert_cmpint(json_get_int(memmap, "pairs"), ==, 2);
	g_assert_cmpfloat(number_of(memmap, "of_a", "spread"), ==, 0);
	g_assert_cmpfloat(number_of(memmap, "of_b", "spread"), ==, 0);
	g_assert_cmpstr(json_get_string(memmap, "decision"), ==, "seen");
	g_assert_cmpfloat(number_of(memmap, "difference", "estimate"), <,
			  0); /* deferral is what leaves them for later */
	g_assert_cmpfloat(number_of(memmap, "difference", "low"), ==, number_of(memmap, "difference", "high"));
	g_assert_cmpfloat(number_of(memmap, "difference", "estimate"), ==,
			  number_of(memmap, "of_b", "median") - number_of(memmap, "of_a", "median"));
	/*
	 * On a cold boot KHO only takes scratch from memblock, in either. A patch to another part of the same function
	 * may cost the compiler a register all the same: what is not quite the same is seen, and seen to be next to
	 * nothing.
	 */
	g_assert_cmpfloat(number_of(kho, "of_a", "median"), >, 0);
	g_assert_cmpfloat(ABS(number_of(kho, "difference", "estimate")), <, number_of(kho, "of_a", "median") / 500);
	g_assert_cmpfloat(number_of(kho, "difference", "low"), ==, number_of(kho, "difference", "high"));
	g_assert_cmpstr(json_get_string(kho, "decision"), ==,
			number_of(kho, "difference", "estimate") == 0 ? "not-seen" : "seen");
	/* no clock goes right while breakpoints hold the machine */
	g_assert_null(find_finding(comparison, "init1", "central"));
	test_conditions();
}

static void link_to(const char *from, const char *to, const char *name)
{
	g_autofree char *target = g_build_filename(from, name, NULL), *path = g_build_filename(to, name, NULL);
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GError) error = NULL;

	g_file_make_symbolic_link(file, target, NULL, &error);
	g_assert_no_error(error);
}

/* A kernel of the cache, whose configuration has one more symbol there. */
static void copy_kernel(const char *from, const char *to)
{
	static const char *const names[] = { "bzImage", "System.map", "meta.json" };
	g_autofree char *old = g_build_filename(from, "config", NULL), *new = g_build_filename(to, "config", NULL);
	g_autofree char *text = NULL, *more = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(files_mkdirs(to, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		link_to(from, to, names[i]);
	g_assert_true(g_file_get_contents(old, &text, NULL, NULL));
	more = g_strconcat(text, "CONFIG_KASAN=y\n", NULL);
	g_assert_true(g_file_set_contents(new, more, -1, NULL));
}

static bool is_of_series(const char *kernel, const char *series)
{
	g_autofree char *path = g_build_filename(kernel, "meta.json", NULL);
	g_autoptr(GBytes) bytes = files_read(path, NULL);
	g_autoptr(JsonObject) meta =
		bytes ? json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, NULL)
		      : NULL;

	return meta && g_strcmp0(json_get_string(meta, "series"), series) == 0;
}

/*
 * A cache like the one in use, but that kernels of the series "central" are said to
 * have been built with KASAN. To build one takes minutes, and what is refused is
 * decided by what the cache says of a kernel. Caller frees, and removes it.
 */
static char *make_cache(void)
{
	g_autoptr(GError) error = NULL;
	char *home = g_dir_make_tmp("khotest-cache-XXXXXX", &error);
	g_autofree char *real = g_build_filename(g_get_user_cache_dir(), "khotest", NULL);
	g_autofree char *real_kernels = g_build_filename(real, "kernels", NULL);
	g_autofree char *cache = g_build_filename(home, "khotest", NULL);
	g_autofree char *kernels = g_build_filename(cache, "kernels", NULL);
	g_autoptr(GDir) all = g_dir_open(real, 0, NULL), built = g_dir_open(real_kernels, 0, NULL);
	const char *name;

	g_assert_nonnull(all);
	g_assert_nonnull(built);
	g_assert_true(files_mkdirs(kernels, &error));
	while ((name = g_dir_read_name(all)))
		if (strcmp(name, "kernels") != 0)
			link_to(real, cache, name);
	while ((name = g_dir_read_name(built))) {
		g_autofree char *from = g_build_filename(real_kernels, name, NULL);
		g_autofree char *to = g_build_filename(kernels, name, NULL);

		if (is_of_series(from, "central"))
			copy_kernel(from, to);
		else
			link_to(real_kernels, kernels, name);
	}
	return home;
}

static void test_refused(void)
{
	g_autofree char *home = skipped ? NULL : make_cache();
	g_autoptr(JsonObject) comparison = NULL;

	if (skipped) {
		g_test_skip("this host cannot run the machines");
		return;
	}
	{
		COMPARE(refused, home, "refused", "stock", "central", "--runs", "2", "--hops", "1");
		COMPARE(anyway, home, "anyway", "stock", "central", "--runs", "2", "--hops", "1", "--anyway");

		g_assert_true(files_remove_tree(home, NULL));
		g_assert_cmpint(refused.status, ==, 99);
		g_assert_null(strstr(refused.out, "estimate")); /* no figure at all */
		g_assert_nonnull(strstr(refused.err, DIFFERENCE ";"));
		g_assert_nonnull(strstr(refused.err, "--anyway"));
		g_assert_cmpint(anyway.status, ==, 0);
		comparison = tool_json(&anyway);
	}
	g_assert_cmpstr(json_get_string(comparison, "not_comparable"), ==, DIFFERENCE);
	g_assert_cmpstr(json_get_string(series_of(comparison, 0), "key"), !=,
			json_get_string(series_of(comparison, 1), "key"));
	g_assert_nonnull(find_finding(comparison, "init1", "central"));
}

/* --resume, with further words behind those that the comparison was asked for with. */
static void go_on(SpawnResult *ret_run, const char *folder, const char *option, const char *value)
{
	g_autofree char *path = g_build_filename(tool_argument(0), folder, NULL);
	const char *const words[] = { "compare", "--resume", path, "--runs", "3", option, value, NULL };

	tool_run(words, NULL, ret_run);
}

static JsonObject *read_object(const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(path, &error);
	JsonObject *object;

	g_assert_no_error(error);
	object = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, &error);
	g_assert_no_error(error);
	return object;
}

static void write_object(const char *path, JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
	g_autofree char *text = json_to_string(node, TRUE);

	g_assert_true(files_write(path, text, strlen(text), NULL));
}

/* A run directory as older versions left it: without the sums by which a change would come to light. */
static void forget_sums(const char *folder, const char *run)
{
	g_autofree char *path = g_build_filename(tool_argument(0), folder, "runs", run, "journal.jsonl", NULL);
	g_autoptr(GRegex) sums = g_regex_new(",\"(plan|seal)\":\"[0-9a-f]+\"", G_REGEX_DEFAULT, 0, NULL);
	g_autofree char *text = NULL, *without = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	without = g_regex_replace_literal(sums, text, -1, 0, "", 0, NULL);
	g_assert_cmpstr(text, !=, without);
	g_assert_true(g_file_set_contents(path, without, -1, NULL));
}

/* Has a run say that it was of a kernel that nobody has. */
static void set_kernel(const char *folder, const char *run)
{
	g_autofree char *path = g_build_filename(tool_argument(0), folder, "runs", run, "plan.json", NULL);
	g_autoptr(JsonObject) plan = read_object(path);

	json_object_set_string_member(json_array_get_object_element(json_get_array(plan, "hops"), 0), "sha256",
				      "0000000000000000000000000000000000000000000000000000000000000000");
	write_object(path, plan);
	forget_sums(folder, run);
}

/* Has a comparison say that it was begun with a budget. */
static void set_budget(const char *folder)
{
	static const char *const words[] = { "--runs", "auto", "--budget", "1m" };
	g_autofree char *path = g_build_filename(tool_argument(0), folder, "compare.json", NULL);
	g_autoptr(JsonObject) comparison = read_object(path);

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		json_array_add_string_element(json_get_array(comparison, "asked"), words[i]);
	write_object(path, comparison);
}

/* Two rounds, and a third later: the first two stay. Something else may not go on with them. */
static void test_resume(void)
{
	g_autoptr(JsonObject) comparison = NULL, more = NULL;
	g_auto(SpawnResult) other = { 0 }, foreign = { 0 }, again = { 0 }, changed = { 0 };

	if (skipped) {
		g_test_skip("this host cannot run the machines");
		return;
	}
	{
		COMPARE(run, NULL, "resumed", "stock", "central", "--runs", "2", "--hops", "1");

		g_assert_cmpint(run.status, ==, 0);
		comparison = tool_json(&run);
	}
	go_on(&other, "resumed", "-a", "loglevel=4");
	g_assert_cmpint(other.status, ==, 99);
	g_assert_nonnull(strstr(other.err, "stock, then and now: command line: "));
	/* a number of runs takes the place of the budget too */
	set_budget("resumed");
	/* which somebody else could have done */
	go_on(&foreign, "resumed", NULL, NULL);
	g_assert_cmpint(foreign.status, ==, 99);
	g_assert_nonnull(strstr(foreign.err, "give --trust if you would choose the same"));
	go_on(&again, "resumed", "--trust", NULL);
	g_assert_cmpint(again.status, ==, 0);
	more = tool_json(&again);
	for (guint i = 0; i < 2; i++) {
		JsonArray *before = json_get_array(series_of(comparison, i), "runs"),
			  *after = json_get_array(series_of(more, i), "runs");

		g_assert_cmpuint(json_array_get_length(before), ==, 2);
		g_assert_cmpuint(json_array_get_length(after), ==, 3);
		for (guint r = 0; r < 2; r++)
			g_assert_cmpstr(json_array_get_string_element(before, r), ==,
					json_array_get_string_element(after, r));
	}
	/* the same name, and another kernel */
	set_kernel("resumed", json_get_string(series_of(more, 0), "warm_up"));
	go_on(&changed, "resumed", "--trust", "-q");
	g_assert_cmpint(changed.status, ==, 99);
	g_assert_nonnull(strstr(changed.err, "stock is another kernel by now, then and now: kernel 1: SHA-256 "));
	/* the square goes on where it was: the second series is first in every other round */
	g_assert_cmpint(run_at(more, 0, 3), <, run_at(more, 1, 3));
	g_assert_cmpint(run_at(more, 1, 2), <, run_at(more, 0, 2));
}

/* A kernel that panics, as one does whose first process ends: not what its series says. */
static void test_not_expected(void)
{
	COMPARE(run, NULL, "failed", "stock", "-a", "rdinit=/bin/busybox");
	g_autoptr(JsonObject) results = NULL;

	if (skipped) {
		g_test_skip("this host cannot run the machines");
		return;
	}
	g_assert_cmpint(run.status, ==, 1);
	results = tool_json(&run);
	g_assert_cmpuint(json_array_get_length(json_get_array(results, "results")), ==, 1);
}

/* Cut off by SIGINT, wherever it is by then: it names what goes on with it. */
static void test_interrupted(void)
{
	g_autofree char *path = g_build_filename(tool_argument(0), "interrupted", NULL);
	g_autofree char *resume = g_strdup_printf("'khotest compare --resume %s'", path), *err = NULL;
	const char *const words[] = { tool_path(), "compare", "stock", "central", "-m", MEMORY, "--runs",
				      "50",	   "--hops",  "1",     "-q",	  "-o", path,	NULL };
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(files_remove_tree(path, &error));
	child = g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 600 && !g_file_test(path, G_FILE_TEST_IS_DIR); i++)
		g_usleep(G_USEC_PER_SEC / 10);
	g_usleep(2 * G_USEC_PER_SEC);
	g_subprocess_send_signal(child, SIGINT);
	g_assert_true(g_subprocess_communicate_utf8(child, NULL, NULL, NULL, &err, &error));
	g_test_message("%s", err);
	if (g_subprocess_get_exit_status(child) == 77) {
		g_test_skip("this host cannot run the machines");
		return;
	}
	g_assert_cmpint(g_subprocess_get_exit_status(child), ==, 99);
	g_assert_nonnull(strstr(err, "interrupted by"));
	g_assert_nonnull(strstr(err, resume));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/e2e/compare/three", test_three);
	g_test_add_func("/e2e/compare/counted", test_counted);
	g_test_add_func("/e2e/compare/refused", test_refused);
	g_test_add_func("/e2e/compare/resume", test_resume);
	g_test_add_func("/e2e/compare/not-expected", test_not_expected);
	g_test_add_func("/e2e/compare/interrupted", test_interrupted);
	return g_test_run();
}
