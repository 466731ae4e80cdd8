// SPDX-License-Identifier: GPL-2.0-or-later
#include "git.h"

#include <base/error.h>
#include <build/commits.h>

#include <string.h>

static bool ask(const char *dir, const char *const *args, GCancellable *cancel, char **ret_out, GError **error)
{
	const Git git = { .user_config = true };
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	g_ptr_array_add(all, (gpointer) "-C");
	g_ptr_array_add(all, (gpointer)dir);
	for (; *args; args++)
		g_ptr_array_add(all, (gpointer)*args);
	g_ptr_array_add(all, NULL);
	return git_run(&git, (const char *const *)all->pdata, cancel, ret_out, error);
}

char *commits_id(const char *dir, const char *name, GCancellable *cancel, GError **error)
{
	g_autofree char *wanted = g_strconcat(name, "^{commit}", NULL), *id = NULL;
	g_autoptr(GError) local = NULL;

	if (ask(dir, GIT_ARGS("rev-parse", "--verify", "--quiet", "--end-of-options", wanted), cancel, &id, &local))
		return g_steal_pointer(&id);
	if (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED))
		g_propagate_error(error, g_steal_pointer(&local));
	else
		error_set(error, KHOTEST_ERROR_INPUT, "%s has no commit '%s' ('git -C %s log' shows what it has)", dir,
			  name, dir);
	return NULL;
}

GPtrArray *commits_between(const char *dir, const GPtrArray *good, const char *bad, bool first_parent,
			   GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;

	g_ptr_array_add(args, (gpointer) "rev-list");
	g_ptr_array_add(args, (gpointer) "--bisect-all");
	if (first_parent)
		g_ptr_array_add(args, (gpointer) "--first-parent");
	g_ptr_array_add(args, (gpointer)bad);
	g_ptr_array_add(args, (gpointer) "--not");
	for (guint i = 0; i < good->len; i++)
		g_ptr_array_add(args, good->pdata[i]);
	g_ptr_array_add(args, NULL);
	if (!ask(dir, (const char *const *)args->pdata, cancel, &out, error))
		return NULL;
	/* "ID (dist=31)", the best first */
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++) {
		(*line)[strcspn(*line, " ")] = '\0';
		if (**line && strcmp(*line, bad) != 0)
			g_ptr_array_add(found, g_strdup(*line));
	}
	return g_steal_pointer(&found);
}

static bool is_shallow(const char *dir, GCancellable *cancel)
{
	g_autofree char *out = NULL;

	return ask(dir, GIT_ARGS("rev-parse", "--is-shallow-repository"), cancel, &out, NULL) &&
	       strcmp(out, "true") == 0;
}

/* To git such a clone's last commits have no parents, and all of the source is their change. */
static bool too_shallow(const char *dir, const char *base, GError **error)
{
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is a shallow clone whose history ends above %s: 'git -C %s fetch --unshallow' brings the "
			 "rest of it",
			 dir, base, dir);
}

bool commits_check_range(const char *dir, const char *range, GCancellable *cancel, GError **error)
{
	g_autofree char *base = g_strndup(range, (gsize)(strstr(range, "..") - range)), *roots = NULL;

	if (!is_shallow(dir, cancel))
		return true;
	if (!ask(dir, GIT_ARGS("rev-list", "--max-parents=0", "--end-of-options", range), cancel, &roots, error))
		return false;
	return !*roots || too_shallow(dir, base, error);
}

bool commits_is_ancestor(const char *dir, const char *one, const char *other, bool *ret_is, GCancellable *cancel,
			 GError **error)
{
	const Git git = { .user_config = true };
	g_autofree char *err = NULL;
	int status;

	if (!git_try(&git, GIT_ARGS("-C", dir, "merge-base", "--is-ancestor", one, other), NULL, cancel, &status, NULL,
		     &err, error))
		return false;
	*ret_is = status == 0;
	if (status == 1 && is_shallow(dir, cancel))
		return too_shallow(dir, one, error);
	return status == 0 || status == 1 ||
	       error_set(error, KHOTEST_ERROR_FAILED, "git merge-base failed in %s: %s", dir, err);
}

bool commits_is_partial(const char *dir, GCancellable *cancel)
{
	g_autofree char *out = NULL;

	return ask(dir,
		   GIT_ARGS("config", "--local", "--get-regexp",
			    "^remote\\..*\\.(promisor|partialclonefilter)$|^extensions\\.partialclone$"),
		   cancel, &out, NULL) &&
	       *out;
}

bool commits_check_whole(const char *dir, const char *ref, GCancellable *cancel, GError **error)
{
	g_autofree char *tree = g_strconcat(ref, "^{tree}", NULL), *out = NULL;
	g_auto(GStrv) lines = NULL;
	guint lacks = 0;

	if (!commits_is_partial(dir, cancel))
		return true;
	if (!ask(dir, GIT_ARGS("rev-list", "--objects", "--missing=print", "--end-of-options", tree), cancel, &out,
		 error))
		return false;
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++)
		lacks += **line == '?';
	return !lacks ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is a partial clone that lacks %u files or folders of %s: 'git -C %s fetch --refetch "
			 "--no-filter' brings all, 'git -C %s worktree add --detach FOLDER %s' what that one has",
			 dir, lacks, ref, dir, dir, ref);
}

void commitlook_clear(CommitLook *look)
{
	g_free(look->subject);
	g_free(look->date);
	g_strfreev(look->files);
	*look = (CommitLook){ 0 };
}

void commits_look(const char *dir, const char *id, GCancellable *cancel, CommitLook *ret_look)
{
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;

	*ret_look = (CommitLook){ 0 };
	/* of a merge the files that differ from its first parent */
	if (!ask(dir, GIT_ARGS("show", "--format=%s%n%as", "--name-only", "-m", "--first-parent", id), cancel, &out,
		 NULL))
		return;
	/* an empty line stands before the files */
	lines = g_strsplit(out, "\n", -1);
	ret_look->subject = g_strdup(lines[0]);
	if (g_strv_length(lines) < 2)
		return;
	ret_look->date = g_strdup(lines[1]);
	if (g_strv_length(lines) > 3)
		ret_look->files = g_strdupv(lines + 3);
}
