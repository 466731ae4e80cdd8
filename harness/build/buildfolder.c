// SPDX-License-Identifier: GPL-2.0-or-later
#include "buildfolder.h"
#include "hostguard.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/spawn.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define HASH_LENGTH 8
/* Folders with a +HASH that are kept beside each one without: each takes some hundred MiB. */
#define KEPT 3
#define SPACE_FOR_BUILD (G_GUINT64_CONSTANT(800) << 20)
/* Rewritten by every build (kbuild_configure()): its time is that of the last use. */
#define USED_FILE "khotest.fragment"
/* What built in a folder, kbuild_tools(). */
#define TOOLS_FILE ".tools"

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One word for each -f and each --config, sorted: names and paths of fragments, and symbols without their values. */
static GPtrArray *extras(const KernelSpec *spec)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (const char *const *name = spec->extra_fragments; name && *name; name++)
		g_ptr_array_add(words, strchr(*name, '/') ? g_canonicalize_filename(*name, NULL) : g_strdup(*name));
	for (const char *const *wish = spec->config; wish && *wish; wish++) {
		const char *symbol = g_str_has_prefix(*wish, "CONFIG_") ? *wish + strlen("CONFIG_") : *wish;

		g_ptr_array_add(words, g_strdup_printf("%.*s=", (int)strcspn(symbol, "="), symbol));
	}
	g_ptr_array_sort(words, by_text);
	return words;
}

char *buildfolder_name(const KernelSpec *spec, const char *tree)
{
	g_autofree char *fragments = g_strjoinv("-", spec->series->fragments);
	g_autoptr(GPtrArray) words = extras(spec);
	GString *name = g_string_new(NULL);

	g_string_append_printf(name, "%s-%s%s%s", tree, spec->profile, *fragments ? "-" : "", fragments);
	if (words->len) {
		g_autofree char *all = NULL, *digest = NULL;

		g_ptr_array_add(words, NULL);
		all = g_strjoinv("\n", (char **)words->pdata);
		digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
		g_string_append_printf(name, "+%.*s", HASH_LENGTH, digest);
	}
	return g_string_free(name, FALSE);
}

/* A folder of this kind, and when it was used last. */
typedef struct {
	char *path;
	gint64 used;
} Folder;

static void folder_clear(gpointer data)
{
	g_free(((Folder *)data)->path);
}

static int latest_first(gconstpointer a, gconstpointer b)
{
	gint64 left = ((const Folder *)a)->used, right = ((const Folder *)b)->used;

	return (left < right) - (left > right);
}

/* All of parent/PLAIN+HASH, the one used last first. */
static GArray *list_kind(const char *parent, const char *plain)
{
	GArray *folders = g_array_new(FALSE, FALSE, sizeof(Folder));
	g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
	gsize length = strlen(plain);
	const char *name;

	g_array_set_clear_func(folders, folder_clear);
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(parent, name, USED_FILE, NULL);
		GStatBuf info;
		Folder folder;

		if (strncmp(name, plain, length) != 0 || name[length] != '+' ||
		    strlen(name + length + 1) != HASH_LENGTH)
			continue;
		folder = (Folder){ g_build_filename(parent, name, NULL), g_stat(file, &info) < 0 ? 0 : info.st_mtime };
		g_array_append_val(folders, folder);
	}
	g_array_sort(folders, latest_first);
	return folders;
}

/* Leaves room for one more. */
static bool remove_oldest(const char *parent, const char *plain, GError **error)
{
	g_autoptr(GArray) folders = list_kind(parent, plain);

	for (guint i = KEPT - 1; i < folders->len; i++) {
		const Folder *folder = &g_array_index(folders, Folder, i);

		log_detail("removing the build folder %s, which was not used for longest", folder->path);
		if (!files_remove_tree(folder->path, error))
			return false;
	}
	return true;
}

/* In one file, keeping what make does not go by: the text of a .cmd file is read, its time is not. */
static bool relocate_file(const char *path, const char *from, const char *to, GError **error)
{
	g_autofree char *text = NULL, *changed = NULL;
	g_auto(GStrv) pieces = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !strstr(text, from))
		return true;
	pieces = g_strsplit(text, from, -1);
	changed = g_strjoinv(to, pieces);
	return files_write_fast(path, changed, strlen(changed), error);
}

/*
 * Most of a kernel is built with relative paths. Its tools (tools/build/) are not: the
 * folder is part of the command that is kept in each .cmd file, and with another one
 * objtool is built again, and with it all that depends on it, which is every object.
 */
static bool relocate(const char *folder, const char *from, const char *to, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		bool ok = true;

		if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			continue;
		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			ok = relocate(path, from, to, error);
		else if (g_str_has_suffix(name, ".cmd"))
			ok = relocate_file(path, from, to, error);
		if (!ok)
			return false;
	}
	return true;
}

static bool relocate_tools(const char *folder, const char *from, const char *to, GError **error)
{
	g_autofree char *tools = g_build_filename(folder, "tools", NULL);

	return relocate(tools, from, to, error);
}

/*
 * cp keeps the times that make goes by. Copied under another name first: a copy that
 * was cut off is never built in.
 */
static bool copy(const char *from, const char *to, GCancellable *cancel, GError **error)
{
	g_autofree char *half = g_strconcat(to, ".half", NULL);

	if (!files_remove_tree(half, error) ||
	    !spawn_check((const char *const[]){ "cp", "-a", "--reflink=auto", from, half, NULL }, NULL, cancel, NULL,
			 error) ||
	    !relocate_tools(half, from, to, error))
		return false;
	if (g_rename(half, to) == 0)
		return true;
	return error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s: %s", half, to, g_strerror(errno));
}

/*
 * Objects are kept with the names of all headers that went into them, those of the compiler
 * too. After another compiler has come, make finds no rule for headers that are gone.
 */
static bool drop_foreign(const char *path, const char *tools, GError **error)
{
	g_autofree char *file = g_build_filename(path, TOOLS_FILE, NULL);
	g_autofree char *text = NULL;

	if (!g_file_test(path, G_FILE_TEST_IS_DIR) ||
	    (g_file_get_contents(file, &text, NULL, NULL) && strcmp(text, tools) == 0))
		return true;
	log_info("another compiler built in %s before: it begins anew", path);
	return files_remove_tree(path, error);
}

/* Whether anything below it was changed after that, in seconds since 1970. */
static bool has_later(const char *folder, gint64 seconds)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		GStatBuf info;

		if (g_lstat(path, &info) < 0)
			continue;
		if (S_ISDIR(info.st_mode) ? has_later(path, seconds) : info.st_mtime > seconds)
			return true;
	}
	return false;
}

/*
 * make goes by times. After the clock was set back, what was built before is younger than a source that is changed
 * now, and would stay: another kernel than the one that it is taken for.
 */
static bool drop_future(const char *path, GError **error)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (!has_later(path, now))
		return true;
	log_info("the clock was set back since %s was built in: it begins anew", path);
	return files_remove_tree(path, error);
}

static bool begin(const char *path, const char *tools, GError **error)
{
	g_autofree char *file = g_build_filename(path, TOOLS_FILE, NULL);

	return files_mkdirs(path, error) && files_write(file, tools, strlen(tools), error);
}

bool buildfolder_prepare(const char *parent, const char *name, const char *tools, GCancellable *cancel, GError **error)
{
	g_autofree char *path = g_build_filename(parent, name, NULL);
	const char *plus = strrchr(name, '+');
	g_autofree char *plain = plus ? g_strndup(name, (gsize)(plus - name)) : NULL;
	g_autofree char *from = plain ? g_build_filename(parent, plain, NULL) : NULL;

	if (!files_mkdirs(parent, error) || !hostguard_space(parent, SPACE_FOR_BUILD, "building a kernel", error) ||
	    !drop_foreign(path, tools, error) || !drop_future(path, error))
		return false;
	if (!plus || g_file_test(path, G_FILE_TEST_IS_DIR))
		return begin(path, tools, error);
	if (!remove_oldest(parent, plain, error) || !drop_foreign(from, tools, error) || !drop_future(from, error))
		return false;
	return g_file_test(from, G_FILE_TEST_IS_DIR) ? copy(from, path, cancel, error) : begin(path, tools, error);
}
