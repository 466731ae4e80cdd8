// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitsource.h"
#include "git.h"
#include "gitfetch.h"
#include "gitrepo.h"
#include "treerepo.h"
#include "userlook.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/usage.h>
#include <build/cache.h>

#include <string.h>
#include <unistd.h>

/* Length of SHA-1 in hexadecimal. */
#define ID_LENGTH 40

static char *ref_of(const SourceAlternative *place)
{
	return g_strconcat("refs/heads/", place->branch, NULL);
}

/* The commit that is meant, as far as it is here. */
static char *commit_of(const Source *source, const char *path, GCancellable *cancel)
{
	g_autofree char *ref = ref_of(source_branch(source));

	return gitrepo_is(path) ? gitrepo_commit(path, source->pin ? source->pin : ref, cancel) : NULL;
}

static bool is_fetched(const Source *source, const char *path, GCancellable *cancel)
{
	g_autofree char *ref = ref_of(source_branch(source));
	g_autofree char *commit = gitrepo_is(path) ? gitrepo_commit(path, ref, cancel) : NULL;

	return commit != NULL;
}

static bool no_commit(const Source *source, GError **error)
{
	const SourceAlternative *place = source_branch(source);

	return error_set(
		error, KHOTEST_ERROR_INPUT,
		"%s@%s: nothing that was fetched of %s (%s) is that commit, or it is not the only one whose name "
		"begins so; 'khotest fetch --update %s' fetches again",
		source->name, source->pin, place->branch, place->where, source->name);
}

/* "7.3.0-rc1" of a commit; NULL: it is no kernel's source. */
static char *release_of(const char *path, const char *commit, GCancellable *cancel)
{
	g_autofree char *object = g_strdup_printf("%s:Makefile", commit), *text = NULL;
	Git git = { .dir = path };

	return git_run(&git, GIT_ARGS("cat-file", "blob", object), cancel, &text, NULL) ? userlook_release(text) : NULL;
}

/* ret_release may be NULL. */
static Tree *look_at(const Source *source, const char *path, char *commit, char **ret_release, GCancellable *cancel,
		     GError **error)
{
	const SourceAlternative *place = source_branch(source);
	g_autoptr(Tree) tree = g_new0(Tree, 1);
	g_autofree char *object = g_strdup_printf("%s^{tree}", commit), *id = NULL;
	g_autofree char *release = release_of(path, commit, cancel);
	Git git = { .dir = path };

	tree->commit = commit;
	if (!release) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s: commit %.12s of %s (%s) is no kernel's source: it has no Makefile that sets VERSION, "
			  "PATCHLEVEL and EXTRAVERSION",
			  source->name, commit, place->branch, place->where);
		return NULL;
	}
	if (!git_run(&git, GIT_ARGS("rev-parse", "--verify", object), cancel, &id, error))
		return NULL;
	tree->identity = g_strdup_printf("tree:%s", id);
	tree->version = gitrepo_describe(path, commit, cancel);
	tree->describe =
		g_strdup_printf("%s of %s (%s)", place->branch, place->where, tree->version ? tree->version : commit);
	if (ret_release)
		*ret_release = g_steal_pointer(&release);
	return g_steal_pointer(&tree);
}

Tree *gitsource_look(const Source *source, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *path = gitrepo_path(cache, source_branch(source)->where);
	char *commit = commit_of(source, path, cancel);

	if (commit)
		usage_mark(path);
	return commit ? look_at(source, path, commit, NULL, cancel, error) : NULL;
}

/* Whether the commit is here now: of what was never fetched it is seen to. */
static bool see_to(const Source *source, const char *cache, const char *path, GCancellable *cancel, GError **error)
{
	const SourceAlternative *place = source_branch(source);
	g_autofree char *there = commit_of(source, path, cancel), *after = NULL;
	g_autoptr(GError) local = NULL;

	if (there)
		return true;
	if (!is_fetched(source, path, cancel) && !gitfetch_branch(place, cache, cancel, error))
		return false;
	after = commit_of(source, path, cancel);
	if (after)
		return true;
	if (strlen(source->pin) != ID_LENGTH || gitfetch_commit(place, cache, source->pin, cancel, &local))
		return strlen(source->pin) == ID_LENGTH || no_commit(source, error);
	log_detail("%s", local->message);
	return !cancel_check(cancel, error) && no_commit(source, error);
}

bool gitsource_keep(const Source *source, const Tree *look, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *path = gitrepo_path(cache, source_branch(source)->where);

	return gitrepo_keep(path, look->commit, cancel, error);
}

/* The working copy's repository, which reads the objects of the other one. */
static Tree *make_tree(const Source *source, Tree *look, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *objects = gitrepo_path(cache, source_branch(source)->where);
	g_autofree char *path = g_build_filename(cache, CACHE_TREES, source->name, NULL);
	g_autofree char *parent = g_path_get_dirname(path), *lock = g_strconcat(path, ".import-lock", NULL);
	g_autofree char *git_dir = g_build_filename(path, ".git", NULL), *from = NULL;
	Tree *made = NULL;
	int fd;

	from = g_build_filename(objects, "objects", NULL);
	if (!files_mkdirs(parent, error))
		return NULL;
	fd = lock_wait(lock, "another khotest is reading this tree", cancel, error);
	if (fd < 0)
		return NULL;
	git_remove_stale(git_dir, GIT_ARGS("config.lock", "refs/heads/base.lock"));
	if (treerepo_prepare(path, from, cancel, error))
		made = treerepo_finish(path, look->identity + strlen("tree:"), look->describe, cancel, error);
	close(fd);
	if (!made)
		return NULL;
	made->commit = g_strdup(look->commit);
	made->version = g_strdup(look->version);
	return made;
}

Tree *gitsource_tree(const Source *source, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *path = gitrepo_path(cache, source_branch(source)->where);
	g_autoptr(Tree) look = NULL;

	if (!see_to(source, cache, path, cancel, error))
		return NULL;
	look = gitsource_look(source, cache, cancel, error);
	if (!look || !gitsource_keep(source, look, cache, cancel, error))
		return NULL;
	return make_tree(source, look, cache, cancel, error);
}

char *source_version(const Source *source, const char *cache, GCancellable *cancel)
{
	const SourceAlternative *place = source_branch(source);
	g_autofree char *path = place ? gitrepo_path(cache, place->where) : NULL, *release = NULL;
	g_autoptr(Tree) look = NULL;
	char *commit;

	if (!place)
		return g_strdup(source->version);
	commit = commit_of(source, path, cancel);
	look = commit ? look_at(source, path, commit, &release, cancel, NULL) : NULL;
	return look ? g_strdup_printf("%s, %s", release, look->version ? look->version : look->commit) : NULL;
}

char *source_pin(const char *patches, const char *name, const char *cache, GCancellable *cancel)
{
	g_autoptr(Source) source = source_load(patches, name, NULL);
	const SourceAlternative *place = source ? source_branch(source) : NULL;
	g_autofree char *path = place ? gitrepo_path(cache, place->where) : NULL;
	g_autofree char *commit = place ? commit_of(source, path, cancel) : NULL;

	return commit ? g_strdup_printf("%s@%.12s", source->name, commit) : g_strdup(name);
}

void source_update_clear(SourceUpdate *update)
{
	g_clear_pointer(&update->was, g_free);
	g_clear_pointer(&update->now, g_free);
	g_clear_pointer(&update->version, g_free);
}

bool source_update(const Source *source, const char *cache, GCancellable *cancel, SourceUpdate *ret_update,
		   GError **error)
{
	const SourceAlternative *place = source_branch(source);
	g_autofree char *path = gitrepo_path(cache, place->where), *ref = ref_of(place);
	bool ok;

	*ret_update = (SourceUpdate){ .added = -1, .gone = -1 };
	if (gitrepo_is(path))
		ret_update->was = gitrepo_commit(path, ref, cancel);
	ok = gitfetch_branch(place, cache, cancel, error);
	ret_update->now = gitrepo_is(path) ? gitrepo_commit(path, ref, cancel) : NULL;
	ret_update->version = source_version(source, cache, cancel);
	if (ret_update->was && ret_update->now) {
		ret_update->added = gitrepo_count(path, ret_update->was, ret_update->now, cancel);
		ret_update->gone = gitrepo_count(path, ret_update->now, ret_update->was, cancel);
	}
	return ok;
}
