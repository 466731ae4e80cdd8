/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SOURCE_H
#define BUILD_SOURCE_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * Where the source of a kernel comes from, and how it gets into a git tree that
 * kernels can be built from.
 *
 * A Cache is the folder that holds everything that can be made again: by default
 * $XDG_CACHE_HOME/khotest. A Tree is a git repository with a working copy inside
 * it, at a path that stays the same from run to run so that builds are
 * incremental; base is the commit of the unpatched kernel.
 */
typedef struct {
	char *path;	/* working copy, ours alone */
	char *base;	/* commit id of the unpatched source */
	char *identity; /* what the cache key is made from: "sha256:..." of a tarball, or the git tree's object id */
	char *describe; /* for people: "7.1.13 (linux_7.1.13.orig.tar.xz)" */
	/* of a repository of the user's; NULL for anything else, and where nothing is committed yet */
	char *commit;  /* id that is checked out, or that @REF means */
	char *version; /* what git describe --always --dirty says of it: "v7.1-rc3-12-g0123456789ab-dirty" */
	bool dirty;    /* the tracked files are not as they are in that commit */
} Tree;

void tree_free(Tree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_free)

/*
 * One kernel that khotest knows: a folder patches/NAME with a file "source", or one of the user's own
 * (source_own_folder()). It is a release, or a branch of a git repository, of which each commit can be named.
 */
typedef struct {
	char *name;		 /* "7.1" */
	char *pin;		 /* of a branch: "1234abcd" of "next@1234abcd"; NULL: where it was fetched last */
	char *version;		 /* "7.1.13"; NULL of a branch */
	char *folder;		 /* patches/7.1 */
	GPtrArray *alternatives; /* SourceAlternative, in the order to try */
} Source;

typedef struct {
	char *kind;   /* the kinds that patches/README.md explains: "debian", "debian-binary", "url", "file", "git" */
	char *where;  /* "debian...": "linux=7.1.13-1~bpo13+1 trixie-backports"; else the address or path */
	char *branch; /* of "git"; NULL of others */
	char *sha256; /* of the file that comes from there; NULL: none is recorded, so it is skipped */
} SourceAlternative;

/* name: "7.1", "next", "next@COMMIT". Errors: INPUT. */
Source *source_load(const char *patches, const char *name, GError **error);
void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

/* Names of all kernels below patches/ and of the user's own, sorted. */
char **source_list(const char *patches, GError **error);

/* $XDG_CONFIG_HOME/khotest/kernels, where the user's own kernels are, like those below patches/. Caller frees. */
char *source_own_folder(void);

/* Where a branch comes from; NULL of a release. */
const SourceAlternative *source_branch(const Source *source);

/* Whether its source moves on, so that source_update() can do something. */
bool source_moves(const Source *source);

/* "NAME=URL#BRANCH", or a path for the address, which becomes absolute, taken apart. Caller frees all. Errors: INPUT.
 */
bool source_parse(const char *word, char **ret_name, char **ret_where, char **ret_branch, GError **error);

/*
 * One more of the user's own, a branch: its folder and its file are written, nothing is fetched. It is no error if it
 * is there already as it is asked for; ret_added: it was not. Errors: INPUT, for a name that is taken, or cannot be
 * one, and for an address or a branch that cannot be.
 */
bool source_add(const char *patches, const char *name, const char *where, const char *branch, bool *ret_added,
		GError **error);

/* Takes back what source_add() has added. Series in its folder stay. */
void source_remove(const char *name);

/*
 * For people: "7.1.13" of a release; of a branch what its Makefile and git describe say of what was fetched of it:
 * "7.3.0-rc1, v7.3-rc1-212-g0123456789ab"; NULL if nothing was yet. Caller frees.
 */
char *source_version(const Source *source, const char *cache, GCancellable *cancel);

/*
 * The name with the commit that it means now, "next@0123456789ab", of a branch that was fetched; of all others the name
 * as it is. Whoever begins something that takes long names its kernels so. Caller frees.
 */
char *source_pin(const char *patches, const char *name, const char *cache, GCancellable *cancel);

/* What source_update() did. Owns its strings. */
typedef struct {
	char *was;     /* the commit before; NULL: nothing was there */
	char *now;     /* and after; on errors the one of before, which is as good as it was */
	char *version; /* of now, as source_version() has it */
	gint64 added;  /* commits of now that was does not have; -1: not known, as where was is NULL */
	gint64 gone;   /* and the other way round: more than 0 where the branch was begun anew (rebased) */
} SourceUpdate;

void source_update_clear(SourceUpdate *update);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SourceUpdate, source_update_clear)

/*
 * Brings a branch up to date. Waits for another harness that does the same. Errors: HOST, if it cannot be reached, or
 * there is no space; INPUT, if there is no such branch or repository; FAILED, CANCELLED.
 */
bool source_update(const Source *source, const char *cache, GCancellable *cancel, SourceUpdate *ret_update,
		   GError **error);

/* A place where a source was looked for, and what came of it. */
typedef struct {
	char *place; /* "url https://...", "file /media/linux-7.1.13.tar.xz": what people can look at */
	char *why;   /* why nothing came from there; NULL: the source did */
} SourceAttempt;

/* What source_fetch() did. Owns everything in it. */
typedef struct {
	char *path;	     /* the file in the cache; NULL if there is none */
	char *sha256;	     /* of that file, as the alternative has it that it came from */
	gint64 bytes;	     /* its size; -1: not known */
	bool was_cached;     /* it was there already, and nothing was tried */
	bool refused;	     /* a place had a file of that name with another checksum */
	GPtrArray *attempts; /* SourceAttempt, in the order in which they were made */
} SourceFetched;

void source_fetched_clear(SourceFetched *fetched);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SourceFetched, source_fetched_clear)

/*
 * Brings the tarball into cache/sources (verified, resumable, atomically named):
 * from the cache, from the folder $KHOTEST_SOURCES if that is set, or from one
 * alternative after the other, saying so. One that is there already is verified
 * again only if its size or time changed since it was; a damaged one is fetched
 * anew with a warning. ret_fetched is filled in as far as it got, on errors too.
 * Errors: with one line for each place, HOST where none could be reached and
 * FAILED where one had something else; HOST for no space; INPUT for a
 * KHOTEST_SOURCES that is no folder; CANCELLED.
 */
bool source_fetch(const Source *source, const char *cache, GCancellable *cancel, SourceFetched *ret_fetched,
		  GError **error);

/*
 * The tree in cache/trees/NAME. Of a release: source_fetch(), then imported once. Of a branch: of the commit that is
 * meant, which is kept for good from then on; nothing is fetched but what was never there.
 */
Tree *source_tree(const Source *source, const char *cache, GCancellable *cancel, GError **error);

/* What --tree names. Owns its strings. */
typedef struct {
	char *dir;     /* absolute; a tarball's path too */
	char *ref;     /* behind the '@', or NULL */
	char *name;    /* for tables: the folder's own name, and @REF */
	char *release; /* "7.1.13", by its Makefile; NULL for a tarball, which is not looked into */
	bool packed;   /* a tarball */
} UserTree;

/*
 * What can be told of "DIR" or "DIR@REF" by reading a few of its files: whether it is
 * a kernel's source at all. Nothing is copied. Errors: INPUT, saying what is missing.
 */
UserTree *source_user_look(const char *spec, GCancellable *cancel, GError **error);
void usertree_free(UserTree *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserTree, usertree_free)

/*
 * The user's own: "DIR" or "DIR@REF". The working copy, index, refs and .config of
 * DIR are never touched: objects are read from it into a tree of ours. Without
 * @REF: what the working copy holds now, tracked files with their uncommitted
 * changes. A folder without git, or a tarball file, is imported whole.
 */
Tree *source_user_tree(const char *spec, const char *cache, GCancellable *cancel, GError **error);

#endif
