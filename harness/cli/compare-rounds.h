/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_COMPARE_ROUNDS_H
#define CLI_COMPARE_ROUNDS_H

#include "cli.h"

#include <store/comparedir.h>
#include <study/comparison.h>

/* What "auto" never goes beyond, however long the budget: the gain goes with the square root. */
#define ROUNDS_MAX 200

/* How often, and when to stop. */
typedef struct {
	guint rounds;	  /* 0: auto */
	gint64 budget_ns; /* of auto */
} Repeat;

/* One run of a series, with a line about its verdict. which: ", round 3". NULL with the error set. */
Result *compare_run(Cli *cli, Options *options, VmHost **host, const char *name, const char *which, GError **error);

/*
 * A warm-up of each series, then rounds until there are enough, all into dir, which
 * knows of each run as soon as it is over. comparison: what there is already, of rounds
 * up to that number; it grows. false with the error set if it could not go on, or
 * figures cannot be compared, with each other or with those that are there already, and
 * that was not asked for.
 */
bool compare_rounds(Cli *cli, Options *options, const Repeat *repeat, CompareDir *dir, Comparison *comparison,
		    guint round, GError **error);

#endif
