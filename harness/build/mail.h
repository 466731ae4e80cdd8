/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_MAIL_H
#define BUILD_MAIL_H

#include <glib.h>
#include <stdbool.h>

/*
 * A mail, as far as it says whether it is a patch, and which one of which series. What a mail is, with its parts and
 * encodings, is git mailinfo's to know; this is what stands in the header besides.
 */
typedef struct {
	guint position; /* in what was read, from 1 */
	char *file;	/* where it lies, without its "From " line */
	char *id;	/* Message-ID without <>; NULL */
	char *parent;	/* what it answers; NULL */
	char **refs;	/* all that it refers to, parent included; NULL-terminated */
	char *from;	/* address of the sender; NULL */
	char *subject;	/* decoded, all of it */
	char *title;	/* without what stands in brackets before it */
	bool reply;	/* "Re: [PATCH ...": somebody speaks about a patch */
	bool tagged;	/* "[PATCH ...]", "[RFC 2/3]" */
	bool resend;
	guint version; /* 1 where it says none */
	int number;    /* "2/5"; 0: the cover letter; -1: not numbered */
	int total;     /* -1: not numbered */
	bool diff;     /* it has a patch in it, and not only quoted */
} Mail;

Mail *mail_new(void);
void mail_free(Mail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/* Message-ID, In-Reply-To and References of a mail (RFC 5322, 3.6.4) from its text. Pure. */
void mail_read_head(Mail *mail, const char *text);

/* What a decoded subject says: the members from subject to total. Pure. */
void mail_read_subject(Mail *mail, const char *subject);

/* Whether what git mailinfo takes for the patch has one: a mail without is not a patch that does not fit. Pure. */
bool mail_has_diff(const char *patch);

/* Whether the text of a mail is a cover letter, "[PATCH 0/2]", and no patch. Pure. */
bool mail_is_cover(const char *text);

/* Makes the ends of lines those of UNIX, if they are CR LF from the first line on: text, NUL-terminated. Its length. */
gsize mail_strip_cr(char *text, gsize length);

#endif
