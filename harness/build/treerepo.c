// SPDX-License-Identifier: GPL-2.0-or-later
#include "treerepo.h"
#include "git.h"

#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

bool treerepo_prepare(const char *path, const char *objects, GCancellable *cancel, GError **error)
{
	g_autofree char *git_dir = g_build_filename(path, ".git", NULL);
	g_autofree char *alternates = g_build_filename(git_dir, "objects", "info", "alternates", NULL);
	g_autofree char *line = objects ? g_strconcat(objects, "\n", NULL) : NULL;
	Git git = { .dir = git_dir, .work = path };

	if (!files_mkdirs(path, error))
		return false;
	/* of what was borrowed before, from a repository that may be gone, git would ask on each call */
	if (!line && g_unlink(alternates) != 0 && errno != ENOENT && errno != ENOTDIR)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot remove %s: %s", alternates, g_strerror(errno));
	return git_run(&git, GIT_ARGS("init", "-q", "-b", "base"), cancel, NULL, error) &&
	       (!line || files_write(alternates, line, strlen(line), error));
}

Tree *treerepo_finish(const char *path, const char *tree_id, const char *label, GCancellable *cancel, GError **error)
{
	g_autofree char *git_dir = g_build_filename(path, ".git", NULL);
	g_autoptr(Tree) tree = g_new0(Tree, 1);
	Git git = { .dir = git_dir, .work = path };

	if (!git_run(&git, GIT_ARGS("commit-tree", "-m", label, tree_id), cancel, &tree->base, error) ||
	    !git_run(&git, GIT_ARGS("update-ref", "refs/heads/base", tree->base), cancel, NULL, error))
		return NULL;
	tree->path = g_strdup(path);
	tree->identity = g_strdup_printf("tree:%s", tree_id);
	tree->describe = g_strdup(label);
	return g_steal_pointer(&tree);
}
