/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_TREND_H
#define HISTORY_TREND_H

#include <evaluate/metric.h>
#include <history/runindex.h>
#include <measure/changepoint.h>

/*
 * Counted instructions have no noise, so any difference is a change; but two kernels
 * that are built from different source always differ by a few instructions. Less than
 * this share is no change worth a name.
 */
#define TREND_EXACT_LEAST 0.001

/*
 * A metric over the kernels of one series, as far as they can be compared: one key.
 * Kernels come in the order in which each was first run, or of their releases, and the
 * runs of a kernel by date, so that runs that went in turns stand with their kernel.
 */
typedef struct {
	const Metric *metric; /* borrowed */
	const char *series;   /* borrowed from the runs, may be NULL */
	const char *key;      /* same; of the first run */
	guint keys;	      /* 1, unless keys were joined: see TrendFilter.across */
	GPtrArray *parts;     /* IndexedKeyPart: what all its runs have in common */
	GPtrArray *runs;      /* IndexedRun, at least one */
	GArray *values;	      /* double, one a run */
	GArray *kernels;      /* TrendKernel */
	GArray *changes;      /* TrendChange */
	bool exact;	      /* counted instructions: every difference is one, and no test is needed */
	bool unsteady;	      /* exact, but runs of the same kernel differ: then nothing follows */
} Trend;

/* One kernel image. */
typedef struct {
	const IndexedRun *run; /* its first, borrowed */
	guint first;	       /* its values are [first, first + n) */
	guint n;
	double median, lowest, highest;
} TrendKernel;

/* Indices of kernels. */
typedef struct {
	ChangePoint point;
	guint before, after; /* the two at the most likely place where the kernel changes; the same one: the change lies
				within its runs, and so is the host's */
	guint from, to;	     /* the widest: those of the values at point.first - 1 and point.last */
} TrendChange;

typedef enum {
	TREND_BY_DATE,	  /* kernels as each was first run */
	TREND_BY_RELEASE, /* by version, where old kernels were run after new ones; by date among equals */
} TrendOrder;

/* Zero what is not needed. */
typedef struct {
	TrendOrder order;
	const char *series; /* only this one */
	const char *key;    /* only this one, or those that begin so */
	/*
	 * Names of parts of the key that may differ within a trend. Kernel versions have
	 * different configurations, so a trend over versions goes across those; a change
	 * may then be the configuration's.
	 */
	const char *const *across;
} TrendFilter;

/*
 * All trends of the metric, by series and key. Errors: INPUT (no key has such a part),
 * those of the index. GPtrArray of Trend; caller unrefs; empty if no run has the metric.
 */
GPtrArray *trends_read(RunIndex *index, const Metric *metric, const TrendFilter *filter, GError **error);

/* One trend from its runs, any order. Takes ownership of runs and parts. Pure. */
Trend *trend_new(const Metric *metric, GPtrArray *runs, GPtrArray *parts, TrendOrder order);
void trend_free(Trend *trend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trend, trend_free)

const TrendKernel *trend_kernel(const Trend *trend, guint i);

/* The change that the newest kernel may have brought; NULL if it brought none. Borrowed. */
const TrendChange *trend_newest_change(const Trend *trend);

/* "7.1.13-central (b6478e89)" Caller frees. */
char *trend_kernel_name(const Trend *trend, guint i);

/* At least one trend, all of one metric. plot: add a line of blocks to each, for a terminal. Caller frees. */
char *trends_to_text(const GPtrArray *trends, bool plot);
char *trends_to_markdown(const GPtrArray *trends);
char *trends_to_json(const GPtrArray *trends);
char *trends_to_csv(const GPtrArray *trends); /* a row a run; none, and several metrics, are fine too */

#endif
