/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_ESTIMATE_H
#define CAMPAIGN_ESTIMATE_H

#include <glib.h>
#include <store/matrixdir.h>

/*
 * How long cells should take: as long as the same cell took in an earlier matrix
 * on this machine, whatever commit its branch had; else a formula, made from measurements under TCG on 2 cores.
 */
typedef struct Estimate Estimate;

/* Knows all matrices below parent, the newest last; one without any knows the formula alone. */
Estimate *estimate_new(const char *parent);
void estimate_free(Estimate *estimate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Estimate, estimate_free)

/* The journal of one more matrix. */
void estimate_learn(Estimate *estimate, GPtrArray *cells, const MatrixJournal *journal);

/* A ScheduleCostFunc; estimate is an Estimate. ns. */
gint64 estimate_cell(const Cell *cell, gpointer estimate);

/* One kernel, in ns. first: of its tree and fragments, so that nothing can be taken over from another. */
gint64 estimate_build(bool first);

/* "40 s", "4 min", "1 h 20 min": as exact as an estimate is. Caller frees. */
char *estimate_format(gint64 ns);

#endif
