/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_SWEEP_H
#define REPORT_SWEEP_H

#include <measure/fit.h>
#include <report/matrix.h>
#include <report/metric.h>
#include <report/sweepkey.h>

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

/* The matrix of a sweep as curves. */
typedef struct {
	const SweepKey *what;
	const char *key;    /* its name: "memory" */
	const char *unit;   /* of x, in the singular: "page" */
	GArray *values;	    /* guint64: as in the plan, ascending */
	GPtrArray *figures; /* SweepFigure */
	const Result *like; /* the first of its runs, borrowed from the matrix */
	char *noise;	    /* noise_sum_sentence() of all runs; NULL if the host was quiet */
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

/* "7.1 stock: 0.41 s + 23.4 ns a page [22.9, 23.9], 21 runs; the worst is 1.2% off the line". Caller frees. */
char *sweepcurve_sentence(const Sweep *sweep, const SweepFigure *figure, const SweepCurve *curve);

/* What is the same at all points, and what kind of figures these are: a line. Caller frees. */
char *sweep_caption(const Sweep *sweep);

/* A value of the plan as people write it: "16G", "30%". Caller frees. */
char *sweep_format_value(const Sweep *sweep, guint64 value);

/* "16.27 ns", "4.79 ms"; of instructions "23.45", "550217". Caller frees. */
char *sweep_format_slope(const Metric *metric, double slope);

/* "16.27 ns a page [16.14 ns, 16.39 ns]", "550217 instructions a page [505700, 594600]". Caller frees. */
char *sweep_format_slopes(const Sweep *sweep, const SweepFigure *figure, const Fit *fit);

/* The figures of one curve at one of the plan's values: double. Caller unrefs. */
GArray *sweepcurve_at(const SweepCurve *curve, guint64 value);

/* The lines alone, without points and tables: what --quiet leaves. Caller frees. */
char *sweep_to_brief(const Sweep *sweep);

/* Caller frees. */
char *sweep_to_text(const Sweep *sweep);
char *sweep_to_markdown(const Sweep *sweep);
char *sweep_to_json(const Sweep *sweep);
char *sweep_to_csv(const Sweep *sweep); /* a line for each run and metric */

#endif
