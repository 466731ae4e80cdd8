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
 * A user's is a folder (with or without a series file: all *.patch in order), a
 * patch, or an mbox; it expects PASS and has the fragment "deferred" unless it
 * says otherwise.
 */
typedef struct {
	char *name;
	char *path;	     /* folder or file */
	char *summary;	     /* may be NULL */
	char *expect;	     /* "PASS" or "FAIL" */
	char *expect_reason; /* reason id expected with FAIL, or NULL */
	char **fragments;    /* names in kconfigs/, NULL-terminated */
	GPtrArray *patches;  /* char *: files in the order to apply; an mbox counts as one */
} Series;

/* name: one of ours, or a path (contains a '/' or exists). Unknown: INPUT naming the nearest ones. */
Series *series_load(const char *patches, const char *kernel, const char *name, GError **error);
/* Nothing on top of a tree that has its patches already: named "as-is", with deferred init, and PASS expected. */
Series *series_none(void);

void series_free(Series *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Series, series_free)

/* Names of the series of a kernel, sorted. */
char **series_list(const char *patches, const char *kernel, GError **error);

/* SHA-256 over the content of all patches in order. Caller frees. */
char *series_digest(const Series *series, GError **error);

/*
 * The tree's working copy becomes base + series: same commit id each time for
 * the same input (fixed committer and dates), and files that do not differ from
 * what was there keep their times. Errors: INPUT, saying which patch, which
 * hunk, against what.
 */
bool series_apply(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error);

/* Up to three candidates nearest to a misspelled name, for "did you mean"; "" if none is near. Caller frees. */
char *series_nearest(const char *name, char **candidates);

#endif
