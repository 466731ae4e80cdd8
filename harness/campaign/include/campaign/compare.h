/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_COMPARE_H
#define CAMPAIGN_COMPARE_H

#include <campaign/stopping.h>
#include <report/comparison.h>
#include <run/request.h>

/* What is to be compared, and how. Borrowed, but for memory. */
typedef struct {
	const Paths *paths;
	RunRequest request;	     /* of each run; its series is left to the comparison */
	char **series;		     /* words for sides: campaign/side.h */
	Stopping stopping;	     /* of many runs */
	bool anyway;		     /* figures that cannot be compared are asked for all the same */
	const GPtrArray *conditions; /* Condition: what is not to be seen; NULL: nothing */
	/* of many: the directory to make, or with resume to go on with; or where to make one, named by itself */
	const char *path, *parent;
	bool resume;
	char *memory; /* by compare_check(): the size of the guests, as "100G" */
} CompareSpec;

void comparespec_clear(CompareSpec *spec);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CompareSpec, comparespec_clear)

/*
 * Refuses all that can be refused before the first kernel is built, and settles the size
 * of the guests, so that all are the same. Errors: as request_resolve() and
 * request_check().
 */
bool compare_check(CompareSpec *spec, GError **error);

/*
 * What would be done, series by series: outline_run(), in JSON as member "plans" of one object. Caller frees. NULL with
 * the error set.
 */
char *compare_outline(const CompareSpec *spec, bool json, GError **error);

/* One run of each: Result, by series. Caller unrefs. NULL with the error set. */
GPtrArray *compare_once(const CompareSpec *spec, GError **error);

/*
 * Many runs of each, in turn (rounds_run()), in a directory: a new one, or with resume one
 * that is there. ret_path: the directory, as soon as there is one, also where this fails;
 * caller frees.
 */
bool compare_often(const CompareSpec *spec, char **ret_path, GError **error);

/* How all of its runs came out, warm-ups included, each held against what its series states: the gravest. */
VerdictKind compare_outcome(const Comparison *comparison);

/* The same of Results. */
VerdictKind compare_outcome_of(const GPtrArray *results);

#endif
