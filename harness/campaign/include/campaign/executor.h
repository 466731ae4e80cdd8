/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_EXECUTOR_H
#define CAMPAIGN_EXECUTOR_H

#include <evaluate/result.h>
#include <run/request.h>

/*
 * Who does runs. Comparisons, matrices and sweeps say what is to be run next, and take
 * what came of it; where it is done, and how many at a time can be, is the executor's.
 */
typedef struct Executor Executor;

/* What came of one run. Owns all but `of`. */
typedef struct {
	gconstpointer of;    /* as given to executor_start() */
	bool cut_off;	     /* by cancellation: this was no attempt */
	VerdictKind outcome; /* VERDICT_ERROR also where the harness failed, VERDICT_SKIP where this host could not */
	char *run;	     /* name of its directory, below the request's output; NULL: it left none with a result */
	char **reasons;	     /* ids; or NULL */
	bool as_planned;     /* the verdict is what the run itself expected */
	char *said;	     /* why, in a line, where there is something to say; or NULL */
	gint64 wall_ns;	     /* host clock, from its start to its end */
	Result *result;	     /* or NULL: whoever did it kept it to itself, see outcome_result() */
	GError *error;	     /* what a caller can hand on, or NULL */
} RunOutcome;

void outcome_free(RunOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunOutcome, outcome_free)

/*
 * The result of it, which the caller frees; read from its directory below runs where it
 * is not here yet. NULL with the error set if there is none.
 */
Result *outcome_result(RunOutcome *outcome, const char *runs, GError **error);

/* What an implementation does; executor_start() and so on say what it has to mean. */
typedef struct {
	void (*start)(Executor *executor, const RunRequest *request, gconstpointer of);
	RunOutcome *(*take)(Executor *executor, gint64 wait_us);
	void (*free)(Executor *executor); /* all but the head */
} ExecutorFuncs;

/* The head of each implementation, and the whole of it to everybody else. */
struct Executor {
	const ExecutorFuncs *funcs;
	GCancellable *stop; /* of the runs: cancelled by executor_cancel(), and with parent */
	GCancellable *parent;
	gulong chained;
};

/* For an implementation, which allocates itself with g_new0(). */
void executor_init(Executor *executor, const ExecutorFuncs *funcs, GCancellable *parent);

/* One more. All that the request points to, and of, have to stay until it was taken; request->cancel is not looked at.
 */
void executor_start(Executor *executor, const RunRequest *request, gconstpointer of);

/* All that were started come to an end soon, and are to be taken as cut off. None is to be started any more. */
void executor_cancel(Executor *executor);

/*
 * The next that came to its end; NULL if none did for so long. One that does runs in the
 * calling thread does one now, for as long as that takes.
 */
RunOutcome *executor_take(Executor *executor, gint64 wait_us);

/* Cancels what is left. */
void executor_free(Executor *executor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Executor, executor_free)

/*
 * Each run is a process of its own, so that several at a time cannot disturb each
 * other's state. executable: of a khotest.
 */
Executor *executor_of_processes(const char *executable, const Paths *paths, GCancellable *cancel);

/* One at a time in the calling thread, with all progress shown, and one connection to libvirt for all. */
Executor *executor_of_thread(const Paths *paths, GCancellable *cancel);

#endif
