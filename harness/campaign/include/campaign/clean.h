/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_CLEAN_H
#define CAMPAIGN_CLEAN_H

#include <gio/gio.h>
#include <stdbool.h>

#define NS_PER_DAY (86400 * G_GINT64_CONSTANT(1000000000))

/* What may go. Borrowed. */
typedef struct {
	const char *cache;   /* what was not used for keep_ns, a day at least; NULL: nothing */
	const char *results; /* what was begun before that; NULL: nothing */
	const char *nights;  /* run directories of nights that were begun before that; NULL: none */
	gint64 keep_ns;
	bool dry; /* only look */
	GCancellable *cancel;
} CleanSpec;

/* One kind of things: how many are there, and what went, or would go. */
typedef struct {
	const char *what;
	guint there, gone, stuck; /* stuck: should go, and cannot be removed, with a warning each */
	guint64 bytes, freed;
	gint64 oldest; /* seconds since 1970, when the one that is oldest was used or begun; 0: nothing is there */
} Cleaned;

/*
 * Looks at the cache and the results, and removes what is old. Of the results only directories that khotest named
 * itself, by their time: what somebody named or renamed stays. Another khotest may be at work meanwhile: what it uses
 * is not old. Returns Cleaned, one of each kind, of the kinds of which something is there; caller unrefs. NULL with the
 * error set: CANCELLED.
 */
GPtrArray *clean_make(const CleanSpec *spec, GError **error);

#endif
