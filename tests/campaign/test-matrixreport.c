// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is said of a matrix. Runs are recorded run directories (tests/golden/recordings), reached by symbolic links.
 *
 * Argument: the folder of recordings.
 */
#include "matrixsandbox.h"

#include <base/error.h>
#include <base/files.h>
#include <report/matrix.h>
#include <report/tap.h>

#include <string.h>
#include <unistd.h>

static const char *recordings;

/* The recording of that name becomes the run of the cell. */
static void note_recording(Sandbox *s, const char *cell, const char *recording, VerdictKind outcome)
{
	g_autofree char *runs = matrixdir_file(s->dir, MATRIX_RUNS);
	g_autofree char *target = g_build_filename(recordings, recording, NULL);
	g_autofree char *link = g_build_filename(runs, recording, NULL);

	g_assert_true(symlink(target, link) == 0 || g_file_test(link, G_FILE_TEST_EXISTS));
	sandbox_note(s, cell, recording, outcome);
}

static void check_outcome(Sandbox *s, VerdictKind outcome)
{
	g_autoptr(MatrixResult) result = matrixresult_load(s->path, NULL);

	g_assert_cmpint(matrix_outcome(result), ==, outcome);
}

/* PASS needs a verdict for each: what was skipped is worse than that, and what failed worse than what was skipped. */
static void test_outcome(Sandbox *s, gconstpointer data)
{
	check_outcome(s, VERDICT_ERROR);
	note_recording(s, "a", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "b", "pass-central-4g-2n", VERDICT_PASS);
	note_recording(s, "c", "fail-unfixed-100g", VERDICT_FAIL);
	check_outcome(s, VERDICT_ERROR);
	sandbox_note(s, "d", NULL, VERDICT_SKIP);
	check_outcome(s, VERDICT_SKIP);
	note_recording(s, "d", "fail-unfixed-100g", VERDICT_FAIL);
	check_outcome(s, VERDICT_FAIL);
	note_recording(s, "d", "pass-central-4g-2n", VERDICT_PASS);
	check_outcome(s, VERDICT_PASS);
	sandbox_note(s, "b", NULL, VERDICT_SKIP);
	sandbox_note(s, "d", NULL, VERDICT_ERROR);
	check_outcome(s, VERDICT_ERROR);
}

static void test_skipped_is_said(Sandbox *s, gconstpointer data)
{
	g_autoptr(MatrixResult) result = NULL;
	g_autofree char *text = NULL;

	sandbox_note(s, "d", NULL, VERDICT_SKIP);
	note_recording(s, "d", "pass-central-4g-2n", VERDICT_PASS);
	sandbox_note(s, "a", NULL, VERDICT_SKIP);
	result = matrixresult_load(s->path, NULL);
	text = matrix_to_text(result);
	sandbox_has(text, "\nd: attempt 1 was skipped: no reason given (no run directory)\n");
	sandbox_has(text, "\na: skipped: no reason given (no run directory)\n");
	sandbox_has(text, ", 1 skipped, 2 not run.");
	sandbox_has(text, "--resume ");
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
	sandbox_note(s, "a", NULL, VERDICT_ERROR);
	sandbox_note(s, "b", NULL, VERDICT_SKIP);
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
	sandbox_note(s, "d", NULL, VERDICT_ERROR);
	sandbox_note(s, "d", NULL, VERDICT_ERROR);
	result = matrixresult_load(s->path, NULL);
	text = matrix_to_text(result);
	markdown = matrix_to_markdown(result);
	json = matrix_to_json(result);
	junit = matrix_to_junit(result);
	tap = matrix_to_tap(result);
	sandbox_has(text, "FAIL 20/3244 (!)");
	sandbox_has(text, " 1n 2p ");
	sandbox_has(text, " 2n 2p ");
	sandbox_has(text, "\nb: not as expected: expected PASS, came out as FAIL scratch-not-cma: ");
	sandbox_has(text, "(runs/fail-unfixed-100g)\n");
	sandbox_has(text, "\nd: attempt 1 was an error: it broke (no run directory)\n");
	sandbox_has(text, "\n4 cells: 1 as expected, 1 not as expected, 1 error, 1 not run.");
	sandbox_has(markdown, "| FAIL 20/3244 (!) |");
	lines = g_strsplit(text, "\n", 8);
	for (guint i = 2; i < 6; i++)
		g_assert_cmpuint(strlen(lines[i]), <=, 120);
	object = json_parse_object(json, -1, "matrix.json", NULL);
	g_assert_cmpint(json_get_int(object, "not_as_expected"), ==, 1);
	g_assert_cmpint(json_get_int(object, "errors"), ==, 1);
	g_assert_cmpuint(json_array_get_length(json_get_array(object, "cells")), ==, 4);
	sandbox_has(junit, "tests=\"4\" failures=\"1\" errors=\"2\" skipped=\"0\"");
	sandbox_has(junit, "<error message=\"not run yet\"/>");
	sandbox_has(tap, "\nnot ok 3 - some: c\n");
	sandbox_has(junit, "<failure message=\"expected PASS, came out as FAIL scratch-not-cma");
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
	sandbox_has(first, "x2");
	g_assert_null(strstr(first, "x2 (!)"));
	note_recording(s, "b", "fail-unfixed-100g", VERDICT_FAIL);
	differ = matrixresult_load(s->path, NULL);
	second = matrix_to_text(differ);
	sandbox_has(second, "PASS,FAIL ");
	sandbox_has(second, "(!)");
}

int main(int argc, char **argv)
{
	static const SandboxTest tests[] = {
		{ "/matrix-report/states", test_states },
		{ "/matrix-report/other-states", test_other_states },
		{ "/matrix-report/outcome", test_outcome },
		{ "/matrix-report/skipped-is-said", test_skipped_is_said },
		{ "/matrix-report/outputs", test_outputs },
		{ "/matrix-report/repeats", test_repeats },
		{ NULL, NULL },
	};

	g_test_init(&argc, &argv, NULL);
	recordings = argv[1];
	g_assert_nonnull(recordings);
	sandbox_add_tests(tests);
	return g_test_run();
}
