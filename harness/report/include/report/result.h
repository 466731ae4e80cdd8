/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include <measure/audit.h>
#include <measure/count.h>
#include <measure/verdict.h>
#include <report/hostuse.h>
#include <report/timeline.h>
#include <store/rundir.h>

/*
 * One run directory, evaluated. Everything here is derived and can be made again
 * at any time; every output format is written from this and from nothing else.
 * Times are host or guest nanoseconds as said, -1 unknown, as all but wall_ns are in mode "counted".
 */
typedef struct {
	char *id;
	char *path;
	Plan *plan; /* NULL if the run was cut off before it had one */
	Verdict *verdict;
	GPtrArray *hops;    /* Hop */
	Counts *counts;	    /* instructions, by kernel and phase; none unless the plan's mode is "counted" */
	GPtrArray *oracles; /* Oracle, one a hop; NULL where it cannot be told */
	GPtrArray *maps;    /* BlockMap, one a hop, of its record "pageblocks"; NULL where it sent none */
	GPtrArray *audits;  /* Audit, one a hop; NULL where the kernel is not instrumented */
	Timeline *timeline; /* phases of each kernel, on one axis; NULL in mode "counted", or if it never started */
	GArray *host_use;   /* HostUse, one a hop */
	Execution *execution; /* what the guest's CPUs did when it had fallen silent; NULL otherwise */
	char *qemu;
	gint64 peak_rss_bytes;
	gint64 blackout_ns; /* host clock: the last record of hop 0's user space to the first of hop 1's */
	gint64 silent_ns;   /* host clock: last console line of hop 0 to the first of hop 1 */
	gint64 wall_ns;	    /* host clock: machine started to its end */
} Result;

/*
 * Reads and judges. An incomplete directory gives a result with verdict ERROR; an
 * error is returned only where nothing can be said at all. Errors: INPUT (not a
 * run directory, newer schema).
 */
Result *result_load(const char *path, GError **error);
void result_free(Result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

/* The types of all pageblocks of a hop, from whichever record has them; NULL if none does. */
const BlockMap *result_map(const Result *result, guint hop);

/* Whether any hop has one. */
bool result_has_map(const Result *result);

/* result.json: docs/rundir.md has the members. Caller frees. */
char *result_to_json(const Result *result);

/* "8G, 2 CPUs, 2 nodes, tcg". Caller frees. */
char *result_machine(const Plan *plan);

/* For people; ends with where the run directory is. Caller frees. */
char *result_to_text(const Result *result);
char *result_to_markdown(const Result *result);

/* true if the verdict is what the plan's series expects, the reason included. */
bool result_as_expected(const Result *result);

/* One table over several results. Caller frees. */
char *results_to_text(GPtrArray *results);
char *results_to_markdown(GPtrArray *results);
char *results_to_json(GPtrArray *results);

#endif
