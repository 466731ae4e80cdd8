// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <campaign/resultsfolder.h>
#include <store/results.h>

#include <stdlib.h>
#include <string.h>

/* The folder of DIR or DIR@REF without any symbolic link; NULL if it is not there, which others complain about. */
static char *real_tree(const char *tree)
{
	const char *at = strrchr(tree, '@');
	g_autofree char *dir = g_strdup(tree);

	if (!g_file_test(dir, G_FILE_TEST_EXISTS) && at)
		dir[at - tree] = '\0';
	return realpath(dir, NULL);
}

static bool is_inside(const char *path, const char *dir)
{
	gsize length = strlen(dir);

	return strncmp(path, dir, length) == 0 && (path[length] == '/' || !path[length]);
}

char *results_folder(const char *tree, const char *project, bool *ret_moved)
{
	g_autofree char *dir = tree ? real_tree(tree) : NULL, *here = realpath(".", NULL);

	*ret_moved = dir && here && is_inside(here, dir);
	if (!*ret_moved)
		return g_strdup(RESULTS);
	return files_can_write(project, NULL) ? g_strdup(project)
					      : g_build_filename(g_get_user_state_dir(), "khotest", NULL);
}
