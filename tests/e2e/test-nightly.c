// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nights on real machines, of kernels that other tests need too: one in which nothing is wrong, one whose verdict is
 * not the expected one, with mail and site, and one that is killed and goes on. And what is refused before a night
 * begins.
 *
 * Arguments: khotest, folder for nights.
 */
#include "tool.h"

#include <base/files.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>

#define START_WAIT_US (300 * G_USEC_PER_SEC)
#define CELL "[check]\nkernels=7.1\nmemory=512M\n"

/* The first night has found that this host cannot run the machines: then the others need not try. */
static bool skipped;

static char *file(const char *name)
{
	return g_build_filename(tool_argument(0), name, NULL);
}

static void write_file(const char *name, const char *text)
{
	g_autofree char *path = file(name);

	g_assert_true(files_mkdirs(tool_argument(0), NULL) && files_write(path, text, strlen(text), NULL));
}

static void add_words(GPtrArray *all, const char *const *words)
{
	for (; *words; words++)
		g_ptr_array_add(all, (gpointer)*words);
}

/* khotest nightly, its nights in a folder of the test's own; the plan goes with what runs one only. */
static void nightly(SpawnResult *ret_run, const char *path, const char *const *words)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autofree char *nights = file("nights"), *plan = file("small.plan");
	g_autofree char *search = g_strconcat("PATH=", path, ":", g_getenv("PATH"), NULL);
	const char *const env[] = { search, NULL };
	const char *const common[] = { "nightly", "-q", "-o", nights, NULL };
	const char *const tells[] = { "--format", "json", NULL }, *const runs[] = { "--plan", plan, NULL };
	bool accepts = strcmp(words[0], "--accept") == 0, reports = strcmp(words[0], "--report") == 0;

	add_words(all, common);
	if (!accepts)
		add_words(all, tells);
	if (!accepts && !reports)
		add_words(all, runs);
	add_words(all, words);
	g_ptr_array_add(all, NULL);
	tool_run((const char *const *)all->pdata, path ? env : NULL, ret_run);
}

#define NIGHTLY(run, path, ...)                                                                                        \
	g_auto(SpawnResult) run = { 0 };                                                                               \
	nightly(&run, path, (const char *[]){ __VA_ARGS__, NULL })

static void test_first(void)
{
	g_autofree char *nights = file("nights");
	g_autoptr(JsonObject) message = NULL;

	g_assert_true(files_remove_tree(nights, NULL));
	write_file("small.plan", "[plan]\nsummary=one cell\n" CELL "series=central\n");
	NIGHTLY(run, NULL, "--budget", "30m");
	if (run.status == 77 || run.status == 99) {
		skipped = run.status == 77;
		g_assert_cmpint(run.status, ==, 77);
		g_test_skip(run.err);
		return;
	}
	g_assert_cmpint(run.status, ==, 0);
	message = tool_json(&run);
	g_assert_cmpstr(json_get_string(message, "verdict"), ==, "PASS");
	g_assert_null(json_get_string(message, "last_good"));
	g_assert_cmpint(json_get_int(message, "judged"), ==, 1);
}

/* The plan wants something else by now: what the night finds is what it says everywhere. */
static void check_bad(JsonObject *message)
{
	JsonObject *worse = json_array_get_object_element(json_get_array(message, "worse"), 0);

	g_assert_cmpstr(json_get_string(message, "verdict"), ==, "FAIL");
	g_assert_nonnull(json_get_string(message, "last_good"));
	g_assert_cmpstr(json_get_string(worse, "kind"), ==, "verdict");
	g_assert_cmpstr(json_get_string(worse, "verdict"), ==, "PASS");
	g_assert_cmpstr(json_get_string(worse, "expected"), ==, "FAIL scratch-not-cma");
}

static void check_mail(const char *subject)
{
	g_autofree char *path = file("bin/sent"), *mail = NULL, *whole = NULL;

	g_assert_true(g_file_get_contents(path, &mail, NULL, NULL));
	g_assert_true(g_str_has_prefix(mail, "arguments: -t -oi\nFrom: khotest <"));
	g_assert_nonnull(strstr(mail, "\nTo: mm@example.org\nSubject: khotest: FAIL "));
	whole = g_strconcat("\n\n", subject, "\n", NULL);
	g_assert_nonnull(strstr(mail, whole));
}

static void check_site(const char *night)
{
	g_autofree char *site = file("site"), *index = g_build_filename(site, "index.html", NULL), *text = NULL;
	g_autofree char *name = g_strdup_printf("night-%s.html", night), *runs = g_build_filename(site, "runs", NULL);
	g_autofree char *page = g_build_filename(site, name, NULL), *night_text = NULL;
	g_autoptr(GDir) reports = g_dir_open(runs, 0, NULL);
	const char *report = g_dir_read_name(reports);

	g_assert_true(g_file_get_contents(index, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, name));
	g_assert_true(g_file_get_contents(page, &night_text, NULL, NULL));
	g_assert_nonnull(report);
	g_assert_nonnull(strstr(night_text, report));
}

static void test_bad(void)
{
	g_autofree char *bin = file("bin"), *program = file("bin/sendmail"), *site = file("site");
	g_autofree char *script = g_strdup_printf("#!/bin/sh\n(echo arguments: $*; cat) > '%s/sent'\n", bin);
	g_autoptr(JsonObject) message = NULL;

	if (skipped) {
		g_test_skip("the first night could not be run");
		return;
	}
	g_assert_true(files_mkdirs(bin, NULL) && files_remove_tree(site, NULL));
	write_file("bin/sendmail", script);
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
	write_file("small.plan", "[plan]\nsummary=one cell\n" CELL "series=central\nexpect=FAIL scratch-not-cma\n");
	NIGHTLY(run, bin, "--budget", "30m", "--mail", "mm@example.org", "--site", site);
	g_assert_cmpint(run.status, ==, 1);
	message = tool_json(&run);
	check_bad(message);
	check_mail(json_get_string(message, "subject"));
	check_site(json_get_string(message, "night"));
	/* from what was written down, the same once more */
	NIGHTLY(report, NULL, "--report", json_get_string(message, "night"));
	g_assert_cmpint(report.status, ==, 1);
	g_assert_cmpstr(report.out, ==, run.out);
	/* a verdict is nothing to be accepted, and the night stays what it is */
	NIGHTLY(accept, NULL, "--accept", json_get_string(message, "night"));
	g_assert_cmpint(accept.status, ==, 99);
	g_assert_nonnull(strstr(accept.err, "change what the plan expects"));
	NIGHTLY(after, NULL, "--report", json_get_string(message, "night"));
	g_assert_cmpstr(after.out, ==, run.out);
}

/* The journal of the last night's matrix has that many attempts. */
static guint count_attempts(void)
{
	g_autofree char *nights = file("nights"), *text = NULL, *last = NULL, *journal = NULL;
	g_autoptr(GDir) dir = g_dir_open(nights, 0, NULL);
	g_auto(GStrv) parts = NULL;
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (*name == '2' && (!last || strcmp(name, last) > 0)) {
			g_free(last);
			last = g_strdup(name);
		}
	journal = last ? g_build_filename(nights, last, "matrix", "journal.jsonl", NULL) : NULL;
	if (!journal || !g_file_get_contents(journal, &text, NULL, NULL))
		return 0;
	parts = g_strsplit(text, "\"event\":\"attempt\"", -1);
	return MAX(g_strv_length(parts), 1) - 1;
}

static void wait_for_begin(GSubprocess *child, guint nights_before)
{
	gint64 give_up = g_get_monotonic_time() + START_WAIT_US;
	g_autofree char *nights = file("nights");

	/* of the new night: the ones before have an attempt too */
	for (;;) {
		g_autoptr(GDir) dir = g_dir_open(nights, 0, NULL);
		guint count = 0;
		const char *name;

		while ((name = g_dir_read_name(dir)))
			count += *name == '2';
		if ((count > nights_before && count_attempts() > 0) || !g_subprocess_get_identifier(child))
			return;
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(20000);
	}
}

static void test_killed(void)
{
	g_autofree char *nights = file("nights"), *plan = file("small.plan");
	const char *const argv[] = { tool_path(), "nightly", "-q", "-j", "1", "-o", nights, "--plan", plan, NULL };
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) message = NULL;
	guint machines = tool_machines();

	if (skipped) {
		g_test_skip("the first night could not be run");
		return;
	}
	write_file("small.plan", "[plan]\nsummary=two cells\n" CELL "series=central;unfixed\n");
	child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
	g_assert_no_error(error);
	wait_for_begin(child, 2);
	g_subprocess_force_exit(child);
	g_subprocess_wait(child, NULL, NULL);
	g_assert_true(g_subprocess_get_if_signaled(child));
	tool_wait_for_machines(machines);
	NIGHTLY(run, NULL, "--resume");
	g_assert_cmpint(run.status, ==, 0);
	message = tool_json(&run);
	g_assert_cmpint(json_get_int(message, "judged"), ==, 2);
	g_assert_nonnull(json_get_string(message, "ended"));
	g_assert_cmpint((gint)count_attempts(), ==, 2);
	NIGHTLY(none, NULL, "--resume");
	g_assert_cmpint(none.status, ==, 99);
	g_assert_nonnull(strstr(none.err, "no night"));
}

/* word: option and value; what it says. */
static void check_refused(const char *option, const char *value, int status, const char *says)
{
	NIGHTLY(run, NULL, option, value);

	g_test_message("%s %s: %s", option, value, run.err);
	g_assert_cmpint(run.status, ==, status);
	g_assert_nonnull(strstr(run.err, says));
}

static void test_refused(void)
{
	g_autofree char *sendmail = g_find_program_in_path("sendmail");

	write_file("small.plan", "[plan]\nsummary=one cell\n" CELL "series=central\n");
	check_refused("--budget", "3", 99, "--budget");
	check_refused("--budget", "1ms", 99, "no room for any cell");
	check_refused("--keep", "0d", 99, "--keep 0d");
	check_refused("--threshold", "0", 99, "--threshold: '0' is not a share");
	check_refused("--threshold", "0.01%", 99, "from 0.1% to 100%");
	check_refused("--mail", "a b", 99, "--mail");
	check_refused("--site", "/proc/none", 99, "/proc");
	check_refused("--report", "2000-01-01", 99, "2000-01-01");
	check_refused("--accept", "../x", 99, "--accept");
	check_refused("--dry-run", "more", 99, "'more'");
	if (!sendmail && !g_file_test("/usr/sbin/sendmail", G_FILE_TEST_EXISTS) &&
	    !g_file_test("/usr/lib/sendmail", G_FILE_TEST_EXISTS))
		check_refused("--mail", "mm@example.org", 77, "sendmail");
}

/* A night that was cut off before it chose its cells, by a plan that lies anywhere: who goes on has to name it. */
static void test_other_plan(void)
{
	g_autofree char *nights = file("other"), *facts = file("other/2026-11-28/night.json");
	g_autofree char *folder = file("other/2026-11-28");
	const char *const argv[] = { "nightly", "-q", "-o", nights, "--resume", NULL };
	/* what began long ago is not taken up */
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *begun = g_date_time_format_iso8601(now);
	g_autofree char *text =
		g_strdup_printf("{\"schema\": 1, \"id\": \"2026-11-28\", \"plan\": \"p\", \"plan_asked\": "
				"\"/x/p.plan\", \"begun\": \"%s\", \"ended\": null, \"planned\": false}",
				begun);
	g_auto(SpawnResult) run = { 0 };

	g_assert_true(files_mkdirs(folder, NULL));
	write_file("other/2026-11-28/night.json", text);
	tool_run(argv, NULL, &run);
	g_assert_cmpint(run.status, ==, 99);
	g_assert_nonnull(strstr(run.err, "--resume --plan /x/p.plan"));
	g_assert_true(g_file_test(facts, G_FILE_TEST_EXISTS));
	g_assert_true(files_remove_tree(nights, NULL));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/nightly/refused", test_refused);
	g_test_add_func("/nightly/other-plan", test_other_plan);
	g_test_add_func("/nightly/first", test_first);
	g_test_add_func("/nightly/bad", test_bad);
	g_test_add_func("/nightly/killed", test_killed);
	return g_test_run();
}
