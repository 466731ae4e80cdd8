// SPDX-License-Identifier: GPL-2.0-or-later
/* The matrix directory: what is still to be done after any kind of end, and whose it is. */
#include "matrixsandbox.h"

#include <base/error.h>
#include <base/files.h>
#include <report/matrix.h>
#include <store/begun.h>
#include <study/sweep.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Ids of the cells without a verdict, as a new process finds them: "ad". */
static void check_pending(Sandbox *s, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(MatrixDir) dir = matrixdir_open(s->path, false, &error);
	g_autoptr(MatrixJournal) journal = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GString) ids = g_string_new(NULL);

	g_assert_no_error(error);
	journal = matrixdir_journal(dir);
	pending = matrixjournal_pending(journal, dir->cells);
	for (guint i = 0; i < pending->len; i++)
		g_string_append(ids, ((Cell *)pending->pdata[i])->id);
	g_assert_cmpstr(ids->str, ==, expected);
}

static void reopen(Sandbox *s)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&s->dir, matrixdir_free);
	s->dir = matrixdir_open(s->path, true, &error);
	g_assert_no_error(error);
}

static void test_pending(Sandbox *s, gconstpointer data)
{
	check_pending(s, "abcd");
	sandbox_note(s, "b", "run", VERDICT_PASS);
	sandbox_note(s, "c", "run", VERDICT_FAIL);
	check_pending(s, "ad");
	/* an error of the harness is tried again, once */
	sandbox_note(s, "a", NULL, VERDICT_ERROR);
	check_pending(s, "ad");
	sandbox_note(s, "a", NULL, VERDICT_ERROR);
	check_pending(s, "d");
}

/* What this host could not has no verdict: it is tried again, as often as may be, until it has one. */
static void test_pending_skipped(Sandbox *s, gconstpointer data)
{
	sandbox_note(s, "a", "run", VERDICT_PASS);
	sandbox_note(s, "b", "run", VERDICT_FAIL);
	sandbox_note(s, "c", "run", VERDICT_PASS);
	for (guint i = 0; i < 3; i++) {
		sandbox_note(s, "d", NULL, VERDICT_SKIP);
		check_pending(s, "d");
	}
	/* and is no error of the harness, of which two are the end */
	sandbox_note(s, "d", NULL, VERDICT_ERROR);
	check_pending(s, "d");
	sandbox_note(s, "d", NULL, VERDICT_SKIP);
	check_pending(s, "d");
	sandbox_note(s, "d", "run", VERDICT_PASS);
	check_pending(s, "");
}

/* The journal of an older khotest has exit statuses; whoever goes on with it writes words below them. */
static void test_old_journal(Sandbox *s, gconstpointer data)
{
	static const char old[] =
		"{\"event\":\"begin\"}\n"
		"{\"event\":\"build\",\"kernel\":\"7.1\",\"series\":\"central\",\"profile\":\"check\","
		"\"status\":0}\n"
		"{\"event\":\"attempt\",\"cell\":\"a\",\"run\":\"r\",\"status\":1}\n"
		"{\"event\":\"attempt\",\"cell\":\"b\",\"status\":77}\n"
		"{\"event\":\"attempt\",\"cell\":\"c\",\"status\":99}\n"
		"{\"event\":\"attempt\",\"cell\":\"c\",\"status\":137}\n";
	static const VerdictKind outcomes[] = { VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR, VERDICT_ERROR,
						VERDICT_PASS };
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL);
	g_autoptr(MatrixJournal) journal = NULL;

	g_assert_true(g_file_set_contents(path, old, -1, NULL));
	reopen(s);
	check_pending(s, "bd");
	sandbox_note(s, "d", "run", VERDICT_PASS);
	check_pending(s, "b");
	journal = matrixdir_journal(s->dir);
	g_assert_cmpuint(journal->attempts->len, ==, G_N_ELEMENTS(outcomes));
	for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
		g_assert_cmpint(((const Attempt *)journal->attempts->pdata[i])->outcome, ==, outcomes[i]);
	g_assert_cmpint(((const BuildAttempt *)journal->builds->pdata[0])->outcome, ==, VERDICT_PASS);
}

/* Cut off within a line at every possible place: that attempt is lost, and nothing else; the next is not. */
static void test_torn(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL);
	g_autofree char *text = NULL;
	gsize length, first;

	sandbox_note(s, "a", "run", VERDICT_PASS);
	g_assert_true(g_file_get_contents(path, &text, &first, NULL));
	g_clear_pointer(&text, g_free);
	sandbox_note(s, "b", "run", VERDICT_FAIL);
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	for (gsize cut = first + 1; cut < length - 1; cut++) {
		g_assert_true(g_file_set_contents(path, text, (gssize)cut, NULL));
		check_pending(s, "bcd");
		reopen(s);
		sandbox_note(s, "c", "run", VERDICT_FAIL);
		check_pending(s, "bd");
	}
}

/* Zeros after a power failure, where a block did not come to the disk: what is noted behind them is not done again. */
static void test_zeros(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL);
	g_autofree char *text = NULL;
	gsize length;

	sandbox_note(s, "a", "run", VERDICT_PASS);
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	text = g_realloc(text, length + 100);
	memset(text + length, 0, 100);
	g_assert_true(g_file_set_contents(path, text, (gssize)length + 100, NULL));
	reopen(s);
	sandbox_note(s, "b", "run", VERDICT_PASS);
	check_pending(s, "cd");
}

/* A line that is not as it was written may have told of a FAIL: its cell is no cell for which there was no time. */
static void test_damaged(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL), *text = NULL;
	g_autoptr(MatrixResult) result = NULL;
	const MatrixCell *lost;
	gsize length;

	for (const char *cell = "abcd"; *cell; cell++)
		sandbox_note(s, (char[]){ *cell, 0 }, "run", VERDICT_FAIL);
	g_assert_true(matrixdir_note(s->dir, "end", NULL));
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	*strstr(strstr(text, "\"b\""), "FAIL") = 'P';
	g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
	result = matrixresult_load(s->path, NULL);
	g_assert_cmpuint(result->journal->damaged, ==, 1);
	g_assert_true(result->journal->ended);
	lost = result->cells->pdata[1];
	g_assert_cmpint(lost->state, ==, CELL_ERROR);
	g_assert_nonnull(strstr(lost->why, "1 line of the matrix's journal is damaged"));
	g_assert_cmpint(matrix_outcome(result), ==, VERDICT_ERROR);
}

static void check_spent(const char *text, gint64 ns)
{
	g_autoptr(MatrixJournal) journal = matrixjournal_parse(text);

	g_assert_cmpint(journal->spent_ns, ==, ns);
}

/* Building is summed up, and a damaged journal does not turn the sum. */
static void test_built(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixJournal) journal =
		matrixjournal_parse("{\"event\": \"build\", \"kernel\": \"7.1\", \"wall_ns\": 5}\n"
				    "{\"event\": \"build\", \"kernel\": \"7.2\", \"wall_ns\": -5}\n"
				    "{\"event\": \"build\", \"kernel\": \"7.2\", \"wall_ns\": 7}\n");
	g_autoptr(MatrixJournal) damaged =
		matrixjournal_parse("{\"event\": \"build\", \"kernel\": \"7.1\", \"wall_ns\": 9223372036854775807}\n"
				    "{\"event\": \"build\", \"kernel\": \"7.1\", \"wall_ns\": 9223372036854775807}\n");

	g_assert_cmpint(journal->built_ns, ==, 12);
	g_assert_cmpint(damaged->built_ns, ==, MATRIX_SPENT_MOST_NS);
}

#define AT(event, wall) "{\"event\": \"" event "\", \"wall\": \"" wall "\"}\n"

/* While somebody was at work; not over night, not backwards, and no more than a number holds. */
static void test_spent(Sandbox *s, gconstpointer data)
{
	check_spent("", 0);
	check_spent(AT("begin", "2026-11-28T01:00:00Z"), 0);
	check_spent(AT("begin", "2026-11-28T01:00:00Z") AT("build", "2026-11-28T01:00:02.5Z")
			    AT("begin", "2026-11-29T01:00:00Z") AT("end", "2026-11-29T01:00:01Z"),
		    3500000000);
	check_spent(AT("begin", "2026-11-28T01:00:05Z") AT("build", "2026-11-28T01:00:00Z") AT("build", "no time")
			    AT("end", "2026-11-28T01:00:01Z"),
		    1000000000);
	check_spent(AT("begin", "1970-01-01T00:00:00Z") AT("end", "9999-01-01T00:00:00Z"),
		    MATRIX_SPENT_MOST_NS / 1000 * 1000);
}

/* From the moment on at which it is whole, it is known that we began it; and only as it is. */
static void test_begun(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_CELLS);

	g_assert_true(begun_check(s->folder, path, false, NULL));
	g_assert_true(matrixdir_write(s->dir, MATRIX_CELLS, "{}", NULL));
	g_assert_false(begun_check(s->folder, path, false, NULL));
	g_assert_true(begun_check(s->folder, path, true, NULL));
}

static void test_lock(Sandbox *s, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) again = NULL;
	g_autoptr(GPtrArray) cells = sandbox_cells();

	g_assert_null(matrixdir_open(s->path, true, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "at work"));
	g_assert_null(matrixdir_create(s->path, &(MatrixPlan){ .name = "some", .text = "", .cells = cells }, &again));
	g_assert_nonnull(strstr(again->message, "not empty"));
	g_assert_true(matrixdir_busy(s->dir));
	reopen(s); /* once nobody has it */
}

static void check_link_refused(Sandbox *s, MatrixFile file)
{
	g_autofree char *path = matrixdir_file(s->dir, file), *outside = g_build_filename(s->folder, "outside", NULL);
	g_autofree char *text = NULL;
	g_autoptr(MatrixDir) look = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(files_write(outside, "no newline", 10, NULL));
	g_assert_cmpint(unlink(path), ==, 0);
	g_assert_cmpint(symlink(outside, path), ==, 0);
	g_clear_pointer(&s->dir, matrixdir_free);
	g_assert_null(matrixdir_open(s->path, true, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	sandbox_has(error->message, "is a symbolic link");
	g_assert_true(g_file_get_contents(outside, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "no newline");
	look = matrixdir_open(s->path, false, NULL);
	g_assert_false(matrixdir_busy(look));
	g_assert_cmpint(unlink(path), ==, 0);
	reopen(s);
}

/* A matrix of somebody else's may have links to files of ours. */
static void test_links(Sandbox *s, gconstpointer data)
{
	check_link_refused(s, MATRIX_JOURNAL);
	check_link_refused(s, MATRIX_LOCK);
}

/* ... and what is published of it is its own. */
static void test_plan_link(Sandbox *s, gconstpointer data)
{
	g_autofree char *plan = matrixdir_file(s->dir, MATRIX_PLAN), *to = g_strconcat(s->path, ".plan", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(matrixdir_copy_plan(s->dir, to, &error));
	g_assert_no_error(error);
	g_assert_cmpint(unlink(to), ==, 0);
	g_assert_cmpint(unlink(plan), ==, 0);
	g_assert_cmpint(symlink("/etc/hostname", plan), ==, 0);
	g_assert_false(matrixdir_copy_plan(s->dir, to, &error));
	g_assert_nonnull(strstr(error->message, "lies elsewhere"));
	g_assert_false(g_file_test(to, G_FILE_TEST_EXISTS));
}

static void test_cells(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixDir) dir = matrixdir_open(s->path, false, NULL);
	const Cell *cell = dir->cells->pdata[2];

	g_assert_cmpstr(dir->plan, ==, "some");
	g_assert_cmpstr(dir->summary, ==, "a question");
	g_assert_cmpuint(dir->cells->len, ==, 4);
	g_assert_cmpstr(cell->id, ==, "c");
	g_assert_cmpuint(cell->guest.memory_bytes, ==, (guint64)3 << 30);
	g_assert_cmpstr(cell->expect_reason, ==, "scratch-not-cma");
	g_assert_null(cell->guest.scratch);
}

/* A sweep is what was made as one. Older directories do not say it: there the name of a block is all there is. */
static void test_sweep(Sandbox *s, gconstpointer data)
{
	static const struct {
		int schema;
		const char *sweep, *block;
		bool is;
	} cases[] = {
		{ 2, "\"memory\"", "memory-8", true }, { 2, "null", "memory-8", false },
		{ 1, "null", "memory-8", true },       { 1, "null", "memory-big", false },
		{ 1, "null", "block", false },
	};
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_CELLS);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *cells = g_strdup_printf(
			"{\"schema\":%d,\"plan\":\"p\",\"sweep\":%s,\"cells\":[{\"id\":\"a\",\"block\":\"%s\","
			"\"kernel\":\"7.1\",\"series\":\"s\",\"profile\":\"check\",\"mode\":\"wall\",\"expect\":"
			"\"PASS\","
			"\"memory_bytes\":1,\"nodes\":1,\"cpus\":2,\"hops\":2,\"repeat\":1}]}",
			cases[i].schema, cases[i].sweep, cases[i].block);
		g_autoptr(MatrixResult) result = NULL;

		g_assert_true(g_file_set_contents(path, cells, -1, NULL));
		result = matrixresult_load(s->path, NULL);
		g_assert_nonnull(result);
		g_assert_true(matrix_is_sweep(result) == cases[i].is);
	}
}

/* A newer khotest's directory, a damaged one, and none at all. */
static void test_refused(Sandbox *s, gconstpointer data)
{
	static const struct {
		const char *cells, *says;
	} cases[] = {
		{ "{\"schema\": 3, \"cells\": []}", "use a newer khotest" },
		{ "{\"schema\": 1, \"cells\": []}", "no cells" },
		{ "{\"schema\": 1, \"cells\": [{\"id\": \"a\"}]}", "cell 1: a cell lacks 'block'" },
		{ "{\"schema\": 1, \"cells\": [7]}", "cell 1: a cell lacks 'id'" },
		{ "{\"schema\": 1, \"plan\": \"../x\", \"cells\": []}", "a path elsewhere" },
		{ "nonsense", "is not JSON" },
	};
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_CELLS);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(path, cases[i].cells, -1, NULL));
		g_assert_null(matrixdir_open(s->path, false, &error));
		if (!strstr(error->message, cases[i].says))
			g_error("'%s' lacks '%s'", error->message, cases[i].says);
	}
	g_unlink(path);
	g_assert_null(matrixdir_open(s->path, false, NULL));
}

int main(int argc, char **argv)
{
	static const SandboxTest tests[] = {
		{ "/matrixdir/pending", test_pending }, { "/matrixdir/pending-skipped", test_pending_skipped },
		{ "/matrixdir/links", test_links },	{ "/matrixdir/plan-link", test_plan_link },
		{ "/matrixdir/torn", test_torn },	{ "/matrixdir/zeros", test_zeros },
		{ "/matrixdir/damaged", test_damaged }, { "/matrixdir/spent", test_spent },
		{ "/matrixdir/built", test_built },	{ "/matrixdir/begun", test_begun },
		{ "/matrixdir/lock", test_lock },	{ "/matrixdir/old-journal", test_old_journal },
		{ "/matrixdir/sweep", test_sweep },	{ "/matrixdir/cells", test_cells },
		{ "/matrixdir/refused", test_refused }, { NULL, NULL },
	};

	g_test_init(&argc, &argv, NULL);
	sandbox_add_tests(tests);
	return g_test_run();
}
