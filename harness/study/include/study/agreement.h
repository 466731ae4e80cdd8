/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_AGREEMENT_H
#define STUDY_AGREEMENT_H

#include <study/comparison.h>

/*
 * Whether repeated handovers in one machine stand for fresh boots: later kernels
 * (the third of a run and all after it) against the second kernel of the same
 * machines, which is the one that a fresh machine of two kernels would have had.
 */

/* How far from 1 the ratio's interval may reach for the two to count as alike: less than what series differ by. */
#define AGREEMENT_LIMIT 0.05

/*
 * One figure. Of times: "init", "memmap", "free", "deferred", "blackout"; of counted instructions: "init", "memmap",
 * "kho", "reserved", "freeing", "deferred". "drift": that of "init", third kernel and last.
 */
typedef struct {
	const char *id;
	char *title;
	const Metric *metric; /* in whose unit the figures are */
	Summary first, later; /* over machines; of "drift": the third kernel, the last */
	Interval ratio;	      /* later / first, paired over machines */
} AgreementRow;

typedef enum {
	AGREEMENT_UNSURE, /* the interval reaches from one to the other */
	AGREEMENT_YES,	  /* it lies within AGREEMENT_LIMIT of 1 */
	AGREEMENT_NO,	  /* it does not, and leaves 1 out */
} AgreementKind;

typedef struct {
	GPtrArray *rows;     /* AgreementRow */
	guint machines;	     /* that have both of "init" */
	gint64 first_faults; /* host page faults while such a kernel booted, median over machines; -1 unknown */
	gint64 later_faults;
	AgreementKind kind; /* by "init" */
	char *sentence;
} Agreement;

/* Of one series; the warm-up is not counted. NULL if no run has a third kernel whose "init" is known. Caller frees. */
Agreement *agreement_new(const ComparisonSide *side);
void agreement_free(Agreement *agreement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Agreement, agreement_free)

const char *agreement_kind_name(AgreementKind kind); /* "unsure", "yes", "no" */

/*
 * How fast samples came: handovers to later kernels, over the time that their
 * machines took, and what those machines would have given had each ended after its
 * second kernel, which would have been the sample. By the journals' own times.
 */
typedef struct {
	guint samples;
	double per_hour;
	double fresh_per_hour;
} SampleRate;

/* Over all series. false if there are no such handovers, or no journal tells. */
bool agreement_sample_rate(const Comparison *comparison, SampleRate *ret_rate);

#endif
