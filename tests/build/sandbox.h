/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BUILD_SANDBOX_H
#define TESTS_BUILD_SANDBOX_H

#include <glib.h>

/* A temporary folder for one test, with the few things that several tests do in it. Failures end the test. */
typedef struct {
	char *path;
} Sandbox;

void sandbox_set_up(Sandbox *sandbox, gconstpointer data);
void sandbox_tear_down(Sandbox *sandbox, gconstpointer data);

/* The absolute path of a name in the sandbox; caller frees. */
char *sandbox_path(Sandbox *sandbox, const char *name);

/* Writes a file, with the folders above it. */
void sandbox_write(Sandbox *sandbox, const char *name, const char *text);
char *sandbox_read(Sandbox *sandbox, const char *name);

/* Runs a shell command in the sandbox, which must succeed; its output, without the last newline. */
char *sandbox_run(Sandbox *sandbox, const char *command) G_GNUC_WARN_UNUSED_RESULT;

/* The error must be there, have this code, and name all the given texts; then it is cleared. */
#define sandbox_assert_error(error, wanted, ...)                                                                       \
	sandbox_check_error(&(error), (wanted), (const char *const[]){ __VA_ARGS__, NULL })
void sandbox_check_error(GError **error, int code, const char *const *texts);

#define sandbox_add(name, function) g_test_add(name, Sandbox, NULL, sandbox_set_up, function, sandbox_tear_down)

#endif
