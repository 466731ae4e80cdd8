/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include <evaluate/result.h>

/* result.json: docs/rundir.md has the members. Caller frees. */
char *result_to_json(const Result *result);

/* The verdict and its reasons, and where to look unless it is PASS: what --quiet leaves. Caller frees. */
char *result_to_brief(const Result *result);

/* For people; ends with where the run directory is. Caller frees. */
char *result_to_text(const Result *result);
char *result_to_markdown(const Result *result);

/* A test case for each check of each kernel, and one for how the run ended. Caller frees. */
char *result_to_junit(const Result *result);
char *result_to_ktap(const Result *result);
char *results_to_junit(GPtrArray *results);
char *results_to_ktap(GPtrArray *results);

/* One table over several results. Caller frees. */
char *results_to_brief(GPtrArray *results);
char *results_to_text(GPtrArray *results);
char *results_to_markdown(GPtrArray *results);
char *results_to_json(GPtrArray *results);

#endif
