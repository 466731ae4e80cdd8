// SPDX-License-Identifier: GPL-2.0-or-later
#include "matrixsandbox.h"

#include <base/files.h>
#include <string.h>

GPtrArray *sandbox_cells(void)
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

void sandbox_set_up(Sandbox *s, gconstpointer data)
{
	static const char *const asked[] = { "khotest", "matrix", "some", NULL };
	g_autoptr(GPtrArray) cells = sandbox_cells();
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

void sandbox_tear_down(Sandbox *s, gconstpointer data)
{
	matrixdir_free(s->dir);
	files_remove_tree(s->folder, NULL);
	g_free(s->folder);
	g_free(s->path);
}

void sandbox_note(Sandbox *s, const char *cell, const char *run, VerdictKind outcome)
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

void sandbox_add_tests(const SandboxTest *tests)
{
	for (; tests->path; tests++)
		g_test_add(tests->path, Sandbox, NULL, sandbox_set_up, tests->func, sandbox_tear_down);
}

void sandbox_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("'%s' lacks '%s'", text, part);
}
