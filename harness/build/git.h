/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_GIT_H
#define BUILD_GIT_H

#include <base/spawn.h>
#include <gio/gio.h>
#include <stdbool.h>

/*
 * Git, run as a command with nothing left to its surroundings: variables such
 * as GIT_DIR that a hook or "git bisect run" sets never reach it, messages come
 * untranslated, and who commits and when is fixed, so that the same content
 * gives the same commit id everywhere. NULL members are left to git.
 */
typedef struct {
	const char *dir;	/* GIT_DIR */
	const char *work;	/* GIT_WORK_TREE, and the folder git runs in */
	const char *index;	/* GIT_INDEX_FILE */
	const char *objects;	/* GIT_OBJECT_DIRECTORY */
	const char *alternates; /* GIT_ALTERNATE_OBJECT_DIRECTORIES */
	bool user_config;	/* read the user's git configuration: for repositories that are not ours */
	const char *const *env; /* further "NAME=value" additions */
	SpawnLineFunc on_line;	/* what it says on the way, a line or a step of its progress at a time */
	gint64 silence_ns;	/* as in SpawnSpec */
} Git;

/*
 * Removes locks below a GIT_DIR that a git has left which was killed: for whoever has made sure that no other is at
 * work on what they guard. names: "index.lock", NULL-terminated.
 */
void git_remove_stale(const char *dir, const char *const *names);

#define GIT_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Runs "git ARGS". The exit status is the caller's to judge; ret_out and ret_err may be NULL. */
bool git_try(const Git *git, const char *const *args, GBytes *input, GCancellable *cancel, int *ret_status,
	     char **ret_out, char **ret_err, GError **error);

/* git_try() that fails, with what git said, unless the status is 0. The output comes without its last newline. */
bool git_run(const Git *git, const char *const *args, GCancellable *cancel, char **ret_out, GError **error);

#endif
