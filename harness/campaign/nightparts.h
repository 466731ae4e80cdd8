/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_NIGHTPARTS_H
#define CAMPAIGN_NIGHTPARTS_H

#include <base/cancel.h>
#include <campaign/nightly.h>
#include <campaign/planfile.h>

/* Of what a night is made. */

/* nightsources.c: adds those of --source. Errors: INPUT. */
bool nightsources_add(const NightlySpec *spec, GError **error);

/*
 * Brings each source that cells of the plan need up to date, and notes what came of it. One that cannot be is no error:
 * the night runs what is there. Then the kernels of cells are named with their commits. Errors: CANCELLED, and INPUT
 * where there is nothing to run.
 */
bool nightsources_update(const NightlySpec *spec, const PlanFile *plan, NightFacts *facts, GError **error);

/* nightmail.c: the program that takes mail; NULL with the error set (HOST), which says what to do. Caller frees. */
char *nightmail_program(GError **error);

/* Hands the message over, and keeps a copy in the night's folder. Errors: FAILED. */
bool nightmail_send(const NightlySpec *spec, const char *path, const NightVerdict *verdict, GError **error);

#endif
