/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PROCESSES_H
#define CAMPAIGN_PROCESSES_H

#include <run/request.h>

/* The command line of a khotest that does this run, and prints result.json and nothing else. Caller frees. */
char **process_argv(const char *executable, const RunRequest *request);

/* A line of ours on standard error, without the name of the program before it. */
const char *process_message(const char *line);

/*
 * result.json (docs/rundir.md) to run directory and reasons, what it does not have being NULL, and whether the verdict
 * is what the run itself expected.
 */
void process_read_result(const char *json, gssize length, char **ret_run, char ***ret_reasons, bool *ret_as_planned);

#endif
