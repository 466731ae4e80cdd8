/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_POSTINGS_H
#define BUILD_POSTINGS_H

#include "mail.h"

/* What was sent at one go: a series with one version, or one patch. Its mails are borrowed. */
typedef struct {
	GPtrArray *mails; /* Mail, cover included, in the order of the file */
	const Mail *top;  /* the cover, or the first */
	bool numbered;
	bool answer; /* one patch that somebody sent as an answer to a series */
	guint line;  /* which series it is a version of: the same for all of them */
} Posting;

/* What the mails of a file, or of a whole thread, were sent as. */
typedef struct {
	GPtrArray *mails;   /* Mail, each once */
	GPtrArray *all;	    /* Posting, in the order of their first mails */
	GHashTable *by_id;  /* Mail by its id */
	GHashTable *groups; /* id -> id: which mails are one thread */
} Postings;

/* mails: Mail; they have to live as long. Caller frees. */
Postings *postings_of(const GPtrArray *mails);
void postings_free(Postings *postings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Postings, postings_free)

/* Its mail of that number, 0 being the cover; NULL. */
Mail *posting_find(const Posting *posting, int number);

/* Every patch that its numbers speak of is there. */
bool posting_is_complete(const Posting *posting);

#endif
