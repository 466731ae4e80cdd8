/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_COMMITS_H
#define BUILD_COMMITS_H

#include <gio/gio.h>
#include <stdbool.h>

/* The commits of a git repository of the user's, which is only read. All have dir: a folder in it. */

/* The full id of what git takes as a commit. Caller frees. Errors: INPUT, if it is none. */
char *commits_id(const char *dir, const char *name, GCancellable *cancel, GError **error);

/*
 * The commits that bad has and none of the good ones, but for bad itself; the first is the one that parts them best, as
 * git bisect would choose. first_parent: only along first parents. Full ids; caller unrefs. Errors: FAILED, with git's
 * words.
 */
GPtrArray *commits_between(const char *dir, const GPtrArray *good, const char *bad, bool first_parent,
			   GCancellable *cancel, GError **error);

/*
 * Whether one is in the history of the other. Errors: FAILED; INPUT where nobody can say that it is not, since the
 * repository is a shallow clone.
 */
bool commits_is_ancestor(const char *dir, const char *one, const char *other, bool *ret_is, GCancellable *cancel,
			 GError **error);

/* INPUT if a range, "BASE..BRANCH", goes on below the commit with which a shallow clone ends. */
bool commits_check_range(const char *dir, const char *range, GCancellable *cancel, GError **error);

/* Whether git has been told that it need not have everything there, as by "git clone --filter=blob:none". */
bool commits_is_partial(const char *dir, GCancellable *cancel);

/* INPUT if a partial clone does not have all that ref has in it: nothing is fetched for it. */
bool commits_check_whole(const char *dir, const char *ref, GCancellable *cancel, GError **error);

/* For people: "mm: init pages late"; date and files. NULL members where git does not say. */
typedef struct {
	char *subject, *date;
	char **files;
} CommitLook;

void commitlook_clear(CommitLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CommitLook, commitlook_clear)
void commits_look(const char *dir, const char *id, GCancellable *cancel, CommitLook *ret_look);

#endif
