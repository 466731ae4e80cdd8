/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_LISTSERIES_H
#define BUILD_LISTSERIES_H

#include <build/series.h>

/*
 * A series that comes as mail, or as commits (docs/series.md): a file or folder with mails, an address, a Message-ID,
 * or DIR@BASE..BRANCH; each perhaps with "#CHOICE" behind it (thread.h).
 */

/* Whether a word is one of these; a folder with *.patch or a file 'series', or a single patch, is not. */
bool listseries_is(const char *word);

/* INPUT if it is DIR@BRANCH of a git tree, which looks like a Message-ID, and of which nobody knows where to begin. */
bool listseries_check_branch(const char *word, GError **error);

/*
 * Fills name, path, summary and patches. What is fetched, and the patches, lie below cache/series and stay there.
 * Errors: INPUT, HOST (without curl), FAILED, CANCELLED.
 */
bool listseries_read(Series *series, const char *word, const char *cache, GCancellable *cancel, GError **error);

/* The part of a kernel's release that a title or a file name becomes: letters, digits, '.', '_' and '-', at most 32. */
char *listseries_name(const char *text);

#endif
