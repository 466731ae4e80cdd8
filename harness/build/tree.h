/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TREE_H
#define BUILD_TREE_H

#include <build/source.h>

/*
 * What is noted inside a tree of ours (.git/khotest) when it is whole: its base,
 * identity and description. NULL without error: there is no such tree, or it was
 * never finished.
 */
Tree *tree_read_note(const char *path);
bool tree_write_note(const Tree *tree, GError **error);

/* The finished tree of a tarball that is still wanted, which needs no tarball any more; NULL if it is not there. */
Tree *tree_at_hand(const Source *source, const char *cache);

/* The tree of a tarball whose checksum is known: imported unless it is there already. */
Tree *tree_from_tarball(const char *tarball, const char *sha256, const char *path, const char *subject,
			const char *describe, GCancellable *cancel, GError **error);

#endif
