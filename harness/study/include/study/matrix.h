/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_MATRIX_H
#define STUDY_MATRIX_H

#include <evaluate/result.h>
#include <store/matrixdir.h>

/* What became of a cell. */
typedef enum {
	CELL_MET,     /* as expected */
	CELL_UNMET,   /* it has a verdict, and it is another one */
	CELL_SKIPPED, /* not judged: this host could not, as for a full disk; --resume tries it again */
	CELL_ERROR,   /* the harness failed, each time; or the kernel could not be built */
	CELL_NOT_RUN, /* not yet */
} CellState;

typedef struct {
	const Attempt *attempt; /* borrowed from the journal */
	Result *result;		/* judged from its run directory; NULL if there is none to be judged */
} MatrixAttempt;

typedef struct {
	const Cell *cell;
	CellState state;
	GPtrArray *attempts; /* MatrixAttempt, in order: the last decides */
	char *why;	     /* in one line, where the state is not CELL_MET; else NULL */
	gint64 found;	     /* CMA pageblocks of the second kernel, in all zones; -1 unknown */
	gint64 expected;     /* those that scratch and CMA areas cover; -1 unknown */
} MatrixCell;

/*
 * One matrix directory, evaluated: everything is judged again from the run
 * directories, and every output format is written from this.
 */
typedef struct {
	MatrixDir *dir;
	MatrixJournal *journal;
	GPtrArray *cells;		/* MatrixCell, in the order of the plan */
	guint counts[CELL_NOT_RUN + 1]; /* cells by state */
} MatrixResult;

/* Errors: INPUT (not a matrix directory, newer schema). */
MatrixResult *matrixresult_load(const char *path, GError **error);
void matrixresult_free(MatrixResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatrixResult, matrixresult_free)

/*
 * What stands for all of its cells, the gravest: VERDICT_ERROR where the harness failed in
 * one or one has not been run; VERDICT_FAIL where an expectation was not met;
 * VERDICT_SKIP where one could not be judged here; VERDICT_PASS where each has the verdict
 * that it should have.
 */
VerdictKind matrix_outcome(const MatrixResult *result);

/* "as expected", ... */
const char *cell_state_name(CellState state);

/* The last attempt's, which is the one that counts; NULL if it left none. Borrowed. */
Result *matrixcell_result(const MatrixCell *cell);

/* Sizes of memory that the cells have (of one block; NULL: of all), each once, ascending: guint64. Caller unrefs. */
GArray *matrix_sizes(const MatrixResult *result, const char *block);

/* The verdict of the last attempt: "PASS", "FAIL", "SKIP" or "ERROR"; "-" for none. */
const char *matrixcell_verdict(const MatrixCell *cell);

/* "an error", "skipped": of an attempt that another one followed. */
const char *matrixattempt_outcome(const MatrixAttempt *attempt);

/* The text of its first reason; else what the process said last; else words that say so. Borrowed. */
const char *matrixattempt_why(const MatrixAttempt *attempt);

/* The first reason of the last attempt; NULL if there is none. */
const Reason *matrixcell_reason(const MatrixCell *cell);

/* The run directory of the last attempt that had one, relative to the matrix; NULL. Caller frees. */
char *matrixcell_run(const MatrixCell *cell);

#endif
