/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_INVENTORY_H
#define HISTORY_INVENTORY_H

#include <history/runindex.h>

/* What an index has: which metrics, and which kernels and series. */
typedef struct {
	RunIndexUpdate update;
	GArray *metrics;   /* IndexedMetric */
	GPtrArray *series; /* IndexedSeries */
	GPtrArray *titles; /* IndexedTitle */
} Inventory;

/* update: what came of bringing the index up to date. */
Inventory *inventory_read(RunIndex *index, const RunIndexUpdate *update, GError **error);
void inventory_free(Inventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Inventory, inventory_free)

/* Caller frees. */
char *inventory_to_text(const Inventory *inventory);
char *inventory_to_markdown(const Inventory *inventory);
char *inventory_to_json(const Inventory *inventory);

#endif
