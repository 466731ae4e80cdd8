/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TOPOLOGY_H
#define RUN_TOPOLOGY_H

#include <glib.h>
#include <stdbool.h>
#include <store/plan.h>

/*
 * Works out memory, CPUs and NUMA nodes of the guest from -m, -p and --numa, and
 * puts them into the plan. numa: NULL; one word that is a count ("2": memory and
 * CPUs split evenly); or a word for each node, "SIZE[,cpus=LIST]". memory_bytes 0:
 * not given (the nodes' sum, if they have sizes). Errors: INPUT.
 */
bool topology_resolve(guint64 memory_bytes, guint cpus, const char *const *numa, Plan *plan, GError **error);

/* Physical address bits that an emulated CPU must be given for the plan's memory; 0: it has enough, or is the host's.
 */
guint topology_phys_bits(const Plan *plan);

/* Memory that the nodes ask for; 0 if they have no sizes of their own. Errors: INPUT. */
bool topology_numa_bytes(const char *const *numa, guint64 *ret_bytes, GError **error);

#endif
