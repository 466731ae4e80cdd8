/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_METRIC_H
#define REPORT_METRIC_H

#include <measure/statistics.h>
#include <report/result.h>

/*
 * One figure that a run has or has not: what comparisons, sweeps, trends and
 * charts are made of. Whoever shows figures asks here, so that a name means the
 * same everywhere.
 *
 * A kernel's own times are by the guest's clock, and unknown where that clock
 * started late. Figures of the *later kernels* (".later" in the id) are of the third
 * kernel of a run and all after it, which find the memory that the second had to
 * be given: the median of those that have the figure, so that a machine is one
 * sample, however many handovers it made. They are unknown where a run has fewer
 * than three kernels.
 */
typedef struct {
	const char *id;	   /* stable: "init2", "memmap.later" */
	const char *title; /* for people: "time to /init, second kernel" */
	const char *clock; /* "guest", "host"; "count" for executed instructions */
	const char *unit;  /* "ns", "instructions" */
} Metric;

/* The first of the later kernels, counted from 0. */
#define METRIC_FIRST_LATER 2

/* All, in the order in which a boot passes them. Borrowed. */
const Metric *metrics_all(guint *ret_n);

/* NULL if there is none of that id. */
const Metric *metric_find(const char *id);

/* The run's figure; -1 unknown. */
gint64 metric_value(const Metric *metric, const Result *result);

/*
 * The same figure of one kernel, counted from 0, whichever kernel it is about; -1 unknown. Silence and blackout that
 * are not ".later" are those of the first handover here too.
 */
gint64 metric_of_kernel(const Metric *metric, const Result *result, guint hop);

/*
 * "1.97 s", "-340 ms", "12345678": in a unit that suits the value, which may be a
 * difference. "-" for NAN, and for -1 ns; -1 instructions are a difference, so an
 * unknown count is for the caller to tell. Caller frees.
 */
char *metric_format(const Metric *metric, double value);

/* A value in words. Caller frees. */
typedef char *(*IntervalFormatFunc)(double value, gconstpointer data);

/*
 * An estimate with what is known of it, the only place where the two become words, so that
 * both have the same sign: "-1.97 s [-2.10 s, -1.81 s]", 95%; "-1.97 s (-2.10 s to -1.81 s)",
 * the smallest and the largest, of too few for an interval; "11543613 (exact)"; of a single
 * value itself alone. of: what follows the estimate, " a page" or "". Caller frees.
 */
char *interval_to_words(const Interval *interval, IntervalFormatFunc format, gconstpointer data, const char *of);

/* The same of a metric's figures. Caller frees. */
char *metric_format_interval(const Metric *metric, const Interval *interval);

/*
 * "adds 1.97 s [1.81 s, 2.10 s]", or of a negative difference the other word and all of it
 * the other way round: "saves 1.97 s [...]". Caller frees.
 */
char *metric_format_change(const Metric *metric, const Interval *difference, const char *more, const char *less);

/* "0.723 [0.704, 0.741]"; "-". Caller frees. */
char *ratio_format(const Interval *ratio);

#endif
