// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands on top of a page: when and on what it ran, a verdict that nothing on
 * the page contradicts, and of a run that failed its last lines before any figure.
 * Argument: the folder of recordings.
 */
#include "page.h"

#include <base/files.h>
#include <base/spawn.h>
#include <evaluate/contradiction.h>
#include <glib/gstdio.h>
#include <page/html.h>
#include <proto/frame.h>
#include <string.h>
#include <unistd.h>

static const char *recordings;

/* A recording, copied so that it can be changed; gone with its folder. */
typedef struct {
	char *folder, *run;
} Copy;

static Copy copy_of(const char *name)
{
	Copy copy = { .folder = g_dir_make_tmp("khotest-html-XXXXXX", NULL) };
	g_autofree char *from = g_build_filename(recordings, name, NULL);
	const char *argv[] = { "cp", "-R", from, NULL, NULL };
	SpawnSpec spec = { .argv = argv, .timeout_ns = G_GINT64_CONSTANT(30000000000) };
	g_auto(SpawnResult) result = { 0 };

	copy.run = g_build_filename(copy.folder, "run", NULL);
	argv[3] = copy.run;
	g_assert_true(spawn_run(&spec, &result, NULL));
	g_assert_cmpint(result.status, ==, 0);
	return copy;
}

static void copy_clear(Copy *copy)
{
	g_assert_true(files_remove_tree(copy->folder, NULL));
	g_free(copy->folder);
	g_free(copy->run);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

static Result *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

static char *read_file(const char *run, const char *name)
{
	g_autofree char *path = g_build_filename(run, name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void write_file(const char *run, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(run, name, NULL);

	g_assert_true(files_write(path, text, strlen(text), NULL));
}

static void replace_in(const char *run, const char *name, const char *before, const char *after)
{
	g_autofree char *text = read_file(run, name);
	g_auto(GStrv) parts = g_strsplit(text, before, -1);
	g_autofree char *changed = g_strjoinv(after, parts);

	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	write_file(run, name, changed);
}

/* A page of runs, the first of which is wanted. */
static char *page_of(Result *const *given, guint n)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new();

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(results, given[i]);
	return html_of_results(results);
}

/* What the line below the heading says of one thing. Caller frees. */
static char *fact(const char *html, const char *name)
{
	g_autofree char *before = g_strdup_printf("<dt>%s</dt><dd>", name);
	const char *origin = strstr(html, "<dl class=\"origin\">"), *at, *end;

	g_assert_nonnull(origin);
	/* above the verdict */
	g_assert_true(origin < strstr(html, "<div class=\"lead"));
	at = strstr(origin, before);
	g_assert_nonnull(at);
	end = strstr(at, "</dd>");
	return g_strndup(at + strlen(before), (gsize)(end - at) - strlen(before));
}

static void assert_fact(const char *html, const char *name, const char *value)
{
	g_autofree char *said = fact(html, name);

	g_assert_cmpstr(said, ==, value);
}

static void test_origin(void)
{
	g_auto(Copy) copy = copy_of("pass-central-4g-2n");
	g_autofree char *elsewhere = g_build_filename(recordings, "hang", NULL);
	g_autoptr(Result) bare = load(copy.run), other = load(elsewhere), whole = NULL;
	g_autofree char *first = page_of(&bare, 1), *second = NULL, *both = NULL;
	Result *two[2];

	/* the recording has no host.json */
	assert_fact(first, "run began", "2026-11-23 21:56:49 UTC");
	assert_fact(first, "host CPU", "unknown");
	assert_fact(first, "host kernel", "unknown");
	assert_fact(first, "emulator", "QEMU 7.2.22");
	g_assert_nonnull(strstr(first, "<dt>accelerator</dt><dd>tcg"));

	write_file(copy.run, "host.json",
		   "{\"cpu_model\":\"A <fast> one\",\"cpus\":2,\"kernel\":\"6.1.0-39\",\"qemu\":\"other\"}");
	whole = load(copy.run);
	second = page_of(&whole, 1);
	assert_fact(second, "host CPU", "A &lt;fast&gt; one, 2 CPUs");
	assert_fact(second, "host kernel", "6.1.0-39");
	assert_fact(second, "emulator", "QEMU 7.2.22");

	/* of several: from when to when, and each once */
	two[0] = whole;
	two[1] = other;
	both = page_of(two, 2);
	assert_fact(both, "runs began", "2026-11-23 21:56:49 UTC to 2026-11-23 21:57:20 UTC");
	assert_fact(both, "host CPU", "A &lt;fast&gt; one, 2 CPUs; unknown of 1 run");
	assert_fact(both, "emulator", "QEMU 7.2.22");
}

/* No journal: nothing is known, and nothing is made up. */
static void test_origin_unknown(void)
{
	g_auto(Copy) copy = copy_of("hang");
	g_autofree char *journal = g_build_filename(copy.run, "journal.jsonl", NULL),
			*plan = g_build_filename(copy.run, "plan.json", NULL), *html = NULL;
	g_autoptr(Result) result = NULL;

	g_assert_cmpint(g_remove(plan), ==, 0);
	write_file(copy.run, "journal.jsonl", "");
	result = load(copy.run);
	html = page_of(&result, 1);
	assert_fact(html, "run began", "unknown");
	assert_fact(html, "emulator", "unknown");
	assert_fact(html, "accelerator", "unknown");
}

/* Counts by zone say that all is well, and the type of each pageblock says the contrary. */
static void make_contradiction(const char *run)
{
	g_autofree char *folder = g_build_filename(run, "hops", "1", NULL), *types = NULL, *line = NULL;

	replace_in(folder, "proc/pagetypeinfo", "          487            2            0           20            0",
		   "          429            2            0           78            0");
	types = read_file(folder, "proc/pagetypeinfo");
	line = g_strdup_printf("proc/pagetypeinfo 1101 %08x", frame_crc32(0, types, (guint32)strlen(types)));
	replace_in(folder, "manifest", "proc/pagetypeinfo 1101 33340c32", line);
}

static void assert_not_green(const char *html)
{
	g_assert_null(strstr(html, "class=\"verdict PASS\""));
	g_assert_null(strstr(html, "class=\"lead met\""));
}

/* Whatever the verdict becomes: no green above a map that contradicts it, and the page says so beside the verdict. */
static void test_map_contradicts(void)
{
	g_auto(Copy) copy = copy_of("audit-nid-only-1g");
	g_autoptr(Result) result = NULL;
	g_autofree char *html = NULL, *several = NULL;
	const char *said;
	g_autofree char *sound = g_build_filename(recordings, "pass-central-4g-2n", NULL);
	g_autoptr(Result) other = load(sound);
	Result *two[2];

	make_contradiction(copy.run);
	result = load(copy.run);
	html = page_of(&result, 1);
	assert_not_green(html);
	g_assert_nonnull(strstr(html, "contradicted by its own records"));
	said = strstr(html, "second kernel: node 0 zone DMA32: 20 pageblocks of type CMA in audit/pageblocks, 78 in ");
	g_assert_nonnull(said);
	g_assert_true(said < strstr(html, "<nav"));

	/* among others it is the only one, and said again above its map */
	two[0] = other;
	two[1] = result;
	several = page_of(two, 2);
	g_assert_nonnull(strstr(several, "1 contradicted by its own records"));
	g_assert_null(strstr(several, "class=\"verdict PASS\">1 of 2"));
	g_assert_null(strstr(several, "class=\"verdict PASS\">2 of 2"));
	said = strstr(strstr(several, "<section id=\"map\">"), "What contradicts ");
	g_assert_nonnull(said);
	g_assert_true(said < strstr(several, "<div class=\"map\">"));
}

/* The figures that the page itself shows, against a verdict that does not know them. */
static void test_figures_contradict(void)
{
	static const char *const names[] = { "fail-unfixed-100g", "audit-nid-only-1g" };
	static const char *const words[] = { "second kernel: scratch pageblocks CMA, node 0 Normal: 0 of 3224",
					     "second kernel: 58 of 78 scratch pageblocks are not CMA" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(recordings, names[i], NULL), *failed = NULL, *passed = NULL;
		g_autoptr(Result) result = load(path);
		g_autoptr(GPtrArray) none = result_contradictions(result);

		/* what fails fits what is shown */
		g_assert_cmpuint(none->len, ==, 0);
		failed = page_of(&result, 1);
		g_assert_null(strstr(failed, "contradicted by"));
		result->verdict->kind = VERDICT_PASS;
		passed = page_of(&result, 1);
		assert_not_green(passed);
		g_assert_nonnull(strstr(passed, words[i]));
	}
}

/* A matrix (docs/matrix.md) of one cell, which should pass. */
static void make_matrix(const char *path, const char *run)
{
	static const char cells[] =
		"{\"schema\":1,\"plan\":\"one\",\"summary\":\"\",\"asked\":[\"khotest\",\"matrix\"],\"cells\":[{\"id\":"
		"\"c0\","
		"\"block\":\"b\",\"kernel\":\"7.1\",\"series\":\"nid-only+audit\",\"profile\":\"check\",\"mode\":"
		"\"wall\","
		"\"expect\":\"PASS\",\"memory_bytes\":1073741824,\"nodes\":1,\"cpus\":2,\"hops\":2,\"repeat\":1,"
		"\"alone\":false}]}";
	g_autofree char *runs = g_build_filename(path, "runs", NULL), *link = g_build_filename(runs, "run-0", NULL);

	g_assert_true(files_mkdirs(runs, NULL));
	g_assert_cmpint(symlink(run, link), ==, 0);
	write_file(path, "cells.json", cells);
	write_file(path, "journal.jsonl",
		   "{\"event\":\"attempt\",\"cell\":\"c0\",\"run\":\"run-0\",\"status\":0,\"wall_ns\":1}\n");
}

static void test_matrix_contradicted(void)
{
	g_auto(Copy) copy = copy_of("audit-nid-only-1g");
	g_autofree char *path = g_build_filename(copy.folder, "matrix", NULL), *html = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(MatrixResult) matrix = NULL;

	make_contradiction(copy.run);
	make_matrix(path, copy.run);
	matrix = matrixresult_load(path, &error);
	g_assert_no_error(error);
	html = html_of_matrix(matrix);
	assert_not_green(html);
	g_assert_null(strstr(html, "class=\"as-expected\""));
	g_assert_nonnull(strstr(html, "1 contradicted by its own records"));
	g_assert_nonnull(strstr(html, " (!)</a>"));
	/* in words with the cell */
	g_assert_nonnull(strstr(strstr(html, "<section id=\"r1\""), "20 pageblocks of type CMA in audit/pageblocks"));
}

/* A comparison (docs/report.md) names the runs that are not as they should be, with what is wrong. */
static void test_comparison_names(void)
{
	g_auto(Copy) copy = copy_of("audit-nid-only-1g");
	g_autofree char *path = g_build_filename(copy.folder, "compare", NULL),
			*runs = g_build_filename(path, "runs", NULL),
			*panic = g_build_filename(recordings, "panic", NULL), *html = NULL;
	g_autoptr(GString) rounds = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(StoredComparison) stored = NULL;
	const char *lead, *end, *at;

	make_contradiction(copy.run);
	g_assert_true(files_mkdirs(runs, NULL));
	for (guint i = 0; i < 4; i++) {
		g_autofree char *name = g_strdup_printf("r%u-%u", i / 2, i % 2),
				*link = g_build_filename(runs, name, NULL);

		g_assert_cmpint(symlink(i % 2 ? panic : copy.run, link), ==, 0);
		g_string_append_printf(rounds, "{\"round\":%u,\"side\":%u,\"position\":%u,\"run\":\"%s\"}\n", i / 2,
				       i % 2, i % 2, name);
	}
	write_file(path, "rounds.jsonl", rounds->str);
	write_file(path, "compare.json",
		   "{\"schema\":1,\"series\":[\"a\",\"b\"],\"anyway\":true,\"asked\":[\"khotest\",\"compare\"]}");
	stored = storedcomparison_load(path, &error);
	g_assert_no_error(error);
	html = html_of_comparison(stored);
	assert_not_green(html);
	lead = strstr(html, "<ul class=\"runs\">");
	g_assert_nonnull(lead);
	end = strstr(lead, "</ul>");
	at = strstr(lead, "r1-0: ");
	g_assert_true(at && at < end);
	at = strstr(lead, "20 pageblocks of type CMA in audit/pageblocks, 78 in /proc/pagetypeinfo");
	g_assert_true(at && at < end);
	at = strstr(lead, "guest-panic: first kernel: Kernel panic");
	g_assert_true(at && at < end);
}

static void test_sound(void)
{
	static const char *const names[] = { "pass-central-4g-2n", "pass-central-1g-4-kernels" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(recordings, names[i], NULL), *html = NULL;
		g_autoptr(Result) result = load(path);

		html = page_of(&result, 1);
		g_assert_nonnull(strstr(html, "class=\"verdict PASS\""));
		g_assert_null(strstr(html, "contradict"));
	}
}

/* Reasons, last lines, figures; where nothing failed, figures are first. */
static void test_order(void)
{
	static const struct {
		const char *name, *last;
	} runs[] = { { "early-panic", "---[ end Kernel panic - not syncing: Attempted to kill the idle task! ]---" },
		     { "hang", "job control turned off" },
		     { "fail-unfixed-100g", "Run /init as init process" },
		     { "cut-off", NULL },
		     { "pass-central-4g-2n", NULL } };

	g_autofree char *sound = g_build_filename(recordings, "pass-central-1g-4-kernels", NULL);
	g_autoptr(Result) other = load(sound);

	for (gsize i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *path = g_build_filename(recordings, runs[i].name, NULL);
		g_autoptr(Result) result = load(path);
		g_autofree char *html = page_of(&result, 1), *several = NULL;
		const char *lead = strstr(html, "<div class=\"lead"),
			   *figures = strstr(html, "<section id=\"figures\">"),
			   *console = strstr(html, "<section id=\"console\">"),
			   *last = strstr(html, "The last lines of the console");
		Result *two[] = { result, other };

		g_assert_true(lead < figures && lead < console);
		if (result->verdict->kind == VERDICT_PASS) {
			g_assert_true(figures < console);
			g_assert_null(last);
			continue;
		}
		g_assert_true(lead < console && console < last && last < figures);
		if (runs[i].last)
			g_assert_true(strstr(last, runs[i].last) && strstr(last, runs[i].last) < figures);
		/* the same of each run among several */
		several = page_of(two, 2);
		last = strstr(several, "The last lines of the console");
		g_assert_nonnull(last);
		g_assert_true(last < strstr(strstr(several, "<section id=\"r1\""), "host memory, peak"));
	}
}

/* What hung or died is on the timeline, up to the end of the run: in the picture, in words and in the table. */
static void test_open_boot(void)
{
	static const struct {
		const char *name, *words, *from, *to;
	} runs[] = {
		{ "hang",
		  "The boot of the first kernel has no end: it was awaited for 15.03 s, and said its last word "
		  "13.62 s before the run was ended.",
		  "0.0 ms", "15.03 s" },
		{ "early-panic",
		  "The boot of the second kernel has no end: it was awaited for 2.88 s, and said its last "
		  "word 2.01 s before the run was ended.",
		  "3.34 s", "6.22 s" },
		{ "cut-off",
		  "The boot of the second kernel has no end: it was awaited for 795.9 ms, and what is known of "
		  "it ends there.",
		  "2.88 s", "3.68 s" },
		{ "pass-central-4g-2n", NULL, NULL, NULL },
		{ "without-kho", NULL, NULL, NULL },
	};
	g_autofree char *program = g_find_program_in_path("gnuplot");

	for (gsize i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *path = g_build_filename(recordings, runs[i].name, NULL), *row = NULL;
		g_autoptr(Result) result = load(path);
		g_autofree char *html = page_of(&result, 1);
		const char *timeline = strstr(html, "<section id=\"timeline\">");

		g_assert_nonnull(timeline);
		if (!runs[i].words) {
			g_assert_null(strstr(timeline, "has no end"));
			g_assert_null(strstr(timeline, "no word since"));
			continue;
		}
		g_assert_nonnull(strstr(timeline, runs[i].words));
		row = g_strdup_printf("up to the end of the run</td><td>host</td><td class=\"n\">%s</td>"
				      "<td class=\"n\">%s</td>",
				      runs[i].from, runs[i].to);
		g_assert_nonnull(strstr(timeline, row));
		if (program)
			g_assert_nonnull(strstr(timeline, ">unfinished boot<"));
	}
}

int main(int argc, char **argv)
{
	g_autofree char *root = NULL;

	g_test_init(&argc, &argv, NULL);
	recordings = root = g_canonicalize_filename(argv[1], NULL);
	g_test_add_func("/html-top/origin", test_origin);
	g_test_add_func("/html-top/origin-unknown", test_origin_unknown);
	g_test_add_func("/html-top/map-contradicts", test_map_contradicts);
	g_test_add_func("/html-top/figures-contradict", test_figures_contradict);
	g_test_add_func("/html-top/matrix-contradicted", test_matrix_contradicted);
	g_test_add_func("/html-top/comparison-names", test_comparison_names);
	g_test_add_func("/html-top/sound", test_sound);
	g_test_add_func("/html-top/order", test_order);
	g_test_add_func("/html-top/open-boot", test_open_boot);
	return g_test_run();
}
