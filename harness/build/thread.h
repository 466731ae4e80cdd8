/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_THREAD_H
#define BUILD_THREAD_H

#include "mail.h"

/*
 * What somebody wants of a thread, behind '#' of its name:
 *   v2           that version, instead of the newest
 *   1-3,5        these patches of the series, and no others; by their places in the file if they have no numbers
 *   all          every patch in the order of the file, as git am has it
 *   WORDS        the series whose title, or a title of whose patches, has them; or a Message-ID
 * several, each behind a '#' of its own. Zeroed: nothing in particular.
 */
typedef struct {
	bool all;
	guint version;	 /* 0: the newest */
	char *words;	 /* NULL: there is only one */
	GArray *numbers; /* int; NULL: all of them */
} ThreadChoice;

void threadchoice_clear(ThreadChoice *choice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThreadChoice, threadchoice_clear)

/* text: "v2#1-3". Errors: INPUT. Pure. */
bool threadchoice_parse(const char *text, ThreadChoice *ret_choice, GError **error);

/*
 * Which of the mails of a thread are its patches, in their order: as numbered where they are, or else as they lie
 * there. Covers, replies, reviews, and patches that others sent as an answer are not taken, nor are versions before the
 * newest. ret_title: of the cover letter, or of the only patch (borrowed); ret_version: 0 if it was not a numbered
 * posting. notes (char *): what people should know of the choice. The mails stay the caller's. where: for messages.
 * Errors: INPUT, for what is missing, and for several series, with the names of all. Pure.
 */
GPtrArray *thread_choose(const GPtrArray *mails, const ThreadChoice *choice, const char *where, GPtrArray *notes,
			 const char **ret_title, guint *ret_version, GError **error);

#endif
