/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REQUESTCHAIN_H
#define RUN_REQUESTCHAIN_H

#include <run/request.h>

/* Which kernel each hop of a request has, and what is on its command line. */

/* The plan's hops, each with its nonce, and their kernels, of which nothing is known yet. Errors: INPUT. */
bool requestchain_resolve(const RunRequest *request, Prepared *prepared, GError **error);

/* Each kernel's fragments and words, once the payloads have had theirs. */
void requestchain_settle(Prepared *prepared);

/*
 * For each hop the words that its kernel's command line has beside what all have, or NULL. The strings are
 * prepared's, the caller g_free()s the array.
 */
const char **requestchain_words(const Prepared *prepared);

/* The words of payloads and user on the command line of a hop with these own (or NULL) ones; NULL: none. Caller frees.
 */
char *requestchain_append(const Prepared *prepared, const char *own);

#endif
