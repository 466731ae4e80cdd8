// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/names.h>

#include <string.h>

static int by_bytes(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_sort(GPtrArray *names)
{
	g_ptr_array_sort(names, by_bytes);
}
