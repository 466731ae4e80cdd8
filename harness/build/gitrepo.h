/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_GITREPO_H
#define BUILD_GITREPO_H

#include <build/source.h>
#include <gio/gio.h>
#include <stdbool.h>

/*
 * Repositories of ours that hold branches of others': cache/git/HASH.git, bare, one for each address, so that branches
 * of the same place share what they have. refs/heads/BRANCH is where a branch was when it was fetched last, and
 * refs/khotest/COMMIT keeps each commit that was used, also where the branch was begun anew without it.
 */
#define GITREPO_FOLDER "git"
/* Written last: a repository without it was never set up. Its text is the address. */
#define GITREPO_MARK "khotest"

/* cache/git/HASH.git. Pure. Caller frees. */
char *gitrepo_path(const char *cache, const char *where);

/* Whether it is there at all. */
bool gitrepo_is(const char *path);

/* Sees to it that it is there. The caller holds its lock. */
bool gitrepo_prepare(const char *path, const char *where, GCancellable *cancel, GError **error);

/* Removes what a git that was killed has left: locks, and packs that never were whole. The caller holds the lock. */
void gitrepo_tidy(const char *path);

/* The lock that whoever changes branches of it holds; -1 on error. */
int gitrepo_lock(const char *path, GCancellable *cancel, GError **error);

/* The id of the commit that a word means; NULL, without an error, if there is none in it. Caller frees. */
char *gitrepo_commit(const char *path, const char *word, GCancellable *cancel);

/* How many commits to has that from does not have; -1: that cannot be told. */
gint64 gitrepo_count(const char *path, const char *from, const char *to, GCancellable *cancel);

/* What git describe says of a commit, "v7.1-rc3-12-g0123456789ab"; NULL if nothing. Caller frees. */
char *gitrepo_describe(const char *path, const char *commit, GCancellable *cancel);

/* Keeps a commit for good. */
bool gitrepo_keep(const char *path, const char *commit, GCancellable *cancel, GError **error);

#endif
