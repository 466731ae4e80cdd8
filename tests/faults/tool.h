/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FAULTS_TOOL_H
#define TESTS_FAULTS_TOOL_H

#include "fault.h"

/* A khotest that runs for a fault, with the folder's own cache and sockets. */
typedef struct {
	pid_t pid;	 /* 0: it has ended */
	int status;	 /* as exit statuses are; 128 + signal */
	char *out, *err; /* paths */
	Fault *fault;
} Tool;

/*
 * Starts it. before: what is put before its command line, such as { "nice" }; NULL-terminated or
 * NULL. env: "NAME=value" additions, or NULL.
 */
Tool *tool_start(Fault *fault, const char *const *before, const char *const *words, const char *const *env);

/* A run of the suite's kernel into the fault's folder. more: further words, or NULL. */
Tool *tool_start_run(Fault *fault, const char *const *before, const char *const *more, const char *const *env);

/* Waits for its end; what does not come within that is a fault of its own, and is killed. */
void tool_wait(Tool *tool, guint seconds);
bool tool_has_ended(Tool *tool);
void tool_free(Tool *tool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tool, tool_free)

/* What it has said so far. Caller frees. */
char *tool_said(const Tool *tool);
char *tool_complained(const Tool *tool);

/* The word that it has ended with. Caller frees. */
char *tool_word(Tool *tool);

/* The word of a result, as JSON; "broken result" if it is none. */
char *word_of_result(const char *json, int status);

/* Runs a khotest to its end: its exit status, -1 if it did not come to one within a minute. */
int tool_call(Fault *fault, const char *const *words, char **ret_out, char **ret_err);

/* The emulator of this bench, -1 if there is none; waits for it as long as the tool runs, for a minute at most. */
pid_t tool_emulator(const Bench *bench);
pid_t tool_await_emulator(Tool *tool);

/*
 * The run directory that it makes, once it is there with that file (NULL: any) and the file is not empty; NULL if the
 * tool has ended before. Caller frees.
 */
char *tool_await_rundir(Tool *tool, const char *file);

/* A shell command on the host, which must succeed: false, and the fault is skipped, if it does not. */
bool host_run(Fault *fault, const char *command);

/*
 * The run directory's word without khotest: judge.c. It begins with "broken" if a report of it is. page_too: the page
 * is made as well, which takes longer than all the rest. Caller frees.
 */
char *judge_in_child(const char *rundir, bool page_too);
/* The same of a recording, which is judged once. Caller frees. */
char *recording_word(const char *recording);
bool xml_is_sound(const char *text, GError **error);
bool page_is_whole(const char *text);

/* A copy without what should come out of it; with_hops: its records too. Caller frees. */
char *recording_copy(Fault *fault, const char *recording, bool with_hops);

/* Everything after a fault: no process is left, no lock, and each run directory can be reported. */
void aftermath_check(Fault *fault);
/* Processes that belong to the bench. to_end: and they are ended. */
guint aftermath_processes(const Bench *bench, bool to_end, GString *names);
/* The run directory's word by each format; same: the word that it must be, NULL: a right one. */
void aftermath_report(Fault *fault, const char *rundir, const char *same);

#endif
