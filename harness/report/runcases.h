/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RUNCASES_H
#define REPORT_RUNCASES_H

#include <evaluate/result.h>

/*
 * A run as test cases, for formats that know nothing else: one for each check of each kernel
 * that was wanted, one for each test of its payloads, and a last one for how the run ended.
 */
typedef enum {
	CASE_PASS,
	CASE_FAIL,
	CASE_ERROR, /* the harness or the host kept it from being judged */
	CASE_SKIP,  /* it was not looked at, or this kernel does not show it */
} CaseState;

typedef struct {
	char *name; /* "second kernel: pageblocks" */
	CaseState state;
	char *message; /* "scratch-not-cma: ..."; NULL of CASE_PASS */
	char *path;    /* the same name without the kernel, for programs: "pageblocks", "payload.memfd.check"; "" of the
			  run */
	int hop;       /* -1: of the run */
} RunCase;

/* RunCase. Caller unrefs. */
GPtrArray *runcases_of(const Result *result);

/* How many of them are in that state. */
guint runcases_count(const GPtrArray *cases, CaseState state);

/* "7.1-central-1G": what such a run is called; the second that is called so "7.1-central-1G-2". Caller frees. */
char **runcases_suites(const GPtrArray *results);

#endif
