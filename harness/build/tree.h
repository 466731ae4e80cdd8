/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TREE_H
#define BUILD_TREE_H

#include <build/kernel.h>
#include <build/source.h>

/* The tree that a kernel is made from, the user's or a source's: it is in use from now on. Errors: as of these. */
Tree *tree_of(const KernelSpec *spec, GError **error);

/*
 * The same, with the lock that whoever changes the working copy or builds in it has to have, in the same order as
 * there: ret_lock is to be closed, after all that goes on in it. What the tree has in it stays meanwhile.
 */
Tree *tree_hold(const KernelSpec *spec, int *ret_lock, GError **error);

/* The finished tree of a tarball that is still wanted, which needs no tarball any more; NULL if it is not there. */
Tree *tree_at_hand(const Source *source, const char *cache);

/* The tree of a tarball whose checksum is known: imported unless it is there already. */
Tree *tree_from_tarball(const char *tarball, const char *sha256, const char *path, const char *subject,
			const char *describe, GCancellable *cancel, GError **error);

#endif
