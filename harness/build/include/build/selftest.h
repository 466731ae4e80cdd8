/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SELFTEST_H
#define BUILD_SELFTEST_H

#include <build/kernel.h>

/*
 * The kernel's own tests of handover and live update (tools/testing/selftests/kho and
 * liveupdate), built from the tree under test with the patches of its series, and made
 * ready to run: each as a payload's folder below cache/selftests/KEY, where KEY is over
 * those files of the tree that go into it, and the compiler. docs/selftest.md has more.
 */

/* How a test is run. */
typedef enum {
	SELFTEST_STAGES,   /* a program that takes "-s 1" before a jump, and "-s 2" in the kernel behind it */
	SELFTEST_WHOLE,	   /* a program that is done in one kernel */
	SELFTEST_TESTDATA, /* an init of its own: what it waits for is what the check "testdata" looks at */
	SELFTEST_UNKNOWN,  /* nothing in the tree says how it is run */
} SelftestKind;

/* Owns its strings. */
typedef struct {
	char *name;   /* "luo_kexec_simple" */
	char *source; /* where in the tree: "tools/testing/selftests/liveupdate/luo_kexec_simple.c" */
	SelftestKind kind;
	char *payload; /* its folder, for --payload; NULL: there is none (SELFTEST_TESTDATA, SELFTEST_UNKNOWN) */
} Selftest;

typedef struct {
	char *folder;	  /* cache/selftests/KEY */
	char *describe;	  /* which tree it is of, for people */
	GPtrArray *tests; /* Selftest, in the order of the tree's Makefiles; may be empty */
	char *fragment;	  /* path of what the tests want of the configuration beyond the spec; NULL: nothing */
} SelftestSet;

void selftestset_free(SelftestSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SelftestSet, selftestset_free)

/*
 * The tests of the tree of a spec, from the cache or built now; a tree without any gives an
 * empty set. Imports the tree where it is not there yet. Errors: INPUT (patches do not apply),
 * FAILED with the compiler's first error, HOST, CANCELLED.
 */
SelftestSet *selftest_build(const KernelSpec *spec, GError **error);

#endif
