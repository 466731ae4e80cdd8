// SPDX-License-Identifier: GPL-2.0-or-later
/* The comparison directory: what is written comes back, and what is damaged is said. */
#include <base/error.h>
#include <base/files.h>
#include <store/bisectdir.h>
#include <store/comparedir.h>
#include <store/matrixdir.h>
#include <store/rundir.h>

#include <string.h>

static const char *const series[] = { "stock", "central", NULL };
static const char *const asked[] = { "khotest", "compare", "stock", "central", NULL };

typedef struct {
	char *folder, *path;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
	f->folder = g_dir_make_tmp("khotest-comparedir-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "one", NULL);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	g_assert_true(files_remove_tree(f->folder, NULL));
	g_free(f->folder);
	g_free(f->path);
}

static void put(const Fixture *f, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(f->path, name, NULL);

	g_assert_true(files_write(path, text, strlen(text), NULL));
}

static CompareDir *make(const Fixture *f)
{
	g_autoptr(GError) error = NULL;
	CompareDir *dir = comparedir_create(f->path, series, asked, true, &error);

	g_assert_no_error(error);
	return dir;
}

static void test_round_trip(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) made = make(f);
	g_autoptr(CompareDir) dir = NULL;
	g_autoptr(CompareRounds) rounds = NULL;
	g_autoptr(GError) error = NULL;
	const CompareRun *run;

	g_assert_true(comparedir_note_run(made, &(CompareRun){ 0, 1, 0, (char *)"w" }, &error));
	g_assert_true(comparedir_note_run(made, &(CompareRun){ 7, 0, 1, (char *)"r" }, &error));
	dir = comparedir_open(f->path, false, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(dir->id, ==, "one");
	g_assert_true(g_strv_equal((const char *const *)dir->series, series));
	g_assert_true(g_strv_equal((const char *const *)dir->asked, asked));
	g_assert_true(dir->anyway);
	rounds = comparedir_rounds(dir);
	g_assert_cmpuint(rounds->runs->len, ==, 2);
	g_assert_cmpuint(rounds->notes->len, ==, 0);
	g_assert_null(rounds->end);
	run = rounds->runs->pdata[1];
	g_assert_cmpuint(run->round, ==, 7);
	g_assert_cmpuint(run->side, ==, 0);
	g_assert_cmpuint(run->position, ==, 1);
	g_assert_cmpstr(run->run, ==, "r");
	g_clear_pointer(&rounds, comparerounds_free);
	g_assert_true(comparedir_note_end(made, "tight", &error));
	rounds = comparedir_rounds(dir);
	g_assert_cmpstr(rounds->end, ==, "tight");
}

/* Each line that makes no sense is named, and those around it are kept. */
static void test_damage(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) dir = make(f);
	g_autoptr(CompareRounds) rounds = NULL;
	static const guint bad[] = { 2, 3, 4, 5, 7 };

	put(f, "rounds.jsonl",
	    "{\"round\":1,\"side\":0,\"position\":0,\"run\":\"a\"}\n"
	    "{\"round\":1,\"side\":2,\"position\":0,\"run\":\"b\"}\n"
	    "{\"round\":1,\"side\":1,\"position\":0,\"run\":\"../../etc\"}\n"
	    "{\"round\":-1,\"side\":1,\"position\":0,\"run\":\"c\"}\n"
	    "%$#\n"
	    "{\"round\":1,\"side\":1,\"position\":1,\"run\":\"d\"}\n"
	    "{\"round\":2,\"side\":1,\"pos");
	rounds = comparedir_rounds(dir);
	g_assert_cmpuint(rounds->runs->len, ==, 2);
	g_assert_cmpstr(((const CompareRun *)rounds->runs->pdata[1])->run, ==, "d");
	g_assert_cmpuint(rounds->notes->len, ==, G_N_ELEMENTS(bad));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *line = g_strdup_printf("rounds.jsonl, line %u is damaged", bad[i]);

		g_assert_nonnull(strstr(rounds->notes->pdata[i], line));
	}
}

/* A line that somebody changed is another run's: it is named too, and not taken. */
static void test_changed(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) dir = make(f);
	g_autoptr(CompareRounds) rounds = NULL;
	g_autofree char *path = comparedir_file(dir, COMPARE_ROUNDS), *text = NULL;

	g_assert_true(comparedir_note_run(dir, &(CompareRun){ 1, 0, 0, (char *)"a" }, NULL));
	g_assert_true(comparedir_note_run(dir, &(CompareRun){ 1, 1, 1, (char *)"b" }, NULL));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	memcpy(strstr(text, "\"side\":0"), "\"side\":1", 8);
	put(f, "rounds.jsonl", text);
	rounds = comparedir_rounds(dir);
	g_assert_cmpuint(rounds->runs->len, ==, 1);
	g_assert_cmpstr(((const CompareRun *)rounds->runs->pdata[0])->run, ==, "b");
	g_assert_cmpuint(rounds->notes->len, ==, 1);
	g_assert_nonnull(strstr(rounds->notes->pdata[0], "line 1 is damaged"));
}

/* Zeros after a power failure: what comes behind them is read. */
static void test_zeros(Fixture *f, gconstpointer data)
{
	static const char end[] = "{\"round\":1,\"side\":0,\"position\":0,\"run\":\"a\"}\n\0\0\0";
	g_autoptr(CompareDir) dir = make(f), second = NULL;
	g_autoptr(CompareRounds) rounds = NULL;
	g_autofree char *path = comparedir_file(dir, COMPARE_ROUNDS);

	g_clear_pointer(&dir, comparedir_free);
	g_assert_true(files_write(path, end, sizeof(end) - 1, NULL));
	second = comparedir_open(f->path, true, NULL);
	g_assert_true(comparedir_note_run(second, &(CompareRun){ 1, 1, 1, (char *)"b" }, NULL));
	rounds = comparedir_rounds(second);
	g_assert_cmpuint(rounds->runs->len, ==, 2);
	g_assert_cmpstr(((const CompareRun *)rounds->runs->pdata[1])->run, ==, "b");
}

static void refused(const Fixture *f, int code, const char *says)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CompareDir) dir = comparedir_open(f->path, false, &error);

	g_assert_null(dir);
	g_assert_error(error, KHOTEST_ERROR, code);
	if (!strstr(error->message, says))
		g_error("'%s' lacks '%s'", error->message, says);
}

static void test_refused(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) dir = NULL;
	g_autoptr(GError) error = NULL;

	refused(f, KHOTEST_ERROR_INPUT, "is not a comparison directory");
	dir = make(f);
	put(f, "compare.json", "{\"schema\": 2, \"series\": [\"a\", \"b\"]}");
	refused(f, KHOTEST_ERROR_INPUT, "use a newer khotest");
	put(f, "compare.json", "{\"schema\": 1, \"series\": [\"a\"]}");
	refused(f, KHOTEST_ERROR_FAILED, "fewer than two series");
	put(f, "compare.json", "{");
	refused(f, KHOTEST_ERROR_FAILED, "compare.json");
	g_assert_null(comparedir_create(f->path, series, asked, false, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "is not empty"));
}

/* Going on: one at a time, on a line of its own, and what ended it before is no end any more. */
static void test_again(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) dir = make(f), second = NULL;
	g_autoptr(CompareRounds) rounds = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(comparedir_open(f->path, true, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "another khotest is at work"));
	g_clear_error(&error);
	g_clear_pointer(&dir, comparedir_free);
	put(f, "rounds.jsonl",
	    "{\"round\":1,\"side\":0,\"position\":0,\"run\":\"a\"}\n{\"end\":\"budget\"}\n{\"round\":1,\"si");
	second = comparedir_open(f->path, true, &error);
	g_assert_no_error(error);
	g_assert_true(comparedir_note_run(second, &(CompareRun){ 2, 1, 0, (char *)"b" }, &error));
	rounds = comparedir_rounds(second);
	g_assert_cmpuint(rounds->runs->len, ==, 2);
	g_assert_cmpuint(((const CompareRun *)rounds->runs->pdata[1])->round, ==, 2);
	g_assert_cmpuint(rounds->notes->len, ==, 1);
	g_assert_null(rounds->end);
}

/* What holds runs is no run, though a matrix has a journal too. */
static void test_no_run(Fixture *f, gconstpointer data)
{
	g_autoptr(CompareDir) dir = make(f);
	g_autoptr(GError) error = NULL;
	g_autofree char *matrix = g_build_filename(f->folder, "matrix", NULL);
	g_autofree char *cells = g_build_filename(matrix, "cells.json", NULL);
	g_autofree char *journal = g_build_filename(matrix, "journal.jsonl", NULL);

	g_assert_null(rundir_open(f->path, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "'khotest compare --report"));
	g_clear_error(&error);
	g_assert_true(files_mkdirs(matrix, NULL));
	g_assert_true(files_write(cells, "{}", 2, NULL));
	g_assert_true(files_write(journal, "", 0, NULL));
	g_assert_true(matrixdir_is(matrix));
	g_assert_null(rundir_open(matrix, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "is not a run but a matrix"));
}

/* Series may be paths, and are found again by their last part; the list is in the order of time. */
static void test_names(Fixture *f, gconstpointer data)
{
	static const char *const odd[] = { "/home/me/my fix.mbox", "central+audit", NULL };
	g_autofree char *name = comparedir_name("p", odd, "100G"), *bisect = bisectdir_name("p", "a/b", "c");
	g_autofree char *again = comparedir_name("p", odd, "100G"), *bisect_again = bisectdir_name("p", "a/b", "c");
	g_auto(GStrv) list = NULL;
	g_autoptr(CompareDir) dir = make(f);

	g_assert_nonnull(strstr(name, "-my_fix.mbox-central+audit-100G-"));
	g_assert_nonnull(strstr(bisect, "-a_b-c-"));
	/* two that begin in the same second are two */
	g_assert_cmpstr(name, !=, again);
	g_assert_cmpstr(bisect, !=, bisect_again);
	g_assert_true(g_str_has_prefix(name, "p/2"));
	list = comparedir_list(f->folder);
	g_assert_cmpuint(g_strv_length(list), ==, 1);
	g_assert_cmpstr(list[0], ==, f->path);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/comparedir/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
	g_test_add("/comparedir/damage", Fixture, NULL, set_up, test_damage, tear_down);
	g_test_add("/comparedir/changed", Fixture, NULL, set_up, test_changed, tear_down);
	g_test_add("/comparedir/zeros", Fixture, NULL, set_up, test_zeros, tear_down);
	g_test_add("/comparedir/again", Fixture, NULL, set_up, test_again, tear_down);
	g_test_add("/comparedir/refused", Fixture, NULL, set_up, test_refused, tear_down);
	g_test_add("/comparedir/no-run", Fixture, NULL, set_up, test_no_run, tear_down);
	g_test_add("/comparedir/names", Fixture, NULL, set_up, test_names, tear_down);
	return g_test_run();
}
