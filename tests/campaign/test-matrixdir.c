// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix directory: what is still to be done after any kind of end, and what
 * the table says. Runs are recorded run directories (tests/golden/recordings),
 * reached by symbolic links.
 *
 * Argument: the folder of recordings.
 */
#include <base/error.h>
#include <base/files.h>
#include <report/matrix.h>
#include <report/tap.h>
#include <store/begun.h>
#include <study/sweep.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *recordings;

typedef struct {
	char *folder;
	char *path; /* of the matrix directory */
	MatrixDir *dir;
} Sandbox;

static void check_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("'%s' lacks '%s'", text, part);
}

/* The cells a, b, c and d; a, b and d expect PASS; c has two nodes and expects FAIL scratch-not-cma. */
static GPtrArray *make_cells(void)
{
	GPtrArray *cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);

	for (const char *id = "abcd"; *id; id++) {
		char *two[] = { (char *)"2", NULL };
		Cell model = {
			.block = (char *)"block",
			.kernel = (char *)"7.1",
			.series = (char *)(*id == 'd' ? "central" : "unfixed"),
			.profile = (char *)"check",
			.mode = (char *)"wall",
			.guest.memory_bytes = (guint64)(*id - 'a' + 1) << 30,
			.guest.numa = *id == 'c' ? two : NULL,
			.guest.cpus = 2,
			.hops = 2,
			.repeat = 1,
			.expect = (char *)(*id == 'c' ? "FAIL" : "PASS"),
			.expect_reason = (char *)(*id == 'c' ? "scratch-not-cma" : NULL),
		};
		Cell *cell = cell_copy(&model);

		cell->id = g_strndup(id, 1);
		g_ptr_array_add(cells, cell);
	}
	return cells;
}

static void set_up(Sandbox *s, gconstpointer data)
{
	static const char *const asked[] = { "khotest", "matrix", "some", NULL };
	g_autoptr(GPtrArray) cells = make_cells();
	g_autoptr(GError) error = NULL;

	s->folder = g_dir_make_tmp("matrix-XXXXXX", &error);
	g_assert_no_error(error);
	s->path = g_build_filename(s->folder, "m", NULL);
	s->dir = matrixdir_create(s->path,
				  &(MatrixPlan){ .name = "some",
						 .summary = "a question",
						 .text = "[plan]\n",
						 .asked = asked,
						 .cells = cells,
						 .cache = s->folder },
				  &error);
	g_assert_no_error(error);
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	matrixdir_free(s->dir);
	files_remove_tree(s->folder, NULL);
	g_free(s->folder);
	g_free(s->path);
}

static void note(Sandbox *s, const char *cell, const char *run, VerdictKind outcome)
{
	const Attempt attempt = { .cell = (char *)cell,
				  .run = (char *)run,
				  .outcome = outcome,
				  .wall_ns = 7,
				  .said = (char *)(outcome == VERDICT_ERROR ? "it broke" : NULL) };
	g_autoptr(GError) error = NULL;

	matrixdir_note_attempt(s->dir, &attempt, &error);
	g_assert_no_error(error);
}

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
	note(s, "b", "run", VERDICT_PASS);
	note(s, "c", "run", VERDICT_FAIL);
	check_pending(s, "ad");
	/* an error of the harness is tried again, once */
	note(s, "a", NULL, VERDICT_ERROR);
	check_pending(s, "ad");
	note(s, "a", NULL, VERDICT_ERROR);
	check_pending(s, "d");
}

/* What this host could not has no verdict: it is tried again, as often as may be, until it has one. */
static void test_pending_skipped(Sandbox *s, gconstpointer data)
{
	note(s, "a", "run", VERDICT_PASS);
	note(s, "b", "run", VERDICT_FAIL);
	note(s, "c", "run", VERDICT_PASS);
	for (guint i = 0; i < 3; i++) {
		note(s, "d", NULL, VERDICT_SKIP);
		check_pending(s, "d");
	}
	/* and is no error of the harness, of which two are the end */
	note(s, "d", NULL, VERDICT_ERROR);
	check_pending(s, "d");
	note(s, "d", NULL, VERDICT_SKIP);
	check_pending(s, "d");
	note(s, "d", "run", VERDICT_PASS);
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
	note(s, "d", "run", VERDICT_PASS);
	check_pending(s, "b");
	journal = matrixdir_journal(s->dir);
	g_assert_cmpuint(journal->attempts->len, ==, G_N_ELEMENTS(outcomes));
	for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
		g_assert_cmpint(((const Attempt *)journal->attempts->pdata[i])->outcome, ==, outcomes[i]);
	g_assert_cmpint(((const BuildAttempt *)journal->builds->pdata[0])->outcome, ==, VERDICT_PASS);
}

static void check_outcome(Sandbox *s, VerdictKind outcome)
{
	g_autoptr(MatrixResult) result = matrixresult_load(s->path, NULL);

	g_assert_cmpint(matrix_outcome(result), ==, outcome);
}

static void note_recording(Sandbox *s, const char *cell, const char *recording, VerdictKind outcome);

/* PASS needs a verdict for each: what was skipped is worse than that, and what failed worse than what was skipped. */
static void test_outcome(Sandbox *s, gconstpointer data)
{
	check_outcome(s, VERDICT_ERROR);
	note_recording(s, "a", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "b", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "c", "fail-unfixed-100g", VERDICT_FAIL);
	check_outcome(s, VERDICT_ERROR);
	note(s, "d", NULL, VERDICT_SKIP);
	check_outcome(s, VERDICT_SKIP);
	note_recording(s, "d", "fail-unfixed-100g", VERDICT_FAIL);
	check_outcome(s, VERDICT_FAIL);
	note_recording(s, "d", "pass-central-4g-2n", VERDICT_PASS);
	check_outcome(s, VERDICT_PASS);
	note(s, "b", NULL, VERDICT_SKIP);
	note(s, "d", NULL, VERDICT_ERROR);
	check_outcome(s, VERDICT_ERROR);
}

static void test_skipped_is_said(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixResult) result = NULL;
	g_autofree char *text = NULL;

	note(s, "d", NULL, VERDICT_SKIP);
	note_recording(s, "d", "pass-central-4g-2n", VERDICT_PASS);
	note(s, "a", NULL, VERDICT_SKIP);
	result = matrixresult_load(s->path, NULL);
	text = matrix_to_text(result);
	check_has(text, "\nd: attempt 1 was skipped: no reason given (no run directory)\n");
	check_has(text, "\na: skipped: no reason given (no run directory)\n");
	check_has(text, ", 1 skipped, 2 not run.");
	check_has(text, "--resume ");
}

/* Cut off within a line at every possible place: that attempt is lost, and nothing else; the next is not. */
static void test_torn(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL);
	g_autofree char *text = NULL;
	gsize length, first;

	note(s, "a", "run", VERDICT_PASS);
	g_assert_true(g_file_get_contents(path, &text, &first, NULL));
	g_clear_pointer(&text, g_free);
	note(s, "b", "run", VERDICT_FAIL);
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	for (gsize cut = first + 1; cut < length - 1; cut++) {
		g_assert_true(g_file_set_contents(path, text, (gssize)cut, NULL));
		check_pending(s, "bcd");
		reopen(s);
		note(s, "c", "run", VERDICT_FAIL);
		check_pending(s, "bd");
	}
}

/* Zeros after a power failure, where a block did not come to the disk: what is noted behind them is not done again. */
static void test_zeros(Sandbox *s, gconstpointer data)
{
	g_autofree char *path = matrixdir_file(s->dir, MATRIX_JOURNAL);
	g_autofree char *text = NULL;
	gsize length;

	note(s, "a", "run", VERDICT_PASS);
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	text = g_realloc(text, length + 100);
	memset(text + length, 0, 100);
	g_assert_true(g_file_set_contents(path, text, (gssize)length + 100, NULL));
	reopen(s);
	note(s, "b", "run", VERDICT_PASS);
	check_pending(s, "cd");
}

static void check_spent(const char *text, gint64 ns)
{
	g_autoptr(MatrixJournal) journal = matrixjournal_parse(text);

	g_assert_cmpint(journal->spent_ns, ==, ns);
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
	g_autoptr(GPtrArray) cells = make_cells();

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
	check_has(error->message, "is a symbolic link");
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

/* The recording of that name becomes the run of the cell. */
static void note_recording(Sandbox *s, const char *cell, const char *recording, VerdictKind outcome)
{
	g_autofree char *runs = matrixdir_file(s->dir, MATRIX_RUNS);
	g_autofree char *target = g_build_filename(recordings, recording, NULL);
	g_autofree char *link = g_build_filename(runs, recording, NULL);

	g_assert_true(symlink(target, link) == 0 || g_file_test(link, G_FILE_TEST_EXISTS));
	note(s, cell, recording, outcome);
}

static void check_state(const MatrixResult *result, guint i, CellState state, const char *verdict, const char *why)
{
	const MatrixCell *cell = result->cells->pdata[i];

	g_assert_cmpint(cell->state, ==, state);
	g_assert_cmpstr(matrixcell_verdict(cell), ==, verdict);
	if (!why)
		g_assert_null(cell->why);
	else if (!strstr(cell->why, why))
		g_error("'%s' lacks '%s'", cell->why, why);
}

static void test_states(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixResult) result = NULL;
	const MatrixCell *c;

	note_recording(s, "a", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "b", "fail-unfixed-100g", VERDICT_FAIL);
	note_recording(s, "c", "fail-unfixed-100g", VERDICT_FAIL);
	result = matrixresult_load(s->path, NULL);
	check_state(result, 0, CELL_MET, "PASS", NULL);
	check_state(result, 1, CELL_UNMET, "FAIL", "expected PASS, came out as FAIL scratch-not-cma: ");
	check_state(result, 2, CELL_MET, "FAIL", NULL);
	check_state(result, 3, CELL_NOT_RUN, "-", "not run");
	g_assert_cmpuint(result->counts[CELL_MET], ==, 2);
	g_assert_cmpuint(result->counts[CELL_UNMET], ==, 1);
	g_assert_cmpuint(result->counts[CELL_NOT_RUN], ==, 1);
	c = result->cells->pdata[2];
	g_assert_cmpint(c->found, ==, 20);
	g_assert_cmpint(c->expected, ==, 3244);
}

/* What should fail and passes; a failure for another reason; both kinds of error; a host that cannot; no kernel. */
static void test_other_states(Sandbox *s, gconstpointer data)
{
	const BuildAttempt build = { .kernel = (char *)"7.1",
				     .series = (char *)"central",
				     .profile = (char *)"check",
				     .outcome = VERDICT_ERROR,
				     .said = (char *)"hunk 3" };
	g_autoptr(MatrixResult) result = NULL;
	g_autoptr(MatrixResult) later = NULL;

	note_recording(s, "a", "without-kho", VERDICT_ERROR);
	note(s, "a", NULL, VERDICT_ERROR);
	note(s, "b", NULL, VERDICT_SKIP);
	note_recording(s, "c", "pass-central-4g-2n", VERDICT_PASS);
	g_assert_true(matrixdir_note_build(s->dir, &build, 1, NULL));
	result = matrixresult_load(s->path, NULL);
	check_state(result, 0, CELL_ERROR, "ERROR", "it broke");
	check_state(result, 1, CELL_SKIPPED, "SKIP", "no reason given");
	check_state(result, 2, CELL_UNMET, "PASS", "expected FAIL scratch-not-cma, came out as PASS");
	check_state(result, 3, CELL_ERROR, "ERROR", "its kernel could not be built: hunk 3");

	note_recording(s, "c", "early-panic", VERDICT_FAIL);
	later = matrixresult_load(s->path, NULL);
	check_state(later, 2, CELL_UNMET, "FAIL", "came out as FAIL guest-panic");
}

static void test_outputs(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixResult) result = NULL;
	g_autoptr(JsonObject) object = NULL;
	g_autofree char *text = NULL, *json = NULL, *junit = NULL, *markdown = NULL, *tap = NULL;
	g_auto(GStrv) lines = NULL;

	note_recording(s, "a", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "b", "fail-unfixed-100g", VERDICT_FAIL);
	note(s, "d", NULL, VERDICT_ERROR);
	note(s, "d", NULL, VERDICT_ERROR);
	result = matrixresult_load(s->path, NULL);
	text = matrix_to_text(result);
	markdown = matrix_to_markdown(result);
	json = matrix_to_json(result);
	junit = matrix_to_junit(result);
	tap = matrix_to_tap(result);
	check_has(text, "FAIL 20/3244 (!)");
	check_has(text, " 1n 2p ");
	check_has(text, " 2n 2p ");
	check_has(text, "\nb: not as expected: expected PASS, came out as FAIL scratch-not-cma: ");
	check_has(text, "(runs/fail-unfixed-100g)\n");
	check_has(text, "\nd: attempt 1 was an error: it broke (no run directory)\n");
	check_has(text, "\n4 cells: 1 as expected, 1 not as expected, 1 error, 1 not run.");
	check_has(markdown, "| FAIL 20/3244 (!) |");
	lines = g_strsplit(text, "\n", 8);
	for (guint i = 2; i < 6; i++)
		g_assert_cmpuint(strlen(lines[i]), <=, 120);
	object = json_parse_object(json, -1, "matrix.json", NULL);
	g_assert_cmpint(json_get_int(object, "not_as_expected"), ==, 1);
	g_assert_cmpint(json_get_int(object, "errors"), ==, 1);
	g_assert_cmpuint(json_array_get_length(json_get_array(object, "cells")), ==, 4);
	check_has(junit, "tests=\"4\" failures=\"1\" errors=\"2\" skipped=\"0\"");
	check_has(junit, "<error message=\"not run yet\"/>");
	check_has(tap, "\nnot ok 3 - some: c\n");
	check_has(junit, "<failure message=\"expected PASS, came out as FAIL scratch-not-cma");
}

/* The same place in the table, more than once. */
static void test_repeats(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixResult) same = NULL;
	g_autoptr(MatrixResult) differ = NULL;
	g_autofree char *first = NULL, *second = NULL, *path = matrixdir_file(s->dir, MATRIX_CELLS);
	g_autofree char *cells = NULL;
	g_auto(GStrv) parts = NULL;

	/* b becomes a repeat of a */
	g_assert_true(g_file_get_contents(path, &cells, NULL, NULL));
	parts = g_strsplit(cells, "2147483648", 2);
	g_free(cells);
	cells = g_strjoinv("1073741824", parts);
	g_assert_true(g_file_set_contents(path, cells, -1, NULL));

	note_recording(s, "a", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "b", "pass-central-4g-2n", VERDICT_PASS);
	same = matrixresult_load(s->path, NULL);
	first = matrix_to_text(same);
	check_has(first, "x2");
	g_assert_null(strstr(first, "x2 (!)"));
	note_recording(s, "b", "fail-unfixed-100g", VERDICT_FAIL);
	differ = matrixresult_load(s->path, NULL);
	second = matrix_to_text(differ);
	check_has(second, "PASS,FAIL ");
	check_has(second, "(!)");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Sandbox *, gconstpointer);
	} tests[] = {
		{ "/matrixdir/pending", test_pending },
		{ "/matrixdir/pending-skipped", test_pending_skipped },
		{ "/matrixdir/links", test_links },
		{ "/matrixdir/plan-link", test_plan_link },
		{ "/matrixdir/torn", test_torn },
		{ "/matrixdir/zeros", test_zeros },
		{ "/matrixdir/spent", test_spent },
		{ "/matrixdir/begun", test_begun },
		{ "/matrixdir/lock", test_lock },
		{ "/matrixdir/old-journal", test_old_journal },
		{ "/matrixdir/sweep", test_sweep },
		{ "/matrixdir/cells", test_cells },
		{ "/matrixdir/refused", test_refused },
		{ "/matrix-report/states", test_states },
		{ "/matrix-report/other-states", test_other_states },
		{ "/matrix-report/outcome", test_outcome },
		{ "/matrix-report/skipped-is-said", test_skipped_is_said },
		{ "/matrix-report/outputs", test_outputs },
		{ "/matrix-report/repeats", test_repeats },
	};

	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_assert_nonnull(recordings);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Sandbox, NULL, set_up, tests[i].func, tear_down);
	return g_test_run();
}
