/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BISECTDIR_H
#define STORE_BISECTDIR_H

#include <base/json.h>

/*
 * The directory of a bisection: what was asked for, what became of each place that was tried, and the run directories.
 * What comes next is known from it alone, so one that was cut off goes on. docs/bisect.md describes it.
 */
#define BISECTDIR_SCHEMA 1

typedef enum {
	BISECT_JSON,   /* bisect.json: what was asked for */
	BISECT_STEPS,  /* steps.jsonl: a line for each place that was tried */
	BISECT_RUNS,   /* runs/: run directories */
	BISECT_SERIES, /* series/: the first patches of the series, as many as were tried */
	BISECT_LOCK,   /* lock: held by the process that works on it */
} BisectFile;

typedef struct {
	char *path;	  /* absolute */
	char **asked;	  /* the command line */
	char *good, *bad; /* the two ends: ids of commits, or numbers of patches */
	int steps_fd;	  /* -1: open for reading only */
	int lock_fd;
} BisectDir;

typedef enum {
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_SKIP, /* it cannot be told: it does not build, or the host was at fault */
} BisectKind;

/* One place. Owns everything in it. */
typedef struct {
	char *at; /* id of a commit, or the number of patches that are applied */
	BisectKind kind;
	char *why;	 /* in words */
	GPtrArray *runs; /* char *: names of run directories */
	GArray *values;	 /* double: what the metric was, of each pair of runs, if there is one */
	GArray *beside;	 /* double: what it was at the good end, in the other run of each pair */
	bool unjudged;	 /* of a skip that is at work: nothing is known of the kernel; it is not kept */
	bool host;	 /* of a skip: the host or the harness was at fault, and another time it may not be */
} BisectStep;

BisectStep *bisectstep_new(const char *at);
void bisectstep_free(BisectStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BisectStep, bisectstep_free)

/* "good", "bad", "skip". */
const char *bisectkind_name(BisectKind kind);

/* PARENT/DATE-TIME-GOOD-BAD-XXXX, unique; of the names only what a file may be called. Caller frees. */
char *bisectdir_name(const char *parent, const char *good, const char *bad);

/* Makes the directory, and takes the lock. Errors: INPUT if path is there and not empty; FAILED. */
BisectDir *bisectdir_create(const char *path, const char *const *asked, const char *good, const char *bad,
			    GError **error);

/* An existing one; for_work: to go on with it, which takes the lock. Errors: INPUT, FAILED (damaged). */
BisectDir *bisectdir_open(const char *path, bool for_work, GError **error);
void bisectdir_free(BisectDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BisectDir, bisectdir_free)

bool bisectdir_is(const char *path);
char *bisectdir_file(const BisectDir *dir, BisectFile file); /* caller frees */

/* The members of a step, for whoever wants to know them; an object has been begun. */
void bisectstep_put(JsonBuilder *b, const BisectStep *step);

/* One line, written and synced at once. */
bool bisectdir_note(BisectDir *dir, const BisectStep *step, GError **error);

/*
 * BisectStep, in the order in which they were tried. A line that makes no sense is left out, and so is what the host or
 * the harness was at fault for: these places are tried again. ret_damaged: lines that are not as they were written.
 */
GPtrArray *bisectdir_steps(const BisectDir *dir, guint *ret_damaged);

/* The same of a text. Pure. */
GPtrArray *bisectsteps_parse(const char *text, guint *ret_damaged);

#endif
