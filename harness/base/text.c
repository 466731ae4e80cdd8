// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/text.h>

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define REPLACEMENT 0xfffd

/* XML 1.0 (section 2.2) and HTML allow neither control characters nor the last two of the plane, not even by number. */
static bool is_shown(gunichar c)
{
	return c == '\n' || c == '\t' || (!g_unichar_iscntrl(c) && c != 0xfffe && c != 0xffff);
}

char *text_clean(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *clean = g_string_sized_new(strlen(valid));

	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(clean, is_shown(c) ? c : REPLACEMENT);
	}
	return g_string_free(clean, FALSE);
}

char *text_markup(const char *text)
{
	g_autofree char *clean = text_clean(text);

	return g_markup_escape_text(clean, -1);
}

/* "[x](y)" and "[x][y]" are links, "[x]: y" says where one leads; other brackets are brackets. */
static bool has_link(const char *text)
{
	return strstr(text, "](") || strstr(text, "][") || strstr(text, "]:");
}

char *text_markdown(const char *text)
{
	g_autofree char *clean = g_strdelimit(text_clean(text), "\n\t", ' ');
	const char *marks = has_link(clean) ? "\\`*_<>#|~[]" : "\\`*_<>#|~";
	GString *out = g_string_sized_new(strlen(clean));

	for (const char *at = clean; *at; at++) {
		if (strchr(marks, *at))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *at);
	}
	return g_string_free(out, FALSE);
}

char *text_fence(const char *text)
{
	gsize most = 2;

	for (const char *at = text ? text : ""; *at;) {
		gsize row = strspn(at, "`");

		most = MAX(most, row);
		at += MAX(row, 1);
	}
	return g_strnfill(most + 1, '`');
}

char *text_shell(const char *word)
{
	static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_@%+=:,./-";

	return word && *word && !word[strspn(word, plain)] ? g_strdup(word) : g_shell_quote(word ? word : "");
}
