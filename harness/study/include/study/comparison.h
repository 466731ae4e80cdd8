/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_COMPARISON_H
#define STUDY_COMPARISON_H

#include <evaluate/metric.h>
#include <measure/statistics.h>

/*
 * Series of one kernel against the first of them, over several rounds. Runs of the
 * same round are a pair; a pair in which a figure is unknown is left out for that
 * figure. Owns the results.
 */
typedef struct {
	GPtrArray *sides; /* ComparisonSide, as asked for; the first is what the others are held against */
	bool anyway;	  /* keys differ, and it was asked for all the same */
	const GPtrArray
		*conditions; /* Condition (study/condition.h), borrowed: what is to be said of it too; or NULL */
} Comparison;

typedef struct {
	char *word; /* as asked for: a series, or what else campaign/side.h takes */
	char *name; /* the same for people: of tree:DIR@REF and image:FILE the last part of the path, if no other has
		       that */
	Result *warm_up; /* not counted; NULL without */
	GPtrArray *runs; /* Result, by round */
} ComparisonSide;

/*
 * One figure of one series against the first. A comparison has many figures and may
 * make up a difference in at most 1 of 20 all the same, so its decisions depend on
 * each other: what the comparison is about (comparison_about()) is decided at
 * STATISTICS_LEVEL, and all the rest together at as much, both by signedrank_holm().
 */
typedef struct {
	const Metric *metric;
	guint side; /* the series that is held against the first: 1 or more */
	bool about; /* it is what the comparison is about */
	Summary a, b;
	Paired paired; /* decision, visible: of this figure among all others */
	double level;  /* that its p was held against, or would have had to reach */
} Finding;

Comparison *comparison_new(const char *const *words);

/* Of one run of each, without warm-ups: words and results (Result, which go over) stand in the same order. */
Comparison *comparison_of_one_each(const char *const *words, GPtrArray *results);
void comparison_free(Comparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, comparison_free)

/* Takes ownership. The first result of a side is its warm-up. */
void comparison_add(Comparison *comparison, guint side, Result *result);

/* Its warm-up, if there is one, and all of its runs, in order; borrowed. Caller unrefs. */
GPtrArray *comparisonside_results(const ComparisonSide *side);

/* The first that was judged, which says what its figures are of; the warm-up counts. NULL: none. Borrowed. */
const Result *comparisonside_first(const ComparisonSide *side);

/*
 * In what the key of a run, but for its kernel's own parts, differs from that of the side's first: "accelerator: kvm
 * and tcg". NULL if in nothing, or one of them has no figures, as it was not judged. Caller frees. ret_of_host, which
 * may be NULL: whether that is the host's alone.
 */
char *comparisonside_difference(const ComparisonSide *side, const Result *result, bool *ret_of_host);

/*
 * How they came out: "stock: PASS 9 of 9, as expected", "central: PASS 8 of 9, ERROR
 * records-damaged 1 of 9, 1 could not be judged"; last how many have gaps, if any. Caller frees.
 */
char *comparisonside_verdicts(const ComparisonSide *side);

/* Rounds in which every side has run. */
guint comparison_rounds(const Comparison *comparison);

/* The pairs of one series with the first that have the figure; returns how many. a, b: room for comparison_rounds(). */
guint comparison_pairs(const Comparison *comparison, const Metric *metric, guint side, double *a, double *b);

/* One figure of one series; false if no pair has it. Its decision is that of the figure alone, and not among others. */
bool comparison_find(const Comparison *comparison, const Metric *metric, guint side, Finding *ret_finding);

/* Finding: every figure that any pair has, by metric and then by side. Caller unrefs. */
GArray *comparison_findings(const Comparison *comparison);

/* How many findings, from this one on, are of its metric; 0 if the one before it is of the same. */
guint findings_of_metric(const GArray *findings, guint first);

/*
 * What the comparison of a series with the first is about: the time to /init of
 * later kernels; of the second where there are none, or its instructions; of the
 * first where nothing is handed over. NULL if no pair has any. side: 1 or more.
 */
const Metric *comparison_about(const Comparison *comparison, guint side);

/* Whether every series has an interval that is tight enough in the figure that it is about. */
bool comparison_tight(const Comparison *comparison);

/*
 * In what the keys of the sides differ, by their first results, and those of the runs of a side: "central: memory: 8G
 * and 100G; stock, from run to run: accelerator: kvm and tcg"; NULL if in nothing. Caller frees.
 */
char *comparison_difference(const Comparison *comparison);

#endif
