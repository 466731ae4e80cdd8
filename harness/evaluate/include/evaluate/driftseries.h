/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_DRIFTSERIES_H
#define EVALUATE_DRIFTSERIES_H

#include <evaluate/result.h>
#include <measure/endurance.h>

/*
 * How figures go over the kernels of a chain: a row for each in the table of driftseries.c,
 * which every output format walks. Those that are exact have no noise of the host's in
 * them, so that any slope is the kernels'; of the others a slope is no more than a remark.
 */
typedef struct DriftFigure DriftFigure;

struct DriftFigure {
	const char *id;	   /* stable: "preserved" */
	const char *title; /* for people: "memory preserved for the next kernel" */
	const char *unit;  /* "pages", "pageblocks", "ns" */
	bool exact;	   /* to the last one, however busy the host is */
	int leak;	   /* 1, -1: it is a FAIL that it grows, or falls (measure/endurance.h); 0: it is none */
	bool handed_over;  /* of what the next kernel is given: the last kernel has none */
	guint first;	   /* kernel that the series begins with, counted from 0 */
	gint64 (*get)(const DriftFigure *figure, const Result *result, guint hop); /* -1 unknown */
};

typedef struct {
	const DriftFigure *figure;
	GArray *values; /* gint64, one a kernel; -1: not known, or no part of the series */
	Drift drift;	/* over those that are known */
} DriftSeries;

/* Of a chain of ENDURANCE_KERNELS or more: DriftSeries, of each figure that any kernel has; else empty. Caller unrefs.
 */
GPtrArray *driftseries_of(const Result *result);

/* Whether it is why the run has FAILed. */
bool driftseries_is_leak(const DriftSeries *series);

/* "the same in all", "1 page more with each handover", "no slope to be told". Caller frees. */
char *driftseries_verdict(const DriftSeries *series);

/* A value or a slope of it with its unit: "2054 pages", "1.25 s"; "-" for NAN. Caller frees. */
char *driftseries_text(const DriftSeries *series, double value);

/* "+1.2 ms (-0.4 ms to +2.9 ms)"; "0" where all are the same; "-" if there is none. Caller frees. */
char *driftseries_slope(const DriftSeries *series);

#endif
