/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_NIGHTFACTS_H
#define STORE_NIGHTFACTS_H

#include <store/cell.h>

/*
 * A night: what was there, what was chosen and why. night.json has no more than that; what follows from it is
 * worked out anew each time (study/night.h). docs/nightly.md describes the files of a night, and this is the only
 * code that knows their names.
 */
#define NIGHT_SCHEMA 1

/* A source that is a branch, or a release, which never changes. Owns its strings; NULL: unknown. */
typedef struct {
	char *name;	      /* as kernels of the plan have it: "next", "7.1" */
	char *where, *branch; /* of a branch; else NULL */
	char *before;	      /* commit that was there when the night began */
	char *now;	      /* and that was run; of a release its version */
	char *version;	      /* for people: "v7.3-rc1-212-g0123456789ab" */
	gint64 added, gone; /* commits between the two; gone is more than 0 if the branch was begun anew; -1 unknown */
	char *problem;	    /* why it could not be brought up to date; NULL: it was */
} NightSource;

/* A cell of the plan with all its repeats: whether it was to be run, and why, or why not. */
typedef struct {
	char *name; /* night_cell_name() */
	bool chosen;
	char *why;
	guint runs;	    /* repeats */
	gint64 estimate_ns; /* of all of them, one after the other */
} NightChoice;

typedef struct {
	char *id;	     /* "2026-11-28", "2026-11-28-02": also the name of its folder */
	char *plan;	     /* name of the plan */
	char *plan_asked;    /* the same as it was asked for: a name, or an absolute path; NULL: by its name */
	char *begun, *ended; /* ISO 8601, UTC; ended NULL: it was cut off, or is not over */
	char *told; /* when message, mail and site were all handed out; NULL: not yet, or there is no message */
	gint64 budget_ns;
	gint64 spent_ns;    /* of a night that ended: by the host's clock, sources and kernels included; -1 unknown */
	gint64 built_ns;    /* of that for its kernels; -1 unknown */
	gint64 prepared_ns; /* of that for its sources, before kernels are built; -1: it did not come to that */
	double threshold;   /* a figure that is worse by more is a regression: 0.01 */
	char *khotest;	    /* version */
	char *host;	    /* "2 CPUs, 23.4G, AMD EPYC ..., Linux 6.1.0-9, Debian GNU/Linux 12" */
	char *accepted;	    /* when somebody said that it is as it should be from now on; NULL: nobody has */
	bool planned;	    /* sources and choices are whole: what remains is to run them */
	GPtrArray *sources; /* NightSource */
	GPtrArray *choices; /* NightChoice, in the order of their worth */
} NightFacts;

NightFacts *nightfacts_new(void);
void nightfacts_free(NightFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NightFacts, nightfacts_free)

/* One more, empty, all numbers unknown; borrowed from the facts. */
NightSource *nightfacts_add_source(NightFacts *facts, const char *name);
NightChoice *nightfacts_add_choice(NightFacts *facts, const char *name);
const NightSource *nightfacts_source(const NightFacts *facts, const char *name); /* NULL: there is none */

/* night.json. Caller frees. */
char *nightfacts_to_json(const NightFacts *facts);

/* what: a file name, for messages. Errors: INPUT (newer schema), FAILED (no JSON, or something is missing). */
NightFacts *nightfacts_parse(const char *text, gssize length, const char *what, GError **error);

typedef enum {
	NIGHT_FACTS,	/* night.json */
	NIGHT_MATRIX,	/* matrix/: the matrix directory */
	NIGHT_RUNS,	/* its run directories, in matrix/ */
	NIGHT_SUMMARY,	/* summary.json: derived; stays when the run directories are gone */
	NIGHT_TEXT,	/* message.txt: derived, as are the next three */
	NIGHT_MARKDOWN, /* message.md */
	NIGHT_JSON,	/* message.json */
	NIGHT_MAIL,	/* message.eml: what was given to sendmail; only where there was one */
} NightFile;

char *night_file(const char *path, NightFile file); /* caller frees */
bool night_write(const char *path, NightFile file, const char *text, GError **error);

/* Writes them to night.json. Errors: FAILED. */
bool night_keep(const char *path, const NightFacts *facts, GError **error);

/* The facts of the night in that folder. Errors: INPUT (it is none, or another one by its id), as above. */
NightFacts *night_read(const char *path, GError **error);

/* Folders below parent that are called as nights are, oldest first; empty if there are none. Caller frees. */
char **nights_list(const char *parent);

/* The id of a night that begins at that time: the date, with a number behind it if there is such a night. Caller frees.
 */
char *night_new_id(const char *parent, GDateTime *now);

/*
 * What a cell is called in every night: block and kind, without its repeat and the commit of its kernel. Caller frees.
 */
char *night_cell_name(const Cell *cell);

/* Its kind (cell_kind()), without the commits of its kernels: the same however far a branch has moved. Caller frees. */
char *night_cell_kind(const Cell *cell);

/* "7.1,next/central" of "7.1,next@1234abcd/central". Caller frees. */
char *night_chain_name(const char *chain);

/* "next" of "next@1234abcd"; ret_commit, which may be NULL: "1234abcd", or NULL. Caller frees both. */
char *night_kernel_name(const char *kernel, char **ret_commit);

#endif
