// SPDX-License-Identifier: GPL-2.0-or-later
/* What is left of a line of a kernel's when all that is of one build, or one run, is taken away. */
#include "titleparts.h"

#include <measure/frametext.h>

#include <string.h>

static bool is_of_name(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '.';
}

/* "__free_pages_core.isra.0" is __free_pages_core in every build. */
static char *plain_function(char *name)
{
	static const char *const made_by_compilers[] = { ".isra.", ".constprop.", ".part.", ".cold", ".llvm." };

	for (gsize i = 0; i < G_N_ELEMENTS(made_by_compilers); i++) {
		char *at = strstr(name, made_by_compilers[i]);

		if (at)
			*at = '\0';
	}
	return name;
}

char *titletext_function(const char *text)
{
	FrameText frame;

	return frametext_find(text, &frame) ? plain_function(frame.function) : NULL;
}

/* How much of the text is a number, such as "0x1f" or "22.0"; 0: it is none. */
static gsize number_length(const char *at)
{
	gsize n = strspn(at, "0123456789abcdefABCDEFx");

	while (n && at[n] == '.' && g_ascii_isdigit(at[n + 1]))
		n += 1 + strspn(at + n + 1, "0123456789");
	/* "stuck for 22s!" */
	if (at[n] == 's' && !is_of_name(at[n + 1]))
		return n;
	return g_ascii_isalnum(at[n]) || at[n] == '_' ? 0 : n;
}

/* Those within names stay. */
char *titletext_plain(const char *text)
{
	GString *plain = g_string_new(NULL);

	for (const char *at = text; *at;) {
		bool begins = g_ascii_isdigit(*at) && (at == text || !is_of_name(at[-1]));
		gsize n = begins ? number_length(at) : 0;

		g_string_append_c(plain, n ? 'N' : *at);
		at += MAX(n, 1);
	}
	return g_string_free(plain, FALSE);
}
