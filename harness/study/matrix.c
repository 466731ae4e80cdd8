// SPDX-License-Identifier: GPL-2.0-or-later
/* A matrix directory becomes values: every cell is judged again from its run directory. */
#include <study/matrix.h>

#include <string.h>

const char *cell_state_name(CellState state)
{
	static const char *const names[] = {
		[CELL_MET] = "as expected", [CELL_UNMET] = "not as expected", [CELL_SKIPPED] = "skipped",
		[CELL_ERROR] = "error",	    [CELL_NOT_RUN] = "not run",
	};

	return names[state];
}

static void attempt_free(gpointer data)
{
	MatrixAttempt *attempt = data;

	result_free(attempt->result);
	g_free(attempt);
}

static void cell_result_free(gpointer data)
{
	MatrixCell *cell = data;

	g_ptr_array_unref(cell->attempts);
	g_free(cell->why);
	g_free(cell);
}

void matrixresult_free(MatrixResult *result)
{
	if (!result)
		return;
	g_clear_pointer(&result->cells, g_ptr_array_unref);
	matrixjournal_free(result->journal);
	matrixdir_free(result->dir);
	g_free(result);
}

static const MatrixAttempt *last_attempt(const MatrixCell *cell)
{
	return cell->attempts->len ? cell->attempts->pdata[cell->attempts->len - 1] : NULL;
}

Result *matrixcell_result(const MatrixCell *cell)
{
	const MatrixAttempt *last = last_attempt(cell);

	return last ? last->result : NULL;
}

static int by_size(gconstpointer a, gconstpointer b)
{
	guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

	return (x > y) - (x < y);
}

GArray *matrix_sizes(const MatrixResult *result, const char *block)
{
	GArray *sizes = g_array_new(FALSE, FALSE, sizeof(guint64));

	for (guint i = 0; i < result->cells->len; i++) {
		const Cell *cell = ((const MatrixCell *)result->cells->pdata[i])->cell;
		bool known = block && strcmp(cell->block, block) != 0;

		for (guint s = 0; s < sizes->len; s++)
			known |= g_array_index(sizes, guint64, s) == cell->guest.memory_bytes;
		if (!known)
			g_array_append_val(sizes, cell->guest.memory_bytes);
	}
	g_array_sort(sizes, by_size);
	return sizes;
}

const char *matrixcell_verdict(const MatrixCell *cell)
{
	const MatrixAttempt *last = last_attempt(cell);

	if (!last)
		return cell->state == CELL_ERROR ? "ERROR" : cell->state == CELL_SKIPPED ? "SKIP" : "-";
	if (last->attempt->outcome == VERDICT_SKIP)
		return "SKIP";
	if (!last->result || !verdict_kind_judged(last->attempt->outcome))
		return "ERROR";
	return verdict_kind_name(last->result->verdict->kind);
}

const char *matrixattempt_outcome(const MatrixAttempt *attempt)
{
	return attempt->attempt->outcome == VERDICT_SKIP ? "skipped" : "an error";
}

const char *matrixattempt_why(const MatrixAttempt *attempt)
{
	const Verdict *verdict = attempt->result ? attempt->result->verdict : NULL;

	if (verdict && verdict->reasons->len)
		return ((Reason *)verdict->reasons->pdata[0])->text;
	if (attempt->attempt->said)
		return attempt->attempt->said;
	return attempt->attempt->run && !attempt->result ? "its run directory is gone, or cannot be read"
							 : "no reason given";
}

const Reason *matrixcell_reason(const MatrixCell *cell)
{
	const MatrixAttempt *last = last_attempt(cell);

	return last && last->result && last->result->verdict->reasons->len ? last->result->verdict->reasons->pdata[0]
									   : NULL;
}

char *matrixcell_run(const MatrixCell *cell)
{
	for (guint i = cell->attempts->len; i > 0; i--) {
		const MatrixAttempt *attempt = cell->attempts->pdata[i - 1];

		if (attempt->attempt->run)
			return g_build_filename("runs", attempt->attempt->run, NULL);
	}
	return NULL;
}

static bool meets(const Cell *cell, const Result *result)
{
	const Verdict *verdict = result->verdict;
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < verdict->reasons->len; i++)
		g_ptr_array_add(ids, (gpointer)((Reason *)verdict->reasons->pdata[i])->id);
	g_ptr_array_add(ids, NULL);
	return cell_meets(cell, verdict_kind_name(verdict->kind), (const char *const *)ids->pdata,
			  result_as_expected(result));
}

/* The second kernel's pageblocks; a cell without a handover has none to count. */
static void count_blocks(MatrixCell *cell, const Result *result)
{
	const Oracle *oracle = result_oracle(result, 1);

	if (!oracle)
		return;
	cell->found = (gint64)oracle->found;
	cell->expected = (gint64)oracle->expected;
}

/* The first kernel of the cell that could not be built; NULL. */
static const BuildAttempt *failed_build(const Cell *cell, const MatrixJournal *journal)
{
	g_autoptr(GPtrArray) parts = cell_parts(cell);

	for (guint i = 0; i < parts->len; i++) {
		const BuildAttempt *build = matrixjournal_build(journal, parts->pdata[i]);

		if (build && build->outcome != VERDICT_PASS)
			return build;
	}
	return NULL;
}

/* A cell that was never tried: not yet, or because there is no kernel for it. */
static void judge_untried(MatrixCell *cell, const MatrixJournal *journal)
{
	const BuildAttempt *build = failed_build(cell->cell, journal);

	if (!build && journal->damaged) {
		cell->state = CELL_ERROR;
		cell->why = g_strdup_printf("%u line%s of the matrix's journal %s damaged, and may have told of it",
					    journal->damaged, journal->damaged == 1 ? "" : "s",
					    journal->damaged == 1 ? "is" : "are");
		return;
	}
	if (!build) {
		cell->state = CELL_NOT_RUN;
		cell->why = g_strdup("not run yet");
		return;
	}
	cell->state = build->outcome == VERDICT_SKIP ? CELL_SKIPPED : CELL_ERROR;
	cell->why =
		g_strdup_printf("its kernel%s%s could not be built: %s", cell->cell->chain ? " " : "",
				cell->cell->chain ? build->kernel : "", build->said ? build->said : "no reason given");
}

/* Of a cell that leaves it to its run, what that one expected. Caller frees. */
static char *expectation_of(const MatrixCell *cell)
{
	const Result *result = matrixcell_result(cell);
	const Plan *plan = result ? result->plan : NULL;

	if (!plan || strcmp(cell->cell->expect, CELL_EXPECT_RUN) != 0)
		return cell_expectation(cell->cell);
	return g_strdup_printf("%s%s%s", plan->expect, plan->expect_reason ? " " : "",
			       plan->expect_reason ? plan->expect_reason : "");
}

static void judge_tried(MatrixCell *cell)
{
	const MatrixAttempt *last = last_attempt(cell);
	const char *verdict = matrixcell_verdict(cell);
	const Reason *reason = matrixcell_reason(cell);
	g_autofree char *expectation = expectation_of(cell);

	if (strcmp(verdict, "SKIP") == 0 || strcmp(verdict, "ERROR") == 0) {
		cell->state = strcmp(verdict, "SKIP") == 0 ? CELL_SKIPPED : CELL_ERROR;
		cell->why = g_strdup_printf("%s%s%s", reason ? reason->id : "", reason ? ": " : "",
					    matrixattempt_why(last));
		return;
	}
	count_blocks(cell, last->result);
	cell->state = meets(cell->cell, last->result) ? CELL_MET : CELL_UNMET;
	if (cell->state == CELL_UNMET)
		cell->why =
			g_strdup_printf("expected %s, came out as %s%s%s%s%s", expectation, verdict, reason ? " " : "",
					reason ? reason->id : "", reason ? ": " : "", reason ? reason->text : "");
}

static MatrixCell *cell_result_new(const MatrixResult *result, const Cell *cell)
{
	MatrixCell *one = g_new0(MatrixCell, 1);

	one->cell = cell;
	one->found = one->expected = -1;
	one->attempts = g_ptr_array_new_with_free_func(attempt_free);
	for (guint i = 0; i < result->journal->attempts->len; i++) {
		const Attempt *attempt = result->journal->attempts->pdata[i];
		g_autofree char *runs = NULL, *path = NULL;
		MatrixAttempt *tried;

		if (strcmp(attempt->cell, cell->id) != 0)
			continue;
		runs = matrixdir_file(result->dir, MATRIX_RUNS);
		path = attempt->run ? g_build_filename(runs, attempt->run, NULL) : NULL;
		tried = g_new0(MatrixAttempt, 1);
		tried->attempt = attempt;
		tried->result = path ? result_load(path, NULL) : NULL;
		g_ptr_array_add(one->attempts, tried);
	}
	if (one->attempts->len)
		judge_tried(one);
	else
		judge_untried(one, result->journal);
	return one;
}

VerdictKind matrix_outcome(const MatrixResult *result)
{
	if (result->counts[CELL_ERROR] || result->counts[CELL_NOT_RUN])
		return VERDICT_ERROR;
	if (result->counts[CELL_UNMET])
		return VERDICT_FAIL;
	return result->counts[CELL_SKIPPED] || !result->cells->len ? VERDICT_SKIP : VERDICT_PASS;
}

MatrixResult *matrixresult_load(const char *path, GError **error)
{
	g_autoptr(MatrixResult) result = g_new0(MatrixResult, 1);

	result->dir = matrixdir_open(path, false, error);
	if (!result->dir)
		return NULL;
	result->journal = matrixdir_journal(result->dir);
	result->cells = g_ptr_array_new_with_free_func(cell_result_free);
	for (guint i = 0; i < result->dir->cells->len; i++) {
		MatrixCell *cell = cell_result_new(result, result->dir->cells->pdata[i]);

		result->counts[cell->state]++;
		g_ptr_array_add(result->cells, cell);
	}
	return g_steal_pointer(&result);
}
