/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_SWEEP_H
#define REPORT_SWEEP_H

#include <study/sweep.h>

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

/* The lines alone, without points and tables: what --quiet leaves. Caller frees. */
char *sweep_to_brief(const Sweep *sweep);

/* Caller frees. */
char *sweep_to_text(const Sweep *sweep);
char *sweep_to_markdown(const Sweep *sweep);
char *sweep_to_json(const Sweep *sweep);
char *sweep_to_csv(const Sweep *sweep); /* a line for each run and metric */

#endif
