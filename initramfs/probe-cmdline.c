// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Finds the next word at or after *at; spaces inside double quotes belong to the
 * word, as in the kernel's lib/cmdline.c, next_arg(). Its length, or 0 at the end.
 */
static size_t next_word(const char **at)
{
	bool quoted = false;
	size_t length;

	*at += strspn(*at, " \t\n");
	for (length = 0; (*at)[length]; length++) {
		if ((*at)[length] == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" \t\n", (*at)[length]))
			break;
	}
	return length;
}

static bool begins(const char *word, const char *key)
{
	return strncmp(word, key, strlen(key)) == 0;
}

/* Counts the nonces in a list that ends with the word, and takes the one of this hop. */
static void take_nonces(const char *list, const char *end, Words *words)
{
	words->hops = 0;
	words->nonce[0] = '\0';
	while (list < end) {
		size_t length = strcspn(list, ", \t\n");

		if (words->hops++ == words->hop && length < sizeof(words->nonce))
			snprintf(words->nonce, sizeof(words->nonce), "%.*s", (int)length, list);
		list += length + 1;
	}
}

void cmdline_parse(const char *cmdline, Words *ret_words)
{
	const char *nonces = "", *nonces_end = nonces;
	size_t length;

	*ret_words = (Words){ .shell = -1 };
	for (const char *at = cmdline; (length = next_word(&at)) > 0; at += length) {
		if (begins(at, ARG_HOP)) {
			ret_words->hop = atoi(at + strlen(ARG_HOP));
		} else if (begins(at, ARG_LAST)) {
			ret_words->last = at[strlen(ARG_LAST)] == '1';
		} else if (begins(at, ARG_SHELL)) {
			ret_words->shell = atoi(at + strlen(ARG_SHELL));
		} else if (begins(at, ARG_BREAK)) {
			snprintf(ret_words->break_what, sizeof(ret_words->break_what), "%.*s",
				 (int)(length - strlen(ARG_BREAK)), at + strlen(ARG_BREAK));
		} else if (begins(at, ARG_NONCES)) {
			nonces = at + strlen(ARG_NONCES);
			nonces_end = at + length;
		}
	}
	take_nonces(nonces, nonces_end, ret_words);
	if (ret_words->hop + 1 >= ret_words->hops)
		ret_words->last = true;
}

void cmdline_next(const char *cmdline, const char *own, Buffer *out)
{
	size_t length;
	Words words;

	cmdline_parse(cmdline, &words);
	buffer_printf(out, ARG_HOP "%d " ARG_LAST "%d", words.hop + 1, words.hop + 2 >= words.hops);
	for (const char *at = cmdline; (length = next_word(&at)) > 0; at += length) {
		if (length == strlen(ARG_OWN) && begins(at, ARG_OWN))
			break;
		if (!begins(at, ARG_HOP) && !begins(at, ARG_LAST))
			buffer_printf(out, " %.*s", (int)length, at);
	}
	if (*own)
		buffer_printf(out, " " ARG_OWN " %s", own);
}
