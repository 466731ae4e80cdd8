/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_SELFTESTS_H
#define STUDY_SELFTESTS_H

#include <evaluate/result.h>

/* The kernel's own tests of handover and live update, each run in a machine of its own with all checks beside it. */

/* What came of one test. Owns everything in it. */
typedef struct {
	char *name;	  /* "luo_kexec_simple" */
	char *source;	  /* where in the tree */
	Result *result;	  /* of its run; NULL: it was not run */
	VerdictKind kind; /* of the run, but VERDICT_SKIP too where the run is good and the test was not done */
	char *why;	  /* the first reason, or why it was skipped; NULL with VERDICT_PASS */
} SelftestOutcome;

typedef struct {
	char *describe;	     /* which tree they are of */
	char *folder;	     /* where they were built */
	GPtrArray *outcomes; /* SelftestOutcome; empty: the tree has none */
} Selftests;

Selftests *selftests_new(const char *describe, const char *folder);
void selftests_free(Selftests *selftests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Selftests, selftests_free)

/* One that was run, as the payload of its name; result is taken over. */
void selftests_add_run(Selftests *selftests, const char *name, const char *source, Result *result);

/*
 * One whose own word is the line of lib/test_kho.c in the kernel's log (selftests/kho): run without a
 * payload; result is taken over.
 */
void selftests_add_testdata(Selftests *selftests, const char *name, const char *source, Result *result);

/* One that was not run. */
void selftests_add_skipped(Selftests *selftests, const char *name, const char *source, const char *why);

/* FAIL before ERROR, and SKIP only if nothing else came. */
VerdictKind selftests_verdict(const Selftests *selftests);

/* How many are of that kind. */
guint selftests_count(const Selftests *selftests, VerdictKind kind);

/*
 * What the test itself said in each kernel: "before 1 of 1, after 1 of 1": tests that are ok, of those that were not
 * skipped. NULL: nothing. Caller frees.
 */
char *selftestoutcome_said(const SelftestOutcome *outcome);

#endif
