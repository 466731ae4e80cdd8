// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/executor.h>

#include <base/cancel.h>
#include <base/error.h>

void outcome_free(RunOutcome *outcome)
{
	if (!outcome)
		return;
	g_free(outcome->run);
	g_strfreev(outcome->reasons);
	g_free(outcome->said);
	result_free(outcome->result);
	g_clear_error(&outcome->error);
	g_free(outcome);
}

Result *outcome_result(RunOutcome *outcome, const char *runs, GError **error)
{
	g_autofree char *path = outcome->run ? g_build_filename(runs, outcome->run, NULL) : NULL;

	if (outcome->error) {
		g_propagate_error(error, g_steal_pointer(&outcome->error));
		return NULL;
	}
	if (outcome->result)
		return g_steal_pointer(&outcome->result);
	if (path)
		return result_load(path, error);
	error_set(error, outcome->outcome == VERDICT_SKIP ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_FAILED,
		  "a run left no directory: %s", outcome->said ? outcome->said : "it did not say why");
	return NULL;
}

void executor_init(Executor *executor, const ExecutorFuncs *funcs, GCancellable *parent)
{
	executor->funcs = funcs;
	executor->parent = g_object_ref(parent);
	executor->stop = g_cancellable_new();
	executor->chained = cancel_forward(parent, executor->stop);
}

void executor_start(Executor *executor, const RunRequest *request, gconstpointer of)
{
	executor->funcs->start(executor, request, of);
}

void executor_cancel(Executor *executor)
{
	g_cancellable_cancel(executor->stop);
}

RunOutcome *executor_take(Executor *executor, gint64 wait_us)
{
	return executor->funcs->take(executor, wait_us);
}

void executor_free(Executor *executor)
{
	if (!executor)
		return;
	executor_cancel(executor);
	executor->funcs->free(executor);
	g_cancellable_disconnect(executor->parent, executor->chained);
	g_object_unref(executor->parent);
	g_object_unref(executor->stop);
	g_free(executor);
}
