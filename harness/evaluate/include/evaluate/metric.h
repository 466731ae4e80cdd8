/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_METRIC_H
#define EVALUATE_METRIC_H

#include <evaluate/figure.h>
#include <measure/statistics.h>

/*
 * A figure of one column: what comparisons, sweeps, trends and charts are made of. Its id,
 * "init2", "memmap.later", "insn1.kho", is made from those of both; a handover's first is without the
 * column's.
 */
typedef struct {
	const char *id;	   /* stable */
	const char *title; /* for people: "time to /init, second kernel" */
	const char *clock; /* "guest", "host"; "count" for executed instructions; NULL: none */
	const char *unit;  /* "ns", "bytes", "ppm", "instructions" */
	const Figure *figure;
	const Selector *selector;
} Metric;

/* All: times before counts, column by column. Borrowed. */
const Metric *metrics_all(guint *ret_n);

/* NULL if there is none of that id. */
const Metric *metric_find(const char *id);

/* The same for what a person wrote. Errors: INPUT, with the nearest that there are. */
const Metric *metric_named(const char *id, GError **error);

/* What a run whose instructions were counted has in place of a time: the count of the same, or the metric itself. */
const Metric *metric_counted(const Metric *metric);

/*
 * Why runs of that mode, with so many kernels in a row (0: not known), do not have it, to follow its name: "counts
 * instructions: it goes with --mode counted". NULL: they have. Caller frees.
 */
char *metric_refusal(const Metric *metric, bool counted, guint kernels);

/* "guest", "host", "counted"; "memory" for what has no clock. Static. */
const char *metric_clock(const Metric *metric);

/* The run's figure; -1 unknown. */
gint64 metric_value(const Metric *metric, const Result *result);

/* The same of a run with PASS or FAIL; -1 of any other: what the host did to that run, it did to its figures. */
gint64 metric_measured(const Metric *metric, const Result *result);

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
