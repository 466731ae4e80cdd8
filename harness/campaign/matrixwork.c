// SPDX-License-Identifier: GPL-2.0-or-later
#include "selfpath.h"

#include <base/log.h>
#include <campaign/matrixwork.h>
#include <campaign/runner.h>
#include <store/begun.h>

static char *parent_of(const MatrixWork *work)
{
	return work->path ? g_path_get_dirname(work->path) : g_strdup(work->parent);
}

/* "212 cells, 280 runs", as a night counts; cells are in there once for each of their repeats. */
static char *size_of(const GPtrArray *cells)
{
	guint once = 0;

	for (guint i = 0; i < cells->len; i++)
		once += ((const Cell *)cells->pdata[i])->repeat == 1;
	return g_strdup_printf("%u cell%s, %u run%s", once, once == 1 ? "" : "s", cells->len,
			       cells->len == 1 ? "" : "s");
}

static void put_head(GString *out, const PlanFile *plan, GPtrArray *builds, Estimate *estimate, guint jobs)
{
	Capacity capacity = runner_capacity(jobs);
	GPtrArray *cells = plan->cells;
	g_autofree char *cells_time = estimate_format(schedule_length(cells, &capacity, estimate_cell, estimate));
	g_autofree char *builds_time = NULL, *size = size_of(cells);
	gint64 build_ns = 0;
	guint missing = 0;

	for (guint i = 0; i < builds->len; i++) {
		build_ns += ((Build *)builds->pdata[i])->estimate_ns;
		missing += !((Build *)builds->pdata[i])->cached;
	}
	builds_time = estimate_format(build_ns);
	g_string_append_printf(out, "%s: %s\n%s, %u at a time, about %s", plan->name, plan->summary, size,
			       capacity.jobs, cells_time);
	if (missing)
		g_string_append_printf(out, "; before that %u of %u kernels to build, about %s", missing, builds->len,
				       builds_time);
	g_string_append_c(out, '\n');
}

static void put_cells(GString *out, const PlanFile *plan, Estimate *estimate)
{
	for (guint i = 0; i < plan->cells->len; i++) {
		const Cell *cell = plan->cells->pdata[i];
		g_autofree char *expectation = cell_expectation(cell);
		g_autofree char *time = estimate_format(estimate_cell(cell, estimate));

		g_string_append_printf(out, "%s  %s  %s\n", cell->id, expectation, time);
	}
}

char *matrixwork_outline(const MatrixWork *work, const PlanFile *plan, bool cells, GError **error)
{
	g_autoptr(GPtrArray) builds = builds_list(plan->cells, work->paths, work->cancel, error);
	g_autofree char *parent = parent_of(work);
	g_autoptr(Estimate) estimate = NULL;
	GString *out;

	if (!builds)
		return NULL;
	estimate = estimate_new(parent);
	out = g_string_new(NULL);
	put_head(out, plan, builds, estimate, work->jobs);
	if (cells)
		put_cells(out, plan, estimate);
	return g_string_free(out, FALSE);
}

/* A matrix of the same plan that did not come to its end, and on which nobody is at work. It is only looked at. */
static void mention_unfinished(const MatrixWork *work, const char *parent, const char *plan)
{
	g_auto(GStrv) paths = matrixdir_list(parent);

	for (char **path = paths; *path; path++) {
		g_autoptr(MatrixDir) dir = matrixdir_open(*path, false, NULL);
		g_autoptr(MatrixJournal) journal = dir ? matrixdir_journal(dir) : NULL;

		if (journal && !journal->ended && g_strcmp0(dir->plan, plan) == 0 && !matrixdir_busy(dir))
			log_info("an earlier %s of this plan was cut off: 'khotest %s --resume %s' goes on with it",
				 work->verb, work->verb, *path);
	}
}

/* What is derived from the run directories, into the matrix directory. */
static bool keep(const MatrixResult *result, GError **error)
{
	g_autofree char *json = matrix_to_json(result);
	g_autofree char *markdown = matrix_to_markdown(result);

	return matrixdir_write(result->dir, MATRIX_JSON, json, error) &&
	       matrixdir_write(result->dir, MATRIX_MARKDOWN, markdown, error);
}

static MatrixResult *carry_out(const MatrixWork *work, MatrixDir *dir, GError **error)
{
	g_autofree char *executable = selfpath(), *parent = g_path_get_dirname(dir->path);
	g_autoptr(Executor) executor = executor_of_processes(executable, work->paths, work->cancel);
	g_autoptr(Estimate) own = work->estimate ? NULL : estimate_new(parent);
	g_autoptr(MatrixResult) result = NULL;
	RunnerSpec spec = {
		.executor = executor,
		.executable = executable,
		.paths = work->paths,
		.memory_dir = work->memory_dir,
		.jobs = work->jobs,
		.estimate = own ? own : work->estimate,
		.until_us = work->until_us,
		.cancel = work->cancel,
	};

	if (!runner_run(dir, &spec, error)) {
		if (work->verb)
			g_prefix_error(error,
				       "the %s is not done ('khotest %s --resume %s' goes on with it): ", work->verb,
				       work->verb, dir->path);
		return NULL;
	}
	result = matrixresult_load(dir->path, error);
	return result && keep(result, error) ? g_steal_pointer(&result) : NULL;
}

static bool check_begun(const MatrixWork *work, const MatrixDir *dir, GError **error)
{
	g_autofree char *cells = matrixdir_file(dir, MATRIX_CELLS);

	return begun_check(work->paths->cache, cells, work->trust, error);
}

MatrixResult *matrixwork_begin(const MatrixWork *work, const PlanFile *plan, GError **error)
{
	g_autofree char *parent = parent_of(work);
	g_autofree char *path = work->path ? g_strdup(work->path) : matrixdir_name(parent, plan->name);
	g_autoptr(MatrixDir) dir = NULL;

	if (work->verb)
		mention_unfinished(work, parent, plan->name);
	dir = matrixdir_create(path,
			       &(MatrixPlan){ .name = plan->name,
					      .summary = plan->summary,
					      .sweep = plan->sweep,
					      .text = plan->text,
					      .asked = work->asked,
					      .cells = plan->cells,
					      .cache = work->paths->cache },
			       error);
	return dir ? carry_out(work, dir, error) : NULL;
}

MatrixResult *matrixwork_resume(const MatrixWork *work, const char *path, GError **error)
{
	g_autoptr(MatrixDir) dir = matrixdir_open(path, true, error);
	g_autoptr(MatrixJournal) journal = NULL;
	g_autoptr(GPtrArray) pending = NULL;

	if (!dir || !check_begun(work, dir, error))
		return NULL;
	journal = matrixdir_journal(dir);
	pending = matrixjournal_pending(journal, dir->cells);
	log_info("%s: %u of %u cells have no verdict yet", dir->plan, pending->len, dir->cells->len);
	return carry_out(work, dir, error);
}
