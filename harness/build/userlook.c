// SPDX-License-Identifier: GPL-2.0-or-later
/* --tree, before anything is copied: what it names, and whether that is a kernel's source. */
#include "userlook.h"
#include "git.h"

#include <base/error.h>

#include <stdlib.h>
#include <string.h>

/* Files at the top of every kernel's source, from 2.6 to now. */
static const char *const signs[] = { "Kconfig", "Kbuild" };

void usertree_free(UserTree *user)
{
	if (!user)
		return;
	g_free(user->dir);
	g_free(user->ref);
	g_free(user->name);
	g_free(user->release);
	g_free(user);
}

/* "DIR@REF" taken apart; an '@' that belongs to an existing path stays in it. */
static bool split_spec(const char *spec, UserTree *user, GError **error)
{
	const char *at = strrchr(spec, '@');
	g_autofree char *dir = g_strdup(spec);

	if (!g_file_test(dir, G_FILE_TEST_EXISTS) && at) {
		dir[at - spec] = '\0';
		if (!at[1])
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--tree %s: a branch, tag or commit must follow the '@'", spec);
		user->ref = g_strdup(at + 1);
	}
	if (!g_file_test(dir, G_FILE_TEST_EXISTS))
		return error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: there is no %s", spec, dir);
	user->dir = g_canonicalize_filename(dir, NULL);
	return true;
}

/* The value of "NAME = VALUE" in a Makefile; NULL if no line sets it. */
static char *variable(const char *makefile, const char *name)
{
	g_autofree char *pattern = g_strdup_printf("^%s[ \\t]*=[ \\t]*(\\S*)[ \\t]*$", name);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(regex, makefile, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

char *userlook_release(const char *makefile)
{
	g_autofree char *version = variable(makefile, "VERSION"), *patchlevel = variable(makefile, "PATCHLEVEL");
	g_autofree char *sublevel = variable(makefile, "SUBLEVEL"), *extra = variable(makefile, "EXTRAVERSION");

	if (!version || !*version || !patchlevel || !*patchlevel || !extra)
		return NULL;
	return g_strdup_printf("%s.%s%s%s%s", version, patchlevel, sublevel && *sublevel ? "." : "",
			       sublevel && *sublevel ? sublevel : "", extra);
}

/* A file at the top of it; NULL if there is none. */
static char *read_file(const UserTree *user, const char *name, GCancellable *cancel)
{
	g_autofree char *path = g_build_filename(user->dir, name, NULL);
	g_autofree char *object = user->ref ? g_strdup_printf("%s:%s", user->ref, name) : NULL;
	Git git = { .user_config = true };
	char *text = NULL;

	if (!user->ref)
		return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
	return git_run(&git, GIT_ARGS("-C", user->dir, "cat-file", "blob", object), cancel, &text, NULL) ? text : NULL;
}

static bool check_ref(const UserTree *user, const char *spec, GCancellable *cancel, GError **error)
{
	g_autofree char *wanted = g_strdup_printf("%s^{tree}", user->ref), *top = NULL, *said = NULL;
	g_autofree char *real = realpath(user->dir, NULL);
	Git git = { .user_config = true };
	int status;

	if (!git_try(&git, GIT_ARGS("-C", user->dir, "rev-parse", "--show-toplevel"), NULL, cancel, &status, &top,
		     &said, error))
		return false;
	if (status != 0 && strstr(said, "work tree"))
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"--tree %s: %s is a repository without a working copy, and one is needed: 'git -C %s "
			"worktree add --detach FOLDER %s' makes one for --tree FOLDER; or fetch the branch, with "
			"'khotest fetch --source NAME=%s#%s', for --kernel NAME",
			spec, user->dir, user->dir, user->ref, user->dir, user->ref);
	/* such as a repository that belongs to somebody else */
	if (status != 0 && !strstr(said, "not a git repository"))
		return error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: git cannot read it: %s", spec,
				 g_strstrip(said));
	if (status != 0 || g_strcmp0(g_strchomp(top), real) != 0)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--tree %s: %s is not the top folder of a git repository, so it has no '%s'", spec,
				 user->dir, user->ref);
	if (!git_run(&git, GIT_ARGS("-C", user->dir, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted),
		     cancel, NULL, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: %s has no branch, tag or commit '%s'", spec,
				 user->dir, user->ref);
	return true;
}

/* The nearest folder above that would do, for who stands inside of a kernel's source; NULL if there is none. */
static char *kernel_above(const char *dir)
{
	g_autofree char *at = g_path_get_dirname(dir);

	while (strcmp(at, "/") != 0) {
		g_autofree char *kconfig = g_build_filename(at, signs[0], NULL);
		g_autofree char *makefile = g_build_filename(at, "Makefile", NULL);
		g_autofree char *text = NULL, *release = NULL;
		char *up = g_path_get_dirname(at);

		if (g_file_test(kconfig, G_FILE_TEST_IS_REGULAR) && g_file_get_contents(makefile, &text, NULL, NULL))
			release = userlook_release(text);
		if (release) {
			g_free(up);
			return g_steal_pointer(&at);
		}
		g_free(at);
		at = up;
	}
	return NULL;
}

static bool no_kernel(const UserTree *user, const char *spec, const char *what, GError **error)
{
	g_autofree char *above = kernel_above(user->dir);

	return error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: that is no kernel source: it has no %s%s%s", spec,
			 what, above ? "; it lies in one, which is --tree " : "", above ? above : "");
}

static bool check_kernel(UserTree *user, const char *spec, GCancellable *cancel, GError **error)
{
	g_autofree char *makefile = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		g_autofree char *text = read_file(user, signs[i], cancel);

		if (!text)
			return no_kernel(user, spec, signs[i], error);
	}
	makefile = read_file(user, "Makefile", cancel);
	user->release = makefile ? userlook_release(makefile) : NULL;
	return user->release || no_kernel(user, spec, "Makefile that sets VERSION, PATCHLEVEL and EXTRAVERSION", error);
}

UserTree *source_user_look(const char *spec, GCancellable *cancel, GError **error)
{
	g_autoptr(UserTree) user = g_new0(UserTree, 1);
	g_autofree char *folder = NULL;

	if (!split_spec(spec, user, error))
		return NULL;
	folder = g_path_get_basename(user->dir);
	user->name = g_strdup_printf("%s%s%s", folder, user->ref ? "@" : "", user->ref ? user->ref : "");
	user->packed = !g_file_test(user->dir, G_FILE_TEST_IS_DIR);
	if (user->packed && user->ref) {
		error_set(error, KHOTEST_ERROR_INPUT, "--tree %s: a tarball has no branches: leave out '@%s'", spec,
			  user->ref);
		return NULL;
	}
	if ((user->ref && !check_ref(user, spec, cancel, error)) ||
	    (!user->packed && !check_kernel(user, spec, cancel, error)))
		return NULL;
	return g_steal_pointer(&user);
}
