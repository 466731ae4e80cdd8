/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_UPDATES_H
#define CAMPAIGN_UPDATES_H

#include <build/source.h>
#include <run/request.h>

/* Sources that move on, brought up to date one after the other: what cannot be reached keeps none of the others back.
 */

typedef enum {
	UPDATE_SAME,	  /* nothing new there */
	UPDATE_MOVED,	  /* another one now */
	UPDATE_NEW,	  /* nothing was here before */
	UPDATE_UNREACHED, /* by no fault of what was asked: another time, it may be reached */
	UPDATE_REFUSED,	  /* there is no such thing where it should be, or it is not what it should be */
} UpdateState;

/* "same", "moved", "new", "unreached", "refused". Static. */
const char *update_state_name(UpdateState state);

/* One of them. Owns its strings. */
typedef struct {
	char *kernel;
	char *place; /* "git /srv/linux.git master" */
	UpdateState state;
	SourceUpdate update; /* now: what is used from here on; NULL: it cannot be used */
	char *why;	     /* of what was not reached, or refused */
} Update;

/*
 * names: NULL-terminated; empty: every kernel that moves on, of the project and of the user. Update, in their order;
 * the caller unrefs. Errors: INPUT, for a kernel that there is not, or that is one release, before anything is fetched;
 * CANCELLED.
 */
GPtrArray *updates_make(const Paths *paths, char **names, GCancellable *cancel, GError **error);

/* Those of a state. */
guint updates_count(const GPtrArray *updates, UpdateState state);

/* "next: 1234abcd..5678ef01, 212 commits", a line each; and the same as a JSON array. Caller frees. */
char *updates_to_text(const GPtrArray *updates);
char *updates_to_json(const GPtrArray *updates);

#endif
