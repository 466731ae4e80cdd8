// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/aside.h>

#define SLICE_US (G_USEC_PER_SEC / 10)

/* Shared by the two threads; whoever is the last frees it. */
typedef struct {
	void (*func)(gpointer data);
	gpointer data; /* NULL: the caller has it back */
	GDestroyNotify free_data;
	GMutex mutex;
	GCond cond;
	bool done;
} Aside;

static void aside_free(gpointer data)
{
	Aside *aside = data;

	if (aside->data)
		aside->free_data(aside->data);
	g_mutex_clear(&aside->mutex);
	g_cond_clear(&aside->cond);
}

static gpointer run(gpointer data)
{
	Aside *aside = data;

	aside->func(aside->data);
	g_mutex_lock(&aside->mutex);
	aside->done = true;
	g_cond_signal(&aside->cond);
	g_mutex_unlock(&aside->mutex);
	g_atomic_rc_box_release_full(aside, aside_free);
	return NULL;
}

bool aside_call(const char *name, void (*func)(gpointer data), gpointer data, GDestroyNotify free_data,
		gint64 timeout_us, GCancellable *cancel)
{
	gint64 now = g_get_monotonic_time(), until = now + timeout_us;
	Aside *aside = g_atomic_rc_box_new0(Aside);
	bool done;

	aside->func = func;
	aside->data = data;
	aside->free_data = free_data;
	g_mutex_init(&aside->mutex);
	g_cond_init(&aside->cond);
	g_thread_unref(g_thread_new(name, run, g_atomic_rc_box_acquire(aside)));
	g_mutex_lock(&aside->mutex);
	for (; !aside->done && now < until && !g_cancellable_is_cancelled(cancel); now = g_get_monotonic_time())
		g_cond_wait_until(&aside->cond, &aside->mutex, MIN(until, now + SLICE_US));
	done = aside->done;
	if (done)
		aside->data = NULL;
	g_mutex_unlock(&aside->mutex);
	g_atomic_rc_box_release_full(aside, aside_free);
	return done;
}

struct AsideJob {
	GThread *thread;
	GThreadFunc func;
	gpointer data;
	gint done;
};

static gpointer run_job(gpointer data)
{
	AsideJob *job = data;
	gpointer result = job->func(job->data);

	g_atomic_int_set(&job->done, 1);
	g_main_context_wakeup(NULL);
	return result;
}

AsideJob *aside_begin(const char *name, GThreadFunc func, gpointer data)
{
	AsideJob *job = g_new0(AsideJob, 1);

	job->func = func;
	job->data = data;
	job->thread = g_thread_new(name, run_job, job);
	return job;
}

gpointer aside_end(AsideJob *job)
{
	gpointer result;

	while (!g_atomic_int_get(&job->done))
		g_main_context_iteration(NULL, TRUE);
	result = g_thread_join(job->thread);
	g_free(job);
	return result;
}
