/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_BISECT_H
#define CAMPAIGN_BISECT_H

#include <campaign/executor.h>
#include <run/request.h>
#include <study/bisection.h>

/* What is to be looked for, and where. Borrowed. */
typedef struct {
	const Paths *paths;
	Executor *executor;  /* who does the runs; NULL: this thread */
	RunRequest request;  /* of each run; tree or series, and output, are left to the bisection */
	const char *dir;     /* the folder of the tree whose commits they are; NULL: the patches of a series */
	const char *patches; /* that series */
	bool first_parent;
	guint repeat; /* runs that have to be good, of a place that is */
	BisectRule rule;
	const char *good, *bad;	   /* as given; NULL with patches: none of them, all of them */
	const char *path, *parent; /* the directory to make, or with resume to go on with; or where to make one */
	bool resume;
} BisectSpec;

/*
 * Tries both ends, and then the place that parts what is left best, until one is left, or only such as cannot be told.
 * Each place is kept as soon as it is known. ret_path: the directory, as soon as there is one, also where this fails;
 * caller frees. Errors: INPUT (no such commit, an end that is not what it should be, figures that do not differ),
 * CANCELLED, those of runs at the ends.
 */
Bisection *bisect_run(const BisectSpec *spec, char **ret_path, GError **error);

/*
 * What that would do, without doing it: the ends, how many places lie between them, and what would be run of the bad
 * one. Nothing is made. Errors: INPUT, and whatever a run of the bad end would be refused for. Caller frees.
 */
char *bisect_outline(const BisectSpec *spec, bool json, GError **error);

#endif
