// SPDX-License-Identifier: GPL-2.0-or-later
#include "selfpath.h"

#include <glib.h>

#define SELF "/proc/self/exe"

/* As it was found first: a name that was given to another program since is that of the deleted one, and said so. */
static const char *first_path(void)
{
	static char *first;

	if (g_once_init_enter(&first)) {
		g_autofree char *path = g_file_read_link(SELF, NULL);

		g_once_init_leave(&first, path && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&path)
											       : g_strdup(SELF));
	}
	return first;
}

char *selfpath(void)
{
	return g_strdup(first_path());
}

const char *selfpath_program(const char *executable)
{
	return g_strcmp0(executable, first_path()) == 0 ? SELF : NULL;
}
