/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TREEREPO_H
#define BUILD_TREEREPO_H

#include <build/source.h>

/*
 * A tree of ours whose objects are another repository's: that of a user, or one of gitrepo.h. Nobody else is in the
 * repository at path meanwhile.
 */

/*
 * A repository at path that reads the objects of another one, or with NULL none; whatever was there stays, for
 * incremental builds.
 */
bool treerepo_prepare(const char *path, const char *objects, GCancellable *cancel, GError **error);

/*
 * One parentless commit over the tree object, so that the same content has the same id whatever its history. label:
 * what it is, for people.
 */
Tree *treerepo_finish(const char *path, const char *tree_id, const char *label, GCancellable *cancel, GError **error);

#endif
