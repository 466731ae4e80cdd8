// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree.h"
#include "gitsource.h"
#include "hostguard.h"
#include "import.h"
#include "verify.h"

#include <base/error.h>
#include <base/files.h>
#include <base/keyfile.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/usage.h>
#include <build/cache.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY "another khotest, or what is left of one that was killed, is building a kernel from the same tree"
#define TARBALL "sha256:"
#define SPACE_FOR_TREE (G_GUINT64_CONSTANT(2500) << 20)

void tree_free(Tree *tree)
{
	if (!tree)
		return;
	g_free(tree->path);
	g_free(tree->base);
	g_free(tree->identity);
	g_free(tree->describe);
	g_free(tree->commit);
	g_free(tree->version);
	g_free(tree);
}

/*
 * What is noted inside a tree of ours (.git/khotest) when it is whole: its base,
 * identity and description. NULL without error: there is no such tree, or it was
 * never finished.
 */
static Tree *read_note(const char *path)
{
	g_autofree char *file = g_build_filename(path, ".git", "khotest", NULL);
	g_autoptr(GKeyFile) note = g_key_file_new();
	g_autoptr(Tree) tree = g_new0(Tree, 1);

	if (!g_key_file_load_from_file(note, file, G_KEY_FILE_NONE, NULL))
		return NULL;
	tree->path = g_strdup(path);
	tree->base = keyfile_get(note, "tree", "base");
	tree->identity = keyfile_get(note, "tree", "identity");
	tree->describe = keyfile_get(note, "tree", "describe");
	if (!tree->base || !tree->identity || !tree->describe)
		return NULL;
	return g_steal_pointer(&tree);
}

static bool write_note(const Tree *tree, GError **error)
{
	g_autofree char *file = g_build_filename(tree->path, ".git", "khotest", NULL);
	g_autoptr(GKeyFile) note = g_key_file_new();
	g_autofree char *text = NULL;

	g_key_file_set_string(note, "tree", "base", tree->base);
	g_key_file_set_string(note, "tree", "identity", tree->identity);
	g_key_file_set_string(note, "tree", "describe", tree->describe);
	text = g_key_file_to_data(note, NULL, NULL);
	return files_write(file, text, strlen(text), error);
}

/*
 * Held by whoever builds in the working copy, and by all that a build has started: what a killed harness has left of
 * one counts. Taken after the .import-lock, where both are.
 */
static int lock_build(const char *path, GCancellable *cancel, GError **error)
{
	g_autofree char *lock = g_strconcat(path, ".build-lock", NULL);

	return lock_wait(lock, BUSY, cancel, error);
}

/* In the place of another tree, which somebody may be compiling. */
static bool replace(const char *tarball, const char *subject, Tree *tree, GCancellable *cancel, GError **error)
{
	int fd = lock_build(tree->path, cancel, error);
	bool ok;

	if (fd < 0)
		return false;
	/* the note comes last: a tree without it is not used */
	ok = import_tarball(tarball, tree->path, subject, cancel, &tree->base, error) && write_note(tree, error);
	close(fd);
	return ok;
}

Tree *tree_from_tarball(const char *tarball, const char *sha256, const char *path, const char *subject,
			const char *describe, GCancellable *cancel, GError **error)
{
	g_autofree char *identity = g_strconcat(TARBALL, sha256, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *lock = g_strconcat(path, ".import-lock", NULL);
	g_autoptr(Tree) tree = NULL;
	int fd;

	if (!files_mkdirs(folder, error))
		return NULL;
	fd = lock_wait(lock, "another khotest is importing this source", cancel, error);
	if (fd < 0)
		return NULL;
	tree = read_note(path);
	if (tree && strcmp(tree->identity, identity) != 0)
		g_clear_pointer(&tree, tree_free);
	if (!tree && hostguard_space(folder, SPACE_FOR_TREE, "the kernel's tree", error)) {
		tree = g_new0(Tree, 1);
		tree->path = g_strdup(path);
		tree->identity = g_steal_pointer(&identity);
		tree->describe = g_strdup(describe);
		if (!replace(tarball, subject, tree, cancel, error))
			g_clear_pointer(&tree, tree_free);
	}
	close(fd);
	return g_steal_pointer(&tree);
}

Tree *tree_at_hand(const Source *source, const char *cache)
{
	g_autofree char *path = g_build_filename(cache, CACHE_TREES, source->name, NULL);
	g_autoptr(Tree) tree = read_note(path);

	for (guint i = 0; tree && i < source->alternatives->len; i++) {
		const SourceAlternative *alternative = source->alternatives->pdata[i];

		if (alternative->sha256 && g_str_has_prefix(tree->identity, TARBALL) &&
		    strcmp(tree->identity + strlen(TARBALL), alternative->sha256) == 0)
			return g_steal_pointer(&tree);
	}
	return NULL;
}

/*
 * What makes a tree is read once, and then believed for good: a file whose time and size are those of when it was
 * verified may still have gone bad on its disk.
 */
static bool fetch_sound(const Source *source, const char *cache, GCancellable *cancel, SourceFetched *fetched,
			GError **error)
{
	g_autofree char *sum = NULL;

	if (!source_fetch(source, cache, cancel, fetched, error))
		return false;
	if (!fetched->was_cached)
		return true;
	sum = verify_sha256(fetched->path, NULL, cancel, error);
	if (!sum)
		return false;
	if (strcmp(sum, fetched->sha256) == 0)
		return true;
	log_warn("%s has gone bad since it was verified: fetching it again", fetched->path);
	g_unlink(fetched->path);
	source_fetched_clear(fetched);
	return source_fetch(source, cache, cancel, fetched, error);
}

Tree *source_tree(const Source *source, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *path = g_build_filename(cache, CACHE_TREES, source->name, NULL);
	g_auto(SourceFetched) fetched = { 0 };
	g_autofree char *describe = NULL, *subject = NULL;
	Tree *tree;

	if (source_branch(source))
		return gitsource_tree(source, cache, cancel, error);
	tree = tree_at_hand(source, cache);
	if (tree)
		return tree;
	if (!fetch_sound(source, cache, cancel, &fetched, error))
		return NULL;
	subject = g_strdup_printf("Linux %s", source->version);
	describe = g_strdup_printf("%s (tarball %.12s)", source->version, fetched.sha256);
	return tree_from_tarball(fetched.path, fetched.sha256, path, subject, describe, cancel, error);
}

Tree *tree_of(const KernelSpec *spec, GError **error)
{
	Tree *tree = spec->user_tree ? source_user_tree(spec->user_tree, spec->cache, spec->cancel, error)
				     : source_tree(spec->source, spec->cache, spec->cancel, error);

	if (tree)
		usage_mark(tree->path);
	return tree;
}

/* Of a tarball's there is one at a time; other trees are commits of a repository, and stay in it. */
static bool is_replaced(const Tree *tree)
{
	g_autoptr(Tree) now = g_str_has_prefix(tree->identity, TARBALL) ? read_note(tree->path) : NULL;

	return g_str_has_prefix(tree->identity, TARBALL) && (!now || strcmp(now->identity, tree->identity) != 0);
}

Tree *tree_hold(const KernelSpec *spec, int *ret_lock, GError **error)
{
	for (;;) {
		g_autoptr(Tree) tree = tree_of(spec, error);
		int fd = tree ? lock_build(tree->path, spec->cancel, error) : -1;

		if (fd < 0)
			return NULL;
		if (!is_replaced(tree)) {
			*ret_lock = fd;
			return g_steal_pointer(&tree);
		}
		/* another tarball was put there while this one waited */
		close(fd);
	}
}
