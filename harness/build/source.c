// SPDX-License-Identifier: GPL-2.0-or-later
#include "buildfiles.h"

#include <base/error.h>
#include <base/names.h>

#include <string.h>

static void alternative_free(gpointer data)
{
	SourceAlternative *alternative = data;

	g_free(alternative->kind);
	g_free(alternative->where);
	g_free(alternative->sha256);
	g_free(alternative);
}

void source_free(Source *source)
{
	if (!source)
		return;
	g_free(source->name);
	g_free(source->version);
	g_free(source->folder);
	g_clear_pointer(&source->alternatives, g_ptr_array_unref);
	g_free(source);
}

char **source_list(const char *patches, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(patches, 0, &local);
	const char *name;

	if (!dir) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot list kernels: %s", local->message);
		return NULL;
	}
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(patches, name, "source", NULL);

		if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(names, g_strdup(name));
	}
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
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
	static const char *const kinds[] = { "debian", "debian-binary", "url", "file", NULL };
	g_autofree char *kind = g_key_file_get_string(file, group, "kind", NULL);
	g_autofree char *where = g_key_file_get_string(file, group, "where", NULL);
	g_autofree char *sha256 = g_key_file_get_string(file, group, "sha256", NULL);
	SourceAlternative *alternative;

	if (!kind || !g_strv_contains(kinds, kind)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [%s] needs kind=debian, debian-binary, url or file%s%s",
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
	alternative = g_new0(SourceAlternative, 1);
	alternative->kind = g_steal_pointer(&kind);
	alternative->where = g_steal_pointer(&where);
	alternative->sha256 = g_steal_pointer(&sha256);
	return alternative;
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
	source->version = g_key_file_get_string(file, "kernel", "version", NULL);
	if (!source->version || !*source->version) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: [kernel] needs version=", path);
		return NULL;
	}
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
	return g_steal_pointer(&source);
}

Source *source_load(const char *patches, const char *name, GError **error)
{
	g_autofree char *folder = g_build_filename(patches, name, NULL);
	g_autofree char *path = g_build_filename(folder, "source", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) local = NULL;
	Source *source;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		unknown_kernel(patches, name, error);
		return NULL;
	}
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
