/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_GITFETCH_H
#define BUILD_GITFETCH_H

#include <build/source.h>
#include <gio/gio.h>
#include <stdbool.h>

/*
 * Brings a branch into gitrepo_path(), with all of its history and the tags in it, so that git describe and a bisection
 * work without the network. From a repository on this host, whole packs come as links to its files, which are never
 * changed, and only the rest is copied. Waits for another harness that does the same. Errors: as of source_update().
 */
bool gitfetch_branch(const SourceAlternative *place, const char *cache, GCancellable *cancel, GError **error);

/* One commit by its whole id, which has to be asked for where no branch has it any more. The same errors. */
bool gitfetch_commit(const SourceAlternative *place, const char *cache, const char *id, GCancellable *cancel,
		     GError **error);

/* Whether what git said of a place that it could not read means that somebody has to mend the place. Pure. */
bool gitfetch_is_refusal(const char *said);

#endif
