/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_REASON_H
#define MEASURE_REASON_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_SKIP,
	VERDICT_ERROR,
} VerdictKind;

/* "PASS", "FAIL", "SKIP", "ERROR" */
const char *verdict_kind_name(VerdictKind kind);

/* Whether that is a verdict on the kernel: SKIP says that this host could not, ERROR that the harness failed. */
bool verdict_kind_judged(VerdictKind kind);

/* Whose doing it is. What the host or the harness did may well not happen in another run of the same. */
typedef enum { OF_GUEST, OF_HOST } ReasonOf;

/* A reason that a verdict can have. All of them are in one table, and nowhere else. */
typedef struct {
	const char *id;	     /* stable, for scripts: "scratch-not-cma" */
	VerdictKind kind;    /* what it makes of the verdict */
	ReasonOf of;
	const char *meaning; /* for people, without a full stop */
} KnownReason;

/* In the order in which a verdict lists them: what ended the chain before what was wrong on its way. */
const KnownReason *reasons_all(guint *ret_n);

/*
 * Whether a verdict ("FAIL", ...) with reasons of these ids (NULL-terminated) is what was expected. expected_reason: it
 * has to be among them; NULL: any will do. A handover that is to be refused must be refused cleanly: what else went
 * wrong was not expected.
 */
bool reason_meets(const char *expected, const char *expected_reason, const char *verdict, const char *const *ids);

/* NULL if there is none of that id. */
const KnownReason *reason_find(const char *id);

/* Why no FAIL can have a reason of that id, in words; NULL: one can. Caller frees. */
char *reason_refusal(const char *id);

#endif
