// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/matrix.h>

static void put_attempts(JsonBuilder *b, const MatrixCell *cell)
{
	json_begin_array(b, "attempts");
	for (guint i = 0; i < cell->attempts->len; i++) {
		const MatrixAttempt *one = cell->attempts->pdata[i];
		const Verdict *verdict = one->result ? one->result->verdict : NULL;

		json_builder_begin_object(b);
		json_put_string(b, "run", one->attempt->run);
		json_put_string(b, "outcome", verdict_kind_name(one->attempt->outcome));
		json_put_string(b, "verdict", verdict ? verdict_kind_name(verdict->kind) : NULL);
		json_begin_array(b, "reasons");
		for (guint r = 0; verdict && r < verdict->reasons->len; r++)
			json_add_string(b, ((Reason *)verdict->reasons->pdata[r])->id);
		json_builder_end_array(b);
		json_put_string(b, "said", one->attempt->said);
		json_put_int_or_null(b, "wall_ns", one->attempt->wall_ns);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_cell(JsonBuilder *b, const MatrixCell *cell)
{
	json_builder_begin_object(b);
	json_builder_set_member_name(b, "cell");
	cell_put(cell->cell, b);
	json_put_string(b, "verdict", cell->attempts->len ? matrixcell_verdict(cell) : NULL);
	json_put_string(b, "state", cell_state_name(cell->state));
	json_put_string(b, "why", cell->why);
	json_put_int_or_null(b, "found_cma_pageblocks", cell->found);
	json_put_int_or_null(b, "expected_cma_pageblocks", cell->expected);
	put_attempts(b, cell);
	json_builder_end_object(b);
}

char *matrix_to_json(const MatrixResult *result)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", MATRIXDIR_SCHEMA);
	json_put_string(b, "plan", result->dir->plan);
	json_put_string(b, "summary", result->dir->summary);
	json_put_strings(b, "asked", (const char *const *)result->dir->asked);
	json_put_int(b, "as_expected", result->counts[CELL_MET]);
	json_put_int(b, "not_as_expected", result->counts[CELL_UNMET]);
	json_put_int(b, "skipped", result->counts[CELL_SKIPPED]);
	json_put_int(b, "errors", result->counts[CELL_ERROR]);
	json_put_int(b, "not_run", result->counts[CELL_NOT_RUN]);
	json_begin_array(b, "cells");
	for (guint i = 0; i < result->cells->len; i++)
		put_cell(b, result->cells->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
