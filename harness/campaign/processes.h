/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PROCESSES_H
#define CAMPAIGN_PROCESSES_H

#include <run/request.h>

/* The command line of a khotest that does this run, and prints result.json and nothing else. Caller frees. */
char **process_argv(const char *executable, const RunRequest *request);

/* What a khotest says on standard error, heard line by line. All NULL: nothing yet. */
typedef struct {
	char *error; /* the first line of what came last with its name before it; what a ':' at its end leads to, too */
	char *last;  /* whatever came last */
} ProcessSaid;

void processsaid_hear(ProcessSaid *said, const char *line);
void processsaid_clear(ProcessSaid *said);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProcessSaid, processsaid_clear)

/*
 * Why it ended with that status, in a line; NULL if it said nothing. An error has its message last, with advice behind
 * it; whoever ended otherwise had no time for one. Borrowed.
 */
const char *processsaid_why(const ProcessSaid *said, int status);

/*
 * result.json (docs/rundir.md) to run directory and reasons, what it does not have being NULL, and whether the verdict
 * is what the run itself expected.
 */
void process_read_result(const char *json, gssize length, char **ret_run, char ***ret_reasons, bool *ret_as_planned);

#endif
