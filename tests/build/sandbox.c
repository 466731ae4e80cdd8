// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"

#include <base/error.h>
#include <base/files.h>
#include <base/spawn.h>

#include <string.h>

void sandbox_set_up(Sandbox *sandbox, gconstpointer data)
{
	sandbox->path = g_dir_make_tmp("khotest-build-XXXXXX", NULL);
	g_assert_nonnull(sandbox->path);
}

void sandbox_tear_down(Sandbox *sandbox, gconstpointer data)
{
	g_assert_true(files_remove_tree(sandbox->path, NULL));
	g_free(sandbox->path);
}

char *sandbox_path(Sandbox *sandbox, const char *name)
{
	return g_build_filename(sandbox->path, name, NULL);
}

void sandbox_write(Sandbox *sandbox, const char *name, const char *text)
{
	g_autofree char *path = sandbox_path(sandbox, name);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	files_mkdirs(folder, &error);
	g_assert_no_error(error);
	files_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

char *sandbox_read(Sandbox *sandbox, const char *name)
{
	g_autofree char *path = sandbox_path(sandbox, name);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

char *sandbox_run(Sandbox *sandbox, const char *command)
{
	g_autoptr(GError) error = NULL;
	char *out = NULL;

	spawn_check((const char *const[]){ "sh", "-ec", command, NULL }, sandbox->path, NULL, &out, &error);
	g_assert_no_error(error);
	return g_strchomp(out);
}

void sandbox_check_error(GError **error, int code, const char *const *texts)
{
	g_assert_error(*error, KHOTEST_ERROR, code);
	for (; *texts; texts++)
		if (!strstr((*error)->message, *texts))
			g_error("'%s' is not in the message '%s'", *texts, (*error)->message);
	g_clear_error(error);
}
