// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/frametext.h>

#include <string.h>

static bool is_of_name(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '.';
}

bool frametext_find(const char *line, FrameText *ret)
{
	for (const char *plus = line; (plus = strstr(plus, "+0x")); plus++) {
		const char *begin = plus;
		char *end;
		guint64 offset = g_ascii_strtoull(plus + strlen("+0x"), &end, 16);

		while (begin > line && is_of_name(begin[-1]))
			begin--;
		if (begin == plus || end == plus + strlen("+0x"))
			continue;
		*ret = (FrameText){ g_strndup(begin, (gsize)(plus - begin)), offset, strstr(line, "RIP: ") != NULL };
		return true;
	}
	return false;
}

void frametext_clear(FrameText *frame)
{
	g_clear_pointer(&frame->function, g_free);
}

char *frametext_key(const FrameText *frame)
{
	return g_strdup_printf("%s+0x%" G_GINT64_MODIFIER "x", frame->function, frame->offset);
}
