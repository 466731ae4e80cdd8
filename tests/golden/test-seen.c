// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A recorded run that passed, with one thing changed in its files: what nobody has seen is no PASS, and what the host
 * did is no FAIL.
 *
 * Argument: the recording.
 */
#include "../recorded.h"

#include <base/files.h>
#include <evaluate/result.h>

#include <string.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)

/* A run directory of the test's own. */
typedef struct {
	char *parent, *path;
} Copy;

static void set_up(Copy *copy, gconstpointer data)
{
	copy->parent = g_dir_make_tmp("khotest-seen-XXXXXX", NULL);
	copy->path = recorded_copy(copy->parent, "run");
}

static void tear_down(Copy *copy, gconstpointer data)
{
	g_assert_true(files_remove_tree(copy->parent, NULL));
	g_free(copy->parent);
	g_free(copy->path);
}

static char *text_of(const Copy *copy, const char *name)
{
	g_autofree char *path = g_build_filename(copy->path, name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void put(const Copy *copy, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(copy->path, name, NULL);

	g_assert_true(files_write(path, text, strlen(text), NULL));
}

/* The run's first reason has to be that one, with these words. */
static void expect(const Copy *copy, const char *kind, const char *id, const char *words)
{
	g_autoptr(Result) result = result_load(copy->path, NULL);
	const GPtrArray *reasons;

	g_assert_nonnull(result);
	reasons = result->verdict->reasons;
	for (guint i = 0; i < reasons->len; i++)
		g_test_message("%s: %s", ((Reason *)reasons->pdata[i])->id, ((Reason *)reasons->pdata[i])->text);
	g_assert_cmpstr(verdict_kind_name(result->verdict->kind), ==, kind);
	g_assert_cmpuint(reasons->len, >, 0);
	g_assert_cmpstr(((Reason *)reasons->pdata[0])->id, ==, id);
	g_assert_nonnull(strstr(((Reason *)reasons->pdata[0])->text, words));
}

/* The second kernel came up, and behind the last line of the first the console has nothing. */
static void test_mute(Copy *copy, gconstpointer data)
{
	g_autofree char *log = text_of(copy, "console.log"), *times = text_of(copy, "console.times");
	g_autoptr(GString) kept = g_string_new(NULL);
	g_auto(GStrv) stamps = g_strsplit(times, "\n", -1);
	char *end = strstr(log, "Starting new kernel");
	gint64 length;

	g_assert_nonnull(end);
	end = strchr(end, '\n') + 1;
	*end = '\0';
	length = end - log;
	for (char **stamp = stamps; *stamp; stamp++) {
		const char *offset = strchr(*stamp, ' ');

		if (offset && g_ascii_strtoll(offset, NULL, 10) < length)
			g_string_append_printf(kept, "%s\n", *stamp);
	}
	put(copy, "console.log", log);
	put(copy, "console.times", kept->str);
	expect(copy, "ERROR", "not-seen", "nothing of it is on the console");
}

/* The journal's times of the guest's CPUs anew, one pair of seconds after the other. */
static void set_host(const Copy *copy, const gint64 (*seconds)[2], guint n)
{
	g_autofree char *journal = text_of(copy, "journal.jsonl");
	g_auto(GStrv) lines = g_strsplit(journal, "\n", -1);
	g_autofree char *all = NULL;
	guint at = 0;

	for (char **line = lines; *line; line++) {
		char *from = strstr(*line, "\"cpu_ns\":"),
		     *to = from ? strpbrk(strstr(from, "\"waited_ns\":"), ",}") : NULL;
		char *changed;

		if (!from)
			continue;
		g_assert_cmpuint(at, <, n);
		changed = g_strdup_printf("%.*s\"cpu_ns\":%" G_GINT64_FORMAT ",\"waited_ns\":%" G_GINT64_FORMAT "%s",
					  (int)(from - *line), *line, seconds[at][0] * NS_PER_S,
					  seconds[at][1] * NS_PER_S, to);
		g_free(*line);
		*line = changed;
		at++;
	}
	g_assert_cmpuint(at, ==, n);
	all = g_strjoinv("\n", lines);
	put(copy, "journal.jsonl", all);
}

/* A stall is the kernel's, unless the host let its CPUs wait just then, however little that is of the whole run. */
static void test_starved(Copy *copy, gconstpointer data)
{
	/* at start, hello, leaving; hello and done of the second kernel; at the end */
	static const gint64 starved[][2] = { { 0, 0 }, { 600, 1 }, { 601, 2 }, { 603, 42 }, { 604, 42 }, { 604, 42 } };
	static const gint64 ran[][2] = { { 0, 0 }, { 600, 1 }, { 601, 2 }, { 643, 2 }, { 644, 2 }, { 644, 2 } };
	bool is_starved = GPOINTER_TO_INT(data);
	g_autofree char *log = text_of(copy, "console.log"), *times = text_of(copy, "console.times");
	g_autofree char *more =
		g_strconcat(log, "[   60.000000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n", NULL);
	g_autofree char *stamped = g_strdup_printf("%s41929000000000 %zu\n", times, strlen(log));

	put(copy, "console.log", more);
	put(copy, "console.times", stamped);
	set_host(copy, is_starved ? starved : ran, G_N_ELEMENTS(ran));
	if (is_starved)
		expect(copy, "ERROR", "emulator-stuck", "the host let its CPUs wait for seconds");
	else
		expect(copy, "FAIL", "kernel-complaint", "detected stalls");
}

/* A kernel that has said that it leaves still runs, until the next one is up. */
static void test_starved_leaving(Copy *copy, gconstpointer data)
{
	static const gint64 starved[][2] = { { 0, 0 }, { 600, 1 }, { 601, 2 }, { 603, 42 }, { 604, 42 }, { 604, 42 } };
	static const char stall[] = "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:";
	g_autofree char *log = text_of(copy, "console.log");
	char *last = strstr(log, "Freeing unused kernel image (rodata/data gap) memory: 1188K");

	/* as long as before, so that console.times fits */
	g_assert_nonnull(last);
	memset(last, ' ', strcspn(last, "\n"));
	memcpy(last, stall, strlen(stall));
	put(copy, "console.log", log);
	set_host(copy, starved, G_N_ELEMENTS(starved));
	expect(copy, "ERROR", "emulator-stuck", "first kernel, on its console: the host let its CPUs wait for seconds");
}

/* The first kernel came up once more, instead of the third: what it said first is what the run directory has. */
static void test_back(Copy *copy, gconstpointer data)
{
	static const char again[] =
		"{\"ns\":41929650000000,\"event\":\"record\",\"hop\":0,\"name\":\"hello\",\"bytes\":144,"
		"\"intact\":true,\"crc\":\"01234567\",\"end_ns\":41929650000000}\n";
	g_autofree char *journal = text_of(copy, "journal.jsonl");
	g_auto(GStrv) parts = g_strsplit(journal, "\"cause\":\"done\"", 2);
	char *end = strrchr(parts[0], '\n') + 1;
	g_autofree char *line = g_strdup(end), *changed = NULL, *done = NULL;
	g_autoptr(Result) result = NULL;

	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	*end = '\0';
	done = g_strconcat(parts[0], again, line, "\"cause\":\"done\"", parts[1], NULL);
	put(copy, "journal.jsonl", done);
	expect(copy, "ERROR", "records-contradict", "its journal has a kernel that was left more than once");
	changed = g_strconcat(parts[0], again, line, "\"cause\":\"reset\"", parts[1], NULL);
	put(copy, "journal.jsonl", changed);
	expect(copy, "FAIL", "guest-reset", "it reset the machine");
	result = result_load(copy->path, NULL);
	g_assert_cmpuint(result->verdict->reasons->len, ==, 1);
	g_assert_cmpstr(result_said(result, 0)->release, ==, result_said(result, 1)->release);
}

/* A journal that has two ends, or none of the machine's start, was not written so. */
static void test_journal(Copy *copy, gconstpointer data)
{
	g_autofree char *journal = text_of(copy, "journal.jsonl");
	g_auto(GStrv) lines = g_strsplit(journal, "\n", -1);
	g_autoptr(GString) twice = g_string_new(NULL), unstarted = g_string_new(NULL);

	for (char **line = lines; *line && **line; line++) {
		if (strstr(*line, "\"event\":\"end\""))
			g_string_append_printf(twice, "%s\n", *line);
		g_string_append_printf(twice, "%s\n", *line);
		if (!strstr(*line, "\"event\":\"start\""))
			g_string_append_printf(unstarted, "%s\n", *line);
	}
	put(copy, "journal.jsonl", twice->str);
	expect(copy, "ERROR", "records-contradict", "its journal has the event 'end' more than once");
	put(copy, "journal.jsonl", unstarted->str);
	expect(copy, "ERROR", "incomplete", "does not say that its machine was started");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	recorded_path = argv[1];
	g_test_add("/seen/mute", Copy, NULL, set_up, test_mute, tear_down);
	g_test_add("/seen/starved", Copy, GINT_TO_POINTER(true), set_up, test_starved, tear_down);
	g_test_add("/seen/not-starved", Copy, GINT_TO_POINTER(false), set_up, test_starved, tear_down);
	g_test_add("/seen/starved-leaving", Copy, NULL, set_up, test_starved_leaving, tear_down);
	g_test_add("/seen/journal", Copy, NULL, set_up, test_journal, tear_down);
	g_test_add("/seen/back", Copy, NULL, set_up, test_back, tear_down);
	return g_test_run();
}
