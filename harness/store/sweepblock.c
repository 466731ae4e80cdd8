// SPDX-License-Identifier: GPL-2.0-or-later
#include <store/sweepblock.h>

#include <string.h>

char *sweepblock_name(const char *key, guint64 value)
{
	return g_strdup_printf("%s-%" G_GUINT64_FORMAT, key, value);
}

bool sweepblock_parse(const char *block, char **ret_key, guint64 *ret_value)
{
	static const char *const keys[] = { "memory", "cpus", "nodes", "scratch", "reserve", NULL };
	const char *dash = strrchr(block, '-');
	g_autofree char *key = dash ? g_strndup(block, (gsize)(dash - block)) : NULL;
	char *end;

	if (!key || !g_strv_contains(keys, key) || !g_ascii_isdigit(dash[1]))
		return false;
	*ret_value = g_ascii_strtoull(dash + 1, &end, 10);
	if (*end)
		return false;
	*ret_key = g_steal_pointer(&key);
	return true;
}
