/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <gio/gio.h>
#include <stdbool.h>

/* Called for each line of the child's output (newline removed). from_stderr: which stream it came from. */
typedef void (*SpawnLineFunc)(const char *line, bool from_stderr, gpointer data);

/*
 * A child process and how to watch it. Zero everything that is not needed.
 */
typedef struct {
	const char *const *argv;     /* NULL-terminated; argv[0] is searched in PATH */
	const char *program;	     /* what is executed, if it is not argv[0] by its name; NULL */
	const char *cwd;	     /* NULL: the caller's */
	const char *const *env;	     /* additions, "NAME=value", and "NAME" takes one away; may be NULL */
	const char *const *only_env; /* "NAME=value": all that there is before env, instead of the caller's; NULL */
	gint64 timeout_ns;	     /* 0: none. At the deadline the whole process group is ended */
	gint64 silence_ns;	     /* 0: none. The longest time without a byte from it; then it is ended too */
	GCancellable *cancel;	     /* may be NULL */
	SpawnLineFunc on_line;	     /* may be NULL */
	bool returns;		     /* a carriage return ends a line too, as in progress shown in place */
	gpointer data;		     /* for on_line */
	GBytes *input;		     /* what the child reads on standard input; NULL: /dev/null */
	bool keep_output;	     /* fill SpawnResult.out and .err */
	int lock;		     /* 0: none. Of files_lock(): all that the child starts keeps it open */
} SpawnSpec;

typedef struct {
	int status; /* exit status; 128 + signal if a signal ended it; -1: not known, which is no success either */
	char *out;  /* standard output, if keep_output; text, NUL-terminated */
	gsize out_length;
	char *err; /* standard error, if keep_output */
} SpawnResult;

void spawn_result_clear(SpawnResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SpawnResult, spawn_result_clear)

/*
 * Runs the child in a process group of its own until it ends, whether or not it has an output left; the group dies
 * at the deadline and when cancelled. With this process, if that is killed, the child dies alone: what it started is
 * left, and SpawnSpec.lock is held until that is gone too. An exit status other than 0 is not an error here. Errors:
 * FAILED (cannot start; deadline, silence), CANCELLED.
 */
bool spawn_run(const SpawnSpec *spec, SpawnResult *ret_result, GError **error);

/*
 * The short form: run argv, fail unless it exits 0 (the error carries the last
 * lines of its standard error), hand back standard output (ret_out may be NULL).
 */
bool spawn_check(const char *const *argv, const char *cwd, GCancellable *cancel, char **ret_out, GError **error);

/* "make -j2 bzImage": argv as a person would type it, for messages. Caller frees. */
char *spawn_describe(const char *const *argv);

#endif
