/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CAMPAIGN_MATRIXSANDBOX_H
#define TESTS_CAMPAIGN_MATRIXSANDBOX_H

#include <store/matrixdir.h>

/*
 * A matrix directory of four cells: a, b and d expect PASS; c has two nodes and expects FAIL scratch-not-cma. A fixture
 * of g_test_add().
 */
typedef struct {
	char *folder;
	char *path; /* of the matrix directory */
	MatrixDir *dir;
} Sandbox;

void sandbox_set_up(Sandbox *s, gconstpointer data);
void sandbox_tear_down(Sandbox *s, gconstpointer data);

/* The same cells once more. Caller unrefs. */
GPtrArray *sandbox_cells(void);

/* An attempt at the cell, into the journal; run: NULL without a run directory. */
void sandbox_note(Sandbox *s, const char *cell, const char *run, VerdictKind outcome);

typedef struct {
	const char *path;
	void (*func)(Sandbox *, gconstpointer);
} SandboxTest;

/* Adds them all; the last has no path. */
void sandbox_add_tests(const SandboxTest *tests);

/* That part is somewhere in the text. */
void sandbox_has(const char *text, const char *part);

#endif
