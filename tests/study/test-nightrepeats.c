// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Repeats of a cell that do not belong together: a night that was cut off may go on elsewhere, or with another kernel.
 * Argument: a recording.
 */
#include "../recorded.h"

#include <base/files.h>
#include <study/nightverdict.h>

#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder, *runs;
} Matrix;

/* A matrix with one cell, run so often; docs/matrix.md has the files. Runs are still to come. */
static void set_up(Matrix *m, gconstpointer data)
{
	const guint repeats = 3;
	g_autofree char *cells = NULL, *journal = NULL;
	g_autoptr(GString) json = g_string_new(
		"{\"schema\":1,\"plan\":\"p\",\"summary\":\"\",\"asked\":[\"khotest\",\"matrix\"],\"cells\":[");
	g_autoptr(GString) lines = g_string_new(NULL);

	m->folder = g_dir_make_tmp("khotest-nightrepeats-XXXXXX", NULL);
	m->runs = g_build_filename(m->folder, "runs", NULL);
	cells = g_build_filename(m->folder, "cells.json", NULL);
	journal = g_build_filename(m->folder, "journal.jsonl", NULL);
	g_assert_true(files_mkdirs(m->runs, NULL));
	for (guint i = 1; i <= repeats; i++) {
		g_string_append_printf(json,
				       "%s{\"id\":\"c/#%u\",\"block\":\"b\",\"kernel\":\"7.1\",\"series\":\"s\","
				       "\"profile\":\"check\",\"mode\":\"wall\",\"expect\":\"PASS\","
				       "\"memory_bytes\":1048576,\"nodes\":1,\"cpus\":2,\"hops\":2,\"repeat\":%u,"
				       "\"alone\":true}",
				       i == 1 ? "" : ",", i, i);
		g_string_append_printf(
			lines,
			"{\"event\":\"attempt\",\"cell\":\"c/#%u\",\"run\":\"r%u\",\"status\":0,\"wall_ns\":1}\n", i,
			i);
	}
	g_string_append(json, "]}");
	g_assert_true(files_write(cells, json->str, json->len, NULL));
	g_assert_true(files_write(journal, lines->str, lines->len, NULL));
}

static void tear_down(Matrix *m, gconstpointer data)
{
	g_assert_true(files_remove_tree(m->folder, NULL));
	g_free(m->folder);
	g_free(m->runs);
}

static void add_run(const Matrix *m, const char *name, bool elsewhere)
{
	g_autofree char *path = elsewhere ? recorded_elsewhere(m->runs, name) : recorded_copy(m->runs, name);

	g_assert_nonnull(path);
}

static MatrixResult *load(const Matrix *m)
{
	g_autoptr(GError) error = NULL;
	MatrixResult *matrix = matrixresult_load(m->folder, &error);

	g_assert_no_error(error);
	return matrix;
}

/* One cell, with init2 of so many runs, and that said of the others; NULL: nothing. */
static void check_cell(const MatrixResult *matrix, guint runs, const char *left_out)
{
	NightFacts *facts = nightfacts_new();
	g_autoptr(Night) night = NULL;
	const NightCell *cell;
	g_autofree char *text = NULL;

	facts->id = g_strdup("2026-11-01");
	night = night_new(facts, matrix);
	g_assert_cmpuint(night->cells->len, ==, 1);
	cell = night->cells->pdata[0];
	g_assert_cmpuint(cell->runs, ==, 3);
	g_assert_cmpuint(nightcell_figure(cell, metric_find("init2"))->values->len, ==, runs);
	g_test_message("%s", cell->left_out ? cell->left_out : "nothing is left out");
	g_assert_true(left_out ? strstr(cell->left_out, left_out) != NULL : !cell->left_out);
	text = night_to_summary(night, "m");
	g_assert_true(!left_out || strstr(text, left_out));
}

static void test_same(Matrix *m, gconstpointer data)
{
	g_autoptr(MatrixResult) matrix = NULL;

	add_run(m, "r1", false);
	add_run(m, "r2", false);
	add_run(m, "r3", false);
	matrix = load(m);
	check_cell(matrix, 3, NULL);
}

static void test_elsewhere(Matrix *m, gconstpointer data)
{
	g_autoptr(MatrixResult) matrix = NULL;

	add_run(m, "r1", false);
	add_run(m, "r2", true);
	add_run(m, "r3", false);
	matrix = load(m);
	check_cell(matrix, 2, "1 run is left out, as figures of different things cannot be compared: accelerator");
}

static void test_other_kernel(Matrix *m, gconstpointer data)
{
	g_autoptr(MatrixResult) matrix = NULL;
	const Plan *plan;

	add_run(m, "r1", false);
	add_run(m, "r2", false);
	add_run(m, "r3", false);
	matrix = load(m);
	plan = matrixcell_result(matrix->cells->pdata[2])->plan;
	for (guint n = 0; n < plan_hops(plan); n++) {
		PlanHop *hop = plan->hops->pdata[n];

		g_free(hop->sha256);
		hop->sha256 = g_strdup("ffffffffffffffff");
	}
	check_cell(matrix, 2, "kernel 1: SHA-256 ");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	recorded_path = argv[1];
	g_test_add("/nightrepeats/same", Matrix, NULL, set_up, test_same, tear_down);
	g_test_add("/nightrepeats/elsewhere", Matrix, NULL, set_up, test_elsewhere, tear_down);
	g_test_add("/nightrepeats/other-kernel", Matrix, NULL, set_up, test_other_kernel, tear_down);
	return g_test_run();
}
