/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_NIGHTPARTS_H
#define CAMPAIGN_NIGHTPARTS_H

#include <base/cancel.h>
#include <campaign/estimate.h>
#include <campaign/nightly.h>
#include <campaign/planfile.h>

/* Of what a night is made. */

/* nightplan.c: how long cells took in the nights before, and in matrices. */
Estimate *nightplan_learn(const char *parent);

/*
 * Which cells are run in left_ns: the plan is left with these, in the order of their worth, and facts have of each why.
 * The sum in words, which the caller frees; NULL on error: INPUT (no room for any), CANCELLED.
 */
char *nightplan_choose(const NightlySpec *spec, PlanFile *plan, NightFacts *facts, Estimate *estimate, gint64 left_ns,
		       GError **error);

/*
 * nightsources.c: adds those of --source that are not there, and fetches them. A set of their names, which the caller
 * unrefs. Errors: INPUT, HOST, CANCELLED.
 */
GHashTable *nightsources_add(const NightlySpec *spec, GError **error);

/*
 * Brings each source that cells of the plan need up to date, and notes what came of it. One that cannot be is no error:
 * the night runs what is there. Then the kernels of cells are named with their commits. added: those that nobody had
 * before this night; or NULL. Errors: CANCELLED, and INPUT where there is nothing to run.
 */
bool nightsources_update(const NightlySpec *spec, const PlanFile *plan, GHashTable *added, NightFacts *facts,
			 GError **error);

/* nightmail.c: the program that takes mail; NULL with the error set (HOST), which says what to do. Caller frees. */
char *nightmail_program(GError **error);

/* Hands the message over, and keeps a copy in the night's folder. Errors: FAILED. */
bool nightmail_send(const NightlySpec *spec, const char *path, const NightVerdict *verdict, GError **error);

/* nighttell.c: the time, as it is kept; caller frees. */
char *nighttell_now(void);

/*
 * Message, mail and site of nights->tonight, and then that it was told. What cannot be done is said, and takes nothing
 * away of what the night has found. Whether all was done.
 */
bool nighttell(const NightlySpec *spec, NightFacts *facts, const char *path, const Nights *nights);

#endif
