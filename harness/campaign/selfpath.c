// SPDX-License-Identifier: GPL-2.0-or-later
#include "selfpath.h"

#include <glib.h>

#define SELF "/proc/self/exe"

char *selfpath(void)
{
	g_autofree char *path = g_file_read_link(SELF, NULL);

	return path && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&path) : g_strdup(SELF);
}
