// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/keyfile.h>

#include <stdbool.h>
#include <string.h>

/* Whether it ends in a backslash that escapes nothing. */
static bool breaks_off(const char *value)
{
	gsize length = strlen(value), from = length;

	while (from && value[from - 1] == '\\')
		from--;
	return (length - from) % 2;
}

char *keyfile_get(GKeyFile *file, const char *group, const char *key)
{
	g_autofree char *raw = g_key_file_get_value(file, group, key, NULL);

	/* GLib says no to it too; but behind another wrong escape it does so with a warning about itself */
	return raw && !breaks_off(raw) ? g_key_file_get_string(file, group, key, NULL) : NULL;
}
