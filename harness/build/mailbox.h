/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_MAILBOX_H
#define BUILD_MAILBOX_H

#include "mail.h"

#include <gio/gio.h>

/* The mails of one file or folder, each in a file of its own below a temporary folder that goes with this. */
typedef struct {
	char *folder;
	GPtrArray *mails; /* Mail */
} Mailbox;

void mailbox_clear(Mailbox *box);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mailbox, mailbox_clear)

/*
 * path: an mbox, also compressed, a mail, a maildir, or a folder with mails (*.eml, *.mbox, *.mbx, *.patch). git
 * mailsplit and git mailinfo do the reading. Errors: INPUT if that is no mail; FAILED, CANCELLED.
 */
bool mailbox_read(const char *path, Mailbox *ret_box, GCancellable *cancel, GError **error);

/* Whether a file has more than one mail in it, or is compressed: then somebody has to choose. */
bool mailbox_is_many(const char *path);

/* The same of what is in the file, which ends with a zero behind length bytes, and is cut into lines. */
bool mailbox_text_is_many(char *text, gsize length);

/*
 * The mails as patches of their own: decoded, in UTF-8, with the author that the mail names, and nothing of what lists
 * and servers added. The same patches come to the same folder below parent, which stays. Their paths in order.
 * Caller unrefs.
 */
GPtrArray *mailbox_keep(const GPtrArray *mails, const char *parent, GCancellable *cancel, GError **error);

#endif
