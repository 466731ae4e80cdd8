/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_RESULT_H
#define EVALUATE_RESULT_H

#include <evaluate/noise.h>
#include <evaluate/resulthop.h>
#include <evaluate/timeline.h>
#include <measure/postmortem.h>
#include <measure/verdict.h>

/*
 * One run directory, evaluated. All of it is read here, once: every output format is
 * written from this and from nothing else, and path is only for messages.
 * Times are host or guest nanoseconds as said, -1 unknown, as all but wall_ns are in mode "counted".
 */
typedef struct {
	char *id;
	char *path;
	Plan *plan; /* NULL if the run was cut off before it had one */
	Verdict *verdict;
	GPtrArray *hops;   /* ResultHop, one a kernel that any record is there of */
	GArray *handovers; /* Handover, from each kernel to the next; none where the clocks mean nothing */
	Console *console;
	Journal *journal;
	Timeline *timeline;	/* phases of each kernel, on one axis; NULL in mode "counted", or if it never started */
	JsonObject *host;	/* host.json; NULL without */
	Postmortem *postmortem; /* what the memory of a machine that failed told; NULL: nothing was kept of it */
	GHashTable *config;	/* kernel.config: "CONFIG_CMA" -> "y"; NULL without */
	char **lines;		/* of lines.txt: places in code; NULL without */
	int end_hop;		/* the kernel that was running, or awaited, when the run ended */
	char *reproduce;	/* reproduce.sh; NULL without */
	RunNoise noise;		/* what the host did beside the run */
	const char *qemu;	/* borrowed from the journal; NULL if the machine never started */
	gint64 peak_rss_bytes;
	gint64 wall_ns; /* host clock: machine started to its end */
} Result;

/*
 * Reads and judges. An incomplete directory gives a result with verdict ERROR; an
 * error is returned only where nothing can be said at all. Errors: INPUT (not a
 * run directory, newer schema).
 */
Result *result_load(const char *path, GError **error);

/* What a user says of which checks are to be asked (checks_choose()); both NULL: as the run was asked for. Borrowed. */
typedef struct {
	const char *const *only, *const *without;
} CheckChoice;

/* The same, by these checks: a run that has no plan is judged by none. Errors: INPUT also for what is no check. */
Result *result_judge(const char *path, const CheckChoice *choice, GError **error);
void result_free(Result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

/* A kernel of the chain, counted from 0; NULL if there is none. */
const ResultHop *result_hop(const Result *result, guint hop);

/* What it said; NULL if there is none. */
const Hop *result_said(const Result *result, guint hop);

/* Its boot; NULL if it is not known. */
const Phases *result_phases(const Result *result, guint hop);

/* What the host gave it; -1 unknown. */
HostUse result_use(const Result *result, guint hop);

/* How many of its pageblocks should be CMA, and are; NULL where that cannot be told. */
const Oracle *result_oracle(const Result *result, guint hop);

/* The types of all its pageblocks; NULL if no record has them. */
const BlockMap *result_map(const Result *result, guint hop);

/* Whether any kernel has one. */
bool result_has_map(const Result *result);

/* The host's clock, from the kernel before it to that one: blackout and silence; -1 unknown. */
gint64 result_blackout(const Result *result, guint hop);
gint64 result_silence(const Result *result, guint hop);

/* Whether instructions were counted in any kernel. */
bool result_is_counted(const Result *result);

/* Kernels that the plan wants; as many as there are where there is no plan. */
guint result_kernels_wanted(const Result *result);

/* Date and time of its begin, ISO 8601; NULL. Borrowed. */
const char *result_date(const Result *result);

/* true if the verdict is what the plan's series expects; the reason included, unless checks were switched off. */
bool result_as_expected(const Result *result);

/* true of a PASS that does not speak of all: verdict.gaps has what it leaves out. */
bool result_has_gaps(const Result *result);

/*
 * "as expected", "NOT as expected", either of them with ", with gaps" (result_has_gaps()); or
 * "could not be judged" where the harness or the host kept it from a verdict; NULL if nothing
 * was expected. Static.
 */
const char *result_expectation(const Result *result);

#endif
