// SPDX-License-Identifier: GPL-2.0-or-later
#include "overseer.h"
#include "emulator.h"

#define LOOK_US (200 * 1000)
#define PAUSE_US (2 * G_USEC_PER_SEC)
/* Who is to be interrupted may still be writing a record, or be about to end the machine itself. */
#define INTERRUPT_US (5 * G_USEC_PER_SEC)

struct Overseer {
	GThread *thread;
	GMutex lock;
	GCond wake;
	char *mark;
	GCancellable *cancel;
	gint64 limit_us;
	/* under the lock */
	gint64 beat_us;
	gint64 cancelled_us; /* 0: not yet */
	bool over, ended;
};

static bool is_late(Overseer *overseer, gint64 now)
{
	if (!overseer->cancelled_us && g_cancellable_is_cancelled(overseer->cancel))
		overseer->cancelled_us = now;
	return now - overseer->beat_us > overseer->limit_us ||
	       (overseer->cancelled_us && now - MAX(overseer->cancelled_us, overseer->beat_us) > INTERRUPT_US);
}

static gpointer oversee(gpointer data)
{
	Overseer *overseer = data;
	gint64 last = g_get_monotonic_time();

	g_mutex_lock(&overseer->lock);
	while (!overseer->over) {
		gint64 now = g_get_monotonic_time();

		/* somebody had stopped us, and so the one that is watched */
		if (now - last > PAUSE_US)
			overseer->beat_us = now;
		last = now;
		/* again and again: it may have been on its way only */
		if (is_late(overseer, now) && emulator_end(emulator_find(overseer->mark), overseer->mark))
			overseer->ended = true;
		g_cond_wait_until(&overseer->wake, &overseer->lock, now + LOOK_US);
	}
	g_mutex_unlock(&overseer->lock);
	return NULL;
}

Overseer *overseer_new(const char *mark, gint64 limit_ns, GCancellable *cancel)
{
	Overseer *overseer = g_new0(Overseer, 1);

	g_mutex_init(&overseer->lock);
	g_cond_init(&overseer->wake);
	overseer->mark = g_strdup(mark);
	overseer->limit_us = limit_ns / 1000;
	overseer->cancel = cancel ? g_object_ref(cancel) : NULL;
	overseer->beat_us = g_get_monotonic_time();
	overseer->thread = g_thread_new("overseer", oversee, overseer);
	return overseer;
}

void overseer_beat(Overseer *overseer)
{
	g_mutex_lock(&overseer->lock);
	overseer->beat_us = g_get_monotonic_time();
	g_mutex_unlock(&overseer->lock);
}

bool overseer_has_ended(Overseer *overseer)
{
	bool ended;

	g_mutex_lock(&overseer->lock);
	ended = overseer->ended;
	g_mutex_unlock(&overseer->lock);
	return ended;
}

void overseer_free(Overseer *overseer)
{
	if (!overseer)
		return;
	g_mutex_lock(&overseer->lock);
	overseer->over = true;
	g_cond_signal(&overseer->wake);
	g_mutex_unlock(&overseer->lock);
	g_thread_join(overseer->thread);
	g_mutex_clear(&overseer->lock);
	g_cond_clear(&overseer->wake);
	g_clear_object(&overseer->cancel);
	g_free(overseer->mark);
	g_free(overseer);
}
