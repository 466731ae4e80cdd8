/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_RUNINDEX_H
#define HISTORY_RUNINDEX_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * An index over run directories, in SQLite. The run directories are the truth: the
 * index holds nothing that is not made from them, and is thrown away and made again
 * whenever it is damaged, of another schema, or made by another build of khotest,
 * which might judge differently.
 */
#define RUNINDEX_SCHEMA 4

typedef struct RunIndex RunIndex;

typedef struct {
	const char *metric; /* id, interned */
	gint64 value;	    /* never negative: what is not known is not there */
} IndexedValue;

typedef struct {
	const char *name; /* "memory", interned */
	char *value;	  /* "-" if unknown */
} IndexedKeyPart;

/* One run, as the index has it. Strings are owned; NULL: unknown. */
typedef struct {
	char *path; /* absolute */
	char *id;
	char *date;    /* when it began: ISO 8601, UTC */
	char *kernel;  /* "7.1" */
	char *release; /* as the first kernel said, or its build */
	char *image;   /* SHA-256 of the kernel image */
	char *series;
	char *profile;
	char *mode;	  /* "wall", "counted" */
	char *verdict;	  /* "PASS" ... */
	char *class;	  /* what went wrong (measure/title.h): "soft-lockup"; "none" for PASS */
	char *title;	  /* the same: "soft lockup in memmap_init"; NULL for PASS */
	char *key;	  /* digest of what figures depend on besides the kernel */
	char *problem;	  /* why nothing could be read from it, or NULL */
	GPtrArray *parts; /* IndexedKeyPart: what key was made from; empty in answers of the index: runindex_key() */
	GArray *values;	  /* IndexedValue */
} IndexedRun;

IndexedRun *indexedrun_new(const char *path);
void indexedrun_free(IndexedRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IndexedRun, indexedrun_free)

void indexedrun_add_value(IndexedRun *run, const char *metric, gint64 value); /* negative: unknown, and not added */
void indexedrun_add_part(IndexedRun *run, const char *name, const char *value);

/* The run's value; -1 unknown. */
gint64 indexedrun_value(const IndexedRun *run, const char *metric);

/* Reads and judges one run directory. A directory that cannot be read gives a run with a problem. Never NULL. */
typedef IndexedRun *(*RunIndexReadFunc)(const char *path, gpointer data);

/*
 * Opens the file, makes it where it is missing, and makes it anew where it cannot be
 * used: then ret_why says in words why, else it is NULL (caller frees). maker: what
 * identifies the build of khotest that reads run directories. Only one process at a
 * time has an index open; others wait, and say so. Errors: FAILED (cannot be written), CANCELLED.
 */
RunIndex *runindex_open(const char *path, const char *maker, GCancellable *cancel, char **ret_why, GError **error);
void runindex_close(RunIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunIndex, runindex_close)

typedef struct {
	guint runs;	  /* run directories there are */
	guint read;	  /* of these, those that were new or had changed */
	guint dropped;	  /* that are no longer there */
	guint unreadable; /* with a problem */
} RunIndexUpdate;

/*
 * Brings the index to what is below the folders. A run directory whose journal, plan,
 * console and other files have the sizes and times that they had is not read again. Cancelled: what was read so
 * far is kept. ret_update may be NULL. Errors: FAILED, CANCELLED.
 */
bool runindex_update(RunIndex *index, const char *const *folders, RunIndexReadFunc read, gpointer data,
		     GCancellable *cancel, RunIndexUpdate *ret_update, GError **error);

/*
 * Runs that have the metric, with its value: by key, series and date. Those that the
 * harness failed in (verdict ERROR) are left out. GPtrArray of IndexedRun; caller unrefs.
 */
GPtrArray *runindex_runs(RunIndex *index, const char *metric, GError **error);

/* All there are, by path: path, verdict, class, title and problem. GPtrArray of IndexedRun; caller unrefs. */
GPtrArray *runindex_all(RunIndex *index, GError **error);

/* IndexedKeyPart: what a key was made from, in order; empty if nobody has it. Caller unrefs. */
GPtrArray *runindex_key(RunIndex *index, const char *key, GError **error);

/*
 * The last judged run (PASS or FAIL) with the same key and series that began before
 * run. ret_path: NULL if there is none, which is no error. Caller frees.
 */
bool runindex_previous(RunIndex *index, const IndexedRun *run, char **ret_path, GError **error);

/* How many judged runs have a metric, and under how many different keys and series. */
typedef struct {
	const char *metric; /* interned */
	guint runs;
	guint trends;
} IndexedMetric;

/* IndexedMetric, by name of metric; caller unrefs. */
GArray *runindex_metrics(RunIndex *index, GError **error);

typedef struct {
	char *series, *kernel, *mode;
	char *first, *last; /* dates */
	guint runs;
	guint judged; /* PASS or FAIL */
	guint keys;
} IndexedSeries;

/* Runs that went wrong in the same way, of whatever build and series. */
typedef struct {
	char *title, *class;
	char *first, *last; /* dates */
	char *last_path;
	guint runs;
	guint images; /* different kernels among them */
} IndexedTitle;

/* IndexedTitle: what went wrong, what happened to most runs first; caller unrefs. */
GPtrArray *runindex_titles(RunIndex *index, GError **error);

/* IndexedSeries: what was run, by kernel and series; caller unrefs. */
GPtrArray *runindex_series(RunIndex *index, GError **error);

#endif
