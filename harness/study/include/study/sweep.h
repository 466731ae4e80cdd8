/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_SWEEP_H
#define STUDY_SWEEP_H

#include <evaluate/metric.h>
#include <measure/fit.h>
#include <study/matrix.h>
#include <study/sweepkey.h>

/* One kernel's figures of one metric over what was swept. */
typedef struct {
	char *kernel, *series; /* what they are called */
	const Cell *cell;      /* the first that is of it, borrowed from the matrix */
	GArray *at;	       /* guint64: the value of the plan, for each run that has the figure */
	GArray *x, *y;	       /* double: the same in the sweep's own unit, and the figure */
	bool has_fit;
	Fit fit; /* over all runs, x in the sweep's own unit */
} SweepCurve;

typedef struct {
	const Metric *metric;
	GPtrArray *curves; /* SweepCurve, in the order of the plan */
} SweepFigure;

/* The matrix of a sweep as curves. */
typedef struct {
	const SweepKey *what;
	GArray *values;	    /* guint64: as in the plan, ascending */
	GPtrArray *figures; /* SweepFigure */
	const Result *like; /* the first of its runs, borrowed from the matrix */
	char *noise;	    /* noise_sum_sentence() of all runs; NULL if the host was quiet */
	char *left_out;	    /* which runs are in no figure, as they are of another machine, and why; NULL: none */
} Sweep;

/* Whether it was made as one. */
bool matrix_is_sweep(const MatrixResult *matrix);

/*
 * metrics: NULL-terminated ids; NULL: those of which there are figures and that
 * are times, or instructions, to /init, or what later kernels spend on struct pages. Keeps a reference to nothing but
 * the matrix, which must outlive it. Errors: INPUT (no sweep, no such metric).
 */
Sweep *sweep_new(const MatrixResult *matrix, const char *const *metrics, GError **error);
void sweep_free(Sweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sweep, sweep_free)

/*
 * Half the width of the 95% interval of the fitted line at x: the textbook's, for the
 * same errors as in measure/fit.h. 0 without a fit.
 */
double sweepcurve_band(const SweepCurve *curve, double x);

/* Whether its slopes are nanoseconds a page, as what others published (report/published.h). */
bool sweep_is_of_pages(const Sweep *sweep);

/* The figures of one curve at one of the plan's values: double. Caller unrefs. */
GArray *sweepcurve_at(const SweepCurve *curve, guint64 value);

#endif
