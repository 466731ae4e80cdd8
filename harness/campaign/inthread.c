// SPDX-License-Identifier: GPL-2.0-or-later
/* The executor that does runs itself, one at a time. */
#include <base/error.h>
#include <campaign/executor.h>
#include <campaign/perform.h>

typedef struct {
	RunRequest request;
	gconstpointer of;
} Waiting;

typedef struct {
	Executor base;
	const Paths *paths;
	VmHost *host;
	GQueue *waiting; /* Waiting */
} InThread;

static void start(Executor *executor, const RunRequest *request, gconstpointer of)
{
	InThread *self = (InThread *)executor;
	Waiting *one = g_new0(Waiting, 1);

	*one = (Waiting){ *request, of };
	one->request.cancel = self->base.stop;
	g_queue_push_tail(self->waiting, one);
}

static char **reasons_of(const Result *result)
{
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

	for (guint i = 0; i < result->verdict->reasons->len; i++)
		g_strv_builder_add(ids, ((const Reason *)result->verdict->reasons->pdata[i])->id);
	return g_strv_builder_end(ids);
}

static RunOutcome *take(Executor *executor, gint64 wait_us)
{
	InThread *self = (InThread *)executor;
	g_autofree Waiting *one = g_queue_pop_head(self->waiting);
	RunOutcome *outcome;
	gint64 began_us = g_get_monotonic_time();

	if (!one)
		return NULL;
	outcome = g_new0(RunOutcome, 1);
	outcome->of = one->of;
	outcome->result = perform_run(self->paths, &one->request, &self->host, &outcome->error);
	if (outcome->result) {
		outcome->outcome = outcome->result->verdict->kind;
		outcome->run = g_strdup(outcome->result->id);
		outcome->reasons = reasons_of(outcome->result);
		outcome->as_planned = result_as_expected(outcome->result);
	} else {
		outcome->outcome = g_error_matches(outcome->error, KHOTEST_ERROR, KHOTEST_ERROR_HOST) ? VERDICT_SKIP
												      : VERDICT_ERROR;
		outcome->said = g_strdup(outcome->error->message);
		outcome->cut_off = g_error_matches(outcome->error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	}
	outcome->wall_ns = (g_get_monotonic_time() - began_us) * 1000;
	return outcome;
}

static void free_in_thread(Executor *executor)
{
	InThread *self = (InThread *)executor;

	g_clear_pointer(&self->host, vmhost_close);
	g_queue_free_full(self->waiting, g_free);
}

Executor *executor_of_thread(const Paths *paths, GCancellable *cancel)
{
	static const ExecutorFuncs funcs = { start, take, free_in_thread };
	InThread *self = g_new0(InThread, 1);

	executor_init(&self->base, &funcs, cancel);
	self->paths = paths;
	self->waiting = g_queue_new();
	return &self->base;
}
