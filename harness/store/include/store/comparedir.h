/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_COMPAREDIR_H
#define STORE_COMPAREDIR_H

#include <glib.h>
#include <stdbool.h>

/*
 * The comparison directory: which series were asked for, which run belongs to which
 * round, and the run directories. Pairs and order are known from it alone, so a
 * comparison can be judged again at any time, also one that was cut off. docs/report.md
 * describes it. This is the only code that knows the names of its files.
 */
#define COMPAREDIR_SCHEMA 1

typedef enum {
	COMPARE_JSON,	/* compare.json: what was asked for */
	COMPARE_ROUNDS, /* rounds.jsonl: a line for each run */
	COMPARE_RUNS,	/* runs/: run directories */
	COMPARE_LOCK,	/* lock: held by the process that works on it */
} CompareFile;

typedef struct {
	char *path;    /* absolute */
	char *id;      /* its last component */
	char **series; /* as asked for, at least two; one may be there twice */
	char **asked;  /* the command line */
	bool anyway;   /* figures that cannot be compared were asked for all the same */
	int rounds_fd; /* -1: open for reading only */
	int lock_fd;
} CompareDir;

/* One run that came to its end. */
typedef struct {
	guint round;	/* from 1 on; 0 is the warm-up */
	guint side;	/* index into series */
	guint position; /* in its round, from 0 on: how many ran before it */
	char *run;	/* name of its directory below runs/ */
} CompareRun;

/* All that rounds.jsonl says. */
typedef struct {
	GPtrArray *runs;  /* CompareRun, in order of time */
	char *end;	  /* why it ended: "rounds", "tight", "budget", "cut-off"; NULL if nothing says that it did */
	GPtrArray *notes; /* char *: lines that could not be read */
} CompareRounds;

/* PARENT/DATE-TIME-A-B-MEMORY-XXXX, unique. memory: "100G". Caller frees. */
char *comparedir_name(const char *parent, const char *const *series, const char *memory);

/* Makes the directory, and takes the lock. Errors: INPUT if path is there and not empty; FAILED. */
CompareDir *comparedir_create(const char *path, const char *const *series, const char *const *asked, bool anyway,
			      GError **error);

/*
 * An existing one; for_work: to go on with it, which takes the lock. Errors: INPUT (no
 * comparison, newer schema, somebody is at work on it), FAILED (damaged).
 */
CompareDir *comparedir_open(const char *path, bool for_work, GError **error);

void comparedir_free(CompareDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CompareDir, comparedir_free)

/* Whether path is one, whatever its state. */
bool comparedir_is(const char *path);

char *comparedir_file(const CompareDir *dir, CompareFile file); /* caller frees */

/* One line, written and synced at once. */
bool comparedir_note_run(CompareDir *dir, const CompareRun *run, GError **error);
bool comparedir_note_end(CompareDir *dir, const char *why, GError **error);

/* A line that is torn or makes no sense is passed over with a note. Never NULL. */
CompareRounds *comparedir_rounds(const CompareDir *dir);

/* The same of its text, of a comparison of so many sides; path is for notes. Pure. */
CompareRounds *comparerounds_parse(const char *text, guint sides, const char *path);
void comparerounds_free(CompareRounds *rounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CompareRounds, comparerounds_free)

/* Paths of all comparison directories below parent, oldest first; empty if there are none. Caller frees. */
char **comparedir_list(const char *parent);

#endif
