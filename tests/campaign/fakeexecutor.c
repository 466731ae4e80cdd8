// SPDX-License-Identifier: GPL-2.0-or-later
#include "fakeexecutor.h"

typedef struct {
	RunRequest request;
	gconstpointer of;
	guint number;
} Waiting;

typedef struct {
	Executor base;
	FakeAnswer answer;
	gpointer data;
	GQueue *waiting;
	GString *started;
	guint number;
} Fake;

static void start(Executor *executor, const RunRequest *request, gconstpointer of)
{
	Fake *fake = (Fake *)executor;
	Waiting one = { *request, of, ++fake->number };

	g_queue_push_tail(fake->waiting, g_memdup2(&one, sizeof(one)));
	g_string_append_printf(fake->started, "%s ", request->series);
}

static RunOutcome *take(Executor *executor, gint64 wait_us)
{
	Fake *fake = (Fake *)executor;
	g_autofree Waiting *one = g_queue_pop_head(fake->waiting);
	RunOutcome *outcome = one ? fake->answer(&one->request, one->number, fake->data) : NULL;

	if (!outcome)
		return NULL;
	outcome->of = one->of;
	outcome->cut_off = g_cancellable_is_cancelled(executor->stop);
	return outcome;
}

static void free_fake(Executor *executor)
{
	Fake *fake = (Fake *)executor;

	g_queue_free_full(fake->waiting, g_free);
	g_string_free(fake->started, TRUE);
}

Executor *fakeexecutor_new(FakeAnswer answer, gpointer data, GCancellable *cancel)
{
	static const ExecutorFuncs funcs = { start, take, free_fake };
	Fake *fake = g_new0(Fake, 1);

	executor_init(&fake->base, &funcs, cancel);
	fake->answer = answer;
	fake->data = data;
	fake->waiting = g_queue_new();
	fake->started = g_string_new(NULL);
	return &fake->base;
}

const char *fakeexecutor_started(const Executor *executor)
{
	return ((const Fake *)executor)->started->str;
}
