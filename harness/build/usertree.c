// SPDX-License-Identifier: GPL-2.0-or-later
#include "git.h"
#include "tree.h"
#include "treerepo.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/names.h>
#include <build/cache.h>
#include <build/commits.h>

#include <string.h>

/* How git-ls-tree(1) begins the line of a repository inside of another. */
#define GITLINK "160000 "

/* cache/trees/user-HASH: one stable place for each folder or file of the user's, so that builds are incremental. */
static char *place_for(const char *dir, const char *cache)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dir, -1);
	g_autofree char *name = g_strdup_printf("user-%.12s", hash);

	return g_build_filename(cache, CACHE_TREES, name, NULL);
}

static GPtrArray *lines_of(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);

	for (char **line = lines; *line; line++)
		if (**line)
			g_ptr_array_add(out, g_strdup(*line));
	return out;
}

/* The user's repository, as far as it is read. All paths are absolute. */
typedef struct {
	char *top;
	char *dir;
	char *index;
	char *objects;
} UserGit;

static void user_git_clear(UserGit *user)
{
	g_free(user->top);
	g_free(user->dir);
	g_free(user->index);
	g_free(user->objects);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UserGit, user_git_clear)

/* Finds dir's repository. ret_user->dir stays NULL if dir is not the top of one. */
static bool find_user_git(const char *dir, GCancellable *cancel, UserGit *ret_user, GError **error)
{
	Git git = { .work = NULL, .user_config = true };
	g_autofree char *out = NULL, *err = NULL, *real = realpath(dir, NULL);
	g_autofree char *git_file = g_build_filename(dir, ".git", NULL);
	g_auto(GStrv) lines = NULL;
	int status;

	if (!git_try(&git,
		     GIT_ARGS("-C", dir, "rev-parse", "--path-format=absolute", "--show-toplevel", "--absolute-git-dir",
			      "--git-path", "index", "--git-path", "objects"),
		     NULL, cancel, &status, &out, &err, error))
		return false;
	/* a worktree whose repository is away says the same */
	if (status != 0 && strstr(err, "not a git repository") && !g_file_test(git_file, G_FILE_TEST_EXISTS))
		return true;
	if (status != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: git cannot read it: %s", dir, g_strstrip(err));
	lines = g_strsplit_set(g_strchomp(out), "\n", -1);
	if (g_strv_length(lines) != 4)
		return error_set(error, KHOTEST_ERROR_FAILED, "--tree %s: git rev-parse answered '%s'", dir, out);
	if (g_strcmp0(lines[0], real) != 0)
		return true;
	ret_user->top = g_strdup(lines[0]);
	ret_user->dir = g_strdup(lines[1]);
	ret_user->index = g_strdup(lines[2]);
	ret_user->objects = g_strdup(lines[3]);
	return true;
}

/*
 * What the working copy holds now, as a tree object: "git add -u" into a copy of
 * the user's index, with new objects going to our repository. Features of the
 * index that would write beside the original are switched off. What git may do
 * in the user's repository is to renew the time of an object that it would have
 * written anew, as it does for every alternate, so that gc keeps the object.
 */
static bool snapshot(const UserGit *user, const char *path, GCancellable *cancel, char **ret_tree, GError **error)
{
	g_autofree char *index = g_build_filename(path, ".git", "user-index", NULL);
	g_autofree char *objects = g_build_filename(path, ".git", "objects", NULL);
	Git git = { .dir = user->dir,
		    .work = user->top,
		    .index = index,
		    .objects = objects,
		    .alternates = user->objects,
		    .user_config = true };

	return files_copy(user->index, index, error) &&
	       git_run(&git,
		       GIT_ARGS("-c", "core.splitIndex=false", "-c", "core.fsmonitor=false", "-c",
				"core.untrackedCache=false", "add", "-u"),
		       cancel, NULL, error) &&
	       git_run(&git, GIT_ARGS("write-tree"), cancel, ret_tree, error);
}

/*
 * A folder without git: every file in it that the kernel's own .gitignore files do not name. Its index is not that of
 * snapshot(): the folder may have been a repository before, whose objects are not here.
 */
static bool snapshot_folder(const char *dir, const char *path, GCancellable *cancel, char **ret_tree, GError **error)
{
	g_autofree char *git_dir = g_build_filename(path, ".git", NULL);
	g_autofree char *index = g_build_filename(git_dir, "folder-index", NULL);
	Git git = { .dir = git_dir, .work = dir, .index = index };

	return git_run(&git, GIT_ARGS("-c", "core.compression=1", "add", "-A"), cancel, NULL, error) &&
	       git_run(&git, GIT_ARGS("write-tree"), cancel, ret_tree, error);
}

/* A forgotten "git add" is why a build lacks a file. */
static void say_untracked(const UserGit *user, GCancellable *cancel)
{
	Git git = { .dir = user->dir, .work = user->top, .user_config = true };
	g_autofree char *out = NULL, *some = NULL, *text = NULL;
	g_autoptr(GPtrArray) names = NULL;

	if (!git_run(&git,
		     GIT_ARGS("ls-files", "--others", "--exclude-standard", "--directory", "--no-empty-directory"),
		     cancel, &out, NULL) ||
	    !*out)
		return;
	names = lines_of(out);
	some = names_some(names);
	text = g_strdup_printf("%s: not taken, since git does not track it: %s; 'git add -N' is enough", user->top,
			       some);
	if (log_is_first(text))
		log_info("%s", text);
}

/* Repositories inside, of which a tree object has a name and no contents. Caller frees; NULL: there are none. */
static char *find_inner(const char *path, const char *tree_id, GCancellable *cancel)
{
	g_autofree char *git_dir = g_build_filename(path, ".git", NULL), *out = NULL;
	Git git = { .dir = git_dir };
	g_autoptr(GPtrArray) lines = NULL, inner = g_ptr_array_new();

	if (!git_run(&git, GIT_ARGS("ls-tree", "-r", "-d", "--full-tree", tree_id), cancel, &out, NULL))
		return NULL;
	lines = lines_of(out);
	for (guint i = 0; i < lines->len; i++) {
		const char *tab = strchr(lines->pdata[i], '\t');

		if (tab && g_str_has_prefix(lines->pdata[i], GITLINK))
			g_ptr_array_add(inner, (gpointer)(tab + 1));
	}
	return inner->len ? names_some(inner) : NULL;
}

static void warn_of_submodules(const char *label, const char *path, const char *tree_id, GCancellable *cancel)
{
	g_autofree char *inner = find_inner(path, tree_id, cancel),
			*text = g_strdup_printf("%s: what is in submodules is not taken: %s", label, inner);

	if (inner && log_is_first(text))
		log_warn("%s", text);
}

/*
 * Which commit it is, and whether the tree object is what that commit has. The name
 * is only for people: where git cannot tell, as before the first commit, there is none.
 */
static void describe(const UserGit *user, const char *ref, const char *tree_id, GCancellable *cancel, Tree *tree)
{
	Git git = { .dir = user->dir, .work = user->top, .user_config = true };
	g_autofree char *wanted = g_strdup_printf("%s^{commit}", ref ? ref : "HEAD"), *its_tree = NULL, *words = NULL,
			*label = NULL;
	g_autofree char *wanted_tree = g_strdup_printf("%s^{tree}", ref ? ref : "HEAD");

	if (!git_run(&git, GIT_ARGS("rev-parse", "--verify", "--quiet", "--end-of-options", wanted), cancel,
		     &tree->commit, NULL) ||
	    !git_run(&git, GIT_ARGS("rev-parse", "--verify", "--quiet", "--end-of-options", wanted_tree), cancel,
		     &its_tree, NULL))
		return;
	tree->dirty = strcmp(its_tree, tree_id) != 0;
	if (!git_run(&git, GIT_ARGS("describe", "--always", "--abbrev=12", tree->commit), cancel, &words, NULL))
		return;
	tree->version = g_strconcat(words, tree->dirty ? "-dirty" : "", NULL);
	label = g_steal_pointer(&tree->describe);
	tree->describe = g_strdup_printf("%s (%s)", label, tree->version);
}

static Tree *from_git(const UserGit *user, const char *label, const char *ref, const char *path, GCancellable *cancel,
		      GError **error)
{
	Git git = { .dir = user->dir, .work = user->top, .user_config = true };
	g_autofree char *tree_id = NULL;
	g_autofree char *wanted = g_strdup_printf("%s^{tree}", ref ? ref : "");
	Tree *tree;

	if ((ref && !commits_check_whole(user->top, ref, cancel, error)) ||
	    !treerepo_prepare(path, user->objects, cancel, error))
		return NULL;
	if (ref ? !git_run(&git, GIT_ARGS("rev-parse", "--verify", "--quiet", "--end-of-options", wanted), cancel,
			   &tree_id, error)
		: !snapshot(user, path, cancel, &tree_id, error))
		return NULL;
	if (!ref)
		say_untracked(user, cancel);
	warn_of_submodules(label, path, tree_id, cancel);
	tree = treerepo_finish(path, tree_id, label, cancel, error);
	if (tree)
		describe(user, ref, tree_id, cancel, tree);
	return tree;
}

/* The tree of a folder that is not packed. Nobody else is in the repository at path meanwhile. */
static Tree *from_folder(const UserTree *look, const char *label, const char *path, GCancellable *cancel,
			 GError **error)
{
	g_auto(UserGit) user = { 0 };
	g_autofree char *tree_id = NULL, *inner = NULL, *git_dir = g_build_filename(path, ".git", NULL);

	/* a build in the working copy beside it has locks of its own (apply.c) */
	git_remove_stale(git_dir,
			 GIT_ARGS("user-index.lock", "folder-index.lock", "config.lock", "refs/heads/base.lock"));
	if (!find_user_git(look->dir, cancel, &user, error))
		return NULL;
	if (user.dir)
		return from_git(&user, label, look->ref, path, cancel, error);
	if (!treerepo_prepare(path, NULL, cancel, error) || !snapshot_folder(look->dir, path, cancel, &tree_id, error))
		return NULL;
	inner = find_inner(path, tree_id, cancel);
	if (inner) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--tree %s: git would take nothing of what is in a repository inside of it: %s. Without its "
			  ".git it is a folder like any other",
			  look->dir, inner);
		return NULL;
	}
	return treerepo_finish(path, tree_id, label, cancel, error);
}

static Tree *from_folder_locked(const UserTree *look, const char *label, const char *path, GCancellable *cancel,
				GError **error)
{
	g_autofree char *lock = g_strconcat(path, ".import-lock", NULL), *parent = g_path_get_dirname(path);
	Tree *tree;
	int fd;

	if (!files_mkdirs(parent, error))
		return NULL;
	fd = lock_wait(lock, "another khotest is reading this tree", cancel, error);
	if (fd < 0)
		return NULL;
	tree = from_folder(look, label, path, cancel, error);
	close(fd);
	return tree;
}

Tree *source_user_tree(const char *spec, const char *cache, GCancellable *cancel, GError **error)
{
	g_autoptr(UserTree) look = source_user_look(spec, cancel, error);
	g_autofree char *path = look ? place_for(look->dir, cache) : NULL, *sha256 = NULL, *label = NULL;

	if (!look)
		return NULL;
	/* as it was typed it could be "." */
	label = g_strdup_printf("%s%s%s", look->dir, look->ref ? "@" : "", look->ref ? look->ref : "");
	if (look->packed) {
		sha256 = files_sha256(look->dir, error);
		return sha256 ? tree_from_tarball(look->dir, sha256, path, label, label, cancel, error) : NULL;
	}
	return from_folder_locked(look, label, path, cancel, error);
}
