// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitrepo.h"
#include "git.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEPT "refs/khotest"

char *gitrepo_path(const char *cache, const char *where)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, where, -1);
	g_autofree char *name = g_strdup_printf("%.12s.git", hash);

	return g_build_filename(cache, GITREPO_FOLDER, name, NULL);
}

bool gitrepo_is(const char *path)
{
	g_autofree char *mark = g_build_filename(path, GITREPO_MARK, NULL);

	return g_file_test(mark, G_FILE_TEST_IS_REGULAR);
}

int gitrepo_lock(const char *path, GCancellable *cancel, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path), *lock = g_strconcat(path, ".lock", NULL);

	if (!files_mkdirs(parent, error))
		return -1;
	return lock_wait(lock, "another khotest is fetching from the same repository", cancel, error);
}

/*
 * What the user's own configuration would have git do here besides: hooks; tidying up in the background, which would
 * outlive the lock; packing of references, which locks those that gitrepo_keep() writes.
 */
static const struct {
	const char *name, *value;
} settings[] = {
	{ "core.hooksPath", "/dev/null" },
	{ "gc.autoDetach", "false" },
	{ "gc.packRefs", "false" },
	{ "maintenance.auto", "false" },
	/* what is cut off is one file then, which gitrepo_tidy() knows */
	{ "fetch.unpackLimit", "1" },
	/* git describe and the counting of commits read it instead of all commits */
	{ "fetch.writeCommitGraph", "true" },
};

bool gitrepo_prepare(const char *path, const char *where, GCancellable *cancel, GError **error)
{
	g_autofree char *mark = g_build_filename(path, GITREPO_MARK, NULL), *text = g_strconcat(where, "\n", NULL);
	Git git = { .dir = path };

	gitrepo_tidy(path);
	if (gitrepo_is(path))
		return true;
	if (!files_mkdirs(path, error) ||
	    !git_run(&git, GIT_ARGS("init", "-q", "--bare", "--template=", "-b", "none"), cancel, NULL, error))
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
		if (!git_run(&git, GIT_ARGS("config", settings[i].name, settings[i].value), cancel, NULL, error))
			return false;
	return files_write(mark, text, strlen(text), error);
}

/* All locks of references below a folder. */
static void remove_locks(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			remove_locks(path);
		else if (g_str_has_suffix(name, ".lock"))
			g_unlink(path);
	}
}

/* Half a pack is what takes room: git-index-pack(1) and git-repack(1) give it its name when it is whole. */
static void remove_half_packs(const char *path)
{
	g_autofree char *folder = g_build_filename(path, "objects", "pack", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(folder, name, NULL);

		if (g_str_has_prefix(name, "tmp_") || g_str_has_prefix(name, ".tmp-"))
			g_unlink(file);
	}
}

void gitrepo_tidy(const char *path)
{
	static const char *const names[] = { "HEAD.lock",
					     "config.lock",
					     "packed-refs.lock",
					     "shallow.lock",
					     "gc.pid",
					     "gc.pid.lock",
					     "objects/info/commit-graph.lock",
					     "objects/info/commit-graphs/commit-graph-chain.lock",
					     NULL };
	/* not KEPT, which is written without our lock */
	static const char *const references[] = { "heads", "tags" };

	git_remove_stale(path, names);
	for (gsize i = 0; i < G_N_ELEMENTS(references); i++) {
		g_autofree char *folder = g_build_filename(path, "refs", references[i], NULL);

		remove_locks(folder);
	}
	remove_half_packs(path);
}

char *gitrepo_commit(const char *path, const char *word, GCancellable *cancel)
{
	g_autofree char *wanted = g_strconcat(word, "^{commit}", NULL);
	Git git = { .dir = path };
	char *commit = NULL;

	return git_run(&git, GIT_ARGS("rev-parse", "--verify", "--quiet", "--end-of-options", wanted), cancel, &commit,
		       NULL)
		       ? commit
		       : NULL;
}

gint64 gitrepo_count(const char *path, const char *from, const char *to, GCancellable *cancel)
{
	g_autofree char *range = g_strdup_printf("%s..%s", from, to), *text = NULL;
	Git git = { .dir = path };

	return git_run(&git, GIT_ARGS("rev-list", "--count", range, "--"), cancel, &text, NULL)
		       ? g_ascii_strtoll(text, NULL, 10)
		       : -1;
}

char *gitrepo_describe(const char *path, const char *commit, GCancellable *cancel)
{
	Git git = { .dir = path };
	char *words = NULL;

	return git_run(&git, GIT_ARGS("describe", "--always", "--abbrev=12", commit), cancel, &words, NULL) ? words
													    : NULL;
}

bool gitrepo_keep(const char *path, const char *commit, GCancellable *cancel, GError **error)
{
	g_autofree char *ref = g_strdup_printf(KEPT "/%s", commit), *file = g_build_filename(path, ref, NULL);
	g_autofree char *stale = g_strconcat(file, ".lock", NULL), *lock = g_strconcat(path, ".keep-lock", NULL);
	Git git = { .dir = path };
	bool ok;
	int fd;

	if (g_file_test(file, G_FILE_TEST_EXISTS))
		return true;
	/* not that of whoever fetches, who may take long: a commit that is there is used meanwhile */
	fd = lock_wait(lock, "another khotest is keeping a commit", cancel, error);
	if (fd < 0)
		return false;
	g_unlink(stale);
	ok = git_run(&git, GIT_ARGS("update-ref", ref, commit), cancel, NULL, error);
	close(fd);
	return ok;
}
