/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CAMPAIGN_BISECTREPOSITORY_H
#define TESTS_CAMPAIGN_BISECTREPOSITORY_H

#include <campaign/bisect.h>

/* A real git repository, and what becomes of runs of its commits: recorded ones in place of machines. */
typedef struct {
	char *folder, *tree, *cache;
	GHashTable *numbers; /* id of a commit: its number, from 0 on */
	GPtrArray *ids;
	guint first_bad;	      /* all from this number on are bad */
	guint broken_from, broken_to; /* these do not build */
	guint cancel_at;	      /* that run is cut off; 0: none */
	guint host_from, host_to;     /* these the host cannot run */
	const char *unjudged;	      /* it runs them, but comes to no verdict for that reason */
	guint other_from;	      /* from this number on the host has another emulator; 0: never */
	guint64 memory;		      /* that was asked for last */
	guint stay_number;	      /* runs of this number fail only every second time */
	guint runs;
	const double *figure; /* of instructions, by number; NULL: none */
	const double *ns;     /* to /init of the second kernel, by number; NULL: as recorded */
	double drift;	      /* each run takes by so much of that longer than the one before */
	GCancellable *cancel;
} Repository;

/* A test of it: at first it has 65 commits in a row, "v0" to "v64". */
typedef struct {
	const char *path;
	void (*func)(Repository *, gconstpointer);
} RepositoryTest;

/*
 * Begins a test program and adds these, the last without a path. Its arguments: a recording that passes, and one that
 * fails with scratch-not-cma.
 */
void repository_init(int argc, char **argv, const RepositoryTest *tests);

/* What a command of a shell, in the repository, prints. Caller frees. */
char *repository_git(Repository *r, const char *command);

/* The ids that a command prints become its commits, from number 0 on. */
void repository_learn(Repository *r, const char *command);

/* A bisection of it. paths: room for those of the spec. */
BisectSpec repository_spec(Repository *r, const char *good, const char *bad, Paths *paths);

/* Runs it; what it prints is looked at too. */
Bisection *repository_bisect(Repository *r, BisectSpec *spec, char **ret_path, GError **error);

#endif
