/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_SWEEP_H
#define REPORT_SWEEP_H

#include <measure/fit.h>
#include <report/matrix.h>
#include <report/metric.h>

/* One kernel's figures of one metric over what was swept. */
typedef struct {
	char *kernel, *series;
	GArray *at;    /* guint64: the value of the plan, for each run that has the figure */
	GArray *x, *y; /* double: the same in the sweep's own unit, and the figure */
	bool has_fit;
	Fit fit; /* over all runs, x in the sweep's own unit */
} SweepCurve;

typedef struct {
	const Metric *metric;
	GPtrArray *curves; /* SweepCurve, in the order of the plan */
} SweepFigure;

/*
 * The matrix of a sweep as curves. x is what a reader would divide by: pages for
 * memory, pageblocks for scratch, per cent for the preserved share, else a number.
 */
typedef struct {
	char *key;	    /* "memory" */
	const char *unit;   /* of x, in the singular: "page" */
	GArray *values;	    /* guint64: as in the plan, ascending */
	GPtrArray *figures; /* SweepFigure */
	const Result *like; /* the first of its runs, borrowed from the matrix */
} Sweep;

/*
 * metrics: NULL-terminated ids; NULL: those of which there are figures and that
 * are times, or instructions, to /init. Keeps a reference to nothing but the
 * matrix, which must outlive it. Errors: INPUT (no sweep, no such metric).
 */
Sweep *sweep_new(const MatrixResult *matrix, const char *const *metrics, GError **error);
void sweep_free(Sweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sweep, sweep_free)

/* Caller frees. */
char *sweep_to_text(const Sweep *sweep);
char *sweep_to_markdown(const Sweep *sweep);
char *sweep_to_json(const Sweep *sweep);
char *sweep_to_csv(const Sweep *sweep); /* a line for each run and metric */

#endif
