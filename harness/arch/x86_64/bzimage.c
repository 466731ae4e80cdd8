// SPDX-License-Identifier: GPL-2.0-or-later
#include "x86_64.h"

#include <string.h>

char *bzimage_release(const guint8 *data, gsize length)
{
	gsize offset, end;

	if (length < 0x210 || memcmp(data + 0x202, "HdrS", 4) != 0)
		return NULL;
	offset = 0x200 + (gsize)(data[0x20e] | data[0x20f] << 8);
	for (end = offset; end < length && end < offset + 256 && data[end] && data[end] != ' '; end++)
		;
	if (end == offset || end >= length)
		return NULL;
	return g_strndup((const char *)data + offset, end - offset);
}
