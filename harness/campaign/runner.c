// SPDX-License-Identifier: GPL-2.0-or-later
/* The matrix at work: kernels, then cells, as many at a time as the host takes. */
#include <campaign/runner.h>

#include "cellrun.h"
#include "processes.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <run/budget.h>
#include <run/deadline.h>
#include <store/rundir.h>

/* How often the progress line is looked at while nothing ends. */
#define TICK_US (G_USEC_PER_SEC / 2)
#define NS_PER_S ((gint64)1000000000)
/* Of what a cell has taken, if that is more than it should have: so much is still to come. */
#define OVERDUE_PART 4

typedef struct {
	MatrixDir *dir;
	const RunnerSpec *spec;
	GPtrArray *pending;	      /* Cell, borrowed */
	GPtrArray *running;	      /* CellRun */
	GHashTable *errors;	      /* cell id to number of attempts that were errors */
	bool stopped;		      /* the journal cannot be written */
	guint ended, unmet, skipped;  /* cells */
	gint64 expected_ns, taken_ns; /* of all attempts that have ended, and how long the estimate gave them */
	char *runs;
} Runner;

Capacity runner_capacity(guint jobs)
{
	g_autoptr(HostFacts) facts = hostfacts_read();
	gint64 available = budget_available(facts);

	return (Capacity){
		.jobs = jobs ? jobs : MAX(facts->cpus, 1),
		.memory = available < 0 ? -1 : MAX(0, available - (gint64)BUDGET_RESERVE),
	};
}

/*
 * Where -j asks for more cells than there are cores each is slower by as much, and
 * the deadline that its run would have moves: a verdict must not come from the
 * host's being busy. 0 leaves the deadline to the run.
 */
static gint64 timeout_for(const CellRun *run, const Paths *paths, guint jobs)
{
	guint cores = MAX(g_get_num_processors(), 1);

	return run->cell->alone || jobs <= cores
		       ? 0
		       : 2 * deadline_of_request(&run->request, paths) * ((jobs + cores - 1) / cores);
}

static GPtrArray *running_cells(const Runner *runner)
{
	GPtrArray *cells = g_ptr_array_new();

	for (guint i = 0; i < runner->running->len; i++)
		g_ptr_array_add(cells, (gpointer)((CellRun *)runner->running->pdata[i])->cell);
	return cells;
}

/* Cells are waiting, and are to be run. */
static bool goes_on(const Runner *runner)
{
	bool late = runner->spec->until_us && g_get_monotonic_time() >= runner->spec->until_us;

	return runner->pending->len && !late && !runner->stopped && !g_cancellable_is_cancelled(runner->spec->cancel);
}

static void start_cells(Runner *runner)
{
	Capacity capacity = runner_capacity(runner->spec->jobs);

	while (goes_on(runner)) {
		g_autoptr(GPtrArray) running = running_cells(runner);
		int next = schedule_next(runner->pending, running, &capacity);
		const Cell *cell;
		CellRun *run;

		if (next < 0)
			return;
		cell = g_ptr_array_remove_index(runner->pending, (guint)next);
		run = cellrun_new(cell, runner->runs, runner->spec->memory_dir, 0);
		run->request.timeout_ns = timeout_for(run, runner->spec->paths, capacity.jobs);
		g_ptr_array_add(runner->running, run);
		executor_start(runner->spec->executor, &run->request, run);
		log_detail("begin %s", cell->id);
	}
}

/*
 * A ScheduleCostFunc, of what is left of a cell; data is the Runner. By the estimate, and by how much longer than that
 * those before it took. One that takes longer still has some of what it has had before it.
 */
static gint64 remaining(const Cell *cell, gpointer data)
{
	const Runner *runner = data;
	double slower = runner->expected_ns > 0 ? MAX((double)runner->taken_ns / (double)runner->expected_ns, 1) : 1;
	gint64 ns = (gint64)((double)estimate_cell(cell, runner->spec->estimate) * slower), had_ns = 0;

	for (guint i = 0; i < runner->running->len; i++) {
		const CellRun *run = runner->running->pdata[i];

		if (run->cell == cell)
			had_ns = (g_get_monotonic_time() - run->began_us) * 1000;
	}
	return MAX(MAX(ns - had_ns, had_ns / OVERDUE_PART), NS_PER_S);
}

/* "7/9 cells, 1 not as expected, 2 skipped" */
static char *sum_text(const Runner *runner)
{
	g_autofree char *skipped = runner->skipped ? g_strdup_printf(", %u skipped", runner->skipped) : g_strdup("");

	return g_strdup_printf("%u/%u cells, %u not as expected%s", runner->ended, runner->dir->cells->len,
			       runner->unmet, skipped);
}

static void show_progress(Runner *runner)
{
	g_autoptr(GPtrArray) left = running_cells(runner);
	g_autoptr(GString) names = g_string_new(NULL);
	g_autofree char *time = NULL, *sum = NULL;
	Capacity capacity = { .jobs = runner_capacity(runner->spec->jobs).jobs, .memory = -1 };

	for (guint i = 0; i < left->len; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", ((Cell *)left->pdata[i])->id);
	for (guint i = 0; i < runner->pending->len; i++)
		g_ptr_array_add(left, runner->pending->pdata[i]);
	time = estimate_format(schedule_length(left, &capacity, remaining, runner));
	sum = sum_text(runner);
	log_progress_update("%s, about %s left; %s", sum, time, names->str);
}

static guint count_error(Runner *runner, const Cell *cell)
{
	guint errors = GPOINTER_TO_UINT(g_hash_table_lookup(runner->errors, cell->id)) + 1;

	g_hash_table_insert(runner->errors, cell->id, GUINT_TO_POINTER(errors));
	return errors;
}

/* One attempt is over: into the journal, and said. */
static bool take(Runner *runner, const Cell *cell, const RunOutcome *run, GError **error)
{
	const Attempt attempt = {
		.cell = cell->id, .run = run->run, .outcome = run->outcome, .wall_ns = run->wall_ns, .said = run->said
	};
	g_autofree char *expected = cell_expectation(cell);
	const char *reason = run->reasons && run->reasons[0] ? run->reasons[0] : "";
	const char *why = *reason ? reason : run->said ? run->said : "it did not say why";
	/* what leaves no result has no verdict, whatever it says */
	const char *verdict = verdict_kind_name(run->run ? run->outcome : VERDICT_ERROR);
	bool met;

	if (run->cut_off)
		return true;
	runner->expected_ns += estimate_cell(cell, runner->spec->estimate);
	runner->taken_ns += run->wall_ns;
	if (!matrixdir_note_attempt(runner->dir, &attempt, error))
		return false;
	if (run->outcome == VERDICT_SKIP) {
		runner->ended++;
		runner->skipped++;
		log_info("%s: SKIP, it could not be judged: %s", cell->id, why);
		return true;
	}
	if (!verdict_kind_judged(run->outcome) && count_error(runner, cell) < ATTEMPTS_MAX) {
		log_warn("%s: the harness failed, it is tried again: %s", cell->id, why);
		g_ptr_array_add(runner->pending, (gpointer)cell);
		return true;
	}
	met = run->run && cell_meets(cell, verdict, (const char *const *)run->reasons, run->as_planned);
	runner->ended++;
	runner->unmet += !met;
	log_info("%s: %s%s%s, %s%s (%.1f s)", cell->id, verdict, *reason ? " " : "", reason,
		 met ? "as expected" : "NOT as expected: ", met ? "" : expected, (double)run->wall_ns / 1e9);
	return true;
}

/* Until everything has ended, or is cut off. The first error stops all. */
static bool work(Runner *runner, GError **error)
{
	bool ok = true;

	while (runner->running->len || goes_on(runner)) {
		g_autoptr(RunOutcome) outcome = NULL;
		CellRun *run;

		start_cells(runner);
		if (!runner->running->len)
			break;
		outcome = executor_take(runner->spec->executor, TICK_US);
		show_progress(runner);
		if (!outcome)
			continue;
		run = (CellRun *)outcome->of;
		if (!take(runner, run->cell, outcome, ok ? error : NULL)) {
			ok = false;
			runner->stopped = true;
			executor_cancel(runner->spec->executor);
		}
		g_ptr_array_remove(runner->running, run);
		cellrun_free(run);
	}
	return ok && !cancel_check(runner->spec->cancel, error);
}

static const Build *build_of(GPtrArray *builds, const Cell *cell)
{
	for (guint i = 0; i < builds->len; i++)
		if (build_is_for(builds->pdata[i], cell))
			return builds->pdata[i];
	return NULL;
}

/*
 * What became of the first kernel of the cell that could not be built; VERDICT_PASS: of none. One that there was no
 * time to build is not there all the same, but then no cell is begun either.
 */
static VerdictKind outcome_of_builds(const Cell *cell, GPtrArray *builds, const MatrixJournal *journal)
{
	g_autoptr(GPtrArray) parts = cell_parts(cell);

	for (guint i = 0; i < parts->len; i++) {
		const BuildAttempt *attempt = matrixjournal_build(journal, parts->pdata[i]);

		if (!build_of(builds, parts->pdata[i])->cached && attempt && attempt->outcome != VERDICT_PASS)
			return attempt->outcome;
	}
	return VERDICT_PASS;
}

/* Cells whose kernel could not be built are not run: the journal has why, and they count as not as expected. */
static void drop_unbuilt(Runner *runner, GPtrArray *builds, const MatrixJournal *journal)
{
	for (guint i = 0; i < runner->pending->len;) {
		const Cell *cell = runner->pending->pdata[i];
		VerdictKind outcome = outcome_of_builds(cell, builds, journal);

		if (outcome == VERDICT_PASS) {
			i++;
			continue;
		}
		runner->ended++;
		if (outcome == VERDICT_SKIP)
			runner->skipped++;
		else
			runner->unmet++;
		g_ptr_array_remove_index(runner->pending, i);
	}
}

/* Whether an attempt of an earlier process was as expected, by the result that it left. */
static bool met_before(const Runner *runner, const Cell *cell, const Attempt *attempt)
{
	g_autofree char *path = attempt->run ? g_build_filename(runner->runs, attempt->run, NULL) : NULL;
	g_autoptr(RunDir) dir = path ? rundir_open(path, NULL) : NULL;
	g_autoptr(GBytes) bytes = dir ? rundir_read(dir, RUNDIR_RESULT) : NULL;
	g_autofree char *id = NULL;
	g_auto(GStrv) reasons = NULL;
	bool as_planned = false;

	if (!bytes)
		return false;
	process_read_result(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), &id, &reasons, &as_planned);
	return id && cell_meets(cell, verdict_kind_name(attempt->outcome), (const char *const *)reasons, as_planned);
}

/* What earlier processes did: cells that are done, and errors so far of those that are not. */
static void count_before(Runner *runner, const MatrixJournal *journal)
{
	for (guint i = 0; i < runner->dir->cells->len; i++) {
		const Cell *cell = runner->dir->cells->pdata[i];
		const Attempt *last = matrixjournal_last(journal, cell);

		if (!last)
			continue;
		if (g_ptr_array_find(runner->pending, cell, NULL)) {
			g_hash_table_insert(runner->errors, cell->id,
					    GUINT_TO_POINTER(matrixjournal_errors(journal, cell)));
			continue;
		}
		runner->ended++;
		runner->unmet += !met_before(runner, cell, last);
	}
}

/* Whatever has no verdict yet, once there are the kernels. */
static bool run_pending(Runner *runner, GPtrArray *builds, GError **error)
{
	g_autoptr(MatrixJournal) journal = matrixdir_journal(runner->dir);
	g_autofree char *sum = NULL;
	bool ok;

	count_before(runner, journal);
	drop_unbuilt(runner, builds, journal);
	log_progress_begin("matrix %s", runner->dir->plan);
	ok = work(runner, error);
	sum = sum_text(runner);
	log_progress_end("%s", sum);
	return ok;
}

/*
 * All was tried, unless there is a kernel that could not be built: to be resumed when
 * it can. What was skipped is tried again by whoever resumes it all the same.
 */
static bool note_end(MatrixDir *dir, GError **error)
{
	g_autoptr(MatrixJournal) journal = matrixdir_journal(dir);
	g_autoptr(GPtrArray) pending = matrixjournal_pending(journal, dir->cells);
	guint left = 0;

	for (guint i = 0; i < pending->len; i++) {
		const Attempt *last = matrixjournal_last(journal, pending->pdata[i]);

		left += !last || last->outcome != VERDICT_SKIP;
	}
	return left > 0 || matrixdir_note(dir, "end", error);
}

bool runner_run(MatrixDir *dir, const RunnerSpec *spec, GError **error)
{
	g_autoptr(MatrixJournal) before = matrixdir_journal(dir);
	g_autoptr(GPtrArray) pending = matrixjournal_pending(before, dir->cells);
	g_autoptr(GPtrArray) builds = builds_list(pending, spec->paths, spec->cancel, error);
	g_autoptr(GPtrArray) running = g_ptr_array_new();
	g_autoptr(GHashTable) errors = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *runs = matrixdir_file(dir, MATRIX_RUNS);
	Runner runner = {
		.dir = dir, .spec = spec, .pending = pending, .running = running, .errors = errors, .runs = runs
	};

	if (before->damaged)
		log_warn("%u line%s of its journal %s damaged: cells of which nothing is known are run again",
			 before->damaged, before->damaged == 1 ? "" : "s", before->damaged == 1 ? "is" : "are");
	if (!builds || !matrixdir_note(dir, "begin", error) ||
	    !builds_make(builds, spec->executable, dir, spec->until_us, spec->cancel, error))
		return false;
	return run_pending(&runner, builds, error) && note_end(dir, error);
}
