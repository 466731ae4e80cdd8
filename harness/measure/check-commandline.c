// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel took every word that the user gave it. */
#include "look.h"

#include <measure/cmdlineoption.h>
#include <string.h>

/* Whether the user gave that word, or one with that name. */
static bool gave_word(const char *append, const char *ignored)
{
	g_autofree char *plain = g_strdup(append);
	g_auto(GStrv) words = NULL;
	gsize length = strlen(ignored);

	/* the kernel shows words without their quotes */
	for (char *from = plain, *to = plain; (*to = *from); from++)
		to += *from != '"';
	words = g_strsplit_set(plain, " \t\n", -1);
	for (char **word = words; *word; word++)
		if (strncmp(*word, ignored, length) == 0 && ((*word)[length] == '\0' || (*word)[length] == '='))
			return true;
	return false;
}

/* What would have the kernel take the word; NULL where its configuration has all that is known to be needed. */
static char *advice(const Hop *hop, const char *word)
{
	const char *options;
	g_auto(GStrv) names = NULL;

	if (!cmdline_option_for(word, &options))
		return NULL;
	names = g_strsplit(options, " ", -1);
	for (char **name = names; *name; name++)
		if (g_strcmp0(hop_config(hop, *name), "y") != 0)
			return cmdline_option_advice(word);
	return NULL;
}

/* Words that were given, and are not in the line that it got. */
static void look_for_lost(const Look *look, const char *append)
{
	g_auto(GStrv) words = cmdline_words(append);

	for (char **word = words; *word; word++)
		if (!cmdline_has(look->hop->cmdline, *word))
			look_add(look, "word-ignored", "the word %s did not come to it: its command line is \"%s\"",
				 *word, look->hop->cmdline);
}

static void run(const Look *look)
{
	static const char unknown[] = "what it stands for is not in the kernel's configuration, or its value makes no "
				      "sense";
	const char *append = look->wanted.append;
	const Hop *hop = look->hop;

	if (append && !look_has_log(look))
		return;
	if (append && !hop->cmdline) {
		look_blind(look, "/proc/cmdline did not come");
		return;
	}
	look_saw(look);
	if (append)
		look_for_lost(look, append);
	for (guint i = 0; append && i < hop->log->ignored->len; i++) {
		const char *word = hop->log->ignored->pdata[i];
		g_autofree char *needs = advice(hop, word);

		if (gave_word(append, word))
			look_add(look, "word-ignored", "it did nothing with the word %s: %s", word,
				 needs ? needs : unknown);
	}
}

const Check check_commandline = {
	.id = "commandline",
	.title = "whether it took its command line",
	.needs = "the kernel's log and its command line, where -a gave words",
	.proves = "the kernel was given each word of -a, knew it, and could read it",
	.not_proves = "that a word did what it should",
	.run = run,
};
