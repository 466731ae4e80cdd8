// SPDX-License-Identifier: GPL-2.0-or-later
#include "scratchword.h"

#include <string.h>

static const char *const names[] = { "kho_scratch=", "kho_bootmem=" };

char *scratchword_settle(const char *words, bool bootmem)
{
	const char *wrong = names[!bootmem], *right = names[bootmem];
	gsize length = strlen(wrong);
	g_auto(GStrv) all = words ? g_strsplit(words, " ", -1) : NULL;

	for (char **word = all; word && *word; word++)
		if (strncmp(*word, wrong, length) == 0) {
			char *other = g_strconcat(right, *word + length, NULL);

			g_free(*word);
			*word = other;
		}
	return all ? g_strjoinv(" ", all) : NULL;
}
