/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_RESOLVE_H
#define CAMPAIGN_RESOLVE_H

#include <campaign/planfile.h>
#include <run/request.h>

/*
 * The plan of that name in the folder plans, or the file of that path, checked
 * whole against the kernels and series that there are. Errors: INPUT, naming file,
 * block and key.
 */
PlanFile *resolve_plan(const char *plans, const char *name, const Paths *paths, GError **error);

/* The same for a plan that is no file: its text, and a name for messages. */
PlanFile *resolve_text(const char *name, const char *text, const Paths *paths, GError **error);

/* The series of a cell, which may have none. Errors: INPUT. */
Series *resolve_series(const Cell *cell, const Paths *paths, GError **error);

/* Names of the plans in the folder, sorted. Caller frees. */
char **resolve_list(const char *plans);

/*
 * The same kernel, with the commit that it means now where it is a branch that was fetched (source_pin()): what takes
 * long is then of one commit, whoever fetches meanwhile. Caller frees.
 */
char *resolve_pin(const Paths *paths, const char *kernel, GCancellable *cancel);

/* The same of a chain; one that is none stays as it is. Caller frees. */
char *resolve_pin_chain(const Paths *paths, const char *chain, GCancellable *cancel);

#endif
