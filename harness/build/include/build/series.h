/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SERIES_H
#define BUILD_SERIES_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * A series of patches, and what goes with it.
 *
 * One of ours is a folder patches/KERNEL/NAME with a file "series": quilt's
 * format (one patch file a line), and comment lines that carry the rest:
 *
 *   # summary: only the Kconfig guard lifted: the bug
 *   # expect: FAIL scratch-not-cma
 *   # fragments: deferred
 *
 * An overlay ("# overlay: yes") goes on top of another series and never alone:
 * "central+audit" has the patches of both in this order, the fragments of both,
 * and what the first expects. Without a line for them it adds no fragments.
 *
 * A user's is a folder (with or without a series file: all *.patch in order), a
 * patch, mails, or commits (docs/series.md); it expects PASS and has the fragment
 * "deferred" unless it says otherwise.
 */
typedef struct {
	char *name;
	char *path;	     /* folder or file */
	char *summary;	     /* may be NULL */
	char *expect;	     /* "PASS" or "FAIL" */
	char *expect_reason; /* reason id expected with FAIL; NULL: any */
	char **fragments;    /* names in kconfigs/, NULL-terminated */
	GPtrArray *patches;  /* char *: files in the order to apply */
	bool overlay;	     /* only from series_read(): what series_load() gives can be built */
} Series;

/*
 * A series to build. name: one of ours, or a path (contains a '/' or exists), or what comes as mail or commits
 * (docs/series.md); then "+OVERLAY" any number of times. cache: where those are kept as patches; NULL: they are
 * refused. Errors: INPUT, for an unknown one naming the nearest; for an overlay without, or something else with, a
 * series below; for mails without a series, or with more than one. What has to be fetched may fail as well: FAILED,
 * HOST, CANCELLED.
 */
Series *series_load(const char *patches, const char *kernel, const char *name, const char *cache, GCancellable *cancel,
		    GError **error);
/* The series that a kernel without any has: the tree as it is. */
#define SERIES_PLAIN "stock"

/* What one series says of itself, an overlay too: for lists. */
Series *series_read(const char *patches, const char *kernel, const char *name, const char *cache, GCancellable *cancel,
		    GError **error);
/* Nothing on top of a tree that has its patches already: named "as-is", with deferred init, and PASS expected. */
Series *series_none(void);

void series_free(Series *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Series, series_free)

/*
 * "PASS", "FAIL guest-panic" or "FAIL any", as series files and plans say what is expected: ret_reason is NULL but for
 * the second. Whether there is such a reason is not looked at. NULL, or why it is nothing of the kind, in words. Caller
 * frees both.
 */
const char *series_parse_expect(const char *text, char **ret_expect, char **ret_reason);

/* Names of the series of a kernel, sorted. */
char **series_list(const char *patches, const char *kernel, GError **error);

/* Names of the functions that its patches change, sorted: as far as the patches tell. Caller g_strfreev()s. */
char **series_touches(const Series *series);

/* SHA-256 over the content of all patches in order. Caller frees. */
char *series_digest(const Series *series, GError **error);

/*
 * The tree's working copy becomes base + series: same commit id each time for
 * the same input (fixed committer and dates), and files that do not differ from
 * what was there keep their times. Errors: INPUT, saying which patch, which
 * hunk, against what.
 */
bool series_apply(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error);

/* The id of the commit that series_apply() would check out; nothing is. Caller frees. The same errors. */
char *series_commit(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error);

/* Whether series_apply() would do it, with the same errors; the working copy stays as it is, whoever builds in it. */
bool series_check(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error);

#endif
