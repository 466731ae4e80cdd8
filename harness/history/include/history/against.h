/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_AGAINST_H
#define HISTORY_AGAINST_H

#include <evaluate/metric.h>

/*
 * What one run says that another did not: verdict, reasons, zones, figures. One
 * pair of runs shows what to look at; it measures nothing.
 */
typedef struct {
	const Result *now; /* borrowed, as is the other */
	const Result *before;
	char *difference; /* what their keys differ in, in words; NULL: they can be compared */
	GPtrArray *gone;  /* Reason, borrowed: ids that only the run before has */
	GPtrArray *come;  /* those that only this one has */
	GArray *zones;	  /* AgainstZone */
	GArray *metrics;  /* AgainstMetric: those that either run has */
} Against;

/* Scratch pageblocks of a zone that are CMA; all -1 where that kernel never told. */
typedef struct {
	guint hop; /* 0: first kernel */
	int node;  /* -1: the zones of that name on all nodes */
	const char *zone;
	gint64 found_before, expected_before, found, expected;
} AgainstZone;

typedef struct {
	const Metric *metric;
	gint64 before, now; /* -1 unknown */
} AgainstMetric;

Against *against_new(const Result *now, const Result *before);
void against_free(Against *against);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Against, against_free)

/* Caller frees. */
char *against_to_text(const Against *against);
char *against_to_markdown(const Against *against);
char *against_to_json(const Against *against);

#endif
