/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_MATRIXDIR_H
#define STORE_MATRIXDIR_H

#include <measure/verdict.h>
#include <store/cell.h>

/*
 * The matrix directory: what was planned, what was tried, and the run directories
 * of all cells. docs/matrix.md describes it. This is the only code that knows the
 * names of its files.
 */
/*
 * Of cells.json and matrix.json. 1 had exit statuses where the journal has outcomes now, no mark of a sweep, and the
 * guest among the members of a cell.
 */
#define MATRIXDIR_SCHEMA 2

typedef enum {
	MATRIX_PLAN,	 /* plan: the plan file as it was */
	MATRIX_CELLS,	 /* cells.json: what it came to */
	MATRIX_JOURNAL,	 /* journal.jsonl */
	MATRIX_RUNS,	 /* runs/: run directories */
	MATRIX_JSON,	 /* matrix.json: derived */
	MATRIX_MARKDOWN, /* matrix.md: derived */
	MATRIX_LOCK,	 /* lock: held by the process that works on it */
} MatrixFile;

/* A cell whose harness failed is tried so often; a verdict is never asked for again. */
#define ATTEMPTS_MAX 2

typedef struct {
	char *path;  /* absolute */
	int schema;  /* of the khotest that made it: 1 has no mark of a sweep */
	char *plan;  /* name of the plan */
	char *sweep; /* what its blocks are values of; NULL: it is no sweep */
	char *summary;
	char **asked;	  /* the command line that began it */
	GPtrArray *cells; /* Cell, in the order of the plan */
	int journal_fd;	  /* -1: open for reading only */
	int lock_fd;
} MatrixDir;

/* One finished attempt at a cell, as the journal has it. */
typedef struct {
	char *cell; /* id */
	char *run;  /* name of its run directory below runs/, or NULL: it never had one */
	VerdictKind outcome;
	gint64 wall_ns; /* host clock, the whole process */
	char *said;	/* what it said on standard error, last line; or NULL */
} Attempt;

/* A kernel that was asked for; the last word about each counts. */
typedef struct {
	char *kernel, *series, *profile;
	char *more;	     /* what else it was asked for with: cell_kernel_more() */
	VerdictKind outcome; /* VERDICT_PASS: it is there */
	char *said;
} BuildAttempt;

/* What no matrix takes, so that sums of it are numbers, whatever a damaged journal says. */
#define MATRIX_SPENT_MOST_NS (G_MAXINT64 / 4)

typedef struct {
	GPtrArray *attempts; /* Attempt, in order */
	GPtrArray *builds;   /* BuildAttempt, in order */
	guint damaged;	     /* lines that are not as they were written: what they said is lost */
	bool ended;	     /* the last thing it says is that nothing was left to try */
	gint64 spent_ns;     /* by the host's clock, while some khotest was at work on it: from each begin to what it
				noted last */
	gint64 built_ns;     /* building kernels */
} MatrixJournal;

/* PARENT/DATE-TIME-PLAN-XXXX, unique. Caller frees. */
char *matrixdir_name(const char *parent, const char *plan);

/* What a matrix is made from. Borrowed, but cells, which get one more reference. */
typedef struct {
	const char *name, *summary, *sweep; /* as in MatrixDir */
	const char *text;		    /* the plan file */
	const char *const *asked;
	GPtrArray *cells;  /* Cell */
	const char *cache; /* that notes that we began it (store/begun.h); NULL: nobody is to go on with it */
} MatrixPlan;

/* Makes the directory, and takes the lock. Errors: INPUT if path is there and not empty. */
MatrixDir *matrixdir_create(const char *path, const MatrixPlan *plan, GError **error);

/*
 * An existing one; for_work: to go on with it, which takes the lock. Errors: INPUT
 * (not a matrix directory, newer schema, another process is at work on it).
 */
MatrixDir *matrixdir_open(const char *path, bool for_work, GError **error);

void matrixdir_free(MatrixDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatrixDir, matrixdir_free)

/* Whether somebody is at work on it. */
bool matrixdir_busy(const MatrixDir *dir);

/* Whether path is one, whatever its state; a sweep is one too. */
bool matrixdir_is(const char *path);

/* Where the run directories are: path itself, unless it is that of a matrix, which has them in a folder. Caller frees.
 */
char *matrixdir_runs_of(const char *path);

char *matrixdir_file(const MatrixDir *dir, MatrixFile file); /* caller frees */

/* Its plan, as it was given, under another name. Errors: FAILED, also where the file is a link to elsewhere. */
bool matrixdir_copy_plan(const MatrixDir *dir, const char *to, GError **error);
bool matrixdir_write(const MatrixDir *dir, MatrixFile file, const char *text, GError **error);

/* One line each, written at once. A journal that was cut off within a line is mended first. */
bool matrixdir_note_attempt(MatrixDir *dir, const Attempt *attempt, GError **error);
bool matrixdir_note_build(MatrixDir *dir, const BuildAttempt *build, gint64 wall_ns, GError **error);
bool matrixdir_note(MatrixDir *dir, const char *event, GError **error); /* "begin", "end" */

/* All whole lines; a torn one is passed over. Never NULL. */
MatrixJournal *matrixdir_journal(const MatrixDir *dir);

/* The same of its text. Pure. */
MatrixJournal *matrixjournal_parse(const char *text);
void matrixjournal_free(MatrixJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatrixJournal, matrixjournal_free)

/*
 * Cells (borrowed) that have no verdict yet, in order: never tried to an end, skipped
 * as often as may be, or fewer than ATTEMPTS_MAX times with an error of the harness. Pure.
 */
GPtrArray *matrixjournal_pending(const MatrixJournal *journal, GPtrArray *cells);

/* How often the harness failed in a cell. Pure. */
guint matrixjournal_errors(const MatrixJournal *journal, const Cell *cell);

/* The last attempt at a cell, which decides; NULL if there was none. */
const Attempt *matrixjournal_last(const MatrixJournal *journal, const Cell *cell);

/* The last word about the kernel of a cell; NULL if it was never built here. */
const BuildAttempt *matrixjournal_build(const MatrixJournal *journal, const Cell *cell);

/* Paths of all matrix directories below parent, oldest first; empty if there are none. Caller frees. */
char **matrixdir_list(const char *parent);

#endif
