/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TOPOLOGY_H
#define RUN_TOPOLOGY_H

#include <glib.h>
#include <stdbool.h>
#include <store/plan.h>

/*
 * Works out memory and nodes of the guest from what was asked for: the only place that
 * knows which machines are possible. memory_bytes 0: not said (the nodes' sum, if they
 * have sizes). Errors: INPUT.
 */
bool topology_resolve(Machine *machine, GError **error);

/* Physical address bits that an emulated CPU must be given for the plan's memory; 0: it has enough, or is the host's.
 */
guint topology_phys_bits(const Plan *plan);

/* Memory that the nodes ask for; 0 if they have no sizes of their own. Errors: INPUT. */
bool topology_numa_bytes(const Machine *machine, guint64 *ret_bytes, GError **error);

#endif
