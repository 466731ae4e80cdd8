// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/layoutvalue.h>

#include <string.h>

bool layoutvalue_get(const char *layout, const char *name, guint64 *ret_value)
{
	gsize length = strlen(name);

	for (const char *line = layout; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		char *end;

		if (strncmp(line, name, length) != 0 || line[length] != '=')
			continue;
		*ret_value = g_ascii_strtoull(line + length + 1, &end, 10);
		return end > line + length + 1 && (*end == '\n' || !*end);
	}
	return false;
}

bool layoutvalue_get_all(const char *layout, const LayoutWish *wishes)
{
	for (; wishes->name; wishes++)
		if (!layoutvalue_get(layout, wishes->name, wishes->value))
			return false;
	return true;
}
