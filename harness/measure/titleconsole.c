// SPDX-License-Identifier: GPL-2.0-or-later
/* What a console shows beside its words. */
#include "titleparts.h"

#include <measure/consoletext.h>

#include <string.h>

/* The end of a console that is looked at, in characters; of these, how many can be no text. */
#define TAIL 1024
#define SHARE_OF_TEXT 4
/* Fewer are noise on the line, as of a machine that is switched on. */
#define LEAST 32
/* console_clean() puts it in place of bytes that are no UTF-8. Random bytes make every second character one. */
#define NO_TEXT 0xfffd

bool titleconsole_is_garbage(const ConsoleLines *console, guint from)
{
	guint all = 0, no_text = 0;

	for (guint i = console->len; i > from && all < TAIL; i--)
		for (const char *at = console_line(console, i - 1); *at; at = g_utf8_next_char(at)) {
			all++;
			no_text += g_utf8_get_char(at) == NO_TEXT;
		}
	return no_text >= LEAST && no_text > all / SHARE_OF_TEXT;
}

guint titleconsole_banners(const ConsoleLines *console, guint from)
{
	guint n = 0;

	for (guint i = from; i < console->len; i++)
		n += console_is_banner(console_line(console, i));
	return n;
}
