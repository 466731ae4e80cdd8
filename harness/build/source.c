// SPDX-License-Identifier: GPL-2.0-or-later
#include "buildfiles.h"
#include "gitplace.h"
#include "kernelfolder.h"

#include <base/error.h>
#include <base/keyfile.h>
#include <base/names.h>

#include <string.h>

static void alternative_free(gpointer data)
{
	SourceAlternative *alternative = data;

	g_free(alternative->kind);
	g_free(alternative->where);
	g_free(alternative->branch);
	g_free(alternative->sha256);
	g_free(alternative);
}

void source_free(Source *source)
{
	if (!source)
		return;
	g_free(source->name);
	g_free(source->pin);
	g_free(source->version);
	g_free(source->folder);
	g_clear_pointer(&source->alternatives, g_ptr_array_unref);
	g_free(source);
}

static bool unknown_kernel(const char *patches, const char *name, GError **error)
{
	g_auto(GStrv) names = source_list(patches, error);
	g_autofree char *nearest = NULL;
	g_autofree char *all = NULL;

	if (!names)
		return false;
	nearest = names_nearest(name, names);
	all = g_strjoinv(", ", names);
	return error_set(error, KHOTEST_ERROR_INPUT, "there is no kernel '%s' in %s: %s%s%sknown: %s", name, patches,
			 *nearest ? "did you mean " : "", nearest, *nearest ? "? " : "", *all ? all : "none");
}

static bool is_sha256(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* One group of the file "source"; its format is described in patches/README.md. */
static SourceAlternative *parse_alternative(GKeyFile *file, const char *path, const char *group, GError **error)
{
	static const char *const kinds[] = { "debian", "debian-binary", "url", "file", "git", NULL };
	g_autofree char *kind = keyfile_get(file, group, "kind");
	g_autofree char *where = keyfile_get(file, group, "where");
	g_autofree char *sha256 = keyfile_get(file, group, "sha256");
	g_autofree char *branch = keyfile_get(file, group, "branch");
	g_autoptr(GError) local = NULL;
	SourceAlternative *alternative;

	if (!kind || !g_strv_contains(kinds, kind)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [%s] needs kind=debian, debian-binary, url, file or git%s%s",
			  path, group, kind ? ", not " : "", kind ? kind : "");
		return NULL;
	}
	if (!where || !*where) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [%s] needs where=", path, group);
		return NULL;
	}
	if (sha256 && !is_sha256(sha256)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [%s] sha256=%s is not 64 hexadecimal digits in lower case",
			  path, group, sha256);
		return NULL;
	}
	if (strcmp(kind, "git") == 0 && !gitplace_check(where, branch, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [%s] %s", path, group, local->message);
		return NULL;
	}
	alternative = g_new0(SourceAlternative, 1);
	alternative->kind = g_steal_pointer(&kind);
	alternative->where = g_steal_pointer(&where);
	alternative->sha256 = g_steal_pointer(&sha256);
	alternative->branch = strcmp(alternative->kind, "git") == 0 ? g_steal_pointer(&branch) : NULL;
	return alternative;
}

const SourceAlternative *source_branch(const Source *source)
{
	const SourceAlternative *first = source->alternatives->len ? source->alternatives->pdata[0] : NULL;

	return first && first->branch ? first : NULL;
}

bool source_moves(const Source *source)
{
	return source_branch(source) != NULL;
}

/* A release has a version; a branch has many, and stands alone: which of two places was meant would decide what runs.
 */
static bool check_whole(Source *source, const char *path, GError **error)
{
	bool branch = false;

	for (guint i = 0; i < source->alternatives->len; i++)
		branch |= ((const SourceAlternative *)source->alternatives->pdata[i])->branch != NULL;
	if (branch && source->alternatives->len > 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: a place with kind=git is the only one that a kernel has", path);
	if (branch && source->version)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: [kernel] version= is for releases: that of a branch comes from its Makefile",
				 path);
	return branch || (source->version && *source->version) ||
	       error_set(error, KHOTEST_ERROR_INPUT, "%s: [kernel] needs version=", path);
}

Source *sourcefile_parse(const char *text, const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) local = NULL;
	g_autoptr(Source) source = g_new0(Source, 1);
	g_auto(GStrv) groups = NULL;

	if (!g_key_file_load_from_data(file, text, G_MAXSIZE, G_KEY_FILE_NONE, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s: %s", path, local->message);
		return NULL;
	}
	source->alternatives = g_ptr_array_new_with_free_func(alternative_free);
	source->version = keyfile_get(file, "kernel", "version");
	groups = g_key_file_get_groups(file, NULL);
	for (char **group = groups; *group; group++) {
		SourceAlternative *alternative;

		if (strcmp(*group, "kernel") == 0)
			continue;
		alternative = parse_alternative(file, path, *group, error);
		if (!alternative)
			return NULL;
		g_ptr_array_add(source->alternatives, alternative);
	}
	return check_whole(source, path, error) ? g_steal_pointer(&source) : NULL;
}

static Source *read_source(const char *patches, const char *name, GError **error)
{
	g_autofree char *folder = kernelfolder_find(patches, name), *path = NULL, *text = NULL;
	g_autoptr(GError) local = NULL;
	Source *source;

	if (!folder) {
		unknown_kernel(patches, name, error);
		return NULL;
	}
	path = g_build_filename(folder, KERNELFOLDER_SOURCE, NULL);
	if (!g_file_get_contents(path, &text, NULL, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s: %s", path, local->message);
		return NULL;
	}
	source = sourcefile_parse(text, path, error);
	if (source) {
		source->name = g_strdup(name);
		source->folder = g_steal_pointer(&folder);
	}
	return source;
}

Source *source_load(const char *patches, const char *name, GError **error)
{
	const char *at = strchr(name, '@');
	g_autofree char *plain = kernelfolder_plain(name);
	g_autoptr(Source) source = read_source(patches, plain, error);

	if (!source || !at)
		return g_steal_pointer(&source);
	if (!source_branch(source)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s: %s is one release, Linux %s, and has no commits to name: leave out '%s'", name, plain,
			  source->version, at);
		return NULL;
	}
	if (!at[1]) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: a commit or a tag must follow the '@'", name);
		return NULL;
	}
	source->pin = g_strdup(at + 1);
	return g_steal_pointer(&source);
}
