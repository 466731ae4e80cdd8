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

static gsize little_endian(const guint8 *data, guint bytes)
{
	gsize value = 0;

	for (guint i = bytes; i > 0; i--)
		value = value << 8 | data[i - 1];
	return value;
}

/*
 * Documentation/arch/x86/boot.rst: sectors of 512 bytes before the protected-mode code at 0x1f1, 0 standing for 4;
 * from protocol 2.08 on where in that code the payload is, at 0x248, and its length, at 0x24c.
 */
bool bzimage_packed(const guint8 *data, gsize length, gsize *ret_offset, gsize *ret_size)
{
	if (length < 0x250 || memcmp(data + 0x202, "HdrS", 4) != 0 || little_endian(data + 0x206, 2) < 0x208)
		return false;
	*ret_offset = ((gsize)(data[0x1f1] ? data[0x1f1] : 4) + 1) * 512 + little_endian(data + 0x248, 4);
	*ret_size = little_endian(data + 0x24c, 4);
	return *ret_offset < length && *ret_size <= length - *ret_offset;
}
