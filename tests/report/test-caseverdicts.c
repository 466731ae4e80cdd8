// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The formats that list cases say of a run what its verdict says, whatever is asked of it. Arguments: the folder of
 * recordings, and the one that has a payload.
 */
#include "../recorded.h"

#include <base/files.h>
#include <report/kcidb.h>
#include <report/run.h>
#include <report/tap.h>

#include <string.h>

static const char *recordings;

static guint count(const char *text, const char *what)
{
	guint n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

static void is_said(const char *format, const Result *result, guint failed, guint errors)
{
	VerdictKind kind = result->verdict->kind;

	if ((failed > 0) != (kind == VERDICT_FAIL) || (errors && !failed) != (kind == VERDICT_ERROR))
		g_error("%s: %s, and in %s %u failed, %u errors", result->id, verdict_kind_name(kind), format, failed,
			errors);
}

static void check_formats(const Result *result)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autofree char *junit = result_to_junit(result), *ktap = result_to_ktap(result);
	g_autofree char *tap = result_to_tap(result), *kcidb = NULL;
	guint errors;

	g_ptr_array_add(one, (gpointer)result);
	kcidb = results_to_kcidb(one, "my_ci");
	is_said("JUnit", result, count(junit, "<failure "), count(junit, "<error "));
	is_said("KCIDB", result, count(kcidb, "\"status\" : \"FAIL\""), count(kcidb, "\"status\" : \"ERROR\""));
	errors = count(ktap, " # ERROR ");
	is_said("KTAP", result, count(ktap, "\nnot ok ") - errors, errors);
	g_assert_cmpuint(count(tap, "\nnot ok "), ==, count(ktap, "\nnot ok "));
}

/* only: the check that is asked alone; NULL: those that the run was begun with. */
static Result *judge(const char *path, const char *only)
{
	const char *const on[] = { only, NULL };
	const CheckChoice choice = { on, NULL };
	g_autoptr(GError) error = NULL;
	Result *result = result_judge(path, &choice, &error);

	g_assert_no_error(error);
	return result;
}

static void test_choices(void)
{
	g_autoptr(GDir) dir = g_dir_open(recordings, 0, NULL);
	guint n;
	const Check *const *checks = checks_all(&n);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(recordings, name, NULL);
		g_autoptr(Result) whole = NULL;

		if (!g_file_test(path, G_FILE_TEST_IS_DIR))
			continue;
		whole = judge(path, NULL);
		check_formats(whole);
		for (guint c = 0; c < n; c++) {
			g_autoptr(Result) alone = judge(path, checks[c]->id);

			check_formats(alone);
		}
	}
}

/* A run with a payload, of which a hook has said something else. */
typedef struct {
	char *parent, *path;
} Copy;

static void set_up(Copy *copy, gconstpointer data)
{
	copy->parent = g_dir_make_tmp("khotest-cases-XXXXXX", NULL);
	copy->path = recorded_copy(copy->parent, "run");
}

static void tear_down(Copy *copy, gconstpointer data)
{
	g_assert_true(files_remove_tree(copy->parent, NULL));
	g_free(copy->parent);
	g_free(copy->path);
}

/* Of as many bytes, as the journal has it. */
static void replace(const Copy *copy, const char *from, const char *to)
{
	g_autofree char *path = g_build_filename(copy->path, "hops/1/payload/pipes/after", NULL), *text = NULL;
	char *at;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	at = strstr(text, from);
	g_assert_nonnull(at);
	g_assert_cmpuint(strlen(from), ==, strlen(to));
	memcpy(at, to, strlen(to));
	g_assert_true(files_write(path, text, strlen(text), NULL));
}

/* The line of KTAP with a test of the payload. Caller frees. */
static char *line_of_test(const Result *result)
{
	g_autofree char *ktap = result_to_ktap(result);
	g_auto(GStrv) lines = g_strsplit(ktap, "\n", -1);

	for (char **line = lines; *line; line++)
		if (!g_str_has_prefix(*line, "# ") && strstr(*line, ": payload pipes, after: pipes"))
			return g_strdup(*line);
	g_assert_not_reached();
}

static void is_line(const Copy *copy, const char *only, const char *begin, const char *more)
{
	g_autoptr(Result) result = judge(copy->path, only);
	g_autofree char *line = line_of_test(result);

	check_formats(result);
	g_test_message("%s", line);
	g_assert_true(g_str_has_prefix(line, begin));
	g_assert_nonnull(strstr(line, more));
}

/* A test that failed is the guest's fault, nobody's, or the host's, as the check payloads says. */
static void test_payload(Copy *copy, gconstpointer data)
{
	is_line(copy, "payloads", "ok ", "pipes filled");
	replace(copy, "ok 1 pipes filled", "not ok 1 pipes it");
	is_line(copy, "payloads", "not ok ", "pipes it");
	is_line(copy, "zones", "ok ", "pipes it # SKIP it was switched off");
	replace(copy, "timed_out=0", "timed_out=1");
	is_line(copy, "payloads", "not ok ",
		"pipes it # ERROR second kernel: the hook after of payload pipes was not done");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	recorded_path = argv[2];
	g_test_add_func("/caseverdicts/choices", test_choices);
	g_test_add("/caseverdicts/payload", Copy, NULL, set_up, test_payload, tear_down);
	return g_test_run();
}
