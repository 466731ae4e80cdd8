/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_GITSOURCE_H
#define BUILD_GITSOURCE_H

#include <build/source.h>

/* A kernel whose source is a branch: source_branch() of it is not NULL. */

/*
 * What is known of the commit that is meant, without a working copy: a Tree whose path and base are NULL. It is NULL
 * without an error where nothing was fetched yet. Errors: INPUT, for a commit that there is not, or that is no kernel's
 * source.
 */
Tree *gitsource_look(const Source *source, const char *cache, GCancellable *cancel, GError **error);

/* source_tree(). Errors: as of source_update(), and gitsource_look(). */
Tree *gitsource_tree(const Source *source, const char *cache, GCancellable *cancel, GError **error);

/* Keeps the commit that a look has found for good: for whoever uses a kernel that was built of it before. */
bool gitsource_keep(const Source *source, const Tree *look, const char *cache, GCancellable *cancel, GError **error);

#endif
